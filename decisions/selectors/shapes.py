"""What the page of an item is made of: plain values, filled by `page.item_page`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.checks import Check
from common.components import Pill, Step
from decisions.models import (
    Attachment,
    Consultation,
    DecisionItem,
    Prerequisite,
    ReadingGrant,
    Reconsideration,
    Resolution,
    Task,
)
from decisions.selectors.deliberations import Deliberation
from decisions.selectors.followup import FollowUp
from decisions.selectors.history import Revision
from documents.models import IssuedDocument


@dataclass(frozen=True, slots=True)
class Action:
    """One step this person may take on the item now; `checks` say why it is blocked."""

    key: str
    label: str
    url: str
    asks_reason: bool
    checks: list[Check]

    @property
    def is_blocked(self) -> bool:
        return bool(self.checks)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task on the item page."""

    task: Task
    pill: Pill
    label: str

    @property
    def key(self) -> str:
        """How `seal` names this line."""
        return f"task:{self.task.pk}"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event in the words of the timeline; turnings (缓议, 退回, 否决, 撤回) stand out."""

    at: datetime
    text: str
    is_turning: bool


@dataclass(frozen=True, slots=True)
class Round:
    """An earlier round, folded away."""

    number: int
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Again:
    """One 复议 with what this person may do about it."""

    reconsideration: Reconsideration
    due: int
    seconded: int
    names: str
    required: int
    may_second: bool
    may_decide: bool
    decided_by_whom: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Everything the page of one item shows."""

    item: DecisionItem
    pill: Pill
    steps: list[Step]
    earlier: list[Round]
    check_title: str
    check_note: str
    checks: list[Check]
    actions: list[Action]
    main: Action | None
    completion: list[Check]
    seal: str
    may_edit: bool
    may_add_evidence: bool
    may_consult: bool
    may_reconsider: bool
    deliberations: list[Deliberation]
    resolutions: list[Resolution]
    tasks: list[TaskLine]
    overdue: int
    facts: list[tuple[str, str, str]]
    materials: list[Attachment]
    missing: list[Check]
    prerequisites: list[Prerequisite]
    consultations: list[Consultation]
    concerned: list[Any]
    recent_events: list[TimelineEntry]
    older_events: list[TimelineEntry]
    revisions: list[Revision]
    again: list[Again]
    documents: list[IssuedDocument]
    followup: FollowUp
    may_share: bool
    may_grant: bool
    grants: list[ReadingGrant]

    @property
    def seals_checks(self) -> bool:
        """Whether the red button stands in the check list."""
        return self.seal == "checks"

    @property
    def evidence_count(self) -> int:
        """Prerequisites in force and consultations."""
        return sum(not one.is_void for one in self.prerequisites) + len(self.consultations)

    @property
    def more(self) -> list[Action]:
        """Steps that stand in the menu: right, timely, and not the main one."""
        return [action for action in self.actions if action is not self.main and not action.is_blocked]

    @property
    def has_more(self) -> bool:
        """Whether the menu holds anything."""
        return (
            bool(self.more)
            or self.may_add_evidence
            or self.may_consult
            or self.may_reconsider
            or self.followup.may_publish
            or self.followup.may_record_emergency
        )
