"""安排会议: planning a meeting, its agenda and notice; afterwards what came of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import NotNow, NotPermitted, NotVisible, StaleVersion
from common.fields import whole_number
from common.views import typed_words
from decisions.services import reading
from governance.access import offices_of
from governance.choices import GrantKind
from governance.models import Body, Seat
from governance.selectors import people_of
from governance.services.grants import note_use
from meetings import access, forms
from meetings.choices import (
    BEFORE_STATES,
    SITTING_STATES,
    AttendanceStatus,
    EntryKind,
    MeetingState,
)
from meetings.models import AgendaEntry, Attendance, Meeting, Observer
from meetings.selectors import planning as selectors
from meetings.services import invitations, planning, sitting


def _plannable(request: HttpRequest) -> list[Body]:
    if not request.school:
        return []
    bodies = Body.objects.filter(school=request.school).exclude(kind="staff_congress").order_by("id")
    return [body for body in bodies if access.may_plan(request.offices, body)]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: HttpRequest) -> HttpResponse:
    """安排会议 of a body the person may plan; the body comes first, since it decides who may chair."""
    bodies = _plannable(request)
    if not bodies:
        raise NotPermitted("会议由主持人或会议秘书安排。", need="书记、校长或会议秘书")
    value = request.POST.get("body") or request.GET.get("body", "")
    body = next((b for b in bodies if str(b.pk) == value), None if value else bodies[0])
    if body is None:
        raise NotPermitted("此机构的会议由其主持人或会议秘书安排。", need="主持人或会议秘书")
    clerk = Seat.objects.active().filter(body=body, role="clerk").values_list("person", flat=True).first()
    chair = (
        Seat.objects.active().filter(body=body, role=body.chair_role).values_list("person", flat=True).first()
    )
    form = forms.MeetingForm(
        request.POST or None, body=body, with_mode=True, initial={"recorder": clerk, "chair": chair}
    )
    if request.method == "POST" and form.is_valid() and not _is_planned(request, form, body):
        try:
            meeting = planning.plan_meeting(actor=request.user, body=body, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已安排{meeting.label}。接着列入议题。")
            return redirect("meetings:meeting_detail", meeting.pk)
    return render(
        request,
        "meetings/form.html",
        {"form": form, "bodies": bodies, "body": body},
        status=422 if form.errors else 200,
    )


def _is_planned(request: HttpRequest, form: forms.MeetingForm, body: Body) -> bool:
    """Tell it where the same form was sent before: numbers of meetings are never used again."""
    told = {name: form.cleaned_data[name] for name in ("scheduled_at", "place", "mode", "form")}
    there = Meeting.objects.visible_to(request.user).exclude(state=MeetingState.CANCELLED)
    same = there.filter(body=body, **told).first()
    if same is not None:
        form.add_error(None, f"这一时间和地点已安排{same.label}，没有重复安排。")
    return same is not None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change time, place, chair or recorder before the meeting."""
    meeting = access.meeting_for(request.user, pk)
    access.require_planner(request.user, meeting.body)
    if meeting.state not in BEFORE_STATES:
        raise NotNow("会议已开始或已取消，不能修改安排。", current=meeting.get_state_display())
    form = forms.MeetingForm(
        request.POST or None, body=meeting.body, initial=forms.MeetingForm.values_of(meeting)
    )
    version = forms.VersionForm(request.POST or None)
    status = 200
    if version.is_bound and not version.is_valid():
        form.add_error(None, forms.faults(version))
    if request.method == "POST" and form.is_valid():
        try:
            planning.edit_meeting(
                pk, actor=request.user, version=version.cleaned_data["version"], **form.cleaned_data
            )
        except NotNow as refusal:
            form.add_error(None, refusal.message)
            status = 409 if isinstance(refusal, StaleVersion) else 422
        else:
            messages.success(request, "会议安排已修改。")
            return redirect("meetings:meeting_detail", pk)
    return render(
        request,
        "meetings/form.html",
        {"form": form, "meeting": meeting, "body": meeting.body},
        status=status if status != 200 or not form.errors else 422,
    )


