"""The doors of the compliance room: evaluating rules, re-checking a school, replaying and following up findings."""

from compliance.services.evaluation import evaluate, recheck
from compliance.services.followup import follow_up
from compliance.services.parameters import refresh_parameters
from compliance.services.replay import Replay, replay

__all__ = ["Replay", "evaluate", "follow_up", "recheck", "refresh_parameters", "replay"]
