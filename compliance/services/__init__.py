"""The doors of the compliance room: evaluating rules, re-checking a school, replaying a finding."""

from compliance.services.evaluation import evaluate, recheck
from compliance.services.parameters import refresh_parameters
from compliance.services.replay import Replay, replay

__all__ = ["Replay", "evaluate", "recheck", "refresh_parameters", "replay"]