@login_required
@require_safe
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Before the meeting its planning page or notice; afterwards agenda, outcomes, attendance and papers."""
    meeting = access.meeting_for(request.user, pk)
    note_use(request.user, (GrantKind.RECORD, meeting), (GrantKind.INSPECT, meeting.school))
    return _detail(request, meeting)


def _detail(
    request: HttpRequest, meeting: Meeting, *, extra: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    offices = offices_of(request.user, meeting.school)
    invitations.note_use(meeting, actor=request.user, offices=offices)
    entries = selectors.agenda(request.user, meeting)
    reading.note(access.items_of(entries), reader=request.user)
    may_record = access.may_record(offices, meeting)
    is_before = meeting.state in BEFORE_STATES
    is_open = is_before or meeting.state in SITTING_STATES
    waiting = []
    if may_record and is_open:
        waiting = selectors.candidates(request.user, meeting)
    attendances = list(meeting.attendances.select_related("seat__person").order_by("seat__order", "seat_id"))
    return render(
        request,
        "meetings/detail.html",
        {
            "meeting": meeting,
            "entries": entries,
            "attendances": attendances,
            "own": next((row for row in attendances if row.seat.person_id == request.user.pk), None),
            "observers": list(
                Observer.objects.visible_to(request.user).filter(meeting=meeting).select_related("entry")
            ),
            "withheld": selectors.withheld_numbers(request.user, meeting),
            "candidates": waiting,
            "is_before": is_before,
            "is_open": is_open,
            "is_sitting": meeting.state in SITTING_STATES,
            "is_late": meeting.state != MeetingState.PLANNED and not meeting.is_retrospective,
            "may_record": may_record,
            "may_plan": access.may_plan(offices, meeting.body),
            "has_first_topic": any(entry.kind == EntryKind.FIRST_TOPIC for entry in entries),
            "warnings": selectors.agenda_warnings(meeting, entries) if is_before else [],
            "present": sum(row.status == AttendanceStatus.PRESENT for row in attendances),
            "people": people_of(meeting.school) if may_record and is_open else [],
            **selectors.papers(request.user, meeting),
            **(extra or {}),
        },
        status=status,
    )


# --- Acts on the meeting --------------------------------------------------------------------------------


class _Wrong(Exception):
    """Input to be mended; the page is shown again with the words."""


def _clean(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise _Wrong(forms.faults(form))
    return form.cleaned_data


def _number(request: HttpRequest, name: str) -> int:
    number = whole_number(request.POST.get(name, ""))
    if number is None:
        raise _Wrong("页面已过时，请刷新后再办。")
    return number


def _notice(request: HttpRequest, pk: int) -> str:
    planning.send_notice(pk, actor=request.user)
    return "会议通知和材料已送达班子成员。此后增加议题按临时动议办理。"


def _cancel(request: HttpRequest, pk: int) -> str:
    data = _clean(forms.ReasonForm(request.POST))
    planning.cancel_meeting(pk, actor=request.user, reason=data["reason"])
    return "会议已取消，议题回到待列会。"


def _start(request: HttpRequest, pk: int) -> str:
    sitting.start_meeting(pk, actor=request.user)
    return "desk"


def _recess(request: HttpRequest, pk: int) -> str:
    sitting.set_recess(pk, actor=request.user, is_recess=True)
    return "desk"


def _resume(request: HttpRequest, pk: int) -> str:
    sitting.set_recess(pk, actor=request.user, is_recess=False)
    return "desk"


def _close(request: HttpRequest, pk: int) -> str:
    data = _clean(forms.CloseForm(request.POST))
    sitting.close_meeting(pk, actor=request.user, ended_at=data["ended_at"])
    return "已散会。请核对会议记录，由记录人和主持人签字。"


def _first_topic(request: HttpRequest, pk: int) -> str:
    data = _clean(forms.FirstTopicForm(request.POST))
    planning.add_first_topic(pk, actor=request.user, title=data["title"])
    return "第一议题已列入会首。"


def _add_entry(request: HttpRequest, pk: int) -> str:
    data = _clean(forms.AddEntryForm(request.POST))
    entry = planning.add_entry(
        pk, actor=request.user, stage_id=data["stage"], ad_hoc_reason=data["ad_hoc_reason"]
    )
    return f"“{entry.title}”已列入议程。"


def _remove_entry(request: HttpRequest, pk: int) -> str:
    data = _clean(forms.ReasonForm(request.POST))
    entry = _own_entry(request, pk)
    planning.remove_entry(entry.pk, actor=request.user, reason=data["reason"])
    return f"“{entry.title}”已移出议程。"


def _own_entry(request: HttpRequest, pk: int) -> AgendaEntry:
    rows = AgendaEntry.objects.visible_to(request.user)
    entry = rows.filter(pk=_number(request, "entry"), meeting=pk).first()
    if entry is None:
        raise NotVisible("AgendaEntry")
    return entry


def _reorder(request: HttpRequest, pk: int) -> str:
    form = forms.OrderForm(request.POST)
    _clean(form)
    planning.reorder(pk, actor=request.user, entry_ids=form.ids)
    return "议程次序已调整。"


def _move_entry(request: HttpRequest, pk: int) -> str:
    """上移 or 下移 by one; works without script."""
    entry = _own_entry(request, pk)
    rows = AgendaEntry.objects.visible_to(request.user).filter(meeting=pk)
    ids = list(rows.order_by("position", "pk").values_list("pk", flat=True))
    at = ids.index(entry.pk)
    to = at - 1 if request.POST.get("way") == "up" else at + 1
    if 0 <= to < len(ids):
        ids[at], ids[to] = ids[to], ids[at]
    planning.reorder(pk, actor=request.user, entry_ids=ids)
    return "议程次序已调整。"


def _add_observer(request: HttpRequest, pk: int) -> str:
    meeting = access.meeting_for(request.user, pk)
    data = _clean(forms.ObserverForm(request.POST, people=people_of(meeting.school)))
    observer = invitations.add_observer(
        pk,
        actor=request.user,
        name=data["name"],
        identity=data["identity"],
        person=data["person"],
        entry_id=data["entry"],
    )
    return f"已邀请{observer.name}列席。"


def _remove_observer(request: HttpRequest, pk: int) -> str:
    number = _number(request, "observer")
    if not Observer.objects.visible_to(request.user).filter(pk=number, meeting=pk).exists():
        raise NotVisible("Observer")
    invitations.remove_observer(number, actor=request.user)
    return "已移除列席人员。"


def _leave(request: HttpRequest, pk: int) -> str:
    """请假 before the meeting, by oneself or by the recorder."""
    data = _clean(forms.ReasonForm(request.POST))
    version = _clean(forms.VersionForm(request.POST))["version"]
    number = _number(request, "attendance")
    if not Attendance.objects.visible_to(request.user).filter(pk=number, meeting=pk).exists():
        raise NotVisible("Attendance")
    row = sitting.set_attendance(
        number,
        actor=request.user,
        status=AttendanceStatus.LEAVE,
        version=version,
        reason=data["reason"],
    )
    return f"{row.seat.person}已请假。请假计入应到。"


ACTS: dict[str, Callable[[HttpRequest, int], str]] = {
    "notice": _notice,
    "cancel": _cancel,
    "start": _start,
    "recess": _recess,
    "resume": _resume,
    "close": _close,
    "first-topic": _first_topic,
    "add-entry": _add_entry,
    "remove-entry": _remove_entry,
    "reorder": _reorder,
    "move-entry": _move_entry,
    "add-observer": _add_observer,
    "remove-observer": _remove_observer,
    "leave": _leave,
}


@login_required
@require_POST
def meeting_act(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One act on a meeting; refusals are answered by the middleware, wrong input by the page itself."""
    meeting = access.meeting_for(request.user, pk)
    act = ACTS.get(key)
    if act is None:
        raise NotVisible("act")
    try:
        done = act(request, pk)
    except _Wrong as wrong:
        messages.error(request, str(wrong))
        return _detail(request, meeting, extra={"typed_words": typed_words(request)}, status=422)
    if done == "desk":
        return redirect("meetings:desk", pk)
    messages.success(request, done)
    return redirect("meetings:meeting_detail", pk)
