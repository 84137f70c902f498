"""Who comes in, and refusals as a person sees them."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.decisions import make_item
from tests.factories.people import PASSWORD


def test_sign_in_and_out_by_the_form(cast, people):
    page = people.at()
    page.goto("/items/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/items/$"))
    page.get_by_label("账号").fill("vice")
    page.get_by_label("密码", exact=True).fill("wrong")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("账号")).to_have_value("vice")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(re.compile(r"/items/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("议题")
    page.goto("/accounts/me/")
    expect(page.get_by_role("heading", level=1)).to_have_text("赵明川")
    page.get_by_role("main").get_by_role("button", name="退出").click()
    page.goto("/items/")
    expect(page).to_have_url(re.compile(r"/accounts/login/"))


@pytest.mark.parametrize("who", ["outsider", "other_secretary", "ended"])
def test_outsiders_learn_nothing(cast, people, who):
    item = make_item(cast, "G01", title="2027年度学校预算草案")
    page = people.at(getattr(cast, who))
    answer = page.goto(f"/items/{item.pk}/")
    missing = page.goto("/items/999999/")
    assert (answer.status, missing.status) == (404, 404)
    answer = page.goto(f"/items/{item.pk}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "预算" not in page.locator("body").inner_text()
    page.goto("/items/")
    assert "预算草案" not in page.locator("body").inner_text()


def test_wrong_role_is_told_whose_business_it_is(cast, people):
    """A member sees the item but no button; the address typed by hand is answered with 403 and who may."""
    item = make_item(cast, "G01", "submitted", title="2027年度学校预算草案")
    page = people.at(cast.vice_second)
    page.goto(f"/items/{item.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("2027年度学校预算草案")
    expect(page.get_by_role("button", name="确定议题")).to_have_count(0)
    answer = page.goto(f"/items/{item.pk}/send_back/")
    assert answer.status == 403
    expect(page.get_by_role("main")).to_contain_text("书记（党组织会议）或校长（校长办公会议）")
    item.refresh_from_db()
    assert item.state == "pending"


def test_a_step_taken_meanwhile_is_answered_with_409(cast, people):
    """Two tabs of the principal: the second 确定议题 is told what the state is now."""
    item = make_item(cast, "G01", "submitted", title="2027年度学校预算草案")
    first, second = people.at(cast.principal), people.at(cast.principal)
    for page in (first, second):
        page.goto(f"/items/{item.pk}/")
    first.get_by_role("button", name="确定议题").click()
    expect(first.locator("#flash")).to_contain_text("已确定")
    with second.expect_response(re.compile(r"/confirm/$")) as answer:
        second.get_by_role("button", name="确定议题").click()
    assert answer.value.status == 409
    expect(second.get_by_role("main")).to_contain_text("待审议")
    assert item.events.filter(kind="stage.confirmed").count() == 1
