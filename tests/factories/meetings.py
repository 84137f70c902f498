"""Meetings carried through the services: planned, begun with named persons present, deliberated."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from decisions.models import DecisionItem
from governance.models import Body
from meetings.choices import AttendanceStatus
from meetings.models import AgendaEntry, Meeting
from meetings.services import conclusion, deliberation, planning, sitting
from tests.factories.cast import Cast


def chair_of(cast: Cast, body: Body) -> Any:
    return cast.secretary if body.is_party else cast.principal


def plan(cast: Cast, body: Body, *, days: int = 5, **extra: Any) -> Meeting:
    """A meeting of the body some days ahead, chaired by office, recorded by 罗敏."""
    return planning.plan_meeting(
        actor=cast.clerk,
        body=body,
        scheduled_at=timezone.now() + timedelta(days=days),
        place="行政楼 301",
        chair=chair_of(cast, body),
        recorder=cast.clerk,
        **extra,
    )


def list_item(cast: Cast, meeting: Meeting, item: DecisionItem, **extra: Any) -> AgendaEntry:
    """Put the item's current stage on the agenda."""
    item = DecisionItem.objects.get(pk=item.pk)
    return planning.add_entry(meeting.pk, actor=cast.clerk, stage_id=item.current_stage_id, **extra)


def begin(cast: Cast, meeting: Meeting, present: int | None = None) -> Meeting:
    """Start the meeting; the first `present` seats sign in (all by default)."""
    meeting = sitting.start_meeting(meeting.pk, actor=cast.clerk)
    rows = list(meeting.attendances.order_by("seat__order"))
    for row in rows[: len(rows) if present is None else present]:
        sitting.set_attendance(row.pk, actor=cast.clerk, status=AttendanceStatus.PRESENT, version=row.version)
    return meeting


def take_up(cast: Cast, entry: AgendaEntry, *, recuses: bool = False) -> AgendaEntry:
    """Open the entry (and recuse who is concerned), let every voter present speak in favour, the chair last."""
    deliberation.open_entry(entry.pk, actor=cast.clerk)
    entry = AgendaEntry.objects.get(pk=entry.pk)
    concerned = entry.stage.item.concerned.values("person") if recuses else []
    for row in entry.meeting.attendances.filter(seat__person__in=concerned, seat__is_voting=True):
        deliberation.recuse(entry.pk, actor=cast.clerk, seat_id=row.seat_id, reason="本人")
    out = set(entry.recusals.values_list("seat_id", flat=True))
    rows = entry.meeting.attendances.filter(status=AttendanceStatus.PRESENT).select_related("seat")
    speakers = [row.seat for row in rows if row.seat_id not in out]
    for seat in sorted(speakers, key=lambda seat: seat.person_id == entry.meeting.chair_id):
        deliberation.add_statement(
            entry.pk, actor=cast.clerk, seat_id=seat.pk, text="同意所提方案。", stance="agree"
        )
    return entry


def count(cast: Cast, entry: AgendaEntry, votes_for: int, against: int = 0, abstain: int = 0) -> None:
    """Enter the count of the entry's first question, complete for a secret ballot too."""
    tally = entry.tallies.get(position=1)
    returned = votes_for + against + abstain
    present = entry.meeting.attendances.filter(status=AttendanceStatus.PRESENT).order_by("seat__order")
    seats = present.exclude(seat__in=entry.recusals.values("seat")).values_list("seat", flat=True)
    deliberation.save_tally(
        tally.pk,
        actor=cast.clerk,
        version=tally.version,
        votes_for=votes_for,
        votes_against=against,
        abstentions=abstain,
        issued=returned,
        voted=list(seats[:returned]) if entry.method == "secret" else None,
        tellers="孙正清、周婉宁",
        counter="罗敏",
    )


def decide(
    cast: Cast, entry: AgendaEntry, outcome: str = "passed", text: str = "会议同意所提方案。"
) -> AgendaEntry:
    """Write the decision and conclude."""
    entry = AgendaEntry.objects.get(pk=entry.pk)
    entry = deliberation.save_entry(entry.pk, actor=cast.clerk, version=entry.version, decision_text=text)
    return conclusion.conclude_entry(entry.pk, actor=cast.clerk, outcome=outcome, version=entry.version)


def hold(
    cast: Cast, body: Body, item: DecisionItem, *, votes_for: int | None = None, **kw: Any
) -> AgendaEntry:
    """One whole meeting on one item, everybody present and in favour."""
    meeting = plan(cast, body)
    entry = list_item(cast, meeting, item)
    begin(cast, meeting, kw.pop("present", None))
    entry = take_up(cast, entry, recuses=True)
    if body.is_party:
        present = entry.meeting.attendances.filter(status=AttendanceStatus.PRESENT).count()
        voters = present - entry.recusals.count()
        count(cast, entry, voters if votes_for is None else votes_for, voters - (votes_for or voters))
    return decide(cast, entry, **kw)
