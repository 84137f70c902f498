"""What a meeting does to an item: scheduling, opening and concluding its stage. Called by meetings.services.

The caller has locked the meeting's entry, checked the gate and computed the result; here the item is locked
(access.lock_item) and moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from common.errors import NotNow
from common.history import save_as
from decisions import access
from decisions.choices import (
    FAVOURABLE,
    ItemState,
    Outcome,
    ReconsiderationState,
    ResolutionState,
    StageState,
    TaskState,
)
from decisions.models import DecisionItem, Resolution, Stage, Task
from decisions.services.acts import record, tell
from decisions.services.reassign import open_item
from decisions.services.reconsideration import open_reconsideration, uphold
from decisions.services.stages import close_stage, reopen_stage
from documents.choices import DocumentKind
from documents.services import next_number
from governance.choices import AccessScope


@dataclass(frozen=True)
class TaskSpec:
    """One task as the meeting laid it down (R70: person, department, day)."""

    title: str
    owner: Any
    due_on: date
    department: str = ""
    requirement: str = ""
    report_every_days: int = 14
    helpers: Sequence[Any] = field(default_factory=tuple)


def _require_stage(item: DecisionItem, stage: Stage, *states: str) -> Stage:
    """The item's current stage, which must be the one named and in one of the states."""
    current = item.current_stage
    if current is None or current.pk != stage.pk or current.state not in states:
        raise NotNow(f"“{item.title}”现为“{item.get_state_display()}”，不在这一环节。", current=item)
    return current


def schedule_stage(item: DecisionItem, stage: Stage, *, actor: Any, meeting_label: str) -> None:
    """列会: a confirmed stage stands on the agenda of one meeting."""
    current = _require_stage(item, stage, StageState.OPEN, StageState.CONFIRMED)
    current.state = StageState.SCHEDULED
    save_as(current, actor, "列入会议")
    item.state = ItemState.PENDING
    record(
        item,
        kind="stage.scheduled",
        text=f"列入{meeting_label}议程",
        actor=actor,
        data={"stage": stage.pk, "meeting": meeting_label},
    )


def unschedule_stage(
    item: DecisionItem, stage: Stage, *, actor: Any, meeting_label: str, reason: str
) -> None:
    """Take a stage off an agenda; it stays confirmed, or goes back to 待确定 where nobody had confirmed it."""
    current = _require_stage(item, stage, StageState.SCHEDULED)
    current.state = StageState.CONFIRMED if current.confirmed_at else StageState.OPEN
    save_as(current, actor, reason)
    item.state = ItemState.PENDING
    record(
        item,
        kind="stage.unscheduled",
        text=f"移出{meeting_label}议程：{reason}",
        actor=actor,
        reason=reason,
        data={"stage": stage.pk},
    )


def begin_deliberation(item: DecisionItem, stage: Stage, *, actor: Any, meeting_label: str) -> None:
    """The meeting takes up the stage: the item is 正在审议."""
    _require_stage(item, stage, StageState.SCHEDULED)
    item.state = ItemState.DELIBERATING
    record(
        item,
        kind="stage.opened",
        text=f"{meeting_label}开始审议",
        actor=actor,
        data={"stage": stage.pk},
    )


def pause_deliberation(item: DecisionItem, stage: Stage, *, actor: Any, meeting_label: str) -> None:
    """The meeting sets the stage aside for another one: the item waits again, still on the agenda."""
    _require_stage(item, stage, StageState.SCHEDULED)
    item.state = ItemState.PENDING
    record(
        item,
        kind="stage.paused",
        text=f"{meeting_label}暂停审议",
        actor=actor,
        data={"stage": stage.pk},
    )


