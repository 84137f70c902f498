"""The list of items, the page of one, and the steps taken on it."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from decisions.choices import ItemState
from decisions.models import DecisionItem, ItemEvent
from decisions.services import items
from ledger.models import LedgerEntry
from tests.factories.decisions import CONFIRMED, DRAFT, SUBMITTED, make_item

LIST = reverse("decisions:item_list")


def url(name, *args):
    return reverse(f"decisions:{name}", args=args)


def titles(response):
    return [row.item.title for row in response.context["rows"]]


def test_the_list_says_first_what_each_item_waits_for(cast, client):
    make_item(cast, "C03", DRAFT, title="草稿")
    make_item(cast, "G01", SUBMITTED, title="预算")
    make_item(cast, "B01", SUBMITTED, title="任职")
    make_item(cast, "G05", CONFIRMED, title="修缮")
    client.force_login(cast.vice)
    response = client.get(LIST)
    assert {row.item.title: row.verb for row in response.context["rows"]} == {
        "草稿": "填写并申报",
        "预算": "请校长确定议题",
        "任职": "请书记确定议题",
        "修缮": "列入会议议程",
    }
    assert {tile["key"]: tile["count"] for tile in response.context["tiles"]} == {
        "": 4,
        "draft": 1,
        "pending": 3,
        "mending": 0,
        "implementing": 0,
        "overdue": 0,
        "ended": 0,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "draft"}, ["草稿"]),
        ({"route": "P"}, ["任职"]),
        ({"aspect": "G"}, ["预算"]),
        ({"step": "decide"}, ["任职"]),
        ({"q": "预算"}, ["预算"]),
        ({"q": "b01"}, ["任职"]),
        ({"q": "没有"}, []),
        ({"state": "nonsense"}, ["任职", "预算", "草稿"]),
    ],
)
def test_the_list_narrows(cast, client, query, found):
    make_item(cast, "C03", DRAFT, title="草稿")
    make_item(cast, "G01", SUBMITTED, title="预算")
    make_item(cast, "B01", SUBMITTED, title="任职")
    client.force_login(cast.vice)
    assert titles(client.get(LIST, query)) == found


def test_only_mine_leaves_out_other_peoples_items(cast, client):
    make_item(cast, "G01", SUBMITTED, title="他人的")
    client.force_login(cast.principal)
    assert titles(client.get(LIST)) == ["他人的"]
    assert titles(client.get(LIST, {"mine": "1"})) == []


def test_a_draft_is_listed_for_its_maker_only(cast, client):
    make_item(cast, "C03", DRAFT)
    client.force_login(cast.secretary)
    assert titles(client.get(LIST)) == []


def test_the_workbook_holds_the_rows_of_the_screen_and_no_formula(cast, client):
    make_item(cast, "G01", SUBMITTED, title="=HYPERLINK(1)")
    client.force_login(cast.vice)
    response = client.get(LIST, {"format": "xlsx"})
    sheet = load_workbook(BytesIO(response.content)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[1], row[2], row[5], row[8]) for row in rows] == [
        ("'=HYPERLINK(1)", "G01", "请校长确定议题", 120000)
    ]


@pytest.mark.parametrize("name", ["other_secretary", "outsider", "ended", "inspector"])
def test_an_item_is_unknown_to_outsiders(cast, client, name):
    item = make_item(cast, "G01", SUBMITTED)
    client.force_login(getattr(cast, name))
    assert client.get(url("item_detail", item.pk)).status_code == 404
    assert client.post(url("item_act", item.pk, "confirm")).status_code == 404
    item.refresh_from_db()
    assert item.current_stage.confirmed_by is None


def test_pages_ask_for_sign_in(cast, client):
    item = make_item(cast, "G01", SUBMITTED)
    response = client.get(url("item_detail", item.pk))
    assert (response.status_code, response["Location"]) == (
        302,
        f"{reverse('accounts:login')}?next={url('item_detail', item.pk)}",
    )


def test_the_chair_confirms_with_the_one_red_button(cast, client):
    item = make_item(cast, "G01", SUBMITTED)
    client.force_login(cast.principal)
    page = client.get(url("item_detail", item.pk))
    assert page.context["page"].main.key == "confirm"
    assert page.content.decode().count("btn-primary") == 1
    response = client.post(url("item_act", item.pk, "confirm"))
    assert response["Location"] == url("item_detail", item.pk)
    item = DecisionItem.objects.get(pk=item.pk)
    assert item.current_stage.confirmed_by == cast.principal


def test_a_member_who_does_not_chair_may_not_confirm(cast, client):
    item = make_item(cast, "G01", SUBMITTED)
    client.force_login(cast.secretary)
    sealed = LedgerEntry.objects.count()
    assert client.get(url("item_detail", item.pk)).context["page"].main is None
    assert client.post(url("item_act", item.pk, "confirm")).status_code == 403
    assert LedgerEntry.objects.count() == sealed


def test_a_second_confirmation_comes_too_late(cast, client):
    item = make_item(cast, "G01", CONFIRMED)
    client.force_login(cast.principal)
    assert client.post(url("item_act", item.pk, "confirm")).status_code == 409


def test_an_unknown_step_is_not_found(cast, client):
    item = make_item(cast, "G01", CONFIRMED)
    client.force_login(cast.principal)
    assert client.post(url("item_act", item.pk, "approve")).status_code == 404


def test_withdrawing_asks_for_a_reason_and_keeps_what_was_typed(cast, client):
    item = make_item(cast, "G01", SUBMITTED)
    client.force_login(cast.vice)
    address = url("item_act", item.pk, "withdraw")
    assert client.get(address).status_code == 200
    refused = client.post(address, {"reason": "理" * 201})
    assert refused.status_code == 422
    assert "理" * 201 in refused.content.decode()
    assert client.post(address, {"reason": "并入另一议题"}).status_code == 302
    item.refresh_from_db()
    assert item.state == ItemState.WITHDRAWN
    assert ItemEvent.objects.filter(item=item, kind="item.withdrawn").get().data["reason"] == "并入另一议题"


def test_sending_back_is_told_with_its_reason(cast, client):
    item = make_item(cast, "G01", SUBMITTED)
    client.force_login(cast.principal)
    client.post(url("item_act", item.pk, "send_back"), {"reason": "请补充测算"})
    page = client.get(url("item_detail", item.pk)).context["page"]
    assert page.recent_events[0].text == "林知远退回完善：请补充测算"
    assert page.recent_events[0].is_turning
    assert page.pill.text == "退回完善"


def test_a_stage_kept_off_the_agenda_is_shown_as_such_with_clauses(cast, client):
    item = make_item(cast, "B01", CONFIRMED)
    client.force_login(cast.secretary)
    response = client.get(url("item_detail", item.pk))
    page = response.context["page"]
    failing = {check.code for check in page.checks if check.is_failing}
    assert page.pill.text == "上会受阻"
    assert failing == {"R17", "R16", "R19", "R12"}
    assert response.content.decode().count("btn-primary") == 1
    mend = next(check for check in page.checks if check.code == "R17")
    assert mend.fix_url == url("consultation_add", item.pk)


def test_a_check_points_only_where_this_person_may_mend(cast, client):
    item = make_item(cast, "B01", CONFIRMED)
    client.force_login(cast.discipline)
    page = client.get(url("item_detail", item.pk)).context["page"]
    assert [check.fix_url for check in page.checks if check.is_failing] == ["", "", "", "", ""]
    assert (page.actions, page.may_edit, page.seal) == ([], False, "")


def test_earlier_rounds_stay_on_the_page(cast, client):
    item = make_item(cast, "G01", SUBMITTED)
    items.withdraw(item.pk, actor=cast.vice, reason="先撤回")
    client.force_login(cast.vice)
    page = client.get(url("item_detail", item.pk)).context["page"]
    assert [step.name for step in page.steps] == ["提出", "决定", "部署", "落实", "办结"]
    assert page.steps[0].pill.text == "撤回"


def test_who_comes_second_reads_who_was_first(cast, client):
    item = make_item(cast, "G14", SUBMITTED, amount=None)
    items.confirm(item.pk, actor=cast.principal)
    client.force_login(cast.principal)
    page = client.post(url("item_act", item.pk, "confirm"))
    assert page.status_code == 409
    assert "最近一步：林知远" in page.content.decode()
    script = client.post(url("item_act", item.pk, "confirm"), headers={"Accept": "application/json"})
    name, step, _ = script.json()["last"]
    assert (script.status_code, name) == (409, "林知远")
    assert step.startswith("林知远确定为")
