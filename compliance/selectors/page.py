"""The page of one finding: why it was found, what it rests on, and how far its rectification is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from common.components import Pill, Step, attendance_marks, pill_for
from common.templatetags.ui import cn_date, due_pill
from compliance import figures
from compliance.access import Standing
from compliance.choices import FindingAct, FindingState, FindingVerdict
from compliance.models import Finding, FindingStep
from compliance.registry import Rule
from compliance.selectors.lists import level_pill, state_pill
from compliance.selectors.reading import evidence_for, rule_of
from compliance.transitions import TRANSITIONS
from governance import parameters
from governance.arithmetic import quorum_threshold
from governance.choices import ParameterLevel
from governance.clauses import REACHES
from governance.models import School

# URL name of a place to mend → model whose read rule guards it; other addresses are the school's own lists.
GUARDED: dict[str, str] = {
    "decisions:item_detail": "decisions.DecisionItem",
    "decisions:task_detail": "decisions.Task",
    "meetings:meeting_detail": "meetings.Meeting",
    "meetings:minutes": "meetings.Meeting",
    "meetings:record": "meetings.Meeting",
}
PLACES: dict[str, str] = {
    "decisions:item_detail": "打开议题",
    "decisions:task_detail": "打开任务",
    "meetings:meeting_detail": "打开会议",
    "meetings:minutes": "打开纪要",
    "meetings:record": "打开会议记录",
    "governance:leadership": "打开班子与任职",
    "governance:parameters": "打开议事参数",
    "governance:catalogue": "打开事项清单",
    "registers:record_list": "打开台账",
    "registers:record_detail": "打开台账",
}
TURNS = (FindingAct.RECUR, FindingAct.ESCALATE, FindingAct.SEND_BACK, FindingAct.REOPEN, FindingAct.REJECT)


@dataclass(frozen=True, slots=True)
class Sum:
    """Attendance or votes against a share, as an account: rows, the two numbers compared, and the strip."""

    due: int
    present: int
    share: str
    needed: int
    formula: str
    marks: list[str]
    is_met: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One line of 办理历程."""

    at: datetime
    title: str
    who: str
    words: str = ""
    files: list[Any] = field(default_factory=list)
    is_turn: bool = False


@dataclass(frozen=True, slots=True)
class FindingPage:
    """Everything the page shows; `may` holds the keys of the acts open to the person now."""

    finding: Finding
    rule: Rule
    sentence: str
    level: Pill
    state: Pill
    due: Pill | None
    sum: Sum | None
    figures: list[tuple[str, str]]
    names: list[tuple[str, list[str]]]
    parameters: list[dict[str, str]]
    clauses: list[dict[str, str]]
    place: tuple[str, str] | None
    route: list[Step]
    events: list[Event]
    may: frozenset[str]
    is_school: bool


def finding_page(user: Any, finding: Finding, standing: Standing) -> FindingPage:
    """The page for one person; a fixed number of queries."""
    rule, evidence = rule_of(finding), evidence_for(finding, user)
    steps = list(
        FindingStep.objects.filter(finding=finding).select_related("actor").prefetch_related("files")
    )
    is_unknown = finding.verdict == FindingVerdict.UNKNOWN
    return FindingPage(
        finding=finding,
        rule=rule,
        sentence=rule.explain(finding.verdict, evidence, finding.missing),
        level=level_pill(finding),
        state=state_pill(finding),
        due=due_pill(finding.due_on) if finding.due_on and _is_waiting(finding) else None,
        sum=None if is_unknown else sum_of(evidence),
        figures=_figures(rule.code, evidence),
        names=_names(rule.code, evidence),
        parameters=_parameters(finding.parameters),
        clauses=[clause | {"reach_word": REACHES[clause["reach"]]} for clause in finding.clauses],
        place=_place(user, finding, standing),
        route=_route(finding, steps),
        events=_events(finding, steps),
        may=frozenset(
            key for key, transition in TRANSITIONS.items() if transition.is_open_to(standing, finding)
        ),
        is_school=standing.offices.belongs,
    )


def _is_waiting(finding: Finding) -> bool:
    is_gone = finding.resolved_at is not None and finding.state == FindingState.FOUND
    return not is_gone and finding.state not in (FindingState.DISMISSED, FindingState.REVIEWED)


def sum_of(evidence: dict[str, Any]) -> Sum | None:
    """The account of attendance, where the facts are those of a quorum."""
    keys = ("due", "present", "share_n", "share_d", "half_inclusive")
    if any(evidence.get(key) is None for key in keys):
        return None
    due, present, n, d, inclusive = (evidence[key] for key in keys)
    threshold = quorum_threshold([n, d], inclusive)
    return Sum(
        due,
        present,
        f"{n}/{d}",
        threshold.required(due),
        threshold.formula(present, due),
        attendance_marks(due, min(present, due)),
        threshold.is_met(present, due),
    )


