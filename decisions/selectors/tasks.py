"""The list of tasks by urgency, and the page of one task."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from common.components import BAD, WARN, Pill, pill_for
from common.templatetags.ui import due_pill
from decisions import access
from decisions.choices import OPEN_TASK_STATES, ReportKind, RequestState, TaskState
from decisions.models import DecisionItem, Task, TaskExtension, TaskReport
from governance.access import Offices
from governance.models import School

VIEWS = ("", "overdue", "week", "accept", "going", "done")
OPEN_LIMIT = 300
DONE_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Term:
    """A school term: 秋季 from August to January, 春季 from February to July."""

    name: str
    since: date


def term_of(day: date) -> Term:
    """The term a day lies in."""
    if 2 <= day.month <= 7:
        return Term(f"{day.year}年春季学期", date(day.year, 2, 1))
    year = day.year if day.month >= 8 else day.year - 1
    return Term(f"{year}年秋季学期", date(year, 8, 1))


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task as the list shows it, with the one act this person may take."""

    task: Task
    pill: Pill
    when: str
    act: str
    label: str
    url: str
    is_primary: bool = False


@dataclass(slots=True)
class TaskGroup:
    """Tasks of one urgency."""

    key: str
    title: str
    note: str
    rows: list[TaskRow] = field(default_factory=list)


def week_end(day: date) -> date:
    """Sunday of the week of a day."""
    return day + timedelta(days=6 - day.weekday())


def task_queryset(user: Any, school: School, *, is_mine: bool = False) -> QuerySet[Task]:
    """Visible tasks of a school, with whether each was urged today."""
    tasks = Task.objects.visible_to(user).filter(school=school)
    if is_mine:
        helping = Task.helpers.through.objects.filter(task=OuterRef("pk"), user=user)
        tasks = tasks.filter(Q(owner=user) | Exists(helping))
    return tasks


def task_counts(tasks: QuerySet[Task], today: date) -> dict[str, int]:
    """What each tile counts; one query."""
    is_open = Q(state__in=OPEN_TASK_STATES)
    working = Q(state__in=[TaskState.ISSUED, TaskState.IN_PROGRESS])
    return tasks.aggregate(
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & Q(due_on__lt=today)),
        week=Count("pk", filter=working & Q(due_on__gte=today, due_on__lte=week_end(today))),
        accept=Count("pk", filter=Q(state=TaskState.SUBMITTED)),
        going=Count("pk", filter=working & Q(due_on__gt=week_end(today))),
        done=Count("pk", filter=Q(state=TaskState.DONE, finished_at__date__gte=term_of(today).since)),
    )


def task_groups(user: Any, tasks: QuerySet[Task], offices: Offices, view: str = "") -> list[TaskGroup]:
    """Tasks of one tile in groups, the most pressing first; two queries whatever their number."""
    today = timezone.localdate()
    urged = TaskReport.objects.visible_to(user).filter(
        task=OuterRef("pk"), kind=ReportKind.URGE, at__date=today
    )
    annotated: Any = (
        tasks.annotate(is_urged=Exists(urged))
        .select_related("owner", "resolution")
        .prefetch_related("helpers")
    )
    may_accept = bool(offices) and (offices.is_principal or offices.is_secretary)
    waiting = "待我验收" if may_accept else "待验收"
    groups = {
        "overdue": TaskGroup("overdue", "已逾期", "逾期情况会向党组织报告"),
        "accept": TaskGroup("accept", waiting, ""),
        "week": TaskGroup("week", "本周到期", ""),
        "going": TaskGroup("going", "进行中", "按时限排列"),
        "done": TaskGroup("done", "本学期办结", "新办结的在前"),
    }
    if view == "done":
        found = annotated.filter(state=TaskState.DONE, finished_at__date__gte=term_of(today).since)
        ordered = found.order_by("-finished_at")[:DONE_LIMIT]
    else:
        ordered = annotated.open().order_by("due_on", "pk")[:OPEN_LIMIT]
    for task in ordered:
        key = group_of(task, today)
        if not view or view == key or (view == "accept" and task.state == TaskState.SUBMITTED):
            groups[key].rows.append(_row(task, offices, today))
    shown = [group for group in groups.values() if group.rows]
    for group in shown:  # one seal a page: the first act this person can take
        for index, row in enumerate(group.rows):
            if row.label != "查看":
                group.rows[index] = replace(row, is_primary=True)
                return shown
    return shown


