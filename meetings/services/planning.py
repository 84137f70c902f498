"""Planning a meeting: number, time, chair, agenda, observers, notice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from common.errors import Blocked, NotNow, NotVisible, StaleVersion
from common.history import delete_as, save_as
from decisions.access import lock_item
from decisions.choices import StageState
from decisions.models import DecisionItem, Stage
from decisions.rules import refusing
from decisions.services import outcomes
from documents.choices import DocumentKind
from documents.services import next_number
from governance.choices import AttendanceKind, BallotMethod
from governance.models import Body, Seat
from governance.parameters import resolve
from governance.selectors import voting_seats
from meetings import access
from meetings.choices import (
    BEFORE_STATES,
    SITTING_STATES,
    EntryKind,
    EntryState,
    MeetingFormat,
    MeetingMode,
    MeetingState,
)
from meetings.models import AgendaEntry, Attendance, Meeting
from meetings.rules import gate
from meetings.services.acts import require_state, seal
from meetings.services.invitations import invite_for, notify_invited


def _require_chair(body: Body, chair: Any, delegation: str, on: Any) -> None:
    """R34: 书记 or 校长 chairs; another voting member only by recorded delegation."""
    seat = voting_seats(body, on).filter(person=chair).first()
    if seat is None:
        raise NotNow(f"{chair}不是{body}有表决权的成员，不能主持。请另选主持人。")
    if seat.role != body.chair_role and not delegation.strip():
        raise NotNow(f"{body}由{seat_role_name(body)}主持。由{chair}主持的，请填写委托说明。")


def _require_recorder(body: Body, recorder: Any, on: Any) -> None:
    """Whoever records must be able to read what is recorded: an office holder of the body (R61, R66).

    Of a meeting entered afterwards, an office holder of today, who will sign the record.
    """
    if (
        not Seat.objects.active(max(on, timezone.localdate()))
        .office()
        .filter(body=body, person=recorder)
        .exists()
    ):
        raise NotNow(f"{recorder}不在{body}任职，不能担任记录人。请选会议秘书或成员，或先登记任职。")


def seat_role_name(body: Body) -> str:
    return "书记" if body.is_party else "校长"


@transaction.atomic
def plan_meeting(
    *,
    actor: Any,
    body: Body,
    scheduled_at: datetime,
    place: str,
    chair: Any,
    recorder: Any,
    chair_delegation: str = "",
    mode: str = MeetingMode.LIVE,
    retrospective_reason: str = "",
    form: str = MeetingFormat.REGULAR,
) -> Meeting:
    """Plan one meeting of a body; its number within the year is taken now, its seats are those of the day.

    A retrospective meeting (补录) was held on paper: its time lies in the past, its reason is stated, and it may
    have been a 联席会议 or 专题会议, which no meeting to come may be (R40).
    """
    access.require_planner(actor, body)
    if form != MeetingFormat.REGULAR and mode != MeetingMode.RETROSPECTIVE:
        raise NotNow(f"{MeetingFormat(form).label}不能代替{body}，请单独召开{body}。")
    local = timezone.localtime(scheduled_at)
    if mode == MeetingMode.RETROSPECTIVE:
        if scheduled_at > timezone.now():
            raise NotNow("补录的会议应已召开，时间不能晚于现在。")
        if not retrospective_reason.strip():
            raise NotNow("请填写补录说明，例如“停电，现场用纸质记录”。")
    _require_chair(body, chair, chair_delegation, local.date())
    _require_recorder(body, recorder, local.date())
    kind = DocumentKind.PARTY_MEETING if body.is_party else DocumentKind.ADMIN_MEETING
    meeting = save_as(
        Meeting(
            school=body.school,
            body=body,
            year=local.year,
            number=next_number(body.school, kind, local.year),
            mode=mode,
            retrospective_reason=retrospective_reason,
            form=form,
            scheduled_at=scheduled_at,
            place=place,
            chair=chair,
            chair_delegation=chair_delegation,
            recorder=recorder,
            parameters=resolve(body.school, local.date()).values,
            created_by=actor,
        ),
        actor,
        "安排会议",
    )
    sync_seats(meeting, actor)
    seal(meeting, "meeting.planned", actor, mode=mode, form=form, scheduled_at=scheduled_at)
    return meeting


def sync_seats(meeting: Meeting, actor: Any) -> None:
    """Attendance rows for the voting seats of the meeting's day; rows nobody touched of other seats go (R33)."""
    day = timezone.localtime(meeting.started_at or meeting.scheduled_at).date()
    due = {seat.pk: seat for seat in voting_seats(meeting.body, day)}
    known = set(meeting.attendances.values_list("seat_id", flat=True))
    for seat_id, seat in due.items():
        if seat_id not in known:
            save_as(Attendance(meeting=meeting, seat=seat), actor, "应到席位")
    for row in meeting.attendances.exclude(seat_id__in=due).filter(status="expected"):
        delete_as(row, actor, "当日不再任职")


