"""交接 in the browser's words: the page of open work, the record, the receipt, and what waits for whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from decisions.models import Task
from governance import services as governance
from governance.access import offices_of
from governance.parameters import resolve
from handover import services
from handover.models import Handover
from tests.contracts.matrix import stored
from tests.contracts.world import TITLES
from workbench.selectors.todos import todo_list

pytestmark = pytest.mark.django_db
LIST_QUERIES, NEW_QUERIES = 15, 18
TODAY = timezone.localdate


def waiting(world, user):
    day = TODAY()
    found = todo_list(user, offices_of(user, world.cast.school), resolve(world.cast.school, day), day)
    return {todo.title: todo for _, todos in found.groups for todo in todos}


def address(person):
    return reverse("handover:handover_new", args=[person.pk])


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_a_clerk_hands_over_by_group_and_by_row(client, world):
    cast = world.cast
    client.force_login(cast.clerk)
    page = client.get(address(cast.vice)).content.decode()
    assert TITLES["open1"] in page
    assert TITLES["draft"] not in page, "a draft is its makers' alone"
    rows = {name: f"row_item_{world.items[name].pk}" for name in ("draft", "open0", "open1", "open2")}
    form = {
        "group_item": cast.vice_second.pk,
        rows["open0"]: "-",
        rows["open1"]: cast.teacher.pk,
        "reason": "分工调整",
    }
    before = stored()
    refused = client.post(address(cast.vice), form)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "提出人须为班子成员，秦书瑶不在领导班子" in text
    assert 'value="分工调整"' in text
    assert f'<option value="{cast.teacher.pk}" selected>' in text
    assert stored() == before
    assert "请填写交接事由" in client.post(address(cast.vice), {**form, "reason": ""}).content.decode()

    form[rows["open1"]] = cast.discipline.pk
    answer = client.post(address(cast.vice), form, follow=True)
    assert "已交接给" in answer.content.decode()
    given = {str(h.receiver): sorted(h.lines.values_list("title", flat=True)) for h in Handover.objects.all()}
    assert given["孙正清"] == [TITLES["open1"]]
    assert len(given["周婉宁"]) == 3  # draft, open2, listed
    assert not any(TITLES["draft"] in title for title in given["周婉宁"])
    left = client.get(address(cast.vice)).content.decode()
    assert TITLES["open0"] in left
    assert TITLES["open1"] not in left


def test_the_receiver_finds_it_on_the_workbench_and_confirms(client, world):
    cast, task = world.cast, world.tasks["decided1"]
    (made,) = services.hand_over(
        actor=cast.staff,
        school_id=cast.school.pk,
        giver_id=cast.staff.pk,
        to={("task", task.pk): cast.finance.pk},
        reason="调岗",
    )
    todo = waiting(world, cast.finance)["接收田家和交接的工作"]
    assert (todo.note, todo.url) == ("1 项，调岗", f"/handovers/{made.pk}/")
    client.force_login(cast.finance)
    assert "密任务之decided1" in client.get(todo.url).content.decode()
    receive = reverse("handover:handover_receive", args=[made.pk])
    assert client.post(receive).status_code == 302
    assert client.post(receive).status_code == 409
    assert "接收田家和交接的工作" not in waiting(world, cast.finance)
    client.force_login(cast.teacher)
    assert client.post(receive).status_code == 404


def test_ending_a_post_with_open_work_warns_and_then_waits_for_the_heads(client, world):
    cast = world.cast
    client.force_login(cast.clerk)
    leave = reverse("governance:leadership_leave", args=[cast.staff.pk])
    warned = client.get(leave).content.decode()
    assert "田家和还有 1 件在办工作，请先交接" in warned
    assert address(cast.staff) in warned
    title = "交接田家和留下的工作"
    assert title not in waiting(world, cast.secretary)
    client.post(leave, {"until": TODAY().isoformat(), "at_once": "on"})
    for who in ("secretary", "principal", "clerk"):
        todo = waiting(world, getattr(cast, who))[title]
        assert (todo.note, todo.pill.text) == ("1 件在办，任职已结束，无人负责", "无人负责")
    assert title not in waiting(world, cast.vice)
    page = client.get(reverse("handover:handover_list")).content.decode()
    assert "1 件无人负责" in page
    form = {"group_task": cast.finance.pk, "reason": "离校"}
    assert client.post(address(cast.staff), form).status_code == 302
    assert Task.objects.get(pk=world.tasks["decided1"].pk).owner == cast.finance
    assert title not in waiting(world, cast.secretary)


def test_ones_own_page_leads_to_the_own_handover(client, world):
    client.force_login(world.cast.staff)
    assert address(world.cast.staff) in client.get(reverse("accounts:me")).content.decode()
    assert client.get(address(world.cast.staff)).status_code == 200
    assert client.get(address(world.cast.teacher)).status_code == 404


def test_pages_ask_the_same_number_of_queries_at_any_length(client, world):
    cast = world.cast
    client.force_login(cast.secretary)
    new, listed = address(cast.vice), reverse("handover:handover_list")
    works = [("item", world.items[name].pk) for name in ("open0", "open1", "open2")]
    long = queries(client, new)
    services.hand_over(
        actor=cast.secretary,
        school_id=cast.school.pk,
        giver_id=cast.vice.pk,
        to={works[0]: cast.vice_second.pk},
        reason="一",
    )
    one = queries(client, listed)
    for ref in works[1:]:
        services.hand_over(
            actor=cast.secretary,
            school_id=cast.school.pk,
            giver_id=cast.vice.pk,
            to={ref: cast.discipline.pk},
            reason="二",
        )
    assert (queries(client, listed), queries(client, new)) == (one, long) == (LIST_QUERIES, NEW_QUERIES)


def test_an_end_dated_ahead_leaves_the_work_where_it_is_until_then(world):
    governance.leave_school(
        actor=world.cast.clerk,
        school=world.cast.school,
        person=world.cast.staff,
        until=TODAY() + timedelta(days=9),
    )
    assert "交接田家和留下的工作" not in waiting(world, world.cast.secretary)
