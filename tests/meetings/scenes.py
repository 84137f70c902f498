"""Meetings carried by the services to a wanted point."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.choices import BodyKind
from meetings.choices import AttendanceStatus
from meetings.models import AgendaEntry, Meeting
from meetings.services import deliberation, planning, sitting
from tests.factories.cast import Cast
from tests.factories.decisions import add_evidence, consult, make_item


def planned(cast: Cast, kind: str = BodyKind.PARTY, **fields: Any) -> Meeting:
    """A meeting of 明德中学 in three days, chaired by office, recorded by 罗敏."""
    body = cast.party if kind == BodyKind.PARTY else cast.admin
    values = {
        "scheduled_at": timezone.now() + timedelta(days=3),
        "place": "行政楼 301",
        "chair": cast.secretary if body.is_party else cast.principal,
        "recorder": cast.clerk,
        **fields,
    }
    return planning.plan_meeting(actor=cast.clerk, body=body, **values)


def ready(cast: Cast, code: str = "A02", **fields: Any) -> Any:
    """An item of route P confirmed for the Party meeting with everything it needs."""
    item = make_item(cast, code, **fields)
    return consult(cast, add_evidence(cast, item))


def with_entry(cast: Cast, meeting: Meeting, code: str = "A02", **fields: Any) -> AgendaEntry:
    """One more ready item on the agenda."""
    item = ready(cast, code, **fields)
    return planning.add_entry(meeting.pk, actor=cast.clerk, stage_id=item.current_stage_id)


def sign_in(cast: Cast, meeting: Meeting, *names: str) -> None:
    """签到 of the members named, now."""
    wanted = {getattr(cast, name).pk for name in names}
    for row in meeting.attendances.filter(seat__person__in=wanted):
        sitting.set_attendance(row.pk, actor=cast.clerk, status=AttendanceStatus.PRESENT, version=row.version)


PARTY_SIX = ("secretary", "principal", "deputy", "vice", "vice_second", "discipline")


def sitting_meeting(cast: Cast, code: str = "A02", present: tuple[str, ...] = PARTY_SIX) -> AgendaEntry:
    """A Party meeting under way with one entry under deliberation and the members named present."""
    meeting = planned(cast)
    entry = with_entry(cast, meeting, code)
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    sign_in(cast, meeting, *present)
    return deliberation.open_entry(entry.pk, actor=cast.clerk)


def say_all(cast: Cast, entry: AgendaEntry, *names: str, stance: str = "agree") -> None:
    """One statement each, in the order given."""
    seats = {row.seat.person_id: row.seat_id for row in entry.meeting.attendances.select_related("seat")}
    for name in names:
        deliberation.add_statement(
            entry.pk,
            actor=cast.clerk,
            seat_id=seats[getattr(cast, name).pk],
            text="同意方案。",
            stance=stance,
        )
