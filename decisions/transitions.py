"""The route and the state machine as data. Buttons and POSTs ask the same transition."""

from collections.abc import Callable
from dataclasses import dataclass, field

from common.checks import Check
from common.errors import Blocked, NotNow, NotPermitted
from decisions import access, rules
from decisions.choices import ItemState, Purpose, StageState
from decisions.models import DecisionItem
from governance.access import Offices
from governance.choices import BodyKind, Route

# Route → purposes in order, each with the kind of body that deliberates (S1§5; facts.md §3).
ROUTES: dict[str, tuple[tuple[str, str], ...]] = {
    Route.LOOP: (
        (Purpose.PROPOSE, BodyKind.ADMIN),
        (Purpose.DECIDE, BodyKind.PARTY),
        (Purpose.DEPLOY, BodyKind.ADMIN),
    ),
    Route.PARTY: ((Purpose.DECIDE, BodyKind.PARTY),),
    Route.ADMIN: ((Purpose.DEPLOY, BodyKind.ADMIN),),
}


@dataclass(frozen=True)
class Transition:
    """One step a person may take on an item outside a meeting."""

    key: str
    label: str
    event: str
    sources: frozenset[str]
    right: Callable[[Offices, DecisionItem], bool]
    need: str
    stage_states: frozenset[str] | None = None
    blockers: Callable[[DecisionItem], list[Check]] = field(default=lambda item: [])
    asks_reason: bool = False

    def is_timely(self, item: DecisionItem) -> bool:
        """Whether the item (and its current stage) is in a state this step starts from."""
        if item.state not in self.sources:
            return False
        if self.stage_states is None:
            return True
        stage = item.current_stage
        return stage is not None and stage.state in self.stage_states

    def require(self, item: DecisionItem, offices: Offices) -> None:
        """Raise the first refusal that applies: not permitted, not now, blocked by rules (all at once)."""
        if not self.right(offices, item):
            raise NotPermitted(f"{self.label}须由{self.need}办理。", need=self.need)
        if not self.is_timely(item):
            raise NotNow(f"此议题现为“{item.get_state_display()}”，不能{self.label}。", current=item)
        failing = rules.refusing(self.blockers(item))
        if failing:
            raise Blocked(failing, f"{self.label}前还有 {len(failing)} 项未满足。")


SUBMIT = Transition(
    key="submit",
    label="申报议题",
    event="item.submitted",
    sources=frozenset({ItemState.DRAFT, ItemState.RETURNED}),
    right=access.may_submit,
    need="提出人或经办人",
    blockers=rules.submission_checks,
)
REVISE = Transition(
    key="revise",
    label="修改议题",
    event="item.revised",
    sources=frozenset({ItemState.DRAFT, ItemState.PENDING, ItemState.DEFERRED, ItemState.RETURNED}),
    right=access.may_edit,
    need="提出人或经办人",
)
CONFIRM = Transition(
    key="confirm",
    label="确定议题",
    event="stage.confirmed",
    sources=frozenset({ItemState.PENDING, ItemState.DEFERRED}),
    right=access.may_confirm,
    need="书记（党组织会议）或校长（校长办公会议）",
    stage_states=frozenset({StageState.OPEN}),
)
SEND_BACK = Transition(
    key="send_back",
    label="退回完善",
    event="item.returned",
    sources=frozenset({ItemState.PENDING, ItemState.DEFERRED}),
    right=access.may_confirm,
    need="书记（党组织会议）或校长（校长办公会议）",
    stage_states=frozenset({StageState.OPEN, StageState.CONFIRMED}),
    asks_reason=True,
)
WITHDRAW = Transition(
    key="withdraw",
    label="撤回议题",
    event="item.withdrawn",
    sources=frozenset({ItemState.PENDING, ItemState.DEFERRED, ItemState.RETURNED}),
    right=access.may_withdraw,
    need="提出人、经办人或主持人",
    asks_reason=True,
)
COMPLETE = Transition(
    key="complete",
    label="办结",
    event="item.completed",
    sources=frozenset({ItemState.IMPLEMENTING}),
    right=access.may_complete,
    need="校长或书记",
    blockers=rules.completion_checks,
    asks_reason=True,
)
TRANSITIONS: tuple[Transition, ...] = (SUBMIT, REVISE, CONFIRM, SEND_BACK, WITHDRAW, COMPLETE)
