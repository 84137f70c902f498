"""会议记录工作台. Every act answers a plain form with a redirect, and desk.js with the panels that changed."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from common.errors import NotVisible, StaleVersion
from common.fields import whole_number
from common.views import typed_words
from decisions.services import reading
from governance.choices import BallotMethod, GrantKind
from governance.selectors import people_of
from governance.services.grants import note_use
from meetings import access, forms
from meetings.choices import BEFORE_STATES, SITTING_STATES, AttendanceStatus, BallotChoice
from meetings.models import AgendaEntry, Attendance, Meeting, Statement, Tally
from meetings.selectors import desk as selectors
from meetings.services import invitations, sitting
from meetings.views.desk_acts import ACTS, Done, Invalid, clean

# Panels of the page in the order drawn; each template has one root element with id p-<name>.
PANELS = ("agenda", "head", "talk", "vote", "decision", "tasks", "checks", "foot", "roll", "tools")


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Desk") == "1"


def _digest(html: str, token: str) -> str:
    return hashlib.blake2s(html.replace(token, "").encode(), digest_size=6).hexdigest()


def render_panels(
    request: HttpRequest, desk: selectors.Desk, bound: dict[str, Any] | None = None
) -> dict[str, dict[str, str]]:
    """Every panel as {html, hash}; the hash leaves the form token out, which differs at each rendering."""
    token = get_token(request)
    meeting = desk.meeting
    people = [(person.pk, str(person)) for person in desk.people]
    context = {
        "desk": desk,
        "meeting": meeting,
        "entry": desk.entry,
        "csrf_token": token,
        "stances": selectors.STANCES,
        "outcomes": selectors.OTHER_OUTCOMES,
        "methods": [choice for choice in BallotMethod.choices if choice[0] != BallotMethod.PRINCIPAL],
        "choices": BallotChoice.choices,
        "people": people,
        "task_form": forms.TaskDraftForm(people=people_of(meeting.school)),
        **(bound or {}),
    }
    panels = {}
    for name in PANELS:
        html = render_to_string(f"meetings/desk/_{name}.html", context).strip()
        panels[f"p-{name}"] = {"html": html, "hash": _digest(html, token)}
    return panels


def _desk_meeting(request: HttpRequest, pk: int) -> tuple[Meeting, Any]:
    meeting = access.meeting_for(request.user, pk)
    return meeting, access.require_recorder(request.user, meeting)


def desk_url(pk: int, entry_id: int | None = None) -> str:
    return (
        reverse("meetings:desk_entry", args=[pk, entry_id])
        if entry_id
        else reverse("meetings:desk", args=[pk])
    )


def _page(
    request: HttpRequest,
    meeting: Meeting,
    offices: Any,
    entry_id: int | None,
    *,
    bound: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    desk = selectors.desk_for(request.user, meeting, offices, entry_id)
    reading.note(access.items_of([desk.entry]), reader=request.user)
    since = meeting.started_at
    panels = render_panels(request, desk, bound)
    return render(
        request,
        "meetings/desk.html",
        {
            "desk": desk,
            "meeting": meeting,
            "entry": desk.entry,
            "typed_words": (bound or {}).get("typed_words"),
            "panels": {name[2:]: panel["html"] for name, panel in panels.items()},
            "hashes": {name: panel["hash"] for name, panel in panels.items()},
            "minutes_in": int((timezone.now() - since).total_seconds() // 60)
            if since and not meeting.is_retrospective
            else None,
        },
        status=status,
    )


@login_required
@require_safe
def desk(request: HttpRequest, pk: int, entry_id: int | None = None) -> HttpResponse:
    """The workspace while the meeting sits; before and after, the page of the meeting."""
    meeting, offices = _desk_meeting(request, pk)
    note_use(request.user, (GrantKind.RECORD, meeting))
    if meeting.state not in SITTING_STATES:
        if meeting.state in BEFORE_STATES:
            messages.info(request, "会议尚未开始。开始后进入记录。")
        return redirect("meetings:meeting_detail", pk)
    return _page(request, meeting, offices, entry_id)


@login_required
@require_safe
def changes(request: HttpRequest, pk: int, entry_id: int | None = None) -> HttpResponse:
    """What changed since the stamp the page holds: 304 when nothing did, else the panels that differ."""
    meeting, offices = _desk_meeting(request, pk)
    if request.GET.get("stamp") == selectors.stamp_of(pk):
        return HttpResponseNotModified()
    if meeting.state not in SITTING_STATES:
        return JsonResponse({"gone": reverse("meetings:meeting_detail", args=[pk])})
    return JsonResponse(_reply(request, meeting, offices, entry_id))


def _reply(request: HttpRequest, meeting: Meeting, offices: Any, entry_id: int | None) -> dict[str, Any]:
    """Stamp and changed panels; X-Desk-Known names what the page holds as p-talk:hash,p-vote:hash."""
    known = set(request.headers.get("X-Desk-Known", "").split(","))
    desk = selectors.desk_for(request.user, meeting, offices, entry_id)
    panels = render_panels(request, desk)
    return {
        "stamp": desk.stamp,
        "at": f"{timezone.localtime():%H:%M}",
        "panels": {name: panel for name, panel in panels.items() if f"{name}:{panel['hash']}" not in known},
    }


# --- Acts ----------------------------------------------------------------------------------------


@login_required
@require_POST
def entry_act(request: HttpRequest, pk: int, entry_id: int, key: str, part: int = 0) -> HttpResponse:
    """One act on an entry or on a part of it."""
    act = ACTS.get(key)
    meeting, offices = _desk_meeting(request, pk)
    if (
        act is None
        or not AgendaEntry.objects.visible_to(request.user).filter(pk=entry_id, meeting=pk).exists()
    ):
        raise NotVisible("AgendaEntry")
    return _run(request, meeting, offices, entry_id, lambda: act(request, entry_id, part))


# --- Acts on the room -----------------------------------------------------------------------------------


def _shown_entry(request: HttpRequest, pk: int) -> int | None:
    """The entry the page shows, where it is one of this meeting the person sees."""
    wanted = whole_number(request.POST.get("entry", ""))
    rows = AgendaEntry.objects.visible_to(request.user).filter(pk=wanted, meeting=pk)
    return rows.values_list("pk", flat=True).first()


@login_required
@require_POST
def attendance(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """签到, 请假, 缺席, 离席 or 返席 of one seat."""
    meeting, offices = _desk_meeting(request, pk)
    if not Attendance.objects.visible_to(request.user).filter(pk=part, meeting=pk).exists():
        raise NotVisible("Attendance")

    def act() -> Done:
        form = forms.AttendanceForm(request.POST)
        data = clean(form)
        if data["status"] in ("leave_room", "return"):
            row = sitting.set_presence(
                part, actor=request.user, is_leaving=data["status"] == "leave_room", version=data["version"]
            )
        else:
            row = sitting.set_attendance(
                part,
                actor=request.user,
                status=data["status"],
                version=data["version"],
                reason=data["reason"],
                at=form.moment(meeting),
            )
        return Done(version=row.version)

    return _run(request, meeting, offices, _shown_entry(request, pk), act)


@login_required
@require_POST
def attendance_all(request: HttpRequest, pk: int) -> HttpResponse:
    """签到 of everybody who is still 未签到."""
    meeting, offices = _desk_meeting(request, pk)

    def act() -> Done:
        rows = meeting.attendances.filter(status=AttendanceStatus.EXPECTED)
        for row in rows:
            sitting.set_attendance(
                row.pk, actor=request.user, status=AttendanceStatus.PRESENT, version=row.version
            )
        return Done()

    return _run(request, meeting, offices, _shown_entry(request, pk), act)


@login_required
@require_POST
def observer_presence(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Whether an observer is in the room."""
    meeting, offices = _desk_meeting(request, pk)

    def act() -> Done:
        sitting.set_observer_presence(
            part, actor=request.user, is_present=request.POST.get("is_present") == "1"
        )
        return Done()

    return _run(request, meeting, offices, _shown_entry(request, pk), act)


