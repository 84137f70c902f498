"""Notices before and after deadlines. They change nothing; each is written once per person and occasion."""

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from decisions import access
from decisions.choices import ItemState, StageState, TaskState
from decisions.models import Stage, Task
from decisions.services.acts import item_url
from governance.choices import AccessScope
from governance.selectors import admin_body
from notifications.services import notify

AHEAD_DAYS = 3
CONFIRM_WITHIN_DAYS = 3


def occasion(days_left: int) -> str:
    """Which reminder a task is at: three days before, the day before, the day itself, each week overdue."""
    if days_left < 0:
        return f"late{(-days_left - 1) // 7}"
    return {0: "today", 1: "tomorrow"}.get(days_left, "soon")


@transaction.atomic
def remind_task(task_id: int, on: date) -> int:
    """Remind the people of one open task on a day (R72); returns how many notices were written."""
    task = Task.objects.select_related("school", "item", "owner").filter(pk=task_id).first()
    if task is None or task.state not in (TaskState.ISSUED, TaskState.IN_PROGRESS):
        return 0
    left = (task.due_on - on).days
    if left > AHEAD_DAYS:
        return 0
    words = f"逾期 {-left} 天" if left < 0 else {0: "今天到期", 1: "明天到期"}.get(left, f"{left} 天后到期")
    is_secret = task.item.access_scope == AccessScope.RESTRICTED
    title = f"落实任务{words}" if is_secret else f"落实任务{words}：{task.title}"
    people = [task.owner, *task.helpers.all()]
    if left < 0:
        people += access.chairs_on(task.item, admin_body(task.school))
    barred = access.barred_people(task.item)
    written = notify(
        recipients={person.pk: person for person in people if person.pk not in barred}.values(),
        kind="task.due",
        title=title,
        body=f"{task.due_on.month}月{task.due_on.day}日到期，目前 {task.progress}%。请反馈进展，或申请延期。",
        url=reverse("decisions:task_detail", args=[task.pk]),
        school=task.school,
        dedupe=f"task:{task.pk}:due:{task.due_on.isoformat()}:{occasion(left)}",
    )
    return len(written)


@transaction.atomic
def remind_confirmation(stage_id: int) -> int:
    """Remind the chair of a topic that has waited for confirmation (R11); once a stage and round of waiting."""
    stage = Stage.objects.select_related("item__school", "body").filter(pk=stage_id).first()
    if stage is None or stage.state != StageState.OPEN:
        return 0
    item = stage.item
    is_secret = item.access_scope == AccessScope.RESTRICTED
    written = notify(
        recipients=access.chairs_on(item, stage.body),
        kind="stage.waiting",
        title="有议题等待确定" if is_secret else f"议题等待确定：{item.title}",
        body=f"{item.number}，拟上{stage.body}，申报已超过 {CONFIRM_WITHIN_DAYS} 天。",
        url=item_url(item),
        school=item.school,
        dedupe=f"stage:{stage.pk}:waiting:{item.version}",
    )
    return len(written)


def due_task_ids(on: date) -> list[int]:
    """Open tasks that are due within three days or overdue."""
    working = Task.objects.filter(
        state__in=[TaskState.ISSUED, TaskState.IN_PROGRESS], due_on__lte=on + timedelta(days=AHEAD_DAYS)
    )
    return list(working.order_by("pk").values_list("pk", flat=True))


def waiting_stage_ids() -> list[int]:
    """Stages that nobody has confirmed for more than three days."""
    since = timezone.now() - timedelta(days=CONFIRM_WITHIN_DAYS)
    waiting = Stage.objects.filter(
        state=StageState.OPEN,
        item__state=ItemState.PENDING,
        item__updated_at__lt=since,
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True))
