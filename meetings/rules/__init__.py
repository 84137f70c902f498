"""Quorum, votes and clauses of one agenda entry; the snapshot format stands in assessment.py."""

from meetings.rules.agenda import gate, timing_checks
from meetings.rules.assessment import DECIDING, Assessment, assess, snapshot_of
from meetings.rules.clauses import FEW_BALLOTS
from meetings.rules.facts import Quorum, Room, Vote, quorum_of, room_of, vote_of

__all__ = [
    "DECIDING",
    "FEW_BALLOTS",
    "Assessment",
    "Quorum",
    "Room",
    "Vote",
    "assess",
    "gate",
    "quorum_of",
    "room_of",
    "snapshot_of",
    "timing_checks",
    "vote_of",
]