@transaction.atomic
def edit_meeting(
    meeting_id: int,
    *,
    actor: Any,
    scheduled_at: datetime,
    place: str,
    chair: Any,
    recorder: Any,
    chair_delegation: str = "",
    version: int,
) -> Meeting:
    """Change time, place, chair or recorder before the meeting begins; invited persons are told again."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_planner(actor, meeting.body)
    require_state(meeting, BEFORE_STATES, "修改安排")
    if meeting.version != version:
        raise StaleVersion("会议安排刚被他人更新，请刷新后再改。", current=meeting)
    if timezone.localtime(scheduled_at).year != meeting.year:
        raise NotNow("会议次序按年度编号，不能改到另一年。请取消后重新安排。")
    _require_chair(meeting.body, chair, chair_delegation, timezone.localtime(scheduled_at).date())
    _require_recorder(meeting.body, recorder, timezone.localtime(scheduled_at).date())
    was_notified = meeting.state == MeetingState.NOTIFIED
    meeting.scheduled_at, meeting.place = scheduled_at, place
    meeting.chair, meeting.chair_delegation, meeting.recorder = chair, chair_delegation, recorder
    meeting.parameters = resolve(meeting.school, timezone.localtime(scheduled_at).date()).values
    meeting.version += 1
    save_as(meeting, actor, "修改会议安排")
    sync_seats(meeting, actor)
    if was_notified:
        notify_invited(meeting, f"会议安排有变：{meeting.label}")
    return meeting


@transaction.atomic
def add_entry(
    meeting_id: int, *, actor: Any, stage_id: int, presenter: Any = None, ad_hoc_reason: str = ""
) -> AgendaEntry:
    """列会: put a stage on the agenda. Every unmet B or E rule refuses, all at once; W rules are shown."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, (*BEFORE_STATES, *SITTING_STATES), "增加议题")
    stage = Stage.objects.visible_to(actor).filter(pk=stage_id).first()
    if stage is None:
        raise NotVisible("Stage")
    item = lock_item(stage.item_id)
    stage = Stage.objects.select_related("body").get(pk=stage_id)
    if stage.body_id != meeting.body_id or item.current_stage_id != stage.pk:
        raise NotNow(f"“{item.title}”当前不在{meeting.body}这一环节。", current=item)
    if stage.state == StageState.SCHEDULED:
        raise NotNow(f"“{item.title}”已列入一次会议，不能重复列会。", current=item)
    failing = refusing(gate(meeting, item, stage, ad_hoc_reason=ad_hoc_reason))
    if failing:
        raise Blocked(failing, f"“{item.title}”还有 {len(failing)} 项未满足，不能列入会议。")
    outcomes.schedule_stage(item, stage, actor=actor, meeting_label=meeting.label)
    entry_kind = item.catalogue_entry
    by_principal = not meeting.body.is_party
    entry = save_as(
        AgendaEntry(
            meeting=meeting,
            stage=stage,
            position=_next_position(meeting),
            title=item.title,
            presenter=presenter or item.presenter or item.proposer,
            attendance_kind=AttendanceKind.HALF if by_principal else entry_kind.attendance,
            method=BallotMethod.PRINCIPAL if by_principal else _party_method(entry_kind.ballot),
            is_ad_hoc=not meeting.is_retrospective and meeting.state != MeetingState.PLANNED,
            ad_hoc_reason=ad_hoc_reason,
        ),
        actor,
        "列入议程",
    )
    invite_for(entry, item, actor)
    seal(meeting, "entry.scheduled", actor, item=item.number, entry=entry.pk, ad_hoc=entry.is_ad_hoc)
    return entry


def _party_method(ballot: str) -> str:
    return BallotMethod.SHOW_OF_HANDS if ballot == BallotMethod.PRINCIPAL else ballot


def _next_position(meeting: Meeting) -> int:
    return (meeting.entries.aggregate(last=Max("position"))["last"] or 0) + 1


