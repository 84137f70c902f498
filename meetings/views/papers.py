"""会议记录 and 会议纪要: reading, editing the draft, signing, issuing, correcting."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from common.errors import NotNow, NotVisible, StaleVersion
from decisions.services import reading
from governance.access import offices_of
from meetings import access, forms
from meetings.choices import MeetingState, MinutesState
from meetings.documents import record_content, task_lines, vote_sentence
from meetings.models import AgendaEntry, Meeting, MeetingRecord, Minutes
from meetings.selectors.planning import withheld_numbers, withheld_positions
from meetings.services import records


def _meeting(request: HttpRequest, pk: int) -> Meeting:
    """A meeting whose papers the person may read; observers of one entry may not (404)."""
    meeting = access.meeting_for(request.user, pk)
    if not Meeting.objects.papers_visible_to(request.user).filter(pk=pk).exists():
        raise NotVisible("Meeting")
    return meeting


def _recorded(request: HttpRequest, pk: int) -> Meeting:
    """A meeting whose 会议记录 the person may read: office holders of the body, nobody else (404)."""
    meeting = access.meeting_for(request.user, pk)
    if not Meeting.objects.records_visible_to(request.user).filter(pk=pk).exists():
        raise NotVisible("Meeting")
    return meeting


def _versions(request: HttpRequest, pk: int) -> list[Minutes]:
    return list(
        Minutes.objects.visible_to(request.user)
        .filter(meeting=pk)
        .select_related("document", "issued_by", "drafted_by", "supersedes")
        .order_by("-version")
    )


@login_required
@require_safe
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest 会议纪要: the draft to edit, or the issued words with the PDF and earlier versions."""
    meeting = _meeting(request, pk)
    return render(request, "meetings/minutes.html", _minutes_context(request, meeting))


