"""Receipt, reports, acceptance, return, extension and urging of tasks."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.errors import NotNow
from common.history import save_as
from decisions import access
from decisions.choices import AttachmentKind, ReportKind, RequestState, TaskState
from decisions.models import Task, TaskExtension, TaskReport
from decisions.services.acts import record, tell
from decisions.services.evidence import store_file
from governance.selectors import admin_body

SHORT_NOTE = 120


def task_url(task: Task) -> str:
    return reverse("decisions:task_detail", args=[task.pk])


def _require_state(task: Task, *states: str) -> None:
    if task.state not in states:
        raise NotNow(f"此任务现为“{task.get_state_display()}”，不能这样办理。", current=task)


def _enter(
    task: Task,
    *,
    actor: Any,
    kind: str,
    text: str,
    event: str,
    files: list[UploadedFile] | None = None,
) -> TaskReport:
    """Save a changed task with history, add its report, and record the act on the item."""
    task.version += 1
    save_as(task, actor, text)
    report = save_as(
        TaskReport(task=task, kind=kind, progress=task.progress, text=text, author=actor),
        actor,
        ReportKind(kind).label,
    )
    for file in files or []:
        store_file(task.item, file, actor=actor, kind=AttachmentKind.TASK, task_report=report)
    record(
        task.item,
        kind=event,
        text=f"{actor}{ReportKind(kind).label}“{task.title}”：{text}",
        actor=actor,
        data={"task": task.pk, "progress": task.progress, "state": task.state},
    )
    return report


@transaction.atomic
def receive(task_id: int, *, actor: Any) -> TaskReport:
    """签收: the owner has seen the task; it is 进行中 from now on."""
    task = access.task_for_update(actor, task_id)
    access.require(access.may_report, access.offices_on(actor, task.item), task, "任务由责任人或协办人签收。")
    _require_state(task, TaskState.ISSUED)
    task.state = TaskState.IN_PROGRESS
    return _enter(task, actor=actor, kind=ReportKind.RECEIPT, text="已签收", event="task.received")


@transaction.atomic
def report(
    task_id: int,
    *,
    actor: Any,
    progress: int,
    text: str,
    is_submission: bool = False,
    files: list[UploadedFile] | None = None,
) -> TaskReport:
    """反馈进展 in percent with words and evidence; `is_submission` asks for acceptance (100 %)."""
    task = access.task_for_update(actor, task_id)
    access.require(access.may_report, access.offices_on(actor, task.item), task, "进展由责任人或协办人反馈。")
    _require_state(task, TaskState.ISSUED, TaskState.IN_PROGRESS)
    if not 0 <= progress <= 100:
        raise NotNow("进度请填 0 到 100 之间的整数。")
    new_progress = 100 if is_submission else min(progress, 99)
    last = task.reports.first()
    if last is not None and not files and timezone.localdate(last.at) == timezone.localdate():
        told = (last.author_id, last.kind, last.progress, last.text)
        if told == (actor.pk, ReportKind.PROGRESS, new_progress, text):
            raise NotNow("同样的进展今天已经反馈，没有重复登记。")
    task.progress = new_progress
    task.progress_note, task.reported_at = text[:SHORT_NOTE], timezone.now()
    task.state = TaskState.SUBMITTED if is_submission else TaskState.IN_PROGRESS
    entry = _enter(
        task,
        actor=actor,
        kind=ReportKind.SUBMISSION if is_submission else ReportKind.PROGRESS,
        text=text,
        event="task.submitted" if is_submission else "task.reported",
        files=files,
    )
    if is_submission:
        tell(
            task.item,
            recipients=access.chairs_on(task.item, admin_body(task.school)),
            kind="task.submitted",
            what="请验收",
            about=task.title,
            body=f"{task.owner}报请验收。{text}",
            url=task_url(task),
        )
    return entry


@transaction.atomic
def accept(task_id: int, *, actor: Any, text: str) -> TaskReport:
    """验收: the task is 已办结."""
    task = access.task_for_update(actor, task_id)
    access.require(
        access.may_accept,
        access.offices_on(actor, task.item),
        task,
        "任务由校长或书记验收，责任人不能验收自己的任务。",
    )
    _require_state(task, TaskState.SUBMITTED)
    task.state, task.progress, task.finished_at = TaskState.DONE, 100, timezone.now()
    entry = _enter(
        task, actor=actor, kind=ReportKind.ACCEPTANCE, text=text or "验收通过", event="task.accepted"
    )
    _tell_owner(task, "验收通过", text)
    if not task.item.tasks.open().exists():
        tell(
            task.item,
            recipients=access.chairs_on(task.item, admin_body(task.school)),
            kind="item.ready_to_complete",
            what="任务已全部验收，可以办结",
            body="请填写办结说明，向党组织报告执行情况。",
        )
    return entry


@transaction.atomic
def send_back(task_id: int, *, actor: Any, text: str) -> TaskReport:
    """退回: what was submitted is not enough; the owner goes on."""
    task = access.task_for_update(actor, task_id)
    access.require(access.may_accept, access.offices_on(actor, task.item), task, "任务由校长或书记退回。")
    _require_state(task, TaskState.SUBMITTED)
    task.state, task.progress = TaskState.IN_PROGRESS, 90
    entry = _enter(task, actor=actor, kind=ReportKind.RETURN, text=text, event="task.returned")
    _tell_owner(task, "任务退回", text)
    return entry


@transaction.atomic
def urge(task_id: int, *, actor: Any, text: str) -> TaskReport:
    """催办: remind the owner; recorded, repeated at most once a day."""
    task = access.task_for_update(actor, task_id)
    access.require(
        access.may_urge, access.offices_on(actor, task.item), task, "催办由校长、书记或会议秘书办理。"
    )
    _require_state(task, TaskState.ISSUED, TaskState.IN_PROGRESS)
    today = timezone.localdate()
    if task.reports.filter(kind=ReportKind.URGE, at__date=today).exists():
        raise NotNow("今天已催办过，明天可以再催。", current=task)
    entry = _enter(task, actor=actor, kind=ReportKind.URGE, text=text or "请尽快反馈进展", event="task.urged")
    _tell_owner(task, "催办", text or "请尽快反馈进展")
    return entry


@transaction.atomic
def request_extension(task_id: int, *, actor: Any, new_due_on: date, reason: str) -> TaskExtension:
    """申请延期 to a later day, for whoever accepts the task to decide."""
    task = access.task_for_update(actor, task_id)
    access.require(access.may_report, access.offices_on(actor, task.item), task, "延期由责任人或协办人申请。")
    _require_state(task, TaskState.ISSUED, TaskState.IN_PROGRESS)
    if new_due_on <= task.due_on:
        raise NotNow(f"新时限须晚于原时限 {task.due_on.month}月{task.due_on.day}日。", current=task)
    if task.extensions.filter(state=RequestState.OPEN).exists():
        raise NotNow("已有一份延期申请等待审批。", current=task)
    extension = save_as(
        TaskExtension(
            task=task, old_due_on=task.due_on, new_due_on=new_due_on, reason=reason, requested_by=actor
        ),
        actor,
        "申请延期",
    )
    record(
        task.item,
        kind="extension.requested",
        text=f"{actor}申请“{task.title}”延期至{new_due_on.month}月{new_due_on.day}日：{reason}",
        actor=actor,
        reason=reason,
        data={"task": task.pk, "extension": extension.pk},
    )
    tell(
        task.item,
        recipients=access.chairs_on(task.item, admin_body(task.school)),
        kind="extension.requested",
        what="请审批延期",
        about=task.title,
        body=reason,
        url=task_url(task),
    )
    return extension


@transaction.atomic
def decide_extension(extension_id: int, *, actor: Any, is_accepted: bool, answer: str = "") -> TaskExtension:
    """审批延期: accepted moves the day of the task, refused leaves it."""
    extension = access.extension_for(actor, extension_id)
    task = access.task_for_update(actor, extension.task_id)
    access.require(
        access.may_accept,
        access.offices_on(actor, task.item),
        task,
        "延期由校长或书记审批，责任人不能审批自己的申请。",
    )
    extension.refresh_from_db()
    if extension.state != RequestState.OPEN:
        raise NotNow(f"此申请已处理：{extension.get_state_display()}。", current=task)
    if not task.is_open:
        raise NotNow(f"此任务现为“{task.get_state_display()}”，不能再延期。", current=task)
    extension.state = RequestState.ACCEPTED if is_accepted else RequestState.REFUSED
    extension.decided_by, extension.decided_at, extension.answer = actor, timezone.now(), answer
    word = "同意" if is_accepted else "不同意"
    save_as(extension, actor, answer or f"{word}延期")
    if is_accepted:
        task.due_on = extension.new_due_on
        task.version += 1
        save_as(task, actor, f"延期：{extension.reason}")
    record(
        task.item,
        kind="extension.decided",
        text=f"{actor}{word}“{task.title}”延期{('：' + answer) if answer else ''}",
        actor=actor,
        reason=answer,
        data={"task": task.pk, "extension": extension.pk, "is_accepted": is_accepted},
    )
    _tell_owner(task, f"{word}延期", answer)
    return extension


def _tell_owner(task: Task, what: str, body: str) -> None:
    tell(
        task.item,
        recipients=[task.owner],
        kind="task.news",
        what=what,
        about=task.title,
        body=body,
        url=task_url(task),
    )
