"""The route stepper of an item: 提出 → 决定 → 部署 → 落实 → 办结, with who, when and outcome."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from common.checks import Check
from common.components import Pill, Step, pill_for
from common.templatetags.ui import cn_date, cn_datetime
from decisions import transitions
from decisions.choices import ItemState, Outcome, Purpose, StageState
from decisions.models import DecisionItem, ItemEvent, Stage
from governance.choices import Route
from governance.parameters import Parameters
from governance.selectors import admin_body, deciding_body

TURNING = {Outcome.DEFERRED, Outcome.REJECTED, Outcome.RETURNED, Outcome.WITHDRAWN}


def _labels(events: Iterable[ItemEvent]) -> dict[int, str]:
    """The meeting a stage was last put on the agenda of, as the events of the item tell it."""
    found: dict[int, str] = {}
    for event in events:  # newest first
        if event.kind == "stage.scheduled" and event.data.get("stage"):
            found.setdefault(event.data["stage"], event.data.get("meeting", ""))
    return found


def _short(label: str, stage: Stage) -> str:
    """第3次会议 out of 校长办公会议第3次: the body stands beside it already."""
    number = label.removeprefix(str(stage.body))
    return f"{number}会议" if number and number != label else label


def stage_steps(
    stages: list[Stage], entries: dict[int, list[Any]], events: list[ItemEvent], now: int | None = None
) -> list[Step]:
    labels = _labels(events)
    steps = []
    for number, stage in enumerate(stages, start=1):
        lines: list[str] = []
        held = entries.get(stage.pk, [])
        last: Any = held[-1] if held else None
        if stage.state == StageState.CONCLUDED and stage.concluded_at:
            label = f"第{last.meeting.number}次会议" if last else _short(labels.get(stage.pk, ""), stage)
            lines.append(f"{cn_date(stage.concluded_at)} {label}".strip())
            if last:
                lines.append(f"{last.meeting.chair}主持")
        if stage.confirmed_by:
            lines.append(f"{cn_date(stage.confirmed_at)} {stage.confirmed_by}确定")
        earlier = [e for e in held if e.outcome in TURNING and not (e is last and stage.outcome == e.outcome)]
        lines.extend(f"第{e.meeting.number}次会议：{e.get_outcome_display()}" for e in earlier)
        done = stage.state == StageState.CONCLUDED
        state = "now" if stage.pk == now else "done" if done else "todo"
        steps.append(
            Step(
                number=number,
                name=stage.get_purpose_display(),
                body=str(stage.body),
                state=state,
                lines=lines,
                pill=pill_for(stage.get_outcome_display()) if stage.outcome else "",
            )
        )
    return steps


def steps_of(
    item: DecisionItem,
    stages: list[Stage],
    entries: dict[int, list[Any]],
    events: list[ItemEvent],
    planned: dict[int, Any],
    refused: list[Check],
    parameters: Parameters,
) -> list[Step]:
    """提出 → 决定 → 部署 → 落实 → 办结 of the present round."""
    current = [stage for stage in stages if stage.round == item.round]
    if not current:
        steps = planned_steps(item.route, item.school, parameters)
        return [replace(steps[0], state="todo"), *steps[1:]]
    now = item.current_stage_id
    steps = stage_steps(current, entries, events, now)
    for index, stage in enumerate(current):
        step = steps[index]
        if stage.pk == now:
            lines, pill = _now_lines(item, stage, entries, planned, refused)
            steps[index] = replace(step, lines=[*lines, *step.lines], pill=pill)
        elif stage.state == StageState.WAITING:
            lines = _waiting_lines(item.route, stage.purpose, parameters)
            if stage.purpose == Purpose.PROPOSE and any(
                e.round == item.round for e in item.emergencies.all()
            ):
                lines = ["紧急处置，未经提出"]
            steps[index] = replace(step, lines=lines)
    return [*steps, *_closing_steps(item, len(steps))]


def _now_lines(
    item: DecisionItem,
    stage: Stage,
    entries: dict[int, list[Any]],
    planned: dict[int, Any],
    refused: list[Check],
) -> tuple[list[str], Pill | str]:
    held = [e for e in entries.get(stage.pk, []) if e.state != "concluded"]
    if item.state == ItemState.DELIBERATING:
        lines = (
            [f"{cn_date(held[-1].meeting.scheduled_at)} 第{held[-1].meeting.number}次会议"] if held else []
        )
        return [*(lines or ["会议正在审议"])], pill_for("正在审议")
    if held:
        meeting = held[-1].meeting
        lines = [f"{cn_datetime(meeting.scheduled_at)} 第{meeting.number}次会议", f"{meeting.chair}主持"]
    elif stage.state == StageState.SCHEDULED:
        lines = ["已列入会议议程"]
    elif stage.state == StageState.CONFIRMED:
        upcoming = planned.get(stage.body_id)
        lines = ["等待列入会议"]
        if upcoming:
            lines.append(f"最近一次 {cn_datetime(upcoming.scheduled_at)}")
    elif item.state == ItemState.RETURNED:
        lines = ["等待修改后重新申报"]
    else:
        lines = [f"等待{'书记' if stage.body.is_party else '校长'}确定议题"]
    if refused:
        return lines, replace(pill_for("上会受阻"), text=f"{len(refused)} 项未满足")
    return lines, pill_for(
        item.get_state_display() if item.state != ItemState.PENDING else stage.get_state_display()
    )


def _waiting_lines(route: str, purpose: str, parameters: Parameters) -> list[str]:
    if purpose == Purpose.DEPLOY and route == Route.LOOP:
        return [f"决定后 {parameters['loop.deploy_days']} 日内召开", "校长主持，明确责任人和时限"]
    if purpose == Purpose.DECIDE:
        return ["书记主持，集体讨论决定"]
    return ["校长主持，研究提出建议方案"]


def _closing_steps(item: DecisionItem, before: int) -> list[Step]:
    tasks = [task for task in item.tasks.all() if task.state != "cancelled"]
    done = sum(task.state == "done" for task in tasks)
    is_now = item.state == ItemState.IMPLEMENTING
    finished = item.state == ItemState.COMPLETED
    departments = list(dict.fromkeys(t.department for t in tasks if t.department)) or [item.department]
    lines = [f"{len(tasks)} 项任务，办结 {done} 项"] if tasks else ["按部署的责任人和时限"]
    late = sum(task.is_overdue for task in tasks)
    pill: Pill | str = ""
    if late:
        pill = replace(pill_for("已下达"), text=f"{late} 项逾期", icon="alarm", tone="bad")
    elif is_now:
        pill = pill_for("落实中")
    all_done = is_now and bool(tasks) and done == len(tasks)
    carry = "done" if finished or all_done else "now" if is_now else "todo"
    report = ["验收后向党组织报告", "执行情况并归档"]
    if finished:
        report = [f"{cn_date(item.completed_at)} 办结"]
    return [
        Step(
            before + 1,
            "落实",
            departments[0] + ("等" if departments[1:] else ""),
            carry,
            lines,
            "" if carry == "done" else pill,
            "#tasks" if tasks else "",
        ),
        Step(
            before + 2,
            "办结",
            "校长报告",
            "done" if finished else "now" if all_done else "todo",
            report,
            pill_for("已办结") if finished else "",
        ),
    ]


def planned_steps(route: str, school: Any, parameters: Parameters) -> list[Step]:
    """The route an item of this kind will take, before it has set out."""
    bodies = {"admin": admin_body(school), "party": deciding_body(school)}
    steps = [
        Step(n, Purpose(purpose).label, str(bodies[kind]), "todo", _waiting_lines(route, purpose, parameters))
        for n, (purpose, kind) in enumerate(transitions.ROUTES[route], start=1)
    ]
    count = len(steps)
    return [
        *steps,
        Step(count + 1, "落实", "", "todo", ["按部署的责任人和时限"]),
        Step(count + 2, "办结", "校长报告", "todo", ["验收后向党组织报告"]),
    ]
