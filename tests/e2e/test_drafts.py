"""议题申报: what is typed is kept, and a refusal names everything that is missing."""

import re

from playwright.sync_api import Page, Route, expect

from decisions.models import DecisionItem
from tests.factories.decisions import make_item
from tests.factories.files import PDF

BUDGET = {"name": "预算测算表.pdf", "mimeType": "application/pdf", "buffer": PDF}
SAVED = re.compile(r"已保存 \d\d:\d\d")


def form_for(page: Page, cast, code: str) -> Page:
    """The empty form of one catalogue entry, found by words as a person does."""
    entry = cast.entry(code)
    page.goto("/items/new/")
    page.get_by_label("找事项").fill(code)
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name=f"选择 {code} {entry.title}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("填写议题")
    return page


def test_typing_saves_itself_and_survives_a_reload(cast, people):
    page = form_for(people.at(cast.vice), cast, "G01")
    expect(page.get_by_text("校长办公会议").first).to_be_visible()  # the route stands beside the form
    page.get_by_role("textbox", name="标题").fill("2027年度学校预算草案")
    page.get_by_label("背景和依据").fill("上级下达预算控制数。")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    expect(page).to_have_url(re.compile(r"/items/\d+/edit/$"))
    item = DecisionItem.objects.get()
    assert (item.state, item.title) == ("draft", "2027年度学校预算草案")
    with page.expect_response(re.compile("/autosave/$")):
        page.get_by_label("涉及金额（元）").fill("1,864,000")
    expect(page.get_by_text("即 186.40 万元")).to_be_visible()
    with page.expect_response(re.compile("/files/new/$")):
        page.get_by_label("选择文件").set_input_files(BUDGET)
    expect(page.locator("[data-files]")).to_contain_text("预算测算表.pdf")
    with page.expect_response(re.compile("/autosave/$")):
        page.get_by_role("textbox", name="建议方案").fill("按零基预算编制。")
    page.reload()
    expect(page.locator("[data-files]")).to_contain_text("预算测算表.pdf")
    expect(page.get_by_role("textbox", name="标题")).to_have_value("2027年度学校预算草案")
    expect(page.get_by_role("textbox", name="建议方案")).to_have_value("按零基预算编制。")
    assert DecisionItem.objects.count() == 1


def test_what_is_typed_before_the_script_arrives_is_saved_too(cast, people):
    page = people.at(cast.vice)
    held: list[Route] = []
    page.route(re.compile(r"/items\.js"), lambda route: held.append(route))
    page.goto(f"/items/new/{cast.entry('G01').pk}/", wait_until="commit")
    page.get_by_role("textbox", name="标题").fill("2027年度学校预算草案")
    expect(page.locator("[data-saved]")).to_have_text("")
    for route in held:
        route.continue_()
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    assert DecisionItem.objects.get().title == "2027年度学校预算草案"


def test_submitting_while_a_save_is_under_way_makes_one_item(cast, people):
    page = form_for(people.at(cast.vice), cast, "G14")
    held: list[Route] = []
    page.route(re.compile(r"/items/new/\d+/$"), lambda route: held.append(route))
    page.get_by_role("textbox", name="标题").fill("冬季作息调整")
    page.get_by_role("textbox", name="背景和依据").fill("进入冬季。")
    page.get_by_role("textbox", name="建议方案").fill("早读推迟二十分钟。")
    page.get_by_label("承办部门").fill("教务处")
    page.get_by_label("汇报人").select_option(label="赵明川")
    expect(page.locator("[data-saved]")).to_have_text("正在保存")
    page.get_by_role("button", name="申报议题").click()
    for route in held:
        route.continue_()
    expect(page.get_by_role("heading", level=1)).to_have_text("冬季作息调整")
    assert DecisionItem.objects.get().state == "pending"


def test_submitting_with_gaps_lists_every_gap(cast, people):
    page = form_for(people.at(cast.vice), cast, "G01")
    page.get_by_role("textbox", name="标题").fill("2027年度学校预算草案")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    page.get_by_role("button", name="申报议题").click()
    blocked = page.get_by_role("alert", name="还不能申报")
    for gap in ("背景和依据", "建议方案", "汇报人", "承办部门", "金额和资金来源", "规则 R12"):
        expect(blocked).to_contain_text(gap)
    expect(page.get_by_role("textbox", name="标题")).to_have_value("2027年度学校预算草案")
    item = DecisionItem.objects.get()
    assert (item.state, item.number) == ("draft", "")


def test_typing_without_a_line_is_kept_and_sent_later(cast, people):
    item = make_item(cast, "G01", "draft", title="2027年度学校预算草案")
    page = people.at(cast.vice)
    page.goto(f"/items/{item.pk}/edit/")
    page.context.set_offline(True)
    page.get_by_role("textbox", name="建议方案").fill("断网时写的方案。")
    expect(page.locator("[data-saved]")).to_contain_text("网络中断，已在本机暂存")
    item.refresh_from_db()
    assert item.proposal == "按所附方案实施。"
    with page.expect_response(re.compile("/autosave/$")):
        page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    item.refresh_from_db()
    assert item.proposal == "断网时写的方案。"


def test_two_windows_of_one_draft_never_overwrite_each_other(cast, people):
    item = make_item(cast, "G01", "draft", title="2027年度学校预算草案")
    first, second = people.at(cast.vice), people.at(cast.vice)
    for page in (first, second):
        page.goto(f"/items/{item.pk}/edit/")
    with first.expect_response(re.compile("/autosave/$")):
        first.get_by_role("textbox", name="建议方案").fill("第一个窗口写的方案。")
    item.refresh_from_db()
    assert item.proposal == "第一个窗口写的方案。"
    second.get_by_role("textbox", name="建议方案").fill("第二个窗口写的方案。")
    conflict = second.get_by_role("alert").filter(has_text="更新了这项内容")
    expect(conflict).to_contain_text("第一个窗口写的方案。")
    expect(second.get_by_role("textbox", name="建议方案")).to_have_value("第二个窗口写的方案。")
    item.refresh_from_db()
    assert item.proposal == "第一个窗口写的方案。"
    conflict.get_by_role("link", name="打开最新内容").click()
    with second.expect_response(re.compile("/autosave/$")):
        second.get_by_role("button", name="放回表单").click()
    item.refresh_from_db()
    assert item.proposal == "第二个窗口写的方案。"
