"""Drafting, submitting, revising, confirming, returning, withdrawing and completing an item."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common.errors import NotNow, NotPermitted, StaleVersion
from common.history import delete_as, save_as
from decisions import access, transitions
from decisions.choices import ItemState, Outcome, StageState
from decisions.models import ConcernedPerson, DecisionItem
from decisions.services.acts import record, tell
from decisions.services.reconsideration import open_reconsideration, uphold
from decisions.services.stages import close_stage, current_stage, lay_route, reopen_stage
from documents.choices import DocumentKind
from documents.services import next_number
from governance.access import offices_of
from governance.models import CatalogueEntry, School
from governance.selectors import chairs_of
from ledger.rows import touch

FIELDS = (
    "title",
    "background",
    "proposal",
    "amount",
    "fund_source",
    "department",
    "observers",
    "presenter",
    "proposer",
    "access_scope",
)


@transaction.atomic
def draft_item(*, actor: Any, school: School, entry: CatalogueEntry, fields: dict[str, Any]) -> DecisionItem:
    """Begin an item as a draft of one catalogue entry; class, route and scope come from the entry (R12)."""
    if not access.may_draft(offices_of(actor, school)):
        raise NotPermitted("只有本校在任人员可以起草议题。")
    if entry.school_id != school.pk or not entry.is_current:
        raise NotNow("此事项不在本校现行清单内，请重新选择。")
    item = DecisionItem(
        school=school,
        catalogue_entry=entry,
        route=entry.route,
        major_classes=entry.major_classes,
        access_scope=entry.access_scope,
        created_by=actor,
        proposer=actor,
        proposal_revised_at=timezone.now(),
    )
    _assign(item, fields)
    save_as(item, actor, "起草议题")
    record(item, kind="item.drafted", text=f"{actor}起草议题", actor=actor)
    return item


def _assign(item: DecisionItem, fields: dict[str, Any]) -> list[str]:
    """Set the known fields; a scope may be narrowed, never widened beyond the entry's. Returns changed names."""
    changed = []
    for name, value in fields.items():
        if name not in FIELDS:
            raise ValueError(f"{name} is not a field people edit")
        if name == "access_scope":
            value = max(int(value), item.catalogue_entry.access_scope)
        if getattr(item, name) != value:
            setattr(item, name, value)
            changed.append(name)
    return changed


@transaction.atomic
def revise(
    item_id: int, *, actor: Any, fields: dict[str, Any], version: int | None = None, reason: str = ""
) -> DecisionItem:
    """Change the content of an item that no meeting holds. A new proposal is a new version: consult again (R17).

    Raises StaleVersion when `version` is given and someone saved meanwhile.
    """
    item = access.item_for_update(actor, item_id)
    transitions.REVISE.require(item, access.offices_on(actor, item))
    if item.current_stage and item.current_stage.state == StageState.SCHEDULED:
        raise NotNow("议题已列入会议，不能修改。请先从议程中移出。", current=item)
    if version is not None and version != item.version:
        raise StaleVersion(f"此议题刚被{_last_editor(item)}更新，请刷新后再改。", current=item)
    proposal_before = item.proposal
    changed = _assign(item, fields)
    if not changed:
        return item
    is_draft = item.state == ItemState.DRAFT
    if item.proposal != proposal_before:
        item.proposal_revised_at = timezone.now()
        if not is_draft:
            item.proposal_version += 1
    labels = "、".join(str(vars(DecisionItem._meta.get_field(name))["verbose_name"]) for name in changed)
    if is_draft:
        item.version += 1
        save_as(item, actor, f"修改{labels}")
        return item
    version_note = f"（第{item.proposal_version}版）" if item.proposal != proposal_before else ""
    record(
        item,
        kind=transitions.REVISE.event,
        text=f"{actor}修改{labels}{version_note}",
        actor=actor,
        reason=reason,
        data={"fields": changed, "proposal_version": item.proposal_version},
    )
    return item


def _last_editor(item: DecisionItem) -> str:
    last = item.history.select_related("history_user").first()
    return str(last.history_user) if last and last.history_user else "他人"


@transaction.atomic
def set_concerned(item_id: int, *, actor: Any, people: Iterable[tuple[Any, str]]) -> DecisionItem:
    """Name the persons the matter touches, with their relation (R36). Replaces the earlier list.

    From 申报 on, whoever is named loses the materials of the item at once (`barred_to`).
    """
    item = access.item_for_update(actor, item_id)
    transitions.REVISE.require(item, access.offices_on(actor, item))
    wanted = {person.pk: (person, relation) for person, relation in people}
    if item.state != ItemState.DRAFT and {item.created_by_id, item.proposer_id} <= set(wanted):
        raise NotNow("经办人和提出人都须回避，无人可以修改此议题。请先改由其他领导提出。", current=item)
    busy = (
        item.tasks.open().filter(Q(owner__in=wanted) | Q(helpers__in=wanted)).select_related("owner").first()
    )
    if busy is not None:
        raise NotNow(f"“{busy.title}”由须回避的人员承办或协办，请先改派任务，再登记回避。", current=item)
    named = {one.person_id: one for one in item.concerned.all()}
    for one in [one for pk, one in named.items() if pk not in wanted]:
        delete_as(one, actor, "移除利害回避人")
    for person, relation in wanted.values():
        one = named.get(person.pk) or ConcernedPerson(item=item, person=person)
        if one.pk is None or one.relation != relation:
            one.relation = relation
            save_as(one, actor, "登记利害回避人")
    names = "、".join(str(person) for person, _ in wanted.values()) or "无"
    record(item, kind="item.concerned", text=f"{actor}登记利害回避人：{names}", actor=actor)
    return item


