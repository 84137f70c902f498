"""公示 of a decision (R65) and 紧急处置 before one (R76)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.errors import NotNow
from common.history import save_as
from decisions import access
from decisions.choices import ItemState, NoticeConclusion, Purpose, ResolutionState, StageState
from decisions.models import DecisionItem, EmergencyAction, PublicNotice
from decisions.services.acts import record, tell
from decisions.services.stages import reopen_stage
from governance.choices import Route, SeatRole
from governance.selectors import deciding_body, holders, voting_seats

NOTICE_RIGHT = "公示由提出人、经办人、汇报人、会议秘书或书记校长登记。"
EMERGENCY_RIGHT = "紧急处置由书记、副书记或党组织会议秘书登记。"
# Before a number is given, or after the matter went back, there is nothing to dispose of.
_NO_EMERGENCY = (ItemState.DRAFT, ItemState.RETURNED, ItemState.WITHDRAWN)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


@transaction.atomic
def publish_notice(
    item_id: int, *, actor: Any, since: date, until: date, place: str, channel: str
) -> PublicNotice:
    """登记公示 of the resolution in force, from `since` up to and including `until` (R65).

    How long it lasts is recorded as it is; whether that is enough is the rule's answer. Raises NotNow without
    a resolution, while another 公示 runs, or for impossible days.
    """
    item = access.item_for_update(actor, item_id)
    access.require(access.may_publish_notice, access.offices_on(actor, item), item, NOTICE_RIGHT)
    resolution = item.resolutions.filter(state=ResolutionState.IN_FORCE).first()
    if resolution is None:
        raise NotNow("公示在形成决议之后进行，此议题还没有有效决议。", current=item)
    if item.public_notices.filter(conclusion="").exists():
        raise NotNow("此议题已有正在进行的公示，请先登记公示结论。", current=item)
    if since > timezone.localdate():
        raise NotNow("起始日不能晚于今天，请在公示之日登记。")
    if since < resolution.decided_on:
        raise NotNow(f"公示起始日早于决定日期 {_day(resolution.decided_on)}，请核对。")
    if until < since:
        raise NotNow("截止日不得早于起始日。")
    notice = save_as(
        PublicNotice(
            school=item.school,
            item=item,
            resolution=resolution,
            since=since,
            until=until,
            place=place,
            channel=channel,
            published_by=actor,
        ),
        actor,
        "登记公示",
    )
    record(
        item,
        kind="notice.published",
        text=f"公示{resolution.number}：{_day(since)}至{_day(until)}",
        actor=actor,
        data={
            "notice": notice.pk,
            "resolution": resolution.number,
            "since": since.isoformat(),
            "until": until.isoformat(),
        },
    )
    return notice


@transaction.atomic
def conclude_notice(
    notice_id: int,
    *,
    actor: Any,
    conclusion: str,
    objections: str = "",
    effective_on: date | None = None,
) -> PublicNotice:
    """登记公示结论 after the last day; an objection that stands may end it earlier.

    Raises NotNow before the period is over, when it was concluded before, or where an objection is not described.
    """
    notice = access.notice_for(actor, notice_id)
    item = access.item_for_update(actor, notice.item_id)
    access.require(access.may_publish_notice, access.offices_on(actor, item), item, NOTICE_RIGHT)
    notice.refresh_from_db()
    if notice.conclusion:
        raise NotNow(f"此次公示已有结论：{notice.get_conclusion_display()}。", current=item)
    stands = conclusion == NoticeConclusion.UPHELD
    if not stands and timezone.localdate() <= notice.until:
        raise NotNow(f"公示到{_day(notice.until)}截止，期满后登记结论。", current=item)
    if conclusion != NoticeConclusion.CLEAR and not objections.strip():
        raise NotNow("请写明异议和核实情况。")
    notice.conclusion, notice.objections = conclusion, objections
    notice.effective_on = None if stands else effective_on
    notice.concluded_by, notice.concluded_at = actor, timezone.now()
    save_as(notice, actor, "登记公示结论")
    record(
        item,
        kind="notice.concluded",
        text=f"公示结论：{notice.get_conclusion_display()}",
        actor=actor,
        data={
            "notice": notice.pk,
            "conclusion": conclusion,
            "effective_on": notice.effective_on.isoformat() if notice.effective_on else "",
        },
    )
    if stands:
        tell(
            item,
            recipients=access.chairs_on(item, notice.resolution.stage.body),
            kind="notice.upheld",
            what="公示异议成立，暂缓执行",
            body=objections,
        )
    return notice


@transaction.atomic
def record_emergency(
    item_id: int, *, actor: Any, happened_at: datetime, reason: str, measures: str
) -> EmergencyAction:
    """登记紧急处置: the secretary disposed first, the next Party meeting ratifies (R76, W1).

    On route L a matter not yet proposed goes straight to the Party meeting (R13 allows it). Raises NotNow for
    matters the Party does not decide, for a second one in the same round, and for a moment in the future.
    """
    item = access.item_for_update(actor, item_id)
    access.require(access.may_record_emergency, access.offices_on(actor, item), item, EMERGENCY_RIGHT)
    if item.state in _NO_EMERGENCY:
        raise NotNow(f"此议题现为“{item.get_state_display()}”，请先申报，再登记紧急处置。", current=item)
    if item.route == Route.ADMIN:
        raise NotNow("紧急处置登记须由党组织会议决定的事项；此事项由校长办公会议决定。", current=item)
    if item.emergencies.filter(round=item.round).exists():
        raise NotNow("此议题本轮已登记紧急处置。", current=item)
    if happened_at > timezone.now():
        raise NotNow("处置时间不能晚于现在，请填写实际处置的时间。")
    secretary = holders(item.school, SeatRole.SECRETARY).first()
    if secretary is None:
        raise NotNow("本校没有在任书记，请先在“班子与任职”登记。")
    emergency = save_as(
        EmergencyAction(
            school=item.school,
            item=item,
            round=item.round,
            decided_by=secretary,
            happened_at=happened_at,
            reason=reason,
            measures=measures,
            recorded_by=actor,
        ),
        actor,
        "登记紧急处置",
    )
    skipped = _skip_proposal(item, actor)
    record(
        item,
        kind="emergency.recorded",
        text=f"书记{secretary}紧急处置：{reason.rstrip('。')}"
        + ("；直接提交党组织会议补议" if skipped else ""),
        actor=actor,
        data={"emergency": emergency.pk, "happened_at": happened_at.isoformat()},
    )
    tell(
        item,
        recipients=[seat.person for seat in voting_seats(deciding_body(item.school))],
        kind="emergency.recorded",
        what="书记紧急处置，待下次党组织会议补议",
        body=measures,
    )
    return emergency


def _skip_proposal(item: DecisionItem, actor: Any) -> bool:
    """Route L before it was proposed: the decision of the Party body becomes the current stage."""
    stage = item.current_stage
    if stage is None or stage.purpose != Purpose.PROPOSE:
        return False
    if stage.state not in (StageState.OPEN, StageState.CONFIRMED):
        return False
    following = item.stages.get(round=item.round, purpose=Purpose.DECIDE)
    stage.state, stage.confirmed_by, stage.confirmed_at = StageState.WAITING, None, None
    save_as(stage, actor, "紧急处置，未经提出")
    reopen_stage(following, actor, "紧急处置，待补议")
    item.current_stage = following
    item.state = ItemState.PENDING
    return True
