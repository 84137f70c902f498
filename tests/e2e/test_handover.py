"""Somebody leaves while at work: the open page saves no more, and what was in hand goes to another with a record."""

import re

from playwright.sync_api import expect

from decisions.models import DecisionItem, Task
from handover.models import Handover
from ledger.services import verify
from tests.e2e.world import deployed
from tests.factories.decisions import DRAFT, make_item


def test_an_open_page_dies_with_the_office_and_the_work_goes_on(cast, people):
    draft = make_item(cast, "G14", DRAFT, title="校本课程调整", amount=None)
    task = deployed(cast).tasks.get(owner=cast.staff)
    leaver, clerk = people.at(cast.vice), people.at(cast.clerk)
    leaver.goto(f"/items/{draft.pk}/edit/")
    title = leaver.get_by_label("标题")
    with leaver.expect_response(lambda answer: answer.request.method == "POST"):
        title.fill("校本课程调整方案")
    expect(leaver.locator("[data-saved]")).to_contain_text("已保存")

    clerk.goto("/leadership/")
    clerk.goto(f"/leadership/people/{cast.vice.pk}/leave/")
    expect(clerk.get_by_role("main")).to_contain_text("赵明川还有 1 件在办工作，请先交接")
    clerk.get_by_label("现在就停止权限").check()
    clerk.get_by_role("button", name="登记离校").click()
    expect(clerk.get_by_role("status").first).to_contain_text("权限已停止")

    title.fill("改动不再保存")
    expect(leaver.locator("[data-saved]")).not_to_contain_text("已保存")
    assert DecisionItem.objects.get(pk=draft.pk).title == "校本课程调整方案"
    assert leaver.reload().status == 404
    leaver.goto("/")
    expect(leaver.get_by_role("main")).not_to_contain_text("校本课程调整")

    clerk.goto("/")
    expect(clerk.get_by_role("main")).to_contain_text("交接赵明川留下的工作")
    clerk.goto("/handovers/")
    clerk.get_by_role("link", name="交接赵明川的在办工作").click()
    expect(clerk.get_by_role("main")).not_to_contain_text("校本课程调整")
    clerk.get_by_label("本组交给").select_option(label="秦书瑶")
    clerk.get_by_label("交接事由").fill("赵明川离校")
    clerk.get_by_role("button", name="交接", exact=True).click()
    expect(clerk.get_by_role("alert").first).to_contain_text("秦书瑶不在领导班子")
    clerk.get_by_label("本组交给").select_option(label="周婉宁")
    clerk.get_by_role("button", name="交接", exact=True).click()
    expect(clerk.get_by_role("main")).to_contain_text("赵明川 → 周婉宁")

    heir = people.at(cast.vice_second)
    heir.goto("/")
    heir.get_by_role("link", name=re.compile("接收赵明川交接的工作")).first.click()
    heir.get_by_role("button", name="接收").click()
    expect(heir.get_by_role("main")).to_contain_text("已接收")
    heir.goto(f"/items/{draft.pk}/edit/")
    expect(heir.get_by_label("标题")).to_have_value("校本课程调整方案")

    owner = people.at(cast.staff)
    owner.goto("/accounts/me/")
    owner.get_by_role("link", name="交接我的在办工作").click()
    owner.get_by_label("本组交给").select_option(label="韩立秋")
    owner.get_by_label("交接事由").fill("调岗")
    owner.get_by_role("button", name="交接", exact=True).click()
    expect(owner.get_by_role("main")).to_contain_text("田家和 → 韩立秋")
    assert Task.objects.get(pk=task.pk).owner == cast.finance
    assert Handover.objects.count() == 2
    assert list(verify(cast.school.chain_key)) == []
