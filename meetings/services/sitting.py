"""The meeting itself: beginning, attendance, recess, end."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.errors import NotNow, StaleVersion
from common.history import save_as
from governance.parameters import resolve
from ledger.rows import touch
from meetings import access
from meetings.choices import BEFORE_STATES, SITTING_STATES, AttendanceStatus, EntryState, MeetingState
from meetings.models import AgendaEntry, Attendance, Meeting, MeetingRecord, Observer
from meetings.services.acts import require_state, seal
from meetings.services.planning import drop_entry, lock_listed, sync_seats


@transaction.atomic
def start_meeting(meeting_id: int, *, actor: Any) -> Meeting:
    """开会: pin the parameters and the seats of the day. A retrospective meeting began when it was held."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, BEFORE_STATES, "开始")
    now = timezone.now()
    meeting.started_at = meeting.scheduled_at if meeting.is_retrospective else now
    meeting.state = MeetingState.IN_PROGRESS
    meeting.parameters = resolve(meeting.school, timezone.localtime(meeting.started_at).date()).values
    meeting.version += 1
    save_as(meeting, actor, "会议开始")
    sync_seats(meeting, actor)
    save_as(MeetingRecord(meeting=meeting), actor, "会议开始")
    seal(meeting, "meeting.started", actor, due=meeting.attendances.count())
    return meeting


@transaction.atomic
def set_recess(meeting_id: int, *, actor: Any, is_recess: bool) -> Meeting:
    """休会 and 复会."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_recorder(actor, meeting)
    require_state(
        meeting,
        (MeetingState.IN_PROGRESS,) if is_recess else (MeetingState.RECESS,),
        "休会" if is_recess else "复会",
    )
    meeting.state = MeetingState.RECESS if is_recess else MeetingState.IN_PROGRESS
    meeting.version += 1
    save_as(meeting, actor, "休会" if is_recess else "复会")
    return meeting


@transaction.atomic
def set_attendance(
    attendance_id: int,
    *,
    actor: Any,
    status: str,
    version: int,
    reason: str = "",
    at: datetime | None = None,
) -> Attendance:
    """签到, 请假 (before or during the meeting, with its reason), 缺席, or back to 未签到.

    Raises StaleVersion when somebody else marked the seat meanwhile.
    """
    row = access.attendance_for(actor, attendance_id)
    meeting = access.meeting_for_update(actor, row.meeting_id)
    row = Attendance.objects.select_related("seat__person").get(pk=attendance_id)
    if actor.pk != row.seat.person_id or status != AttendanceStatus.LEAVE:
        access.require_recorder(actor, meeting)
    is_early = status == AttendanceStatus.LEAVE and meeting.state in BEFORE_STATES
    if not is_early:
        require_state(meeting, SITTING_STATES, "签到")
    if version != row.version:
        raise StaleVersion(f"{row.seat.person}的出席情况刚被他人更新，请核对。", current=row)
    if status == AttendanceStatus.LEAVE and not reason.strip():
        raise NotNow("请填写请假原因，例如“市委党校学习”。")
    row.status, row.reason = status, reason
    row.left_at = None
    row.arrived_at = _moment(meeting, at) if status == AttendanceStatus.PRESENT else None
    row.version += 1
    return save_as(row, actor, row.get_status_display())


@transaction.atomic
def set_presence(attendance_id: int, *, actor: Any, is_leaving: bool, version: int) -> Attendance:
    """中途离席 and 返席 of a member who had arrived; who has left counts for no later entry."""
    row = access.attendance_for(actor, attendance_id)
    meeting = access.meeting_for_update(actor, row.meeting_id)
    row = Attendance.objects.select_related("seat__person").get(pk=attendance_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, SITTING_STATES, "记录离席")
    if version != row.version:
        raise StaleVersion(f"{row.seat.person}的出席情况刚被他人更新，请核对。", current=row)
    if row.status != AttendanceStatus.PRESENT:
        raise NotNow(f"{row.seat.person}尚未签到，不能记录离席。", current=row)
    row.left_at = max(timezone.now(), row.arrived_at or timezone.now()) if is_leaving else None
    row.version += 1
    return save_as(row, actor, "离席" if is_leaving else "返席")


@transaction.atomic
def set_observer_presence(observer_id: int, *, actor: Any, is_present: bool) -> Observer:
    """Whether an observer is in the room."""
    observer = access.observer_for(actor, observer_id)
    meeting = access.meeting_for_update(actor, observer.meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, SITTING_STATES, "记录列席")
    if observer.is_present == is_present:
        return observer
    observer.is_present = is_present
    return save_as(observer, actor, "到会" if is_present else "未到会", update_fields=["is_present"])


def _moment(meeting: Meeting, at: datetime | None) -> datetime:
    """The instant of an arrival: as given, else now, or in 补录 the beginning of the meeting."""
    if at is not None:
        return at
    if meeting.is_retrospective and meeting.started_at is not None:
        return meeting.started_at
    return timezone.now()


@transaction.atomic
def close_meeting(meeting_id: int, *, actor: Any, ended_at: datetime | None = None) -> Meeting:
    """散会: entries nobody took up leave the agenda and wait for another meeting.

    An entry under deliberation must be concluded first. In 补录 the time of the end is given.
    """
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, SITTING_STATES, "散会")
    open_entries = list(
        meeting.entries.exclude(state=EntryState.CONCLUDED).select_related("stage__item", "stage__body")
    )
    begun = [e for e in open_entries if e.opened_at is not None]
    if begun:
        seen = set(AgendaEntry.objects.visible_to(actor).filter(meeting=meeting).values_list("pk", flat=True))
        titles = [e.title if e.pk in seen else "须回避的议题" for e in begun]
        raise NotNow(f"“{'”“'.join(titles)}”尚未结束审议。请先给出结论，或记为缓议。", current=meeting)
    lock_listed(meeting)
    for entry in open_entries:
        entry.meeting = meeting
        drop_entry(entry, actor=actor, reason="会议结束，未审议")
    end = ended_at or (meeting.started_at if meeting.is_retrospective else None) or timezone.now()
    if meeting.started_at and end < meeting.started_at:
        raise NotNow("散会时间不得早于开始时间。")
    for row in meeting.attendances.filter(status=AttendanceStatus.EXPECTED).select_related("seat__person"):
        row.status = AttendanceStatus.ABSENT
        row.version += 1
        save_as(row, actor, "散会时未签到")
    touch([meeting, *meeting.attendances.all(), *meeting.observers.all()])
    meeting.state, meeting.ended_at = MeetingState.CLOSED, end
    meeting.version += 1
    save_as(meeting, actor, "散会")
    seal(
        meeting,
        "meeting.closed",
        actor,
        attendance=[
            {"seat": row.seat_id, "status": row.status, "reason": row.reason}
            for row in meeting.attendances.all()
        ],
    )
    return meeting