@login_required
@require_POST
def observer_add(request: HttpRequest, pk: int) -> HttpResponse:
    """添加列席 while the meeting sits."""
    meeting, offices = _desk_meeting(request, pk)

    def act() -> Done:
        data = clean(forms.ObserverForm(request.POST, people=people_of(meeting.school)), "observer_form")
        invitations.add_observer(
            pk,
            actor=request.user,
            name=data["name"],
            identity=data["identity"],
            person=data["person"],
            entry_id=data["entry"],
        )
        return Done()

    return _run(request, meeting, offices, _shown_entry(request, pk), act)


# --- Answers ----------------------------------------------------------------------------------------------


def _run(
    request: HttpRequest, meeting: Meeting, offices: Any, entry_id: int | None, act: Callable[[], Done]
) -> HttpResponse:
    try:
        done = act()
    except Invalid as wrong:
        return _wrong(request, meeting, offices, entry_id, wrong)
    except StaleVersion as stale:
        raise StaleVersion(stale.message, current=current_of(stale.current, request)) from stale
    shown = done.entry_id or entry_id
    rows = AgendaEntry.objects.visible_to(request.user)
    is_lost = shown is not None and not rows.filter(pk=shown, meeting=meeting.pk).exists()
    if is_lost:
        shown = None  # the recorder's own recusal: whoever else may record goes on with this entry (R36)
        done.message = done.message or "您已回避本题，请由主持人或其他记录人记录。"
        done.focus = ""
    if not _is_script(request):
        if done.message:
            messages.success(request, done.message)
        return redirect(desk_url(meeting.pk, shown) + (f"#{done.focus}" if done.focus else ""))
    if is_lost or done.entry_id not in (None, entry_id):
        if done.message:
            messages.success(request, done.message)
        return JsonResponse({"go": desk_url(meeting.pk, shown)})
    fresh = access.meeting_for(request.user, meeting.pk)
    body = _reply(request, fresh, offices, shown)
    return JsonResponse(body | {"version": done.version, "focus": done.focus, "message": done.message})


