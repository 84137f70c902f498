"""A handover against the owner at the same moment. Real threads, real PostgreSQL."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from common.errors import NotNow, NotPermitted, Refusal
from decisions.access import lock_item
from decisions.models import Task
from decisions.services import outcomes, tasks
from handover import services
from handover.models import Handover
from ledger.services import verify
from tests.factories.cast import make_cast
from tests.factories.decisions import make_item
from tests.factories.meetings import hold
from tests.robustness.racing import overlapping

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return make_cast()


def issued(cast) -> Task:
    """A task of 田家和 out of a decision of 校长办公会议."""
    item = make_item(cast, "G14", amount=None)
    hold(cast, cast.admin, item)
    spec = outcomes.TaskSpec("调整作息", cast.staff, timezone.localdate() + timedelta(days=9))
    with transaction.atomic():
        return outcomes.issue_task(
            lock_item(item.pk), spec, actor=cast.principal, meeting_label="校长办公会议"
        )


def hand(cast, task, receiver):
    return services.hand_over(
        actor=cast.clerk,
        school_id=cast.school.pk,
        giver_id=cast.staff.pk,
        to={("task", task.pk): receiver.pk},
        reason="调岗",
    )


def test_handing_over_and_reporting(cast):
    """Either the report came first and goes along, or the former owner is told it is no longer theirs."""
    task = issued(cast)
    made, report = overlapping(
        lambda: hand(cast, task, cast.finance),
        lambda: tasks.report(task.pk, actor=cast.staff, progress=100, text="完成", is_submission=True),
    )
    assert not isinstance(made, Refusal)
    after = Task.objects.get(pk=task.pk)
    assert after.owner == cast.finance
    if isinstance(report, Refusal):
        assert isinstance(report, NotPermitted)
        assert (after.state, after.reports.count()) == ("issued", 0)
    else:
        assert (after.state, after.reports.get().author) == ("submitted", cast.staff)
        assert "待验收" in made[0].lines.get().note
    assert list(verify(cast.school.chain_key, with_rows=True)) == []


def test_handing_over_and_accepting(cast):
    """A task finished first is not handed over; one handed over first is finished as the receiver's."""
    task = issued(cast)
    tasks.report(task.pk, actor=cast.staff, progress=100, text="完成", is_submission=True)
    made, accepted = overlapping(
        lambda: hand(cast, task, cast.finance),
        lambda: tasks.accept(task.pk, actor=cast.principal, text=""),
    )
    assert not isinstance(accepted, Refusal)
    after = Task.objects.get(pk=task.pk)
    assert after.state == "done"
    if isinstance(made, Refusal):
        assert isinstance(made, NotNow)
        assert (after.owner, Handover.objects.count()) == (cast.staff, 0)
    else:
        assert (after.owner, Handover.objects.count()) == (cast.finance, 1)
    assert list(verify(cast.school.chain_key, with_rows=True)) == []


def test_two_hand_over_the_same_task(cast):
    task = issued(cast)
    answers = overlapping(*[lambda to=to: hand(cast, task, to) for to in (cast.finance, cast.teacher)])
    assert sum(isinstance(answer, NotNow) for answer in answers) == 1
    assert Handover.objects.count() == 1
    assert Handover.objects.get().receiver == Task.objects.get(pk=task.pk).owner
    assert list(verify(cast.school.chain_key, with_rows=True)) == []
