"""Decision items carried through the services to a wanted point."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from decisions.choices import Disagreement, EvidenceResult
from decisions.models import DecisionItem
from decisions.rules import required_kinds
from decisions.services import evidence, items
from governance.choices import CongressMode, PrerequisiteKind
from tests.factories.cast import Cast

DRAFT, SUBMITTED, CONFIRMED = "draft", "submitted", "confirmed"
POINTS = (DRAFT, SUBMITTED, CONFIRMED)


def make_item(cast: Cast, code: str, point: str = CONFIRMED, **fields: Any) -> DecisionItem:
    """An item of one entry, proposed by 赵明川: `draft`, `submitted` or `confirmed` for its first body."""
    if point not in POINTS:
        raise ValueError(f"{point} is not one of {POINTS}")
    entry = cast.entry(code)
    values: dict[str, Any] = {
        "title": f"{entry.title}（{code}）",
        "background": "学校工作计划要求，已在分管范围内讨论。",
        "proposal": "按所附方案实施。",
        "department": "总务处",
        "presenter": cast.vice,
        "proposer": cast.vice,
        "amount": 120_000 if entry.is_fund or "X" in entry.major_classes else None,
        "fund_source": "年度预算" if entry.is_fund or "X" in entry.major_classes else "",
        **fields,
    }
    item = items.draft_item(actor=cast.vice, school=cast.school, entry=entry, fields=values)
    if point != DRAFT:
        item = items.submit(item.pk, actor=cast.vice)
    if point == CONFIRMED:
        item = items.confirm(item.pk, actor=chair_of_stage(cast, item))
    return item


def chair_of_stage(cast: Cast, item: DecisionItem) -> Any:
    """Who confirms the current stage: 书记 for the Party body, 校长 for 校长办公会议 (R11)."""
    return cast.secretary if item.current_stage.body.is_party else cast.principal


def add_evidence(cast: Cast, item: DecisionItem, *, leave_out: tuple[str, ...] = ()) -> DecisionItem:
    """Register every kind of evidence the item needs, favourable, except the kinds left out."""
    for kind in required_kinds(item):
        if kind in leave_out:
            continue
        mode = item.catalogue_entry.congress_mode if kind == PrerequisiteKind.CONGRESS else ""
        result = EvidenceResult.FAVOURABLE
        if kind == PrerequisiteKind.CONGRESS:
            result = EvidenceResult.APPROVED if mode == CongressMode.APPROVE else EvidenceResult.HEARD
        evidence.add_prerequisite(
            item.pk,
            actor=cast.vice,
            kind=kind,
            held_on=timezone.localdate() - timedelta(days=3),
            participants="有关部门负责人和教师代表",
            conclusion="同意按方案实施。",
            result=result,
            congress_mode=mode,
            document_number="云法审〔2026〕7号" if kind == PrerequisiteKind.LEGAL else "",
        )
    return DecisionItem.objects.get(pk=item.pk)


def consult(cast: Cast, item: DecisionItem, disagreement: str = Disagreement.NONE) -> DecisionItem:
    """Record that 书记 and 校长 consulted an hour ago on the present proposal (R17)."""
    evidence.add_consultation(
        item.pk,
        actor=cast.secretary,
        held_at=timezone.now() - timedelta(hours=1),
        counterpart=cast.principal,
        opinions="原则同意。",
        disagreement=disagreement,
    )
    return DecisionItem.objects.get(pk=item.pk)
