"""Without JavaScript: reading, and simple forms."""

from playwright.sync_api import expect

from decisions.models import DecisionItem
from tests.e2e.world import deployed


def test_reading_needs_no_script(cast, people):
    item = deployed(cast)
    task = item.tasks.order_by("pk").first()
    page = people.at(cast.principal, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="议题").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("议题")
    page.get_by_label("标题或编号").fill("作息")
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name=item.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(item.title)
    for text in ("按所附方案实施。", "林知远", "会议同意所提方案。", task.title):
        expect(page.get_by_role("main")).to_contain_text(text)
    page.get_by_role("link", name=task.title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(task.title)


def test_an_owner_reports_and_submits_without_script(cast, people):
    task = deployed(cast).tasks.get(owner=cast.staff)
    page = people.at(cast.staff, width=390, java_script_enabled=False)
    page.goto("/tasks/")
    page.get_by_role("link", name=task.title, exact=True).click()
    page.get_by_role("button", name="签收任务").click()
    page.get_by_role("button", name="反馈进展").click()
    expect(page.get_by_role("alert")).to_contain_text("处需要修改")
    page.get_by_role("textbox", name="进展").fill("初中部已排好，高中部周五完成。")
    page.get_by_label("进度（%）").fill("60")
    page.get_by_role("button", name="反馈进展").click()
    expect(page.get_by_role("main")).to_contain_text("初中部已排好，高中部周五完成。")
    task.refresh_from_db()
    assert (task.state, task.progress) == ("in_progress", 60)
    page.get_by_role("textbox", name="进展").fill("全部完成。")
    page.get_by_role("button", name="全部完成，报请验收").click()
    expect(page.get_by_role("main")).to_contain_text("已报请验收")
    task.refresh_from_db()
    assert (task.state, task.progress) == ("submitted", 100)


def test_an_item_is_declared_without_script(cast, people):
    page = people.at(cast.vice, java_script_enabled=False)
    page.goto("/items/new/?q=G14")
    page.get_by_role("link", name="选择 G14").click()
    page.get_by_role("textbox", name="标题").fill("冬季作息调整")
    page.get_by_role("textbox", name="背景和依据").fill("进入冬季。")
    page.get_by_role("textbox", name="建议方案").fill("早读推迟二十分钟。")
    page.get_by_label("承办部门").fill("教务处")
    page.get_by_label("汇报人").select_option(label="赵明川")
    page.get_by_role("button", name="申报议题").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("冬季作息调整")
    item = DecisionItem.objects.get()
    assert (item.state, item.current_stage.purpose) == ("pending", "deploy")
