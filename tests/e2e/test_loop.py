"""The L loop in a browser: 提出 → 决定 → 部署 → 落实 → 办结, every step by the person whose step it is."""

import io
import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from decisions.models import DecisionItem, Resolution
from ledger.services import verify
from tests.e2e import steps
from tests.e2e.steps import box, press
from tests.factories.files import PDF

TITLE = "2027年度学校预算草案"
BUDGET = {"name": "预算测算表.pdf", "mimeType": "application/pdf", "buffer": PDF}


def declare(page: Page) -> DecisionItem:
    """副校长 submits G01 by the form."""
    page.goto("/items/new/?q=G01")
    page.get_by_role("link", name=re.compile("^选择 G01")).click()
    box(page, "标题").fill(TITLE)
    box(page, "背景和依据").fill("上级下达2027年度预算控制数，各部门已完成测算。")
    box(page, "建议方案").fill("按零基预算编制，全年支出 1864 万元。")
    page.get_by_label("涉及金额（元）").fill("18640000")
    box(page, "资金来源").fill("年度财政拨款")
    page.get_by_label("承办部门").fill("财务室")
    page.get_by_label("汇报人").select_option(label="赵明川")
    page.get_by_label("选择文件").set_input_files(BUDGET)
    press(page, "申报议题")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    return DecisionItem.objects.get()


def deliberate(page: Page, speakers: list[object], against: object = None) -> None:
    """开始审议; everybody speaks in this order."""
    press(page, "开始审议")
    for person in speakers:
        agrees = person is not against
        text = "同意所提方案。" if agrees else "设备经费应再压减。"
        steps.speak(page, person, text, "同意" if agrees else "不同意")


def confirm(page: Page, item: DecisionItem) -> None:
    """The chair of the body sets the item for its agenda (R11)."""
    page.goto(f"/items/{item.pk}/")
    press(page, "确定议题")
    expect(page.locator("#flash")).to_contain_text("已确定")


