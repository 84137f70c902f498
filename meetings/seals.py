"""What of the meetings is sealed: votes and words once concluded, attendance once closed, papers once signed."""

from django.db.models import Q

from common.append_only import closed_when
from ledger.rows import register
from meetings import models
from meetings.choices import EntryState, MeetingState, MinutesState

# The first signature freezes the record.
SIGNED = Q(recorder_signed_at__isnull=False) | Q(chair_signed_at__isnull=False)
HELD = (MeetingState.CLOSED, MeetingState.SIGNED)
IS_CONCLUDED = """EXISTS (SELECT 1 FROM meetings_agendaentry entry
    WHERE entry.id = ($1).entry_id AND entry.state = 'concluded')"""
TALLY_IS_CONCLUDED = """EXISTS (SELECT 1 FROM meetings_tally tally JOIN meetings_agendaentry entry
    ON entry.id = tally.entry_id WHERE tally.id = ($1).tally_id AND entry.state = 'concluded')"""
IS_HELD = """EXISTS (SELECT 1 FROM meetings_meeting meeting
    WHERE meeting.id = ($1).meeting_id AND meeting.state IN ('closed', 'signed'))"""


def register_all() -> None:
    """Called when the app is ready."""
    register(models.Meeting, formal=Q(state__in=HELD))
    register(models.AgendaEntry, school="meeting__school_id", formal=Q(state=EntryState.CONCLUDED))
    concluded = Q(entry__state=EntryState.CONCLUDED)
    for model in (models.Statement, models.Recusal, models.Tally):
        register(model, school="entry__meeting__school_id", formal=concluded)
    register(
        models.Ballot,
        school="tally__entry__meeting__school_id",
        formal=Q(tally__entry__state=EntryState.CONCLUDED),
    )
    held = Q(meeting__state__in=HELD)
    register(models.Attendance, school="meeting__school_id", formal=held)
    register(models.Observer, school="meeting__school_id", formal=held)
    register(models.MeetingRecord, school="meeting__school_id", formal=SIGNED)
    register(models.Minutes, school="meeting__school_id", formal=Q(state=MinutesState.ISSUED))
    close_all()


def close_all() -> None:
    """What the database refuses to change from then on.

    A meeting that was closed may still be signed, a recused member comes back after the entry, and the agenda may
    still be put in another order.
    """
    closed_when(models.Meeting, "($1).state IN ('closed', 'signed')", free=["state", "version"])
    closed_when(models.AgendaEntry, "($1).state = 'concluded'", free=["position"])
    closed_when(models.Statement, IS_CONCLUDED)
    closed_when(models.Tally, IS_CONCLUDED)
    closed_when(models.Recusal, IS_CONCLUDED, free=["returned_at"])
    closed_when(models.Ballot, TALLY_IS_CONCLUDED)
    for part in (models.Attendance, models.Observer):
        closed_when(part, IS_HELD)
    closed_when(
        models.MeetingRecord,
        "($1).recorder_signed_at IS NOT NULL AND ($1).chair_signed_at IS NOT NULL",
    )
    closed_when(models.Minutes, "($1).state = 'issued'")