@transaction.atomic
def add_first_topic(meeting_id: int, *, actor: Any, title: str) -> AgendaEntry:
    """第一议题: study at the head of the meeting (R42)."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, (*BEFORE_STATES, *SITTING_STATES), "增加第一议题")
    if meeting.entries.filter(kind=EntryKind.FIRST_TOPIC).exists():
        raise NotNow("本次会议已有第一议题。")
    entry = save_as(
        AgendaEntry(
            meeting=meeting,
            kind=EntryKind.FIRST_TOPIC,
            position=_next_position(meeting),
            title=title,
            method=BallotMethod.ORAL,
        ),
        actor,
        "增加第一议题",
    )
    _renumber(meeting, [entry.pk, *meeting.entries.exclude(pk=entry.pk).values_list("pk", flat=True)], actor)
    seal(meeting, "entry.added", actor, entry=entry.pk, title=title)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def remove_entry(entry_id: int, *, actor: Any, reason: str) -> Meeting:
    """Take an entry nobody has deliberated off the agenda; its stage waits for another meeting."""
    entry = access.entry_for_update(actor, entry_id)
    meeting = entry.meeting
    access.require_recorder(actor, meeting)
    require_state(meeting, (*BEFORE_STATES, *SITTING_STATES), "调整议程")
    drop_entry(entry, actor=actor, reason=reason)
    return meeting


def lock_listed(meeting: Meeting) -> None:
    """Lock every item on the agenda before the first of them is sealed: the ledger comes last (docs/locking.md)."""
    listed = DecisionItem.objects.filter(stages__agenda_entries__meeting=meeting)
    list(listed.select_for_update(of=("self",)).order_by("pk"))


def drop_entry(entry: AgendaEntry, *, actor: Any, reason: str) -> None:
    """Remove one waiting entry and release its stage; the row's history remains."""
    if entry.state != EntryState.WAITING or entry.opened_at is not None:
        raise NotNow(f"“{entry.title}”已开始审议，不能移出议程。", current=entry)
    meeting = entry.meeting
    if entry.stage is not None:
        outcomes.unschedule_stage(
            lock_item(entry.stage.item_id),
            entry.stage,
            actor=actor,
            meeting_label=meeting.label,
            reason=reason,
        )
    title, entry_id = entry.title, entry.pk
    for observer in entry.observers.all():
        delete_as(observer, actor, "移出议程")
    delete_as(entry, actor, reason)
    _renumber(meeting, list(meeting.entries.values_list("pk", flat=True)), actor)
    seal(meeting, "entry.removed", actor, entry=entry_id, title=title, reason=reason)


@transaction.atomic
def reorder(meeting_id: int, *, actor: Any, entry_ids: list[int]) -> Meeting:
    """Set the order of the agenda; every entry the actor sees must be named once, the others keep their places."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, (*BEFORE_STATES, *SITTING_STATES), "调整议程")
    known = set(AgendaEntry.objects.visible_to(actor).filter(meeting=meeting).values_list("pk", flat=True))
    if set(entry_ids) != known or len(entry_ids) != len(known):
        raise StaleVersion("议程刚被他人调整，请刷新后再排序。", current=meeting)
    named = iter(entry_ids)
    places = meeting.entries.order_by("position", "pk").values_list("pk", flat=True)
    ordered = [next(named) if place in known else place for place in places]
    if ordered == list(places):
        return meeting
    _renumber(meeting, ordered, actor)
    seal(meeting, "agenda.reordered", actor, entries=ordered)
    return meeting


def _renumber(meeting: Meeting, entry_ids: Sequence[int], actor: Any) -> None:
    entries = meeting.entries.in_bulk(list(entry_ids))
    for position, entry_id in enumerate(entry_ids, start=1):
        entry = entries[entry_id]
        if entry.position != position:
            entry.position = position
            save_as(entry, actor, "调整议程次序", update_fields=["position"])


@transaction.atomic
def send_notice(meeting_id: int, *, actor: Any) -> Meeting:
    """发会议通知 with agenda and materials; the moment counts for R24, later additions are ad hoc (R25)."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_planner(actor, meeting.body)
    require_state(meeting, (MeetingState.PLANNED,), "发通知")
    if not meeting.entries.exists():
        raise NotNow("议程为空，请先列入议题再发通知。")
    meeting.state = MeetingState.NOTIFIED
    meeting.notified_at = meeting.materials_sent_at = timezone.now()
    meeting.version += 1
    save_as(meeting, actor, "发会议通知")
    notify_invited(meeting, f"会议通知：{meeting.label}")
    seal(meeting, "meeting.notified", actor, entries=list(meeting.entries.values_list("title", flat=True)))
    return meeting


@transaction.atomic
def cancel_meeting(meeting_id: int, *, actor: Any, reason: str) -> Meeting:
    """取消 a meeting that has not begun; its stages wait for another, its number stays used."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_planner(actor, meeting.body)
    require_state(meeting, BEFORE_STATES, "取消")
    was_notified = meeting.state == MeetingState.NOTIFIED
    lock_listed(meeting)
    for entry in meeting.entries.select_related("stage"):
        drop_entry(entry, actor=actor, reason=f"会议取消：{reason}")
    meeting.state = MeetingState.CANCELLED
    meeting.version += 1
    save_as(meeting, actor, reason)
    seal(meeting, "meeting.cancelled", actor, reason=reason)
    if was_notified:
        notify_invited(meeting, f"会议取消：{meeting.label}")
    return meeting