@transaction.atomic
def submit(item_id: int, *, actor: Any) -> DecisionItem:
    """申报: give the item its number, lay its route, tell the chair of the first body.

    A returned item goes round again: a new round of stages, with the earlier ones kept.
    """
    item = access.item_for_update(actor, item_id)
    transitions.SUBMIT.require(item, access.offices_on(actor, item))
    is_again = item.state == ItemState.RETURNED
    if not item.number:
        year = timezone.localdate().year
        item.number = f"{year}-{next_number(item.school, DocumentKind.ITEM, year):03d}"
        item.submitted_at = timezone.now()
    item.state = ItemState.PENDING
    if item.current_stage is None and is_again:
        item.round += 1
    stage = item.current_stage or lay_route(item, actor)
    text = f"{actor}{'重新申报' if is_again else '申报'}议题"
    if item.proposer_id != actor.pk:
        text += f"，提出人{item.proposer}"
    for parts in (item.events, item.prerequisites, item.consultations, item.attachments, item.concerned):
        touch(parts.all())
    touch([item])
    record(item, kind=transitions.SUBMIT.event, text=text, actor=actor)
    tell(
        item,
        recipients=access.chairs_on(item, stage.body),
        kind="stage.awaiting",
        what="请确定议题",
        body=f"{item.number}，拟上{stage.body}。",
    )
    return item


@transaction.atomic
def confirm(item_id: int, *, actor: Any) -> DecisionItem:
    """议题确定 by the chair of the stage's body (R11)."""
    item = access.item_for_update(actor, item_id)
    transitions.CONFIRM.require(item, access.offices_on(actor, item))
    stage = current_stage(item)
    stage.state = StageState.CONFIRMED
    stage.confirmed_by, stage.confirmed_at = actor, timezone.now()
    save_as(stage, actor, "确定议题")
    item.state = ItemState.PENDING
    by_office = chairs_of(stage.body).filter(pk=actor.pk).exists()
    record(
        item,
        kind=transitions.CONFIRM.event,
        text=f"{actor}{'' if by_office else '（主持人须回避，代行）'}确定为{stage.body}议题",
        actor=actor,
        data={"stage": stage.pk},
    )
    return item


@transaction.atomic
def send_back(item_id: int, *, actor: Any, reason: str) -> DecisionItem:
    """退回完善 before any meeting: the stage stays open, the proposer mends and submits again."""
    item = access.item_for_update(actor, item_id)
    transitions.SEND_BACK.require(item, access.offices_on(actor, item))
    reopen_stage(current_stage(item), actor, "退回完善")
    item.state = ItemState.RETURNED
    record(
        item, kind=transitions.SEND_BACK.event, text=f"{actor}退回完善：{reason}", actor=actor, reason=reason
    )
    _tell_makers(item, "议题退回完善", reason)
    return item


@transaction.atomic
def withdraw(item_id: int, *, actor: Any, reason: str) -> DecisionItem:
    """撤回: the item leaves its route. Within a reconsideration the standing resolution is kept."""
    item = access.item_for_update(actor, item_id)
    transitions.WITHDRAW.require(item, access.offices_on(actor, item))
    stage = item.current_stage
    if stage is not None:
        if stage.state == StageState.SCHEDULED:
            raise NotNow("议题已列入会议，请先从议程中移出再撤回。", current=item)
        close_stage(stage, actor, outcome=Outcome.WITHDRAWN)
    item.current_stage = None
    reconsideration = open_reconsideration(item)
    if reconsideration is not None:
        uphold(item, reconsideration, actor=actor, answer=f"撤回复议：{reason}")
    else:
        item.state = ItemState.WITHDRAWN
    record(
        item, kind=transitions.WITHDRAW.event, text=f"{actor}撤回议题：{reason}", actor=actor, reason=reason
    )
    return item


@transaction.atomic
def complete(item_id: int, *, actor: Any, note: str) -> DecisionItem:
    """办结: every task is accepted; the principal reports the result."""
    item = access.item_for_update(actor, item_id)
    transitions.COMPLETE.require(item, access.offices_on(actor, item))
    item.state, item.completed_at, item.completion_note = ItemState.COMPLETED, timezone.now(), note
    record(item, kind=transitions.COMPLETE.event, text=f"{actor}办结：{note}", actor=actor, reason=note)
    _tell_makers(item, "议题办结", note)
    return item


def _tell_makers(item: DecisionItem, what: str, body: str) -> None:
    """Tell proposer and drafter, once each."""
    people = {person.pk: person for person in (item.proposer, item.created_by)}
    tell(item, recipients=list(people.values()), kind="item.news", what=what, body=body)