def _minutes_context(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    offices = offices_of(request.user, meeting.school)
    versions = _versions(request, meeting.pk)
    current = versions[0] if versions else None
    may_record = access.may_record(offices, meeting)
    blocks = []
    if current is not None:
        seen = AgendaEntry.objects.visible_to(request.user).filter(meeting=meeting)
        entries = {entry.pk: entry for entry in seen.select_related("presenter", "stage__item")}
        reading.note(access.items_of(entries.values()), reader=request.user)
        for block in current.entries:
            entry = entries.get(block["entry"])
            if entry is not None:
                blocks.append(
                    {
                        **block,
                        "row": entry,
                        "vote": vote_sentence(entry),
                        "tasks": task_lines(entry),
                    }
                )
    return {
        "meeting": meeting,
        "minutes": current,
        "earlier": versions[1:],
        "blocks": blocks,
        "withheld": withheld_numbers(request.user, meeting),
        "is_draft": current is not None and current.state != MinutesState.ISSUED,
        "may_edit": may_record and current is not None and current.state != MinutesState.ISSUED,
        "may_record": may_record,
        "may_issue": access.may_issue(offices, meeting),
        "may_draft": may_record
        and current is None
        and meeting.state in (MeetingState.CLOSED, MeetingState.SIGNED),
        "signing_list": [records.signing_check(meeting)],
    }


def _draft(request: HttpRequest, meeting: Meeting, current: Minutes | None) -> str:
    records.draft_minutes(meeting.pk, actor=request.user)
    return "纪要已按会议事实起草，请核对文字。"


def _require(current: Minutes | None) -> Minutes:
    if current is None:
        raise NotNow("纪要尚未起草。")
    return current


def _submit(request: HttpRequest, meeting: Meeting, current: Minutes | None) -> str:
    records.submit_minutes(_require(current).pk, actor=request.user)
    return "已送签。"


def _return(request: HttpRequest, meeting: Meeting, current: Minutes | None) -> str:
    data = _clean(forms.ReasonForm(request.POST))
    records.return_minutes(_require(current).pk, actor=request.user, reason=data["reason"])
    return "已退改，起草人会收到通知。"


def _issue(request: HttpRequest, meeting: Meeting, current: Minutes | None) -> str:
    issued = records.issue_minutes(_require(current).pk, actor=request.user)
    return f"纪要{issued.number_text}已签发，正在生成 PDF。"


def _correct(request: HttpRequest, meeting: Meeting, current: Minutes | None) -> str:
    data = _clean(forms.CorrectionForm(request.POST))
    records.correct_minutes(_require(current).pk, actor=request.user, reason=data["reason"])
    return "已建更正版草稿。原纪要保持不变。"


class _Wrong(Exception):
    """Input to be mended."""


def _clean(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise _Wrong(forms.faults(form))
    return form.cleaned_data


MINUTES_ACTS: dict[str, Callable[[HttpRequest, Meeting, Minutes | None], str]] = {
    "draft": _draft,
    "submit": _submit,
    "return": _return,
    "issue": _issue,
    "correct": _correct,
}


@login_required
@require_POST
def minutes_act(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """起草, 保存, 送签, 退改, 签发 or 更正 of the latest version."""
    meeting = _meeting(request, pk)
    versions = _versions(request, pk)
    current = versions[0] if versions else None
    if key == "save":
        return _save(request, meeting, _require(current))
    act = MINUTES_ACTS.get(key)
    if act is None:
        raise NotVisible("act")
    try:
        done = act(request, meeting, current)
    except _Wrong as wrong:
        messages.error(request, str(wrong))
        return render(request, "meetings/minutes.html", _minutes_context(request, meeting), status=422)
    messages.success(request, done)
    return redirect("meetings:minutes", pk)


def _save(request: HttpRequest, meeting: Meeting, current: Minutes) -> HttpResponse:
    is_script = request.headers.get("X-Desk") == "1"
    form = forms.MinutesForm(request.POST)
    if not form.is_valid():
        text = forms.faults(form)
        if is_script:
            return JsonResponse({"message": text, "errors": form.errors}, status=422)
        messages.error(request, text)
        context = _minutes_context(request, meeting)
        return render(request, "meetings/minutes.html", context | {"typed": request.POST}, status=422)
    data = form.cleaned_data
    try:
        saved = records.save_minutes(
            current.pk,
            actor=request.user,
            edit_version=data["version"],
            preamble=data["preamble"] if "preamble" in request.POST else None,
            copy_to=data["copy_to"] if "copy_to" in request.POST else None,
            texts=form.texts or None,
        )
    except StaleVersion as stale:
        raise StaleVersion(stale.message, current=_theirs(stale.current, request)) from stale
    if is_script:
        return JsonResponse({"version": saved.edit_version, "at": f"{timezone.localtime():%H:%M}"})
    messages.success(request, "纪要已保存。")
    return redirect("meetings:minutes", meeting.pk)


def _theirs(stored: Minutes, request: HttpRequest) -> dict[str, Any]:
    """What is stored now, by field name as sent."""
    fields = {"preamble": stored.preamble, "copy_to": stored.copy_to}
    names = {"preamble": "开头", "copy_to": "抄送"}
    seen = set(
        AgendaEntry.objects.visible_to(request.user)
        .filter(meeting=stored.meeting_id)
        .values_list("pk", flat=True)
    )
    for block in stored.entries:
        if block["entry"] not in seen:
            continue
        fields[f"text_{block['entry']}"] = block["text"]
        names[f"text_{block['entry']}"] = block["title"]
    last = stored.history.select_related("history_user").first()
    return {
        "version": stored.edit_version,
        "fields": fields,
        "by": str(last.history_user) if last and last.history_user else "",
        "at": last.history_date if last else None,
        "changes": [
            {"label": names[name], "before": request.POST[name], "after": value}
            for name, value in fields.items()
            if name in request.POST and request.POST[name] != value
        ],
    }


# --- 会议记录 ----------------------------------------------------------------------------------------


@login_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The verbatim record: from the facts until the first signature, frozen from then on."""
    meeting = _recorded(request, pk)
    seen = AgendaEntry.objects.visible_to(request.user).filter(meeting=meeting)
    reading.note(access.items_of(seen.select_related("stage__item")), reader=request.user)
    return render(request, "meetings/record.html", _record_context(request, meeting))


def _record_context(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    kept = (
        MeetingRecord.objects.visible_to(request.user)
        .filter(meeting=meeting)
        .select_related("recorder_signed_by", "chair_signed_by")
        .first()
    )
    if kept is None:
        raise NotNow(f"{meeting.label}尚未开始，没有会议记录。", current=meeting.get_state_display())
    offices = offices_of(request.user, meeting.school)
    may_record = access.may_record(offices, meeting)
    is_closed = meeting.state == MeetingState.CLOSED
    withheld = withheld_positions(request.user, meeting)
    return {
        "meeting": meeting,
        "record": kept,
        "content": _without(kept.content or record_content(meeting, kept), meeting, withheld),
        "withheld": withheld_numbers(request.user, meeting),
        "document": meeting.documents.visible_to(request.user).filter(kind="meeting_record").first(),
        "may_supplement": may_record and kept.content is None and meeting.state != MeetingState.SIGNED,
        "may_sign_recorder": is_closed
        and kept.recorder_signed_at is None
        and may_record
        and (request.user.pk == meeting.recorder_id or offices.clerks(meeting.body)),
        "may_sign_chair": is_closed and kept.chair_signed_at is None and request.user.pk == meeting.chair_id,
        "is_closed": is_closed,
    }


def _without(content: dict[str, Any], meeting: Meeting, withheld: list[int]) -> dict[str, Any]:
    """The record without the entries the reader must keep away from (R36); it lists them as the agenda does."""
    held = meeting.entries.filter(snapshot__isnull=False).order_by("position", "pk")
    positions = held.values_list("position", flat=True)
    rows = zip(positions, content["entries"], strict=True) if withheld else enumerate(content["entries"], 1)
    entries = [row for position, row in rows if position not in withheld]
    return content | {"entries": entries}


@login_required
@require_POST
def record_act(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """补充说明, 记录人签字 or 主持人签字."""
    _recorded(request, pk)
    if key == "supplement":
        records.save_supplement(pk, actor=request.user, text=request.POST.get("text", ""))
        messages.success(request, "补充说明已保存。")
    elif key in ("sign-recorder", "sign-chair"):
        kept = records.sign_record(pk, actor=request.user, is_chair=key == "sign-chair")
        done = "会议记录签字完成，可以签发纪要。" if kept.is_signed else "已签字，等另一方签字。"
        messages.success(request, done)
    else:
        raise NotVisible("act")
    return redirect("meetings:record", pk)
