"""近期会议, 议题走到哪一步, 逾期的落实任务, 提醒."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from common import components as c
from common.checks import Check
from common.choices import Level
from decisions.choices import ItemState, Purpose, ReconsiderationState, StageState
from decisions.models import Consultation, DecisionItem, Reconsideration, Stage, Task
from decisions.rules import cite, prerequisite_checks, refusing
from governance.access import Offices
from governance.arithmetic import quorum_threshold
from governance.choices import AttendanceKind, BodyKind, Route
from governance.models import School
from governance.parameters import Parameters
from meetings.access import may_record
from meetings.choices import BEFORE_STATES, SITTING_STATES, AttendanceStatus, MeetingState
from meetings.models import AgendaEntry, Meeting
from workbench.selectors.todos.items import before_decision, without_consultation

MEETINGS_SHOWN = 4
TASKS_SHOWN = 5
TERM_STARTS = ((8, 1), (2, 1))  # 秋季、春季学期


def term_start(today: date) -> date:
    """First day of the present term: 1 August or 1 February."""
    starts = [date(year, month, day) for year in (today.year, today.year - 1) for month, day in TERM_STARTS]
    return max(start for start in starts if start <= today)


# --- 近期会议 -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One coming meeting with its agenda and whether enough members will come."""

    meeting: Meeting
    entries: int
    pill: c.Pill
    url: str


def coming_meetings(user: Any, offices: Offices, parameters: Parameters) -> list[MeetingRow]:
    """Meetings going on or planned from today, soonest first; one query."""
    away = [AttendanceStatus.LEAVE, AttendanceStatus.ABSENT]
    major = AgendaEntry.objects.filter(meeting=OuterRef("pk"), attendance_kind=AttendanceKind.TWO_THIRDS)
    start = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    found = (
        Meeting.objects.visible_to(user)
        .filter(
            Q(state__in=SITTING_STATES) | Q(state__in=BEFORE_STATES, scheduled_at__gte=start),
            school=offices.school,
        )
        .annotate(
            entries_n=Count("entries", distinct=True),
            due_n=Count("attendances", distinct=True),
            away_n=Count("attendances", filter=Q(attendances__status__in=away), distinct=True),
            is_major=Exists(major),
        )
        .select_related("body")
        .order_by("scheduled_at")
    )
    return [_meeting_row(meeting, offices, parameters) for meeting in found[:MEETINGS_SHOWN]]


def _meeting_row(meeting: Any, offices: Offices, parameters: Parameters) -> MeetingRow:
    key = "admin.quorum" if meeting.body.kind == BodyKind.ADMIN else "party.quorum"
    if meeting.is_major and meeting.body.is_party:
        key = "party.quorum_major"
    if meeting.state in SITTING_STATES:
        pill = c.Pill("正在开会", "writing", c.RUN)
    elif meeting.state == MeetingState.PLANNED:
        pill = c.Pill("筹备中，尚未通知", "pencil", c.GREY)
    else:
        needed = quorum_threshold(parameters[key], parameters["quorum.half_inclusive"]).required(
            meeting.due_n
        )
        coming = meeting.due_n - meeting.away_n
        words = f"可到 {coming} 人，须到 {needed} 人"
        pill = (
            c.Pill(words, "circle-check", c.OK)
            if coming >= needed
            else c.Pill(f"{words}，人数不够", "alert-octagon", c.BAD)
        )
    records_now = meeting.state in SITTING_STATES and may_record(offices, meeting)
    view = "meetings:desk" if records_now else "meetings:meeting_detail"
    return MeetingRow(meeting, meeting.entries_n, pill, reverse(view, args=[meeting.pk]))


