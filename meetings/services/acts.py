"""What the acts of a meeting have in common: its page, its state, its seal."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from common.errors import NotNow, NotPermitted
from governance.models import Seat
from ledger import services as ledger
from meetings.models import Meeting


def meeting_url(meeting: Meeting) -> str:
    return reverse("meetings:meeting_detail", args=[meeting.pk])


def seal(meeting: Meeting, kind: str, actor: Any, **payload: Any) -> None:
    """Seal one formal act of a meeting in its school's chain."""
    ledger.append(
        meeting.school.chain_key,
        kind=kind,
        subject=meeting.subject,
        payload={"meeting": meeting.label, "year": meeting.year, "state": meeting.state, **payload},
        actor=actor,
    )


def require_state(meeting: Meeting, states: Sequence[str], verb: str) -> None:
    """Raise NotNow unless the meeting is in one of the states."""
    if meeting.state not in states:
        raise NotNow(f"{meeting.label}现为“{meeting.get_state_display()}”，不能{verb}。", current=meeting)


def require_voting_seat(meeting: Meeting, seat_id: int) -> Seat:
    """A seat that is due at this meeting, else NotPermitted."""
    row = meeting.attendances.filter(seat_id=seat_id).select_related("seat__person").first()
    if row is None:
        raise NotPermitted("此人不是本次会议的应到成员。")
    return row.seat
