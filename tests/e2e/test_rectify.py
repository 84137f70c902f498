"""From the board to 销号 in a browser: the district finds the worst school and sees the arithmetic, the school mends
the fact, the district verifies, and the number on the board falls."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from compliance.models import Finding
from compliance.services import evaluate
from decisions.models import Task
from governance.models import School
from ledger.services import verify
from tests.e2e.steps import box, press
from tests.e2e.world import deployed


def tile(page: Page, words: str) -> str:
    """The number of one tile of 整改台账."""
    page.goto("/compliance/findings/")
    shown = page.get_by_role("navigation", name="按状态筛选").get_by_role("link", name=re.compile(words))
    return shown.locator("b").inner_text()


def on_board(page: Page) -> tuple[int, int]:
    """未整改数 of the district, and what the grid shows of 执行 in its first row, the worst school."""
    page.goto("/district/")
    number = page.get_by_role("link", name=re.compile("未整改数")).first.locator(".kpi-val")
    worst = page.locator(".heat tbody tr").first
    expect(worst.get_by_role("rowheader")).to_have_text("明德中学")
    cell = worst.get_by_role("link", name=re.compile("执行"))
    shown = int(cell.inner_text()) if cell.count() else 0
    return int(re.match(r"\d+", number.inner_text()).group()), shown


def test_a_finding_is_mended_verified_and_closed(cast, people, settings):
    task = deployed(cast).tasks.get(owner=cast.staff)
    Task.objects.filter(pk=task.pk).update(issued_at=timezone.now() - timedelta(days=30))
    evaluate(schools=School.objects.all())
    settings.COMPLIANCE_RECHECK = True
    district, school = people.at(cast.inspector), people.at(cast.secretary)

    before, of_school = on_board(district)
    open_before = int(tile(district, "未整改"))
    district.goto("/district/")
    district.locator(".heat tbody tr").first.get_by_role("link", name=re.compile("执行")).click()
    district.get_by_role("link", name="落实任务按期反馈、按期办结").click()
    expect(district.get_by_role("main")).to_contain_text("已 30 日未反馈，约定每 14 日反馈一次：30 ＞ 14")
    expect(district.get_by_role("main")).to_contain_text("可重放")
    expect(district.get_by_role("button", name="确认属实，开始整改")).to_have_count(0)

    school.goto("/compliance/findings/?rule=R72")
    school.get_by_role("link", name="落实任务按期反馈、按期办结").click()
    school.get_by_label("责任人").select_option(label="林知远")
    school.get_by_label("整改时限").fill((timezone.localdate() + timedelta(days=9)).isoformat())
    press(school, "确认属实，开始整改")
    expect(school.locator("#flash")).to_contain_text("已核实")
    press(school, "自评报验")  # nothing written
    expect(school.get_by_role("alert").first).to_be_visible()
    box(school, "进展或自评").fill("已催办，责任人已反馈。")
    press(school, "自评报验")  # no proof, and the breach still stands
    expect(school.get_by_role("main")).to_contain_text("整改佐证")
    finding = Finding.objects.get(rule_code="R72")
    assert finding.state == "rectifying"

    owner = people.at(cast.staff)
    owner.goto(f"/tasks/{task.pk}/")
    press(owner, "签收任务")
    box(owner, "进展").fill("作息时间表已排好。")
    owner.get_by_role("spinbutton").fill("60")
    press(owner, "反馈进展")
    expect(owner.locator("#flash")).to_contain_text("已反馈")

    finding.refresh_from_db()
    assert finding.resolved_at is not None
    school.goto(f"/compliance/findings/{finding.pk}/")
    expect(school.get_by_role("main")).to_contain_text("系统复核：已消除")
    box(school, "进展或自评").fill("责任人已反馈，系统复核已消除。")
    press(school, "自评报验")
    expect(school.locator("#flash")).to_contain_text("等待区级验收")

    assert int(tile(district, "未整改")) == open_before - 1
    assert (tile(district, "待验收"), tile(district, "已销号")) == ("1", "0")
    district.goto(f"/compliance/findings/{finding.pk}/")
    district.get_by_text("通过，销号").click()
    box(district, "意见").fill("已核任务反馈。")
    press(district, "提交验收结论")
    expect(district.locator("#flash")).to_contain_text("验收结论已登记")
    expect(district.get_by_role("main")).to_contain_text("已销号")
    assert (tile(district, "待验收"), tile(district, "已销号")) == ("0", "1")
    assert on_board(district) == (before - 1, of_school - 1)
    assert [step.act for step in finding.steps.order_by("pk")] == ["confirm", "submit", "close"]
    assert list(verify(cast.school.chain_key, with_rows=True)) == []