def text_of_pdf(page: Page, link_name: str) -> str:
    """The words of a PDF behind a link, fetched with the person's own session."""
    link = page.get_by_role("link", name=link_name)
    expect(link).to_be_visible()
    answer = page.context.request.get(link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.body())).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def test_the_loop_closes(cast, people):
    vice, principal = people.at(cast.vice), people.at(cast.principal)
    secretary, clerk = people.at(cast.secretary), people.at(cast.clerk)
    item = declare(vice)
    confirm(principal, item)

    # 提出: 校长办公会议, opinions and the principal's decision, no vote
    steps.plan_meeting(clerk, "校长办公会议")
    steps.list_on_agenda(clerk, TITLE)
    expect(clerk.locator("#agenda-list")).to_contain_text(TITLE)
    steps.start_sitting(clerk)
    steps.sign_in_all(clerk)
    expect(clerk.locator("#p-roll")).to_contain_text("6 ／ 6 人到会")
    admins = [cast.vice, cast.vice_second, cast.vice_non_party, cast.admin_member, cast.admin_second]
    deliberate(clerk, [*admins, cast.principal])
    expect(clerk.get_by_label("赞成票数")).to_have_count(0)
    steps.write_decision(clerk, "形成预算草案，提交党总支会议讨论决定。")
    expect(clerk.locator("#p-foot")).to_contain_text("校长决定")
    steps.conclude(clerk)
    steps.close_meeting(clerk)

    # 决定: refused until everything exists
    confirm(secretary, item)
    steps.plan_meeting(clerk, "党总支会议", hour=15)
    planning = clerk.url
    candidate = clerk.locator(".cand").filter(has_text=TITLE)
    expect(candidate).to_contain_text("4 项未满足")
    with clerk.expect_response(re.compile(r"/add-entry/$")) as answer:
        steps.list_on_agenda(clerk, TITLE)
    assert answer.value.status == 422
    refusal = clerk.get_by_role("main")
    for gap, clause in (
        ("书记、校长就现方案沟通", "中办《意见（试行）》（七）·规则 R17"),
        ("教代会听取意见", "规则 R20"),
        ("调研报告", "规则 R16"),
        ("预算来源确认", "规则 R12"),
    ):
        expect(refusal).to_contain_text(gap)
        expect(refusal).to_contain_text(clause)
    item.refresh_from_db()
    assert (item.state, item.current_stage.state) == ("pending", "confirmed")
    assert not item.current_stage.agenda_entries.exists()

    for kind, title, result in (
        ("调研报告", "调研", "同意或可行"),
        ("教代会听取意见", "教代会", "已听取意见"),
        ("预算来源确认", "预算来源确认", "同意或可行"),
    ):
        vice.goto(f"/items/{item.pk}/")
        gap = vice.locator("#checks li").filter(has_text=kind)
        gap.get_by_role("link", name="登记").click()
        steps.register(vice, title, result)
    secretary.goto(f"/items/{item.pk}/")
    secretary.locator("#checks li").filter(has_text="沟通").get_by_role("link", name="记录沟通").click()
    box(secretary, "双方意见").fill("原则同意，意见一致。")
    secretary.get_by_role("radio", name="无重大分歧").check()
    press(secretary, "记录沟通")
    expect(secretary.locator("#flash")).to_contain_text("已记录沟通")

    # 决定: 7 seats, 6 present, 5 for, 1 against
    clerk.goto(planning)
    steps.list_on_agenda(clerk, TITLE)
    expect(clerk.locator("#agenda-list")).to_contain_text(TITLE)
    steps.start_sitting(clerk)
    members = [cast.principal, cast.deputy, cast.vice, cast.vice_second, cast.discipline]
    steps.sign_in_people(clerk, [cast.secretary, *members])
    expect(clerk.locator("#p-roll")).to_contain_text("6 ／ 7 人到会")
    steps.excuse(clerk, cast.organizer, "外出学习")
    deliberate(clerk, [*members, cast.secretary], against=cast.discipline)
    steps.count_votes(clerk, 5, 1)
    result = clerk.locator("#p-vote")
    for text in ("应到 7", "实到 6", "6 ＞ 7÷2 = 3.5", "5 ＞ 7÷2 = 3.5", "通过"):
        expect(result).to_contain_text(text)
    steps.write_decision(clerk, "同意2027年度学校预算。")
    steps.conclude(clerk)
    steps.close_meeting(clerk)
    party_meeting = clerk.url
    year = timezone.localdate().year
    assert Resolution.objects.get(item=item).number == f"明德党决〔{year}〕1号"

    # 记录签字, 纪要签发, PDF
    clerk.locator(".page-head").get_by_role("link", name="会议记录").click()
    press(clerk, "记录人签字")
    steps.say_yes(clerk, "签字")
    expect(clerk.locator("#flash")).to_contain_text("已签字")
    secretary.goto(party_meeting)
    secretary.locator(".page-head").get_by_role("link", name="会议记录").click()
    press(secretary, "主持人签字")
    steps.say_yes(secretary, "签字")
    expect(secretary.locator("#flash")).to_contain_text("签字完成")
    clerk.goto(f"{party_meeting}minutes/")
    press(clerk, "起草纪要")
    box(clerk, "抄送").fill("云川区教育工委")
    steps.settled(clerk)
    press(clerk, "送签")
    expect(clerk.locator("#flash")).to_contain_text("已送签")
    secretary.goto(f"{party_meeting}minutes/")
    press(secretary, "签发纪要")
    steps.say_yes(secretary, "签发")
    expect(secretary.locator("#flash")).to_contain_text(f"〔{year}〕第1期已签发")
    words = text_of_pdf(secretary, "看 PDF")
    wanted = (
        f"〔{year}〕第1期",
        f"{year}年第1次党总支会议",
        "会议由书记陈立德主持，罗敏记录",
        f"一、{TITLE}",
        "同意2027年度学校预算。",
        "赞成5票，反对1票，弃权0票",
        "应到7人，实到6人",
        "出席：陈立德林知远许静赵明川周婉宁孙正清",
        "请假：何素云（外出学习）",
        "云川区教育工委",
    )
    assert [text for text in wanted if text not in words] == [], words

    # 部署: two tasks
    confirm(principal, item)
    steps.plan_meeting(clerk, "校长办公会议", hour=16)
    steps.list_on_agenda(clerk, TITLE)
    steps.start_sitting(clerk)
    steps.sign_in_all(clerk)
    deliberate(clerk, [cast.vice, cast.principal])
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    for title, owner in (("公开年度预算", cast.finance), ("分解各部门指标", cast.staff)):
        clerk.get_by_text("添加任务").first.click()
        form = clerk.locator("#task-form")
        form.get_by_label("任务").first.fill(title)
        form.get_by_label("责任人").select_option(label=str(owner))
        form.get_by_label("时限").fill(due)
        press(form, "添加任务")
        expect(clerk.locator("#task-drafts")).to_contain_text(title)
    steps.write_decision(clerk, "按决议部署，财务室牵头。")
    steps.conclude(clerk)
    steps.close_meeting(clerk)

    # 落实 on a phone, 验收, 办结
    for owner in (cast.finance, cast.staff):
        phone = people.at(owner, width=390)
        task = item.tasks.get(owner=owner)
        phone.goto("/tasks/")
        phone.get_by_role("link", name=task.title, exact=True).click()
        press(phone, "签收任务")
        box(phone, "进展").fill("正在办理，下周完成。")
        phone.get_by_label("进度（%）").fill("50")
        press(phone, "反馈进展")
        expect(phone.locator("#flash")).to_contain_text("已反馈")
        box(phone, "进展").fill("已完成。")
        press(phone, "全部完成，报请验收")
        expect(phone.locator("#flash")).to_contain_text("已报请验收")
        principal.goto(f"/tasks/{task.pk}/")
        press(principal, "验收通过")
        expect(principal.locator("#flash")).to_contain_text("任务办结")
    principal.goto(f"/items/{item.pk}/")
    principal.get_by_role("link", name="办结", exact=True).click()
    box(principal, "执行情况").fill("预算已公开并分解到各部门。")
    press(principal, "办结议题")
    expect(principal.locator("#flash")).to_contain_text("议题已办结")
    item.refresh_from_db()
    assert item.state == "completed"
    kinds = list(item.events.order_by("pk").values_list("kind", flat=True))
    assert (kinds[0], kinds[-1], kinds.count("stage.concluded")) == ("item.drafted", "item.completed", 3)
    assert list(verify(cast.school.chain_key, with_rows=True)) == []
    page = principal.get_by_role("main")
    for text in (f"明德党决〔{year}〕1号", "5 ＞ 7÷2 = 3.5", "公开年度预算", "分解各部门指标"):
        expect(page).to_contain_text(text)