def _wrong(
    request: HttpRequest, meeting: Meeting, offices: Any, entry_id: int | None, wrong: Invalid
) -> HttpResponse:
    """422 with the words of each fault; without script the page again, with what was typed."""
    if _is_script(request):
        return JsonResponse({"message": wrong.text, "errors": wrong.form.errors}, status=422)
    messages.error(request, wrong.text)
    bound = {
        "typed": request.POST,
        "typed_words": typed_words(request),
        **({wrong.slot: wrong.form} if wrong.slot else {}),
    }
    return _page(request, meeting, offices, entry_id, bound=bound, status=422)


def current_of(record: Any, request: HttpRequest) -> dict[str, Any]:
    """What is stored now beside what was sent, for the person to choose: version, fields, who and when."""
    names: dict[str, str] = {}
    version = getattr(record, "version", None) or getattr(record, "edit_version", None)
    if isinstance(record, Statement):
        names = {"text": "发言要点", "stance": "表态"}
    elif isinstance(record, AgendaEntry):
        names = {"decision_text": "决定", "method": "表决方式"}
    elif isinstance(record, Tally):
        names = {
            "votes_for": "赞成",
            "votes_against": "反对",
            "abstentions": "弃权",
            "invalid": "无效",
            "issued": "发出票数",
            "tellers": "监票人",
            "counter": "计票人",
        }
    elif isinstance(record, Attendance):
        names = {"status": "出席", "reason": "原因"}
    values = {name: getattr(record, name) for name in names}
    fields = {name: "" if value is None else str(value) for name, value in values.items()}
    changed = {name for name in names if name in request.POST and request.POST[name] != fields[name]}
    last = record.history.select_related("history_user").first()
    return {
        "version": version,
        "fields": fields,
        "by": str(last.history_user) if last and last.history_user else "",
        "at": last.history_date if last else None,
        "changes": [
            {"label": names[name], "before": request.POST[name], "after": _shown(record, name)}
            for name in names
            if name in changed
        ],
    }


def _shown(record: Any, name: str) -> str:
    """A value in words."""
    show = getattr(record, f"get_{name}_display", None)
    value = show() if show else getattr(record, name)
    return "" if value is None else str(value)