# --- 议题走到哪一步 -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop on a line of the route map; None in the row of stops is a stretch without a stop."""

    count: int
    url: str
    note: str = ""
    tone: str = ""
    icon: str = ""
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One route with its stops in the order 提出, 决定, 部署, 落实, 办结."""

    css: str
    name: str
    note: str
    stops: list[Stop | str]


@dataclass(frozen=True, slots=True)
class RouteMap:
    """All three lines, how many items are under way, and how many come back for reconsideration."""

    lines: list[Line]
    under_way: int
    reconsidered: int


_LINES: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    (Route.LOOP, "line-l", "循环议题", "两会三段", ("propose", "decide", "deploy")),
    (Route.PARTY, "line-p", "党组织直接决定", "干部、党建等", ("decide",)),
    (Route.ADMIN, "line-a", "校长办公会决定", "日常行政", ("deploy",)),
)


def route_map(user: Any, school: School, parameters: Parameters, today: date) -> RouteMap:
    """Where the visible items of a school stand, by route and step; six queries."""
    items = DecisionItem.objects.visible_to(user).filter(school=school)
    waiting = {ItemState.PENDING, ItemState.DELIBERATING, ItemState.DEFERRED}
    late = Task.objects.all().overdue(today).filter(item=OuterRef("pk"))
    rows = (
        items.filter(state__in=[*waiting, ItemState.IMPLEMENTING])
        .order_by()
        .values("route", "state", "current_stage__purpose")
        .annotate(
            n=Count("pk"),
            oldest=Min("submitted_at"),
            late=Count("pk", filter=Exists(late)),
            listed=Count("pk", filter=Q(current_stage__state=StageState.SCHEDULED)),
        )
    )
    counts: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        step = "implement" if row["state"] == ItemState.IMPLEMENTING else row["current_stage__purpose"]
        cell = counts.setdefault((row["route"], step), {"n": 0, "late": 0, "listed": 0, "oldest": None})
        for name in ("n", "late", "listed"):
            cell[name] += row[name]
        cell["oldest"] = min(filter(None, (cell["oldest"], row["oldest"])), default=None)
    done = {
        row["route"]: row
        for row in items.filter(state=ItemState.COMPLETED, completed_at__date__gte=term_start(today))
        .order_by()
        .values("route")
        .annotate(n=Count("pk"), took=Avg(F("completed_at") - F("submitted_at")))
    }
    stuck = _stuck(items)
    pressing = _deployments_due(items, parameters, today)
    lines = []
    for route, css, name, note, steps in _LINES:
        stops: list[Stop | str] = []
        for step in ("propose", "decide", "deploy", "implement"):
            if step != "implement" and step not in steps:
                stops.append("pass is-on" if any(isinstance(stop, Stop) for stop in stops) else "pass")
                continue
            cell = counts.get((route, step), {"n": 0, "late": 0, "listed": 0, "oldest": None})
            words = _words(step, cell, stuck.get(route, 0), pressing if route == Route.LOOP else 0, today)
            stops.append(Stop(cell["n"], _list_url(route=route, step=step), *words))
        end = done.get(route)
        took = f"平均 {max(end['took'].days, 1)} 天" if end and end["took"] else ""
        stops.append(
            Stop(end["n"] if end else 0, _list_url(route=route, state="ended"), took, "opt", is_end=True)
        )
        lines.append(Line(css, name, note, stops))
    return RouteMap(
        lines=lines,
        under_way=sum(cell["n"] for cell in counts.values()),
        reconsidered=Reconsideration.objects.visible_to(user)
        .filter(school=school, state__in=[ReconsiderationState.SECONDING, ReconsiderationState.ACCEPTED])
        .count(),
    )


def _words(step: str, cell: dict[str, Any], stuck: int, pressing: int, today: date) -> tuple[str, str, str]:
    """What is said beside a stop: the most pressing thing, its tone and icon."""
    if step == "decide" and stuck:
        return f"{stuck} 件卡住", "t-bad", "alert-octagon"
    if step == "deploy" and pressing:
        return f"{pressing} 件临期", "t-warn", "clock-hour-4"
    if step == "implement" and cell["late"]:
        return f"{cell['late']} 件逾期", "t-bad", "alarm"
    if cell["listed"]:
        return f"{cell['listed']} 件已列会", "", ""
    if step in ("propose", "decide", "deploy") and cell["oldest"]:
        days = (today - timezone.localtime(cell["oldest"]).date()).days
        return (f"最久 {days} 天" if days else "今天申报"), "opt", ""
    return ("正常", "opt", "") if cell["n"] else ("", "", "")


def _list_url(**filters: str) -> str:
    return f"{reverse('decisions:item_list')}?{urlencode(filters)}"


def _stuck(items: QuerySet[DecisionItem]) -> dict[str, int]:
    """By route, items at their deciding step that rules keep off the agenda now (R16–R22)."""
    silent = set(without_consultation(items).values_list("pk", flat=True))
    counts: dict[str, int] = {}
    for item in before_decision(items).filter(current_stage__purpose=Purpose.DECIDE):
        if item.pk in silent or refusing(prerequisite_checks(item)):
            counts[item.route] = counts.get(item.route, 0) + 1
    return counts


def _deployments_due(items: QuerySet[DecisionItem], parameters: Parameters, today: date) -> int:
    """Decided items not deployed whose days run out within two days, or have (R14)."""
    limit = today - timedelta(days=parameters["loop.deploy_days"] - 2)
    decided = Stage.objects.filter(
        item=OuterRef("pk"),
        round=OuterRef("round"),
        purpose=Purpose.DECIDE,
        concluded_at__date__lte=limit,
    )
    return items.filter(Exists(decided), route=Route.LOOP, current_stage__purpose=Purpose.DEPLOY).count()


# --- 逾期的落实任务 -------------------------------------------------------------------------------------------


def overdue_tasks(user: Any, school: School) -> tuple[list[Task], int]:
    """The longest overdue tasks a person may see, and how many there are; two queries."""
    found = Task.objects.visible_to(user).filter(school=school).overdue()
    return list(
        found.select_related("owner", "resolution").order_by("due_on", "pk")[:TASKS_SHOWN]
    ), found.count()


# --- 提醒 -------------------------------------------------------------------------------------------------


def reminders(user: Any, offices: Offices, parameters: Parameters, today: date) -> list[Check]:
    """早知道，早补上: weekly consultation (R81), frequency of meetings (R39), threshold of funds (R78)."""
    if not (offices.is_leader or offices.is_clerk):
        return []
    school = offices.school
    monday = today - timedelta(days=today.weekday())
    talks = Consultation.objects.visible_to(user).filter(school=school, held_at__date__gte=monday).count()
    wanted = parameters["consult.weekly_min"]
    checks = [
        Check(
            "R81",
            "本周书记、校长沟通",
            Level.WARN,
            talks >= wanted,
            message=f"本周已记录 {talks} 次，每周至少 {wanted} 次。",
            clause=cite(parameters.source("consult.weekly_min"), "R81"),
            fix_url=_list_url(step="decide"),
            fix_label="去沟通",
            detail=f"已记录 {talks} 次",
        )
    ]
    last = {
        row["body"]: row
        for row in Meeting.objects.visible_to(user)
        .filter(school=school, started_at__isnull=False)
        .order_by()
        .values("body", "body__name", "body__kind")
        .annotate(last=Max("started_at"))
    }
    for row in last.values():
        is_admin = row["body__kind"] == BodyKind.ADMIN
        key = "meeting.admin_interval_days" if is_admin else "meeting.party_interval_days"
        days, held = parameters[key], timezone.localtime(row["last"]).date()
        gap = (today - held).days
        checks.append(
            Check(
                "R39",
                f"{row['body__name']}开会频次",
                Level.WARN,
                gap <= days,
                message=f"上次开会距今 {gap} 天，一般不超过 {days} 天。",
                clause=cite(parameters.source(key), "R39"),
                fix_url=f"{reverse('meetings:meeting_new')}?body={row['body']}",
                fix_label="安排会议",
                detail=f"上次距今 {gap} 天",
            )
        )
    if parameters["fund.large_threshold"] is None:
        checks.append(
            Check(
                "R78",
                "大额资金起点尚未设定",
                Level.BREACH,
                None,
                message="未设定前，资金类事项无法判定。",
                clause=cite("参照地方“三重一大”规定", "R78"),
                fix_url=reverse("governance:parameters"),
                fix_label="去设定",
            )
        )
    return checks
