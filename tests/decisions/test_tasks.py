"""Tasks: receipt, reports, acceptance, return, extension, urging, and who may do each (R70, R72)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import NotNow, NotPermitted, NotVisible
from decisions.choices import RequestState, TaskState
from decisions.models import DecisionItem, Task
from decisions.services import tasks
from notifications.models import Message
from tests.factories.decisions import make_item
from tests.factories.meetings import begin, decide, list_item, plan, take_up


@pytest.fixture
def task(cast):
    """A task of 田家和 from a matter the principal decided."""
    from meetings.services import deliberation

    item = make_item(cast, "G14", amount=None)
    meeting = plan(cast, cast.admin)
    entry = list_item(cast, meeting, item)
    begin(cast, meeting)
    entry = take_up(cast, entry)
    deliberation.add_task_draft(
        entry.pk,
        actor=cast.clerk,
        title="检修消防设施",
        owner=cast.staff,
        helpers=[cast.teacher],
        due_on=timezone.localdate() + timedelta(days=3),
    )
    decide(cast, entry)
    return Task.objects.get()


def test_a_task_lives_from_receipt_to_acceptance(cast, task):
    tasks.receive(task.pk, actor=cast.staff)
    tasks.report(task.pk, actor=cast.teacher, progress=60, text="完成六成")
    tasks.report(task.pk, actor=cast.staff, progress=100, text="全部完成", is_submission=True)
    tasks.send_back(task.pk, actor=cast.principal, text="请补充照片")
    task.refresh_from_db()
    assert (task.state, task.progress) == (TaskState.IN_PROGRESS, 90)
    tasks.report(task.pk, actor=cast.staff, progress=100, text="已补充", is_submission=True)
    tasks.accept(task.pk, actor=cast.secretary, text="")
    task.refresh_from_db()
    assert (task.state, task.progress) == (TaskState.DONE, 100)
    kinds = list(task.reports.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["receipt", "progress", "submission", "return", "submission", "acceptance"]
    assert Message.objects.filter(recipient=cast.staff, title="验收通过：检修消防设施").count() == 1
    with pytest.raises(NotNow):
        tasks.accept(task.pk, actor=cast.principal, text="")


def test_progress_without_submission_is_never_complete(cast, task):
    tasks.report(task.pk, actor=cast.staff, progress=100, text="差不多了")
    task.refresh_from_db()
    assert (task.progress, task.state) == (99, TaskState.IN_PROGRESS)


def test_only_those_concerned_act(cast, task):
    with pytest.raises(NotPermitted):
        tasks.report(task.pk, actor=cast.principal, progress=10, text="代填")
    tasks.report(task.pk, actor=cast.staff, progress=100, text="完成", is_submission=True)
    with pytest.raises(NotPermitted, match="不能验收自己"):
        tasks.accept(task.pk, actor=cast.staff, text="")
    with pytest.raises(NotVisible):
        tasks.accept(task.pk, actor=cast.other_secretary, text="")


def test_extension_moves_the_day_only_when_accepted(cast, task):
    later = task.due_on + timedelta(days=7)
    with pytest.raises(NotNow, match="晚于原时限"):
        tasks.request_extension(task.pk, actor=cast.staff, new_due_on=task.due_on, reason="x")
    first = tasks.request_extension(task.pk, actor=cast.staff, new_due_on=later, reason="厂家缺货")
    with pytest.raises(NotNow, match="等待审批"):
        tasks.request_extension(task.pk, actor=cast.staff, new_due_on=later, reason="再要")
    with pytest.raises(NotPermitted):
        tasks.decide_extension(first.pk, actor=cast.staff, is_accepted=True)
    tasks.decide_extension(first.pk, actor=cast.principal, is_accepted=False, answer="按期完成")
    task.refresh_from_db()
    assert task.due_on == first.old_due_on
    second = tasks.request_extension(task.pk, actor=cast.staff, new_due_on=later, reason="厂家来函")
    tasks.decide_extension(second.pk, actor=cast.principal, is_accepted=True)
    task.refresh_from_db()
    second.refresh_from_db()
    assert (task.due_on, second.state) == (later, RequestState.ACCEPTED)


def test_urging_once_a_day(cast, task):
    tasks.urge(task.pk, actor=cast.principal, text="")
    with pytest.raises(NotNow, match="今天已催办"):
        tasks.urge(task.pk, actor=cast.clerk, text="")


def test_owner_outside_the_leadership_reads_task_and_item(cast, task):
    assert Task.objects.visible_to(cast.staff).get() == task
    assert DecisionItem.objects.visible_to(cast.staff).get() == task.item
    assert not Task.objects.visible_to(cast.other_secretary).exists()


def test_overdue_counts_open_tasks_only(cast, task):
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert Task.objects.overdue().count() == 1
    tasks.report(task.pk, actor=cast.staff, progress=100, text="完成", is_submission=True)
    assert Task.objects.overdue().count() == 1
    tasks.accept(task.pk, actor=cast.principal, text="")
    assert Task.objects.overdue().count() == 0


def test_notices_of_restricted_matters_name_only_their_number(cast):
    """Notices leave by e-mail: no word of a matter of scope 2 goes with them (R66)."""
    item = make_item(cast, "B01", amount=None, title="教务处副主任选任人选")
    notices = Message.objects.filter(kind="stage.awaiting")
    assert [(m.title, m.body) for m in notices] == [(f"请确定议题：议题 {item.number}", "")]
    open_item = make_item(cast, "G14", amount=None, title="作息调整")
    assert notices.filter(title="请确定议题：作息调整", body__contains=open_item.number).exists()