def group_of(task: Task, today: date) -> str:
    """Which group a task stands in today."""
    if task.state == TaskState.DONE:
        return "done"
    if task.due_on < today:
        return "overdue"
    if task.state == TaskState.SUBMITTED:
        return "accept"
    return "week" if task.due_on <= week_end(today) else "going"


def task_pill(task: Task, today: date) -> Pill:
    """Overdue and near deadlines before the plain state."""
    pill = due_pill(task.due_on, today)
    if task.state == TaskState.SUBMITTED and pill.tone != BAD:
        return pill_for("待验收")
    if task.is_open and pill.tone in (BAD, WARN):
        return pill
    return pill_for(task.get_state_display())


def _row(task: Any, offices: Offices, today: date) -> TaskRow:
    due = f"{task.due_on.month}月{task.due_on.day}日"
    when = f"{due} 到期" if task.is_open else ""
    if task.finished_at:
        done = timezone.localtime(task.finished_at)
        when = f"{done.month}月{done.day}日 办结"
    page = reverse("decisions:task_detail", args=[task.pk])
    act, label, url = "", "查看", page
    if offices:
        if task.state == TaskState.SUBMITTED and access.may_accept(offices, task):
            label, url = "验收", f"{page}#accept"
        elif task.state == TaskState.ISSUED and access.may_report(offices, task):
            act, label = "receive", "签收"
        elif task.state == TaskState.IN_PROGRESS and access.may_report(offices, task):
            label, url = "反馈", f"{page}#report"
        elif (
            task.state in (TaskState.ISSUED, TaskState.IN_PROGRESS)
            and task.due_on < today
            and not task.is_urged
            and access.may_urge(offices, task)
        ):
            act, label = "urge", "催办"
    if act:
        url = reverse("decisions:task_act", args=[task.pk, act])
    return TaskRow(task, task_pill(task, today), when, act, label, url)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Everything the page of one task shows."""

    task: Task
    item: DecisionItem | None
    pill: Pill
    reports: list[TaskReport]
    settled: list[TaskExtension]
    pending: TaskExtension | None
    may_receive: bool
    may_report: bool
    may_accept: bool
    may_urge: bool
    is_urged: bool
    may_extend: bool
    may_decide_extension: bool


def task_page(user: Any, task: Task, offices: Offices) -> TaskPage:
    """One task with its reports, files, extensions and what this person may do now."""
    today = timezone.localdate()
    reports = list(task.reports.select_related("author").prefetch_related("attachments"))
    extensions = list(task.extensions.select_related("requested_by", "decided_by").order_by("-requested_at"))
    pending = next((one for one in extensions if one.state == RequestState.OPEN), None)
    reporter, acceptor = access.may_report(offices, task), access.may_accept(offices, task)
    working = task.state in (TaskState.ISSUED, TaskState.IN_PROGRESS)
    urged = any(one.kind == ReportKind.URGE and timezone.localtime(one.at).date() == today for one in reports)
    return TaskPage(
        task=task,
        item=DecisionItem.objects.visible_to(user).filter(pk=task.item_id).first(),
        pill=task_pill(task, today),
        reports=reports,
        settled=[one for one in extensions if one.state != RequestState.OPEN],
        pending=pending,
        may_receive=reporter and task.state == TaskState.ISSUED,
        may_report=reporter and working,
        may_accept=acceptor and task.state == TaskState.SUBMITTED,
        may_urge=access.may_urge(offices, task) and working,
        is_urged=urged,
        may_extend=reporter and working and pending is None,
        may_decide_extension=acceptor and pending is not None and task.is_open,
    )
