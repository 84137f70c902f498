"""Tasks, rectifications and handed over work that wait."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from common import components as c
from common.templatetags.ui import cn_date
from compliance.choices import FindingState
from compliance.models import Finding
from compliance.selectors import title_of
from decisions.choices import RequestState, TaskState
from decisions.models import Task, TaskExtension
from governance.access import Offices
from governance.models import Seat
from handover.access import watches
from handover.models import Handover
from handover.selectors import unattended
from workbench.selectors.todos.kit import SOON, Todo, day_of


def tasks_owned(user: Any, offices: Offices, today: date) -> Iterator[Todo]:
    """My tasks to receive, and those that are due soon or whose report is due (R72)."""
    found = (
        Task.objects.visible_to(user)
        .filter(Q(owner=user) | Q(helpers=user), school=offices.school)
        .filter(state__in=[TaskState.ISSUED, TaskState.IN_PROGRESS])
        .distinct()
        .order_by("due_on", "pk")
    )
    for task in found:
        url = reverse("decisions:task_detail", args=[task.pk])
        if task.state == TaskState.ISSUED:
            yield Todo("checks", f"签收任务：{task.title}", task.deployed_at_label, url, "签收", task.due_on)
            continue
        spoken = day_of(task.reported_at or task.issued_at)
        report_due = spoken + timedelta(days=task.report_every_days)
        if min(task.due_on, report_due) <= today + SOON:
            note = f"已完成 {task.progress}%，上次反馈 {cn_date(spoken)}"
            yield Todo(
                "message-dots", f"反馈进展：{task.title}", note, url, "反馈", min(task.due_on, report_due)
            )


def tasks_to_judge(user: Any, offices: Offices) -> Iterator[Todo]:
    """Tasks to accept and extensions to decide, for 校长 (and 书记 where the owner is 校长)."""
    if not (offices.is_principal or offices.is_secretary):
        return
    visible = Task.objects.visible_to(user).filter(school=offices.school)
    if offices.is_principal and not offices.is_secretary:
        visible = visible.exclude(owner=user)
    elif offices.is_secretary and not offices.is_principal:
        principal = Seat.objects.active().filter(school=offices.school, role="principal")
        visible = visible.filter(owner__in=principal.values("person"))
    for task in visible.filter(state=TaskState.SUBMITTED).select_related("owner").order_by("due_on", "pk"):
        yield Todo(
            "clipboard-check",
            f"验收：{task.title}",
            f"{task.owner}报请验收，{cn_date(task.reported_at)}",
            reverse("decisions:task_detail", args=[task.pk]),
            "验收",
            pill=c.pill_for("待验收"),
        )
    requests = (
        TaskExtension.objects.visible_to(user)
        .filter(task__in=visible.filter(state__in=[TaskState.ISSUED, TaskState.IN_PROGRESS]))
        .filter(state=RequestState.OPEN)
        .select_related("task", "requested_by")
        .order_by("old_due_on")
    )
    for row in requests:
        yield Todo(
            "calendar-time",
            f"审批延期：{row.task.title}",
            f"{row.requested_by}申请由 {cn_date(row.old_due_on)} 延至 {cn_date(row.new_due_on)}",
            reverse("decisions:task_detail", args=[row.task_id]) + "#extension",
            "审批",
            row.old_due_on,
        )


def rectifications(user: Any, offices: Offices) -> Iterator[Todo]:
    """Findings whose rectification the person owns, by their day."""
    found = (
        Finding.objects.visible_to(user)
        .filter(
            school=offices.school,
            rectification__owner=user,
            state__in=[FindingState.RECTIFYING, FindingState.RETURNED],
        )
        .order_by("due_on", "pk")
    )
    for finding in found:
        yield Todo(
            "shield-check",
            f"整改：{title_of(finding)}",
            f"{finding.subject_label}，{finding.get_state_display()}",
            reverse("compliance:finding_detail", args=[finding.pk]),
            "整改",
            finding.due_on,
        )


def handed_over(user: Any, offices: Offices) -> Iterator[Todo]:
    """Handovers whose arrival the person has not confirmed."""
    found = (
        Handover.objects.visible_to(user)
        .waiting()
        .filter(school=offices.school, receiver=user)
        .select_related("giver")
        .annotate(works=Count("lines"))
        .order_by("handed_at")
    )
    for handover in found:
        yield Todo(
            "arrows-exchange",
            f"接收{handover.giver}交接的工作",
            f"{handover.works} 项，{handover.reason}",
            reverse("handover:handover_detail", args=[handover.pk]),
            "接收",
            pill=c.Pill("待接收", "hourglass", c.WARN),
        )


def without_owner(offices: Offices) -> Iterator[Todo]:
    """Work of people whose office has ended: nobody does it until it is handed over."""
    if not watches(offices):
        return
    for one in unattended(offices.school):
        yield Todo(
            "user-question",
            f"交接{one.person}留下的工作",
            f"{one.lost} 件在办，任职已结束，无人负责",
            reverse("handover:handover_new", args=[one.person.pk]),
            "交接",
            pill=c.Pill("无人负责", "alert-octagon", c.BAD),
        )
