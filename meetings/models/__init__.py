"""Meetings, what is deliberated in them, and the papers they leave."""

from meetings.models.deliberation import (
    AgendaEntry,
    Ballot,
    Recusal,
    Statement,
    Tally,
    TaskDraft,
)
from meetings.models.meetings import Attendance, Meeting, Observer
from meetings.models.records import MeetingRecord, Minutes

__all__ = [
    "AgendaEntry",
    "Attendance",
    "Ballot",
    "Meeting",
    "MeetingRecord",
    "Minutes",
    "Observer",
    "Recusal",
    "Statement",
    "Tally",
    "TaskDraft",
]
