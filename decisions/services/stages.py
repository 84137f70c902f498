"""Laying the stages of a round and closing them."""

from typing import Any

from django.utils import timezone

from common.errors import NotNow
from common.history import save_as
from decisions import transitions
from decisions.choices import StageState
from decisions.models import DecisionItem, Stage
from governance.choices import BodyKind
from governance.models import Body
from governance.selectors import admin_body, deciding_body


def lay_route(item: DecisionItem, actor: Any) -> Stage:
    """Lay the stages of the item's present round and open the first; returns it."""
    bodies: dict[str, Body] = {
        BodyKind.ADMIN: admin_body(item.school),
        BodyKind.PARTY: deciding_body(item.school),
    }
    stages = []
    for position, (purpose, kind) in enumerate(transitions.ROUTES[item.route], start=1):
        stage = Stage(
            school=item.school,
            item=item,
            body=bodies[kind],
            round=item.round,
            position=position,
            purpose=purpose,
            state=StageState.OPEN if position == 1 else StageState.WAITING,
        )
        stages.append(save_as(stage, actor, "铺设路线"))
    item.current_stage = stages[0]
    return stages[0]


def current_stage(item: DecisionItem) -> Stage:
    """The stage the item stands in; NotNow where it stands in none."""
    if item.current_stage is None:
        raise NotNow(f"此议题现为“{item.get_state_display()}”，不在任何环节。", current=item)
    return item.current_stage


def close_stage(stage: Stage, actor: Any, *, outcome: str) -> None:
    """Conclude a stage with its outcome."""
    stage.state, stage.outcome, stage.concluded_at = StageState.CONCLUDED, outcome, timezone.now()
    save_as(stage, actor, f"{stage.get_purpose_display()}：{stage.get_outcome_display()}")


def reopen_stage(stage: Stage, actor: Any, why: str) -> None:
    """Put a stage back to 待确定, e.g. after 缓议; its earlier deliberations stay on record."""
    stage.state, stage.confirmed_by, stage.confirmed_at = StageState.OPEN, None, None
    save_as(stage, actor, why)
