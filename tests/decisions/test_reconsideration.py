"""复议: seconded by more than half, the same route again, the old resolution superseded and kept (R74, R75)."""

import pytest

from common.errors import Blocked, NotNow, NotPermitted
from decisions.choices import ItemState, Outcome, ReconsiderationState, ResolutionState, TaskState
from decisions.models import DecisionItem, Resolution
from decisions.services import items, outcomes
from decisions.services import reconsideration as service
from tests.factories.decisions import add_evidence, consult, make_item
from tests.factories.meetings import hold


@pytest.fixture
def decided(cast):
    """A cadre matter decided by the Party body, with one open task."""
    item = make_item(cast, "B03", amount=None)
    add_evidence(cast, item)
    consult(cast, item)
    hold(cast, cast.party, item)
    item = DecisionItem.objects.get(pk=item.pk)
    from datetime import timedelta

    from django.db import transaction
    from django.utils import timezone

    from decisions.access import lock_item

    with transaction.atomic():
        outcomes.issue_task(
            lock_item(item.pk),
            outcomes.TaskSpec("办理轮岗交接", cast.staff, timezone.localdate() + timedelta(days=5)),
            actor=cast.secretary,
            meeting_label="党总支会议第1次",
        )
    return item


def seconded(cast, item, people):
    request = service.request_reconsideration(
        item.pk, actor=cast.vice, reason="人选情况有变化", change="改由另一同志轮岗。"
    )
    for name in people:
        service.second(request.pk, actor=getattr(cast, name))
    return request


def test_half_of_the_members_is_not_enough(cast, decided):
    request = seconded(cast, decided, ["deputy", "discipline"])  # with 赵明川 three of seven
    with pytest.raises(Blocked) as refused:
        service.decide_reconsideration(request.pk, actor=cast.secretary, is_accepted=True, answer="受理")
    assert refused.value.checks[0].detail == "3 不大于 7÷2 = 3.5"
    service.second(request.pk, actor=cast.organizer)
    service.decide_reconsideration(request.pk, actor=cast.secretary, is_accepted=True, answer="受理")
    item = DecisionItem.objects.get(pk=decided.pk)
    assert (item.state, item.round, item.proposal_version) == (ItemState.PENDING, 2, 2)
    assert item.resolutions.get().state == ResolutionState.IN_FORCE


def test_changed_resolution_supersedes_without_erasing(cast, decided):
    request = seconded(cast, decided, ["deputy", "discipline", "organizer"])
    service.decide_reconsideration(request.pk, actor=cast.secretary, is_accepted=True, answer="受理")
    items.confirm(decided.pk, actor=cast.secretary)
    consult(cast, decided)
    hold(cast, cast.party, decided, text="改由另一同志轮岗。")
    new, old = Resolution.objects.filter(item=decided).order_by("-pk")
    assert (old.state, new.state, new.supersedes) == (
        ResolutionState.SUPERSEDED,
        ResolutionState.IN_FORCE,
        old,
    )
    assert decided.tasks.get().state == TaskState.CANCELLED
    request.refresh_from_db()
    assert request.state == ReconsiderationState.CHANGED
    assert DecisionItem.objects.get(pk=decided.pk).state == ItemState.IMPLEMENTING


def test_rejected_reconsideration_upholds_the_resolution(cast, decided):
    request = seconded(cast, decided, ["deputy", "discipline", "organizer"])
    service.decide_reconsideration(request.pk, actor=cast.secretary, is_accepted=True, answer="受理")
    items.confirm(decided.pk, actor=cast.secretary)
    consult(cast, decided)
    hold(cast, cast.party, decided, votes_for=2, outcome=Outcome.REJECTED, text="维持原决议。")
    request.refresh_from_db()
    item = DecisionItem.objects.get(pk=decided.pk)
    assert (request.state, item.state) == (ReconsiderationState.UPHELD, ItemState.IMPLEMENTING)
    assert item.resolutions.get().state == ResolutionState.IN_FORCE
    assert item.tasks.get().state == TaskState.ISSUED


def test_who_may_do_what(cast, decided):
    with pytest.raises(NotPermitted):
        service.request_reconsideration(decided.pk, actor=cast.clerk, reason="r", change="c")
    request = seconded(cast, decided, [])
    with pytest.raises(NotNow, match="已附议"):
        service.second(request.pk, actor=cast.vice)
    with pytest.raises(NotPermitted, match="主持人受理"):
        service.decide_reconsideration(request.pk, actor=cast.principal, is_accepted=False, answer="否")
    with pytest.raises(NotNow, match="正在办理的复议"):
        service.request_reconsideration(decided.pk, actor=cast.principal, reason="r", change="c")
    service.decide_reconsideration(request.pk, actor=cast.secretary, is_accepted=False, answer="理由不充分")
    request.refresh_from_db()
    assert request.state == ReconsiderationState.REFUSED
    assert DecisionItem.objects.get(pk=decided.pk).state == ItemState.IMPLEMENTING
