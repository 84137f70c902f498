"""What of the meetings is sealed: votes and words once concluded, attendance once closed, papers once signed."""

from django.db.models import Q

from ledger.rows import register
from meetings import models
from meetings.choices import EntryState, MeetingState, MinutesState

HELD = (MeetingState.CLOSED, MeetingState.SIGNED)


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
    register(models.MeetingRecord, school="meeting__school_id", formal=Q(recorder_signed_at__isnull=False))
    register(models.Minutes, school="meeting__school_id", formal=Q(state=MinutesState.ISSUED))