def _figures(code: str, evidence: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [
        (figures.word_of(code, name), figures.value_of(value, name))
        for name, value in evidence.items()
        if name != "as_of" and not name.startswith("names")
    ]
    return [row for row in rows if row[0]]


def _names(code: str, evidence: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Names of persons in the evidence; it holds none for whoever may not read them."""
    return [
        (figures.word_of(code, name) or "涉及人员", [str(one) for one in value])
        for name, value in evidence.items()
        if name.startswith("names") and isinstance(value, list) and value
    ]


def level_word(entry: dict[str, Any]) -> str:
    """Which level set a value, in words; 默认 for a default no national document lays down."""
    level = ParameterLevel(entry.get("level", ParameterLevel.NATIONAL))
    if level == ParameterLevel.NATIONAL and not entry.get("source", "").startswith("中办"):
        return "默认"
    return f"{level.label}级设定"


def _parameters(stored: dict[str, Any]) -> list[dict[str, str]]:
    rows = []
    for key, entry in stored.items():
        known = parameters.KEYS.get(key)
        if known is None or not isinstance(entry, dict):
            continue
        rows.append(
            {
                "label": known.label,
                "words": parameters.words(key, entry.get("value")),
                "level": level_word(entry),
                "source": entry.get("source", ""),
            }
        )
    return rows


def _place(user: Any, finding: Finding, standing: Standing) -> tuple[str, str] | None:
    """(address, words) of the evidence or the page that mends it; None for whoever may not open it."""
    if not finding.link:
        return None
    try:
        match = resolve(finding.link)
    except Resolver404:
        return None
    label = PLACES.get(match.view_name, "打开所在页面")
    guarded = GUARDED.get(match.view_name)
    if guarded is None:
        # Lists and registers show the school one works in, which is another one for the district.
        if standing.offices.belongs:
            return finding.link, label
        return None
    (key,) = match.kwargs.values()
    model: Any = apps.get_model(guarded)
    if not model.objects.visible_to(user).filter(pk=key).exists():
        return None
    return finding.link, label


def _last(steps: Iterable[FindingStep], *acts: str) -> FindingStep | None:
    """The latest step of one of the acts (steps come newest first)."""
    return next((step for step in steps if step.act in acts), None)


def _line(step: FindingStep | None, words: str = "") -> list[str]:
    if step is None:
        return []
    who = str(step.actor) if step.actor else "系统"
    return [f"{cn_date(step.at)} {who}", *([words] if words else [])]


_AT: dict[str, int] = {
    FindingState.FOUND: 2,
    FindingState.APPEALED: 2,
    FindingState.DISMISSED: 2,
    FindingState.RECTIFYING: 3,
    FindingState.RETURNED: 3,
    FindingState.SUBMITTED: 4,
    FindingState.CLOSED: 6,
    FindingState.REVIEWED: 7,
}


def _route(finding: Finding, steps: list[FindingStep]) -> list[Step]:
    """发现 → 核实 → 整改 → 验收 → 销号 → 回头看."""
    at, plan = _AT[finding.state], finding.plan
    is_over = not _is_waiting(finding)
    due = [_due_words(finding.due_on)] if finding.due_on and not is_over else []
    answered = _last(steps, FindingAct.CONFIRM, FindingAct.UPHOLD)
    closed = _last(steps, FindingAct.CLOSE)
    words: dict[int, tuple[str, list[str]]] = {
        1: ("发现", [f"{cn_date(finding.first_seen_at)} 系统判定"]),
        2: ("核实", _line(answered)),
        3: ("整改", [plan.owner.display_name + "负责"] if plan and plan.owner else []),
        4: ("验收", _line(_last(steps, FindingAct.SUBMIT), "学校自评报验")),
        5: ("销号", _line(closed)),
        6: ("回头看", _line(_last(steps, FindingAct.REVIEW)) or _look_back(plan)),
    }
    now = {
        FindingState.FOUND: "学校核实或申诉",
        FindingState.APPEALED: "区级答复申诉",
        FindingState.RECTIFYING: f"{plan.owner}负责" if plan and plan.owner else "学校整改",
        FindingState.RETURNED: "退回补充，学校整改",
        FindingState.SUBMITTED: "区级验收",
        FindingState.CLOSED: "区级回头看",
    }.get(FindingState(finding.state), "")
    route = []
    for number, (name, lines) in words.items():
        state = "done" if number < at else "now" if number == at and not is_over else "todo"
        if finding.state == FindingState.DISMISSED and number == 2:
            state, lines = "done", [*lines, "误报，已撤销"]
        elif is_over and number == 2 and at == 2:
            lines = ["已自行消除，无须核实"]
        route.append(
            Step(
                number,
                name,
                state=state,
                lines=[*due, now] if state == "now" else lines if number <= at else [],
            )
        )
    return route


def _due_words(due_on: date) -> str:
    return f"{cn_date(due_on)} 前，{due_pill(due_on).text}"


def _look_back(plan: Any) -> list[str]:
    return [f"{cn_date(plan.look_back_on)} 前"] if plan and plan.look_back_on else []


def _events(finding: Finding, steps: list[FindingStep]) -> list[Event]:
    """办理历程, newest first: the acts, the discovery, and when it was last seen gone."""
    events = [
        Event(
            step.at,
            step.get_act_display(),
            str(step.actor) if step.actor else "系统",
            step.words,
            list(step.files.all()),
            step.act in TURNS,
        )
        for step in steps
    ]
    if finding.resolved_at:
        events.append(Event(finding.resolved_at, "系统复核：已消除", "系统"))
    events.append(Event(finding.first_seen_at, "系统判定", "系统", is_turn=True))
    return sorted(events, key=lambda event: event.at, reverse=True)


def school_url(school: School) -> str:
    """The district's page of a school."""
    return reverse("oversight:school_detail", args=[school.pk])


def recheck_pill(finding: Finding) -> Pill:
    """What the platform sees today, whatever anybody says about it."""
    if finding.resolved_at is not None:
        return pill_for("已满足", f"{cn_date(timezone.localtime(finding.resolved_at))} 起已消除")
    return pill_for("未满足", f"{cn_date(timezone.localtime(finding.last_seen_at))} 复核仍存在")
