"""复议: requested with reason, seconded by more than half, travelling the same route again (R74, R75)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from common.checks import Check
from common.choices import Level
from common.errors import Blocked, NotNow, NotPermitted
from common.history import save_as
from decisions import access
from decisions.choices import ItemState, ReconsiderationState, ResolutionState
from decisions.models import DecisionItem, Reconsideration, ReconsiderationSecond
from decisions.rules import cite
from decisions.services.acts import record, tell
from decisions.services.stages import lay_route
from governance.arithmetic import MORE_THAN_HALF
from governance.models import Seat
from governance.selectors import voting_seats


def open_reconsideration(item: DecisionItem) -> Reconsideration | None:
    """The accepted reconsideration whose round the item is in, if any."""
    return item.reconsiderations.filter(state=ReconsiderationState.ACCEPTED).first()


@transaction.atomic
def request_reconsideration(item_id: int, *, actor: Any, reason: str, change: str) -> Reconsideration:
    """申请复议 against the resolution in force; the requester's own voting seat seconds at once."""
    item = access.item_for_update(actor, item_id)
    offices = access.offices_on(actor, item)
    if not access.may_request_reconsideration(offices, item):
        raise NotPermitted("复议由领导班子成员提出。")
    if item.state not in (ItemState.IMPLEMENTING, ItemState.COMPLETED):
        raise NotNow(f"此议题现为“{item.get_state_display()}”，没有可以复议的有效决议。", current=item)
    resolution = item.resolutions.filter(state=ResolutionState.IN_FORCE).first()
    if resolution is None:
        raise NotNow("此议题没有有效决议，不能复议。", current=item)
    if item.reconsiderations.filter(
        state__in=[ReconsiderationState.SECONDING, ReconsiderationState.ACCEPTED]
    ).exists():
        raise NotNow("此议题已有正在办理的复议。", current=item)
    reconsideration = save_as(
        Reconsideration(
            school=item.school,
            item=item,
            resolution=resolution,
            reason=reason,
            change=change,
            requested_by=actor,
        ),
        actor,
        "申请复议",
    )
    seat = voting_seats(resolution.stage.body).filter(person=actor).first()
    if seat is not None:
        _second(reconsideration, seat, actor)
    record(
        item,
        kind="reconsideration.requested",
        text=f"{actor}申请复议{resolution.number}",
        actor=actor,
        reason=reason,
        data={"reconsideration": reconsideration.pk, "change": change},
    )
    tell(
        item,
        recipients=[s.person for s in voting_seats(resolution.stage.body).exclude(person=actor)],
        kind="reconsideration.requested",
        what=f"{actor}申请复议",
        body=reason,
    )
    return reconsideration


def _second(reconsideration: Reconsideration, seat: Seat, actor: Any) -> None:
    try:
        with transaction.atomic():
            save_as(ReconsiderationSecond(reconsideration=reconsideration, seat=seat), actor, "附议")
    except IntegrityError as error:
        raise NotNow("您已附议，无需重复。") from error


def seconding_check(reconsideration: Reconsideration) -> Check:
    """R75: seconds must exceed half of the voting members of the body that decided."""
    due = list(voting_seats(reconsideration.resolution.stage.body))
    in_force = {seat.pk for seat in due}
    count = sum(1 for second in reconsideration.seconds.all() if second.seat_id in in_force)
    ok = MORE_THAN_HALF.is_met(count, len(due))
    formula = MORE_THAN_HALF.formula(count, len(due))
    return Check(
        "R75",
        "附议超过成员半数",
        Level.BLOCK,
        ok,
        message="" if ok else f"附议 {count} 人，班子 {len(due)} 人：{formula}，不能受理。",
        clause=cite("参照《干部任用条例》讨论决定章", "R75"),
        fix_url=reverse("decisions:item_detail", args=[reconsideration.item_id]) + "#reconsideration",
        fix_label="征集附议",
        detail=formula,
    )


@transaction.atomic
def second(reconsideration_id: int, *, actor: Any) -> Reconsideration:
    """附议 by a voting member of the body that decided."""
    reconsideration = access.reconsideration_for(actor, reconsideration_id)
    item = access.item_for_update(actor, reconsideration.item_id)
    reconsideration.refresh_from_db()
    seat = voting_seats(reconsideration.resolution.stage.body).filter(person=actor).first()
    if seat is None:
        raise NotPermitted(f"附议由{reconsideration.resolution.stage.body}有表决权的成员办理。")
    if reconsideration.state != ReconsiderationState.SECONDING:
        raise NotNow(f"此复议现为“{reconsideration.get_state_display()}”，不再征集附议。", current=item)
    _second(reconsideration, seat, actor)
    record(
        item,
        kind="reconsideration.seconded",
        text=f"{actor}附议复议",
        actor=actor,
        data={"reconsideration": reconsideration.pk},
    )
    check = seconding_check(reconsideration)
    if check.ok:
        tell(
            item,
            recipients=access.chairs_on(item, reconsideration.resolution.stage.body),
            kind="reconsideration.ready",
            what="复议附议已过半数，请受理",
            body=check.detail,
        )
    return reconsideration


@transaction.atomic
def decide_reconsideration(
    reconsideration_id: int, *, actor: Any, is_accepted: bool, answer: str
) -> Reconsideration:
    """受理 or 不予受理 by the chair of the deciding body. Accepted: the item travels its route again (R74)."""
    reconsideration = access.reconsideration_for(actor, reconsideration_id)
    item = access.item_for_update(actor, reconsideration.item_id)
    reconsideration.refresh_from_db()
    body = reconsideration.resolution.stage.body
    if not access.offices_on(actor, item).chairs(body):
        raise NotPermitted(f"复议由{body}的主持人受理。")
    if reconsideration.state != ReconsiderationState.SECONDING:
        raise NotNow(f"此复议现为“{reconsideration.get_state_display()}”。", current=item)
    if is_accepted:
        check = seconding_check(reconsideration)
        if check.is_failing:
            raise Blocked([check])
        item.round += 1
        item.state, item.completed_at = ItemState.PENDING, None
        item.proposer = reconsideration.requested_by
        item.proposal, item.proposal_revised_at = reconsideration.change, timezone.now()
        item.proposal_version += 1
        lay_route(item, actor)
        reconsideration.round = item.round
    reconsideration.state = ReconsiderationState.ACCEPTED if is_accepted else ReconsiderationState.REFUSED
    reconsideration.decided_by, reconsideration.decided_at = actor, timezone.now()
    reconsideration.answer = answer
    save_as(reconsideration, actor, answer)
    word = "受理复议，按原程序重新审议" if is_accepted else "不予受理复议"
    record(
        item,
        kind="reconsideration.accepted" if is_accepted else "reconsideration.refused",
        text=f"{actor}{word}：{answer}",
        actor=actor,
        reason=answer,
        data={"reconsideration": reconsideration.pk},
    )
    tell(
        item,
        recipients=[reconsideration.requested_by],
        kind="reconsideration.decided",
        what=word,
        body=answer,
    )
    return reconsideration


def uphold(item: DecisionItem, reconsideration: Reconsideration, *, actor: Any, answer: str) -> None:
    """End a reconsideration without change: the resolution stands, the item returns to where it was."""
    reconsideration.state = ReconsiderationState.UPHELD
    save_as(reconsideration, actor, answer)
    item.current_stage = None
    item.state = ItemState.IMPLEMENTING
