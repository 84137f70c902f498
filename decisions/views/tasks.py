"""落实任务: the list by urgency and the page of one task."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from common.errors import NotVisible
from decisions import access
from decisions.forms import AnswerForm, ExtensionForm, ReasonForm, ReportForm, UrgeForm
from decisions.models import Task
from decisions.selectors import tasks as selectors
from decisions.services import reading
from decisions.services import tasks as services

TILES = (
    ("", "全部在办", "open", "", ""),
    ("overdue", "已逾期", "overdue", "alarm", "t-bad"),
    ("week", "本周到期", "week", "clock-hour-4", "t-warn"),
    ("accept", "待我验收", "accept", "clipboard-check", "t-run"),
    ("going", "进行中", "going", "progress-check", ""),
    ("done", "本学期办结", "done", "circle-check", "t-ok"),
)


@require_safe
@login_required
def task_list(request: HttpRequest) -> HttpResponse:
    """Tasks by urgency; the numbers at the top are the filters."""
    view = request.GET.get("view", "")
    view = view if view in selectors.VIEWS else ""
    is_mine = request.GET.get("mine") == "1"
    today = timezone.localdate()
    context: dict[str, Any] = {"view": view, "is_mine": is_mine, "term": selectors.term_of(today)}
    if request.school:
        tasks = selectors.task_queryset(request.user, request.school, is_mine=is_mine)
        counts = selectors.task_counts(tasks, today)
        offices = request.offices
        accepts = offices.is_principal or offices.is_secretary
        context |= {
            "tiles": [
                {
                    "key": key,
                    "label": "待验收" if key == "accept" and not accepts else label,
                    "count": counts[count],
                    "icon": icon,
                    "tone": tone,
                    "is_current": key == view,
                }
                for key, label, count, icon, tone in TILES
            ],
            "groups": selectors.task_groups(request.user, tasks, offices, view),
        }
    return render(request, "decisions/task_list.html", context)


def _task(request: HttpRequest, pk: int) -> Task:
    found = (
        Task.objects.visible_to(request.user)
        .filter(pk=pk)
        .select_related("school__authority", "owner", "issued_by", "resolution", "item__school")
        .prefetch_related("helpers")
        .first()
    )
    if found is None:
        raise NotVisible("Task")
    return found


def _page(request: HttpRequest, task: Task, *, status: int = 200, **bound: forms.Form) -> HttpResponse:
    """The page of a task, with refused forms in the place of fresh ones."""
    page = selectors.task_page(request.user, task, access.offices_on(request.user, task.item))
    fresh = {
        "report_form": ReportForm(initial={"progress": task.progress}),
        "accept_form": ReasonForm(label="验收意见"),
        "extend_form": ExtensionForm(task=task),
        "answer_form": AnswerForm(),
    }
    return render(
        request, "decisions/task_detail.html", {"page": page, "task": task, **fresh, **bound}, status=status
    )


@require_safe
@login_required
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: report, accept, extend, and everything that happened."""
    task = _task(request, pk)
    reading.note([task.item], reader=request.user)
    return _page(request, task)


def _done(request: HttpRequest, task: Task, words: str) -> HttpResponse:
    messages.success(request, words)
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return redirect(back)
    return redirect("decisions:task_detail", pk=task.pk)


def _receive(request: HttpRequest, task: Task) -> HttpResponse:
    services.receive(task.pk, actor=request.user)
    return _done(request, task, "已签收。")


def _report(request: HttpRequest, task: Task, *, is_submission: bool = False) -> HttpResponse:
    data = request.POST.copy()
    if is_submission:
        data["progress"] = "100"
    form = ReportForm(data, request.FILES)
    if not form.is_valid():
        return _page(request, task, status=422, report_form=form)
    services.report(
        task.pk,
        actor=request.user,
        progress=form.cleaned_data["progress"],
        text=form.cleaned_data["text"],
        is_submission=is_submission,
        files=form.cleaned_data["files"],
    )
    return _done(request, task, "已报请验收。" if is_submission else "已反馈。")


def _submit(request: HttpRequest, task: Task) -> HttpResponse:
    return _report(request, task, is_submission=True)


def _accept(request: HttpRequest, task: Task) -> HttpResponse:
    text = request.POST.get("reason", "").strip()[:200]
    services.accept(task.pk, actor=request.user, text=text)
    return _done(request, task, "验收通过，任务办结。")


def _send_back(request: HttpRequest, task: Task) -> HttpResponse:
    form = ReasonForm(request.POST, label="验收意见")
    if not form.is_valid():
        form.errors["reason"] = form.error_class(["退回须写明哪里不够、怎样补。"])
        return _page(request, task, status=422, accept_form=form)
    services.send_back(task.pk, actor=request.user, text=form.cleaned_data["reason"])
    return _done(request, task, "已退回，责任人会收到通知。")


def _urge(request: HttpRequest, task: Task) -> HttpResponse:
    form = UrgeForm(request.POST)
    form.is_valid()
    services.urge(task.pk, actor=request.user, text=form.cleaned_data.get("text", ""))
    return _done(request, task, f"已催办，{task.owner}会收到通知。")


def _extend(request: HttpRequest, task: Task) -> HttpResponse:
    form = ExtensionForm(request.POST, task=task)
    if not form.is_valid():
        return _page(request, task, status=422, extend_form=form)
    services.request_extension(task.pk, actor=request.user, **form.cleaned_data)
    return _done(request, task, "已申请延期，等待审批。")


ACTS: dict[str, Callable[[HttpRequest, Task], HttpResponse]] = {
    "receive": _receive,
    "report": _report,
    "submit": _submit,
    "accept": _accept,
    "send_back": _send_back,
    "urge": _urge,
    "extend": _extend,
}


REPORTS = (access.may_report, "进展由责任人或协办人反馈。")
ACCEPTS = (access.may_accept, "任务由校长或书记验收，责任人不能验收自己的任务。")
RIGHTS: dict[str, tuple[Callable[..., bool], str]] = {
    "receive": REPORTS,
    "report": REPORTS,
    "submit": REPORTS,
    "extend": REPORTS,
    "accept": ACCEPTS,
    "send_back": ACCEPTS,
    "urge": (access.may_urge, "催办由校长、书记或会议秘书办理。"),
}


@require_POST
@login_required
def task_act(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take one step on a task."""
    task = _task(request, pk)
    if key not in ACTS:
        raise NotVisible("step")
    right, words = RIGHTS[key]
    access.require(right, access.offices_on(request.user, task.item), task, words)
    return ACTS[key](request, task)


@require_POST
@login_required
def extension_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """审批延期."""
    extension = access.extension_for(request.user, pk)
    task = _task(request, extension.task_id)
    access.require(
        access.may_accept, access.offices_on(request.user, task.item), task, "延期由校长或书记审批。"
    )
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, task, status=422, answer_form=form)
    services.decide_extension(pk, actor=request.user, **form.cleaned_data)
    return _done(request, task, "已同意延期。" if form.cleaned_data["is_accepted"] else "已答复不同意延期。")
