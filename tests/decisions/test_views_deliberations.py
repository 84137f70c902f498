"""What meetings did with an item, as its page tells it to those who sat there and those who did not."""

import pytest
from django.urls import reverse

from decisions.choices import ItemState
from decisions.models import DecisionItem, Reconsideration
from decisions.services import items, reconsideration
from tests.factories.decisions import CONFIRMED, add_evidence, consult, make_item
from tests.factories.meetings import begin, count, decide, hold, list_item, plan, take_up


def url(name, *args):
    return reverse(f"decisions:{name}", args=args)


def page_of(client, user, item):
    client.force_login(user)
    return client.get(url("item_detail", item.pk)).context["page"]


@pytest.fixture
def decided(cast):
    """A loop item that 校长办公会议 proposed and 党总支会议 decided with 5 of 6 present out of 7."""
    item = make_item(cast, "G01", CONFIRMED)
    hold(cast, cast.admin, item, text="提请党总支会议讨论决定。")
    item = consult(cast, add_evidence(cast, item))
    items.confirm(item.pk, actor=cast.secretary)
    meeting = plan(cast, cast.party)
    entry = list_item(cast, meeting, item)
    begin(cast, meeting, 6)
    entry = take_up(cast, entry)
    count(cast, entry, 5, 0, 1)
    decide(cast, entry, text="同意预算方案。")
    return DecisionItem.objects.get(pk=item.pk)


def test_a_vote_is_drawn_seat_by_seat_with_its_arithmetic(cast, client, decided):
    held = page_of(client, cast.vice, decided).deliberations
    assert [(one.label, one.pill.text, one.decision) for one in held] == [
        ("党总支会议第1次", "通过", "同意预算方案。"),
        ("校长办公会议第1次", "通过", "提请党总支会议讨论决定。"),
    ]
    vote = held[0].votes[0]
    assert (vote.marks, vote.required) == (["yes"] * 5 + ["abstain", "absent"], 4)
    assert held[0].sentence == (
        "应到 7 人，实到 6 人（6 ＞ 7÷2 = 3.5）；赞成票 5 ＞ 7÷2 = 3.5，通过；"
        "监票 孙正清、周婉宁，计票 罗敏；未到会：何素云。"
    )
    assert held[1].votes == []
    assert "6 人同意，由林知远作出决定" in held[1].sentence


def test_the_secretary_reads_what_the_administration_proposed(cast, client, decided):
    held = page_of(client, cast.secretary, decided).deliberations
    assert [(one.label, one.url, one.decision) for one in held][1] == (
        "校长办公会议第1次",
        "",
        "提请党总支会议讨论决定。",
    )


def test_staff_outside_the_leadership_read_outcomes_and_no_votes(cast, client, decided):
    DecisionItem.objects.filter(pk=decided.pk).update(state=ItemState.IMPLEMENTING)
    page = page_of(client, cast.teacher, decided)
    assert page.deliberations == []
    assert [step.pill.text for step in page.steps if step.state == "done"] == ["通过", "通过"]


def test_the_route_names_the_meetings(cast, client, decided):
    steps = page_of(client, cast.secretary, decided).steps
    assert [(step.name, step.state) for step in steps] == [
        ("提出", "done"),
        ("决定", "done"),
        ("部署", "now"),
        ("落实", "todo"),
        ("办结", "todo"),
    ]
    assert [step.lines[0].partition(" ")[2] for step in steps[:2]] == ["第1次会议", "第1次会议"]


def test_the_list_names_the_meeting_an_item_stands_on(cast, client, decided):
    items.confirm(decided.pk, actor=cast.principal)
    meeting = plan(cast, cast.admin)
    list_item(cast, meeting, decided)
    client.force_login(cast.principal)
    row = client.get(reverse("decisions:item_list")).context["rows"][0]
    assert (row.verb, row.note[:9], row.pill.text) == ("上会部署", "校长办公会议第2次"[:9], "已列会")


def test_a_reconsideration_is_asked_for_seconded_and_accepted(cast, client, decided):
    items.confirm(decided.pk, actor=cast.principal)
    hold(cast, cast.admin, decided)
    client.force_login(cast.vice)
    data = {"reason": "财政口径调整。", "change": "压减 10%。"}
    assert client.post(url("reconsideration_new", decided.pk), {"reason": ""}).status_code == 422
    assert client.post(url("reconsideration_new", decided.pk), data).status_code == 302
    asked = Reconsideration.objects.get()
    assert client.post(url("reconsideration_second", asked.pk)).status_code == 409
    client.force_login(cast.secretary)
    refused = client.post(url("reconsideration_decide", asked.pk), {"is_accepted": "1", "answer": "受理"})
    assert (refused.status_code, "附议 1 人，班子 7 人" in refused.content.decode()) == (422, True)
    for member in (cast.secretary, cast.deputy, cast.principal):
        client.force_login(member)
        assert client.post(url("reconsideration_second", asked.pk)).status_code == 302
    assert client.post(url("reconsideration_decide", asked.pk), {"answer": "x"}).status_code == 403
    page = page_of(client, cast.secretary, decided)
    assert (page.seal, page.again[0].seconded, page.again[0].required) == ("decide", 4, 4)
    client.post(url("reconsideration_decide", asked.pk), {"is_accepted": "1", "answer": "受理"})
    page = page_of(client, cast.vice, decided)
    assert (page.item.round, [earlier.number for earlier in page.earlier]) == (2, [1])
    assert [step.pill.text for step in page.earlier[0].steps] == ["通过", "通过", "通过"]


def test_who_may_not_second_or_ask(cast, client, decided):
    items.confirm(decided.pk, actor=cast.principal)
    hold(cast, cast.admin, decided)
    client.force_login(cast.clerk)
    assert client.get(url("reconsideration_new", decided.pk)).status_code == 403
    asked = reconsideration.request_reconsideration(decided.pk, actor=cast.vice, reason="新", change="改")
    assert client.post(url("reconsideration_second", asked.pk)).status_code == 403
    client.force_login(cast.other_secretary)
    assert client.post(url("reconsideration_second", asked.pk)).status_code == 404
    assert client.post(url("reconsideration_decide", asked.pk), {}).status_code == 404
