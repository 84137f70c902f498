"""公示 after a decision and 紧急处置 before one: services, pages, and what a refusal leaves untouched."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.errors import NotNow, NotPermitted
from decisions.choices import ItemState, NoticeConclusion, Purpose, StageState
from decisions.models import DecisionItem, EmergencyAction, ItemEvent, PublicNotice
from decisions.services import followup, items, reconsideration
from ledger.models import LedgerEntry
from notifications.models import Message
from tests.contracts.matrix import stored
from tests.factories.decisions import CONFIRMED, SUBMITTED, add_evidence, consult, make_item
from tests.factories.meetings import hold, list_item, plan


def url(name, *args):
    return reverse(f"decisions:{name}", args=args)


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def decided(cast):
    """A cadre matter decided by the Party body today: the catalogue asks for 公示."""
    item = make_item(cast, "B01", amount=None)
    add_evidence(cast, item)
    consult(cast, item)
    hold(cast, cast.party, item)
    return DecisionItem.objects.get(pk=item.pk)


def told(cast, item, since=0, until=7, **fields):
    values = {"place": "公开栏", "channel": "纪检委员孙正清", **fields}
    return followup.publish_notice(
        item.pk, actor=cast.clerk, since=today(since), until=today(until), **values
    )


def aged(notice, days):
    """The same notice as if registered some days earlier."""
    PublicNotice.objects.filter(pk=notice.pk).update(
        since=notice.since - timedelta(days=days), until=notice.until - timedelta(days=days)
    )
    return notice


def test_a_notice_is_published_and_concluded(cast, decided):
    sealed = LedgerEntry.objects.count()
    notice = told(cast, decided)
    assert (notice.resolution, notice.conclusion) == (decided.resolutions.get(), "")
    aged(notice, 10)
    done = followup.conclude_notice(
        notice.pk, actor=cast.secretary, conclusion=NoticeConclusion.CLEAR, effective_on=today()
    )
    assert (done.concluded_by, done.effective_on) == (cast.secretary, today())
    events = ItemEvent.objects.filter(item=decided, kind__startswith="notice.").order_by("pk")
    assert [event.kind for event in events] == ["notice.published", "notice.concluded"]
    assert events[1].text == "公示结论：无异议"
    assert LedgerEntry.objects.count() == sealed + 2
    assert [row.history_change_reason for row in done.history.order_by("history_id")] == [
        "登记公示",
        "登记公示结论",
    ]


def test_what_may_not_be_published_changes_nothing(cast, decided):
    open_item = make_item(cast, "B01", SUBMITTED, amount=None)
    before = stored()
    refusals = [
        (open_item, {}, "还没有有效决议"),
        (decided, {"since": 1}, "不能晚于今天"),
        (decided, {"since": -1}, "早于决定日期"),
        (decided, {"until": -1}, "不得早于起始日"),
    ]
    for item, fields, words in refusals:
        with pytest.raises(NotNow, match=words):
            told(cast, item, **fields)
    with pytest.raises(NotPermitted):
        followup.publish_notice(
            decided.pk, actor=cast.discipline, since=today(), until=today(), place="栏", channel="我"
        )
    assert stored() == before
    told(cast, decided)
    with pytest.raises(NotNow, match="正在进行的公示"):
        told(cast, decided)


def test_a_notice_is_concluded_when_over_or_when_an_objection_stands(cast, decided):
    notice = told(cast, decided, until=0)
    before = stored()
    with pytest.raises(NotNow, match="期满后登记"):
        followup.conclude_notice(notice.pk, actor=cast.clerk, conclusion=NoticeConclusion.CLEAR)
    with pytest.raises(NotNow, match="异议和核实情况"):
        followup.conclude_notice(notice.pk, actor=cast.clerk, conclusion=NoticeConclusion.UPHELD)
    assert stored() == before
    stopped = followup.conclude_notice(
        notice.pk,
        actor=cast.clerk,
        conclusion=NoticeConclusion.UPHELD,
        objections="反映属实",
        effective_on=today(),
    )
    assert stopped.effective_on is None
    assert Message.objects.get(kind="notice.upheld").recipient == cast.secretary
    with pytest.raises(NotNow, match="已有结论"):
        followup.conclude_notice(notice.pk, actor=cast.clerk, conclusion=NoticeConclusion.CLEAR)
    assert told(cast, decided).pk != notice.pk  # the next one may begin


def test_the_page_asks_for_the_notice_and_shows_how_it_stands(cast, client, decided):
    client.force_login(cast.clerk)
    page = client.get(url("item_detail", decided.pk))
    assert page.context["page"].followup.is_awaited
    assert "还没有登记公示" in page.content.decode()
    address = url("notice_new", decided.pk)
    wrong = client.post(
        address, {"since": today(1).isoformat(), "until": today().isoformat(), "place": "栏", "channel": ""}
    )
    text = wrong.content.decode()
    assert wrong.status_code == 422 and PublicNotice.objects.count() == 0
    assert "起始日不能晚于今天" in text and "请填写受理渠道。" in text
    right = {"since": today().isoformat(), "until": today(1).isoformat(), "place": "公开栏", "channel": "孙"}
    assert client.post(address, right)["Location"] == url("item_detail", decided.pk)
    notice = PublicNotice.objects.get()
    line = client.get(url("item_detail", decided.pk)).context["page"].followup.notices[0]
    assert (line.pill.text, line.is_short, line.may_conclude) == ("公示中", True, True)
    aged(notice, 3)
    line = client.get(url("item_detail", decided.pk)).context["page"].followup.notices[0]
    assert line.pill.text == "公示期满"
    end = url("notice_conclude", notice.pk)
    assert client.post(end, {"conclusion": "dismissed"}).status_code == 422
    assert (
        client.post(end, {"conclusion": "upheld", "objections": "属实", "effective_on": today()}).status_code
        == 422
    )
    assert client.post(end, {"conclusion": "clear", "effective_on": today().isoformat()}).status_code == 302
    shown = client.get(url("item_detail", decided.pk)).content.decode()
    assert "无异议" in shown and "个工作日，少于 5 个" in shown


def test_a_matter_without_notice_shows_no_card(cast, client):
    item = make_item(cast, "G14")
    hold(cast, cast.admin, item)
    client.force_login(cast.principal)
    followed = client.get(url("item_detail", item.pk)).context["page"].followup
    assert (followed.required, followed.shows_notices, followed.may_publish) == (0, False, True)


def emergency(cast, item, actor=None, **fields):
    values = {"happened_at": timezone.now(), "reason": "围墙倒塌", "measures": "封闭现场，疏散师生"}
    return followup.record_emergency(item.pk, actor=actor or cast.clerk, **{**values, **fields})


def test_an_emergency_goes_straight_to_the_party_meeting(cast):
    item = make_item(cast, "G01", CONFIRMED)
    done = emergency(cast, item)
    assert (done.decided_by, done.recorded_by, done.round) == (cast.secretary, cast.clerk, 1)
    item = DecisionItem.objects.get(pk=item.pk)
    assert (item.state, item.current_stage.purpose, item.current_stage.state) == (
        ItemState.PENDING,
        Purpose.DECIDE,
        StageState.OPEN,
    )
    proposal = item.stages.get(purpose=Purpose.PROPOSE)
    assert (proposal.state, proposal.confirmed_by) == (StageState.WAITING, None)
    event = ItemEvent.objects.get(item=item, kind="emergency.recorded")
    assert event.text == "书记陈立德紧急处置：围墙倒塌；直接提交党组织会议补议"
    assert Message.objects.filter(kind="emergency.recorded").count() == 7
    # The Party meeting ratifies, and 部署 follows as on every route L.
    items.confirm(item.pk, actor=cast.secretary)
    add_evidence(cast, item)
    consult(cast, item)
    hold(cast, cast.party, item)
    item = DecisionItem.objects.get(pk=item.pk)
    assert (item.current_stage.purpose, item.state) == (Purpose.DEPLOY, ItemState.PENDING)


def test_an_emergency_leaves_a_listed_stage_where_it_is(cast):
    item = make_item(cast, "G01", CONFIRMED)
    list_item(cast, plan(cast, cast.admin), item)
    emergency(cast, item)
    assert DecisionItem.objects.get(pk=item.pk).current_stage.purpose == Purpose.PROPOSE


def test_what_is_no_emergency_changes_nothing(cast):
    draft, admin = make_item(cast, "G01", "draft"), make_item(cast, "G14", SUBMITTED)
    open_item = make_item(cast, "G01", SUBMITTED)
    done = make_item(cast, "A01", SUBMITTED)
    emergency(cast, done, actor=cast.secretary)
    before = stored()
    with pytest.raises(NotPermitted):
        emergency(cast, draft, actor=cast.vice)
    with pytest.raises(NotNow, match="由校长办公会议决定"):
        emergency(cast, admin)
    with pytest.raises(NotNow, match="不能晚于现在"):
        emergency(cast, open_item, happened_at=timezone.now() + timedelta(minutes=5))
    with pytest.raises(NotNow, match="本轮已登记"):
        emergency(cast, done)
    with pytest.raises(NotPermitted):
        emergency(cast, open_item, actor=cast.discipline)
    assert stored() == before


def test_an_emergency_in_the_browser(cast, client):
    item = make_item(cast, "G01", SUBMITTED)
    client.force_login(cast.secretary)
    page = client.get(url("item_detail", item.pk))
    assert page.context["page"].followup.may_record_emergency
    address = url("emergency_new", item.pk)
    assert client.get(address).status_code == 200
    later = (timezone.localtime() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    wrong = client.post(address, {"happened_at": later, "reason": "险情", "measures": ""})
    assert wrong.status_code == 422
    assert "处置时间不能晚于现在" in wrong.content.decode()
    assert "请填写处置措施。" in wrong.content.decode()
    moment = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    client.post(address, {"happened_at": moment, "reason": "险情", "measures": "封闭"})
    assert EmergencyAction.objects.get().measures == "封闭"
    page = client.get(url("item_detail", item.pk))
    assert "紧急处置，未经提出" in page.content.decode()
    assert not page.context["page"].followup.may_record_emergency
    proposed = next(check for check in page.context["page"].checks if check.code == "R13")
    assert (proposed.ok, proposed.title) == (True, "紧急处置，免于先行提出")
    line = page.context["page"].followup.emergencies[0]
    assert (line.due_on, line.is_heard) == (today(7), False)


@pytest.mark.parametrize("count", [1, 3])
def test_notices_cost_the_same_at_one_and_three(cast, client, decided, django_assert_num_queries, count):
    for number in range(count):
        notice = told(cast, decided, until=0)
        aged(notice, 3 - number if number < 2 else 1)
        if number + 1 < count:
            followup.conclude_notice(notice.pk, actor=cast.clerk, conclusion=NoticeConclusion.CLEAR)
    client.force_login(cast.secretary)
    client.get(url("item_detail", decided.pk))  # the first reading of a day is written
    with django_assert_num_queries(49):
        page = client.get(url("item_detail", decided.pk)).context["page"]
    assert len(page.followup.notices) == count


def test_a_second_round_may_be_urgent_again(cast):
    item = make_item(cast, "A01", SUBMITTED)
    emergency(cast, item)
    DecisionItem.objects.filter(pk=item.pk).update(round=2)
    assert emergency(cast, item).round == 2
    assert reconsideration.open_reconsideration(item) is None
