"""Quorum, votes and clauses of one agenda entry; the snapshot format stands in assessment.py."""

from meetings.rules.assessment import DECIDING, Assessment, assess, snapshot_of
from meetings.rules.facts import Quorum, Room, Vote, quorum_of, room_of, vote_of

__all__ = [
    "DECIDING",
    "Assessment",
    "Quorum",
    "Room",
    "Vote",
    "assess",
    "quorum_of",
    "room_of",
    "snapshot_of",
    "vote_of",
]