def conclude_stage(
    item: DecisionItem,
    stage: Stage,
    *,
    outcome: str,
    text: str,
    decided_on: date,
    meeting_label: str,
    actor: Any,
    tasks: Sequence[TaskSpec] = (),
    data: dict[str, Any] | None = None,
) -> Resolution | None:
    """Move an item by the outcome of its stage; form resolution and tasks. Returns the resolution if one is formed.

    通过: the next stage opens, or the item is 落实中. 缓议: the same stage comes back. 退回: a new round after
    resubmission. 否决: the item ends; within a reconsideration the standing resolution is upheld.
    """
    current = _require_stage(item, stage, StageState.SCHEDULED)
    reconsideration = open_reconsideration(item)
    resolution = None
    label = Outcome(outcome).label
    if outcome in FAVOURABLE:
        close_stage(current, actor, outcome=outcome)
        following = item.stages.filter(round=item.round, position=current.position + 1).first()
        if current.forms_resolution:
            resolution = _form_resolution(item, current, text, decided_on, meeting_label, actor)
            if reconsideration is not None:
                reconsideration.state = ReconsiderationState.CHANGED
                save_as(reconsideration, actor, f"由{resolution.number}变更")
        if following is not None:
            following.state = StageState.OPEN
            save_as(following, actor, f"{label}，进入{following.get_purpose_display()}")
        item.current_stage = following
        item.state = ItemState.PENDING if following else ItemState.IMPLEMENTING
    elif outcome == Outcome.DEFERRED:
        reopen_stage(current, actor, "缓议")
        item.state = ItemState.DEFERRED
    else:
        close_stage(current, actor, outcome=outcome)
        item.current_stage = None
        if outcome == Outcome.RETURNED:
            item.state = ItemState.RETURNED
        elif reconsideration is not None:
            uphold(item, reconsideration, actor=actor, answer=f"复议{label}，维持原决议")
        else:
            item.state = ItemState.REJECTED if outcome == Outcome.REJECTED else ItemState.WITHDRAWN
    record(
        item,
        kind="stage.concluded",
        text=f"{meeting_label}{current.get_purpose_display()}：{label}",
        actor=actor,
        data={
            "stage": stage.pk,
            "purpose": stage.purpose,
            "outcome": outcome,
            "decision": text,
            "resolution": resolution.number if resolution else "",
            **(data or {}),
        },
    )
    for spec in tasks:
        issue_task(item, spec, actor=actor, meeting_label=meeting_label)
    _tell(item, meeting_label, label)
    return resolution


def _form_resolution(
    item: DecisionItem, stage: Stage, text: str, decided_on: date, meeting_label: str, actor: Any
) -> Resolution:
    """A numbered 决议; an earlier one in force is superseded, its open tasks end (R74)."""
    is_party = stage.body.is_party
    kind = DocumentKind.RESOLUTION if is_party else DocumentKind.ADMIN_RESOLUTION
    serial = next_number(item.school, kind, decided_on.year)
    word = "党决" if is_party else "校决"
    old = item.resolutions.filter(state=ResolutionState.IN_FORCE).first()
    if old is not None:
        old.state = ResolutionState.SUPERSEDED
        save_as(old, actor, "复议变更")
        for task in item.tasks.open():
            task.state = TaskState.CANCELLED
            save_as(task, actor, f"{old.number}已变更，任务终止")
    return save_as(
        Resolution(
            school=item.school,
            item=item,
            stage=stage,
            number=f"{item.school.short_name}{word}〔{decided_on.year}〕{serial}号",
            text=text,
            decided_on=decided_on,
            meeting_label=meeting_label,
            supersedes=old,
        ),
        actor,
        "形成决议",
    )


def issue_task(item: DecisionItem, spec: TaskSpec, *, actor: Any, meeting_label: str) -> Task:
    """下达 one task of the resolution in force. Owners may read the item unless its scope is 2."""
    task = save_as(
        Task(
            school=item.school,
            item=item,
            resolution=item.resolutions.filter(state=ResolutionState.IN_FORCE).first(),
            title=spec.title,
            requirement=spec.requirement,
            owner=spec.owner,
            department=spec.department,
            due_on=spec.due_on,
            report_every_days=spec.report_every_days,
            deployed_at_label=meeting_label,
            issued_by=actor,
        ),
        actor,
        "下达任务",
    )
    task.helpers.set(spec.helpers)
    if item.access_scope < AccessScope.RESTRICTED:
        for person in (spec.owner, *spec.helpers):
            open_item(item, person, actor=actor)
    record(
        item,
        kind="task.issued",
        text=f"下达任务“{task.title}”，责任人{task.owner}，{task.due_on.month}月{task.due_on.day}日前",
        actor=actor,
        data={"task": task.pk, "owner": task.owner_id, "due_on": task.due_on.isoformat()},
    )
    tell(
        item,
        recipients=[task.owner, *spec.helpers],
        kind="task.issued",
        what="新的落实任务",
        about=task.title,
        body=f"{task.due_on.month}月{task.due_on.day}日前完成。{task.requirement}",
        url=reverse("decisions:task_detail", args=[task.pk]),
    )
    return task


def _tell(item: DecisionItem, meeting_label: str, label: str) -> None:
    """Tell the makers of the result, and the chair of the next body that an item waits for confirmation."""
    makers = {person.pk: person for person in (item.proposer, item.created_by)}
    tell(
        item,
        recipients=list(makers.values()),
        kind="stage.concluded",
        what=f"{meeting_label}审议结果为{label}",
    )
    if item.current_stage and item.current_stage.state == StageState.OPEN:
        tell(
            item,
            recipients=access.chairs_on(item, item.current_stage.body),
            kind="stage.awaiting",
            what="请确定议题",
            body=f"{item.number}，拟上{item.current_stage.body}。",
        )
