"""落实任务: the list by urgency, reports from a phone, acceptance, extension."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from decisions.choices import ItemState, RequestState, TaskState
from decisions.models import DecisionItem, Task, TaskExtension
from decisions.selectors.tasks import term_of, week_end
from decisions.services import outcomes, tasks
from decisions.tasks import remind_deadlines
from governance.choices import AccessScope
from notifications.models import Message
from tests.factories.decisions import CONFIRMED, make_item

LIST = reverse("decisions:task_list")


def url(name, *args):
    return reverse(f"decisions:{name}", args=args)


def photo(name="现场.jpg"):
    stream = BytesIO()
    Image.new("RGB", (8, 6)).save(stream, "JPEG")
    return SimpleUploadedFile(name, stream.getvalue())


def make_task(cast, title="检修消防设施", days=3, owner=None, item=None, **fields):
    """A task as a meeting lays it down, in an item that is being carried out."""
    from django.db import transaction

    item = item or make_item(cast, "G14", CONFIRMED, amount=None)
    DecisionItem.objects.filter(pk=item.pk).update(state=ItemState.IMPLEMENTING, current_stage=None)
    item = DecisionItem.objects.get(pk=item.pk)
    spec = outcomes.TaskSpec(
        title=title, owner=owner or cast.staff, due_on=timezone.localdate() + timedelta(days=days), **fields
    )
    with transaction.atomic():
        return outcomes.issue_task(item, spec, actor=cast.principal, meeting_label="校长办公会议第1次")


def groups(response):
    return {group.key: [row.task.title for row in group.rows] for group in response.context["groups"]}


def test_the_list_groups_by_urgency_and_counts(cast, client):
    today = timezone.localdate()
    item = make_task(cast, "逾期的", -4).item
    make_task(cast, "以后的", (week_end(today) - today).days + 5, item=item)
    make_task(cast, "本周的", 0, item=item)
    handed = make_task(cast, "待验收的", 3, item=item)
    tasks.report(handed.pk, actor=cast.staff, progress=100, text="完成", is_submission=True)
    client.force_login(cast.principal)
    response = client.get(LIST)
    assert groups(response) == {
        "overdue": ["逾期的"],
        "accept": ["待验收的"],
        "week": ["本周的"],
        "going": ["以后的"],
    }
    assert {tile["key"]: tile["count"] for tile in response.context["tiles"]} == {
        "": 4,
        "overdue": 1,
        "week": 1,
        "accept": 1,
        "going": 1,
        "done": 0,
    }
    assert response.content.decode().count("btn-primary") == 1
    assert groups(client.get(LIST, {"view": "week"})) == {"week": ["本周的"]}
    assert [row.label for g in response.context["groups"] for row in g.rows] == [
        "催办",
        "验收",
        "查看",
        "查看",
    ]


def test_the_owner_sees_what_to_do_and_nothing_of_others(cast, client):
    make_task(cast, "我的", owner=cast.finance)
    make_task(cast, "别人的", item=make_item(cast, "B01", CONFIRMED), owner=cast.staff)
    client.force_login(cast.finance)
    response = client.get(LIST)
    assert [(row.task.title, row.label) for g in response.context["groups"] for row in g.rows] == [
        ("我的", "签收")
    ]


def test_the_owner_of_a_restricted_matter_sees_the_task_and_not_the_item(cast, client):
    item = make_item(cast, "B01", CONFIRMED, title="某人任职")
    assert item.access_scope == AccessScope.RESTRICTED
    task = make_task(cast, "办理任职手续", owner=cast.staff, item=item)
    client.force_login(cast.staff)
    page = client.get(url("task_detail", task.pk))
    assert (page.status_code, "某人任职" in page.content.decode()) == (200, False)
    assert client.get(url("item_detail", item.pk)).status_code == 404


def test_a_report_carries_words_progress_and_photos(cast, client):
    task = make_task(cast)
    client.force_login(cast.staff)
    client.post(url("task_act", task.pk, "receive"))
    data = {"progress": "60", "text": "换了六具灭火器", "files": [photo(), photo("二.jpg")]}
    assert client.post(url("task_act", task.pk, "report"), data).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.progress, task.progress_note) == (TaskState.IN_PROGRESS, 60, "换了六具灭火器")
    page = client.get(url("task_detail", task.pk)).context["page"]
    assert [a.name for a in page.reports[0].attachments.all()] == ["现场.jpg", "二.jpg"]


@pytest.mark.parametrize(("progress", "text"), [("101", "字"), ("半", "字"), ("50", "")])
def test_a_wrong_report_comes_back_as_typed(cast, client, progress, text):
    task = make_task(cast)
    client.force_login(cast.staff)
    answer = client.post(url("task_act", task.pk, "report"), {"progress": progress, "text": text})
    assert answer.status_code == 422
    assert answer.context["report_form"]["progress"].value() == progress
    assert task.reports.count() == 0


def test_submission_and_acceptance(cast, client):
    task = make_task(cast)
    client.force_login(cast.staff)
    client.post(url("task_act", task.pk, "submit"), {"progress": "70", "text": "全部完成"})
    assert client.post(url("task_act", task.pk, "accept")).status_code == 403
    assert client.post(url("task_act", task.pk, "report"), {"progress": "1", "text": "x"}).status_code == 409
    client.force_login(cast.principal)
    back = client.post(url("task_act", task.pk, "send_back"), {"reason": ""})
    assert (back.status_code, "退回须写明哪里不够、怎样补。" in back.content.decode()) == (422, True)
    client.post(url("task_act", task.pk, "send_back"), {"reason": "补照片"})
    client.force_login(cast.staff)
    client.post(url("task_act", task.pk, "submit"), {"progress": "", "text": "已补"})
    client.force_login(cast.principal)
    client.post(url("task_act", task.pk, "accept"), {"reason": ""})
    task.refresh_from_db()
    assert (task.state, task.progress) == (TaskState.DONE, 100)
    page = client.get(url("item_detail", task.item_id)).context["page"]
    assert page.main.key == "complete"
    client.post(url("item_act", task.item_id, "complete"), {"reason": "已落实，效果良好。"})
    assert DecisionItem.objects.get(pk=task.item_id).state == ItemState.COMPLETED


def test_an_item_with_open_tasks_is_not_completed(cast, client):
    task = make_task(cast)
    client.force_login(cast.principal)
    answer = client.post(url("item_act", task.item_id, "complete"), {"reason": "好了"})
    assert answer.status_code == 422
    assert "检修消防设施" in answer.content.decode()


def test_urging_returns_to_the_list_and_is_once_a_day(cast, client):
    task = make_task(cast, days=-2)
    client.force_login(cast.principal)
    answer = client.post(url("task_act", task.pk, "urge"), {"next": f"{LIST}?view=overdue"})
    assert answer["Location"] == f"{LIST}?view=overdue"
    assert client.post(url("task_act", task.pk, "urge")).status_code == 409
    away = client.post(
        url("task_act", make_task(cast, "另一件", -1).pk, "urge"), {"next": "https://evil.test/"}
    )
    assert away["Location"].startswith("/tasks/")


def test_an_extension_is_asked_for_and_decided(cast, client):
    task = make_task(cast)
    later = task.due_on + timedelta(days=7)
    client.force_login(cast.staff)
    wrong = client.post(url("task_act", task.pk, "extend"), {"new_due_on": task.due_on, "reason": "x"})
    assert (wrong.status_code, "新时限须晚于原时限" in wrong.content.decode()) == (422, True)
    client.post(url("task_act", task.pk, "extend"), {"new_due_on": later.isoformat(), "reason": "等配件"})
    extension = TaskExtension.objects.get()
    assert (
        client.post(url("extension_decide", extension.pk), {"is_accepted": "1", "answer": "可"}).status_code
        == 403
    )
    client.force_login(cast.principal)
    assert client.post(url("extension_decide", extension.pk), {"is_accepted": "1"}).status_code == 422
    client.post(url("extension_decide", extension.pk), {"is_accepted": "1", "answer": "同意"})
    task.refresh_from_db()
    extension.refresh_from_db()
    assert (task.due_on, extension.state) == (later, RequestState.ACCEPTED)


@pytest.mark.parametrize("name", ["other_secretary", "outsider", "ended", "inspector"])
def test_tasks_are_unknown_to_outsiders(cast, client, name):
    task = make_task(cast)
    client.force_login(getattr(cast, name))
    assert client.get(url("task_detail", task.pk)).status_code == 404
    assert client.post(url("task_act", task.pk, "urge")).status_code == 404


def test_a_member_reads_a_task_and_does_not_act_on_it(cast, client):
    task = make_task(cast)
    client.force_login(cast.discipline)
    assert client.get(url("task_detail", task.pk)).status_code == 200
    for key in ("receive", "report", "submit", "accept", "send_back", "urge", "extend"):
        assert client.post(url("task_act", task.pk, key), {}).status_code == 403
    assert client.post(url("task_act", task.pk, "close"), {}).status_code == 404


@pytest.mark.parametrize(
    ("day", "name"),
    [("2026-11-21", "2026年秋季学期"), ("2027-01-15", "2026年秋季学期"), ("2027-03-01", "2027年春季学期")],
)
def test_terms(day, name):
    from datetime import date

    assert term_of(date.fromisoformat(day)).name == name


def reminders():
    found = Message.objects.filter(kind="task.due").order_by("pk")
    return [(message.recipient.username, message.title) for message in found]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (4, []),
        (3, [("staff", "落实任务3 天后到期：检修消防设施")]),
        (1, [("staff", "落实任务明天到期：检修消防设施")]),
        (0, [("staff", "落实任务今天到期：检修消防设施")]),
        (
            -2,
            [("staff", "落实任务逾期 2 天：检修消防设施"), ("principal", "落实任务逾期 2 天：检修消防设施")],
        ),
    ],
)
def test_reminders_go_out_once(cast, days, expected):
    make_task(cast, days=days)
    assert remind_deadlines() == len(expected)
    assert remind_deadlines() == 0
    assert sorted(reminders()) == sorted(expected)


def test_a_reminder_of_a_restricted_matter_holds_no_words_of_it(cast):
    make_task(cast, "办理任职手续", 1, item=make_item(cast, "B01", CONFIRMED))
    remind_deadlines()
    assert reminders() == [("staff", "落实任务明天到期")]


def test_the_chair_is_reminded_of_a_topic_that_waits(cast):
    item = make_item(cast, "G01", "submitted")
    assert remind_deadlines() == 0
    DecisionItem.objects.filter(pk=item.pk).update(updated_at=timezone.now() - timedelta(days=4))
    assert (remind_deadlines(), remind_deadlines()) == (1, 0)
    assert Message.objects.filter(recipient=cast.principal, kind="stage.waiting").count() == 1


def test_done_tasks_are_not_reminded_of(cast):
    task = make_task(cast, days=-3)
    tasks.report(task.pk, actor=cast.staff, progress=100, text="完成", is_submission=True)
    assert remind_deadlines() == 0
    assert Task.objects.get().state == TaskState.SUBMITTED
