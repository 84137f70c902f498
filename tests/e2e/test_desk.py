"""会议记录工作台: thresholds shown and kept, nothing typed lost, nobody overwritten, everything by keyboard."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from decisions.models import ConcernedPerson, DecisionItem
from meetings.models import AgendaEntry, Statement
from meetings.services import deliberation
from tests.e2e import steps
from tests.e2e.steps import box, press
from tests.factories.decisions import add_evidence, consult, make_item
from tests.factories.meetings import begin, list_item, plan, take_up


def cadre_meeting(cast: Any, present: int, concerned: Any = None) -> AgendaEntry:
    """A Party meeting that sits on 干部任免 with so many of its seven members."""
    item = make_item(cast, "B01", title="教务处副主任选任人选", amount=None)
    add_evidence(cast, item)
    consult(cast, item)
    if concerned is not None:  # from now on this person no longer sees the item
        ConcernedPerson.objects.create(item=item, person=concerned, relation="与人选有亲属关系")
    entry = list_item(cast, plan(cast, cast.party), item)
    begin(cast, entry.meeting, present=present)
    return entry


def admin_meeting(cast: Any, *, is_open: bool = True) -> AgendaEntry:
    """校长办公会议 that sits, everybody present, on 冬季作息调整."""
    item = make_item(cast, "G14", amount=None, title="冬季作息调整")
    entry = list_item(cast, plan(cast, cast.admin), item)
    begin(cast, entry.meeting)
    if is_open:
        deliberation.open_entry(entry.pk, actor=cast.clerk)
    return AgendaEntry.objects.get(pk=entry.pk)


def say(cast: Any, entry: AgendaEntry, person: Any, text: str) -> Statement:
    """One statement recorded beforehand."""
    seat = entry.meeting.attendances.get(seat__person=person).seat
    return deliberation.add_statement(entry.pk, actor=cast.clerk, seat_id=seat.pk, text=text, stance="agree")


def at_desk(people: Any, user: Any, entry: AgendaEntry, *, is_blind: bool = False) -> Page:
    """The workspace at this entry; a blind page hears nothing of what others change meanwhile."""
    page = people.at(user)
    if is_blind:
        page.route(re.compile("/changes/"), lambda route: route.fulfill(status=304))
    page.goto(f"/meetings/{entry.meeting_id}/desk/{entry.pk}/")
    return page


def other_outcome(page: Page, label: str) -> None:
    """Choose a conclusion the facts do not lead to."""
    page.locator("#other-outcomes summary").click()
    page.locator("#other-outcomes").get_by_role("button", name=label, exact=True).click()


def test_cadre_matter_with_four_of_seven_is_refused_and_with_five_goes_on(cast, people):
    entry = cadre_meeting(cast, present=4)
    page = at_desk(people, cast.clerk, entry)
    press(page, "开始审议")
    roll = page.locator("#p-roll")
    expect(roll).to_contain_text("4 ／ 7 人到会")
    expect(roll).to_contain_text("人数不足")
    expect(roll).to_contain_text("4 ＜ 7×2/3，进位为 5")
    steps.fill_secret_count(page, 4)
    steps.count_votes(page, 4)
    steps.write_decision(page, "同意任命。")
    expect(page.locator("#p-foot")).to_contain_text("到会人数不足，不能形成决定")
    with page.expect_response(re.compile("/conclude/$")) as answer:
        other_outcome(page, "通过")
    assert answer.value.status == 422
    refusal = page.locator("#refusal")
    for text in ("应到 7 人，实到 4 人", "4 ＜ 7×2/3，进位为 5", "规则 R31"):
        expect(refusal).to_contain_text(text)
    entry.refresh_from_db()
    assert (entry.state, entry.outcome, entry.decision_text) == ("deliberating", "", "同意任命。")

    press(page, f"{cast.vice_second}签到")
    expect(roll).to_contain_text("5 ／ 7 人到会")
    expect(roll).to_contain_text("可以议事")
    steps.fill_secret_count(page, 5)
    steps.count_votes(page, 5)
    expect(page.locator("#p-vote")).to_contain_text("5 ＞ 7÷2 = 3.5")
    steps.conclude(page)
    entry.refresh_from_db()
    assert (entry.snapshot["present"], entry.snapshot["quorum"]["required"]) == (5, 5)
    assert DecisionItem.objects.get().state == "implementing"


def test_a_recused_member_neither_speaks_nor_votes(cast, people):
    entry = cadre_meeting(cast, present=6, concerned=cast.vice)
    page = at_desk(people, cast.clerk, entry)
    press(page, "开始审议")
    speaker = page.get_by_label("发言人").first
    expect(speaker).to_contain_text("赵明川")
    steps.fill_secret_count(page, 6)
    steps.count_votes(page, 6)
    steps.write_decision(page, "同意任命。")
    with page.expect_response(re.compile("/conclude/$")) as answer:
        other_or_main(page)
    assert answer.value.status == 422
    expect(page.locator("#refusal")).to_contain_text("规则 R36")

    press(page.locator("#recusal").filter(has_text="赵明川须回避"), "记录回避")
    expect(page.locator("#recusal")).to_contain_text("赵明川已回避")
    expect(page.locator("#p-roll").get_by_label("赵明川回避中，更改")).to_be_visible()
    expect(speaker).not_to_contain_text("赵明川")
    seat = entry.meeting.attendances.get(seat__person=cast.vice).seat_id
    status = page.evaluate(
        """async ([url, seat]) => {
            const body = new FormData(document.getElementById('say-new'));
            body.set('speaker', 's' + seat);
            body.set('text', '同意');
            const headers = {'X-Desk': '1', Accept: 'application/json'};
            return (await fetch(url, {method: 'POST', body, headers})).status;
        }""",
        [f"/meetings/{entry.meeting_id}/desk/{entry.pk}/say/", seat],
    )
    assert (status, entry.statements.count()) == (409, 0)
    expect(page.locator("#p-vote")).to_contain_text("回避 1")
    with page.expect_response(re.compile("/conclude/$")) as answer:
        other_or_main(page)
    assert answer.value.status == 422
    expect(page.locator("#refusal")).to_contain_text("可投票 5 人（实到 6，回避 1），票数合计 6")

    steps.fill_secret_count(page, 5)
    steps.count_votes(page, 5)
    steps.conclude(page)
    entry.refresh_from_db()
    snapshot = entry.snapshot
    assert (snapshot["present"], snapshot["recused"], snapshot["voters"]) == (6, 1, 5)
    assert snapshot["votes"][0]["for"] == 5


def other_or_main(page: Page) -> None:
    """Ask for 通过, whichever button carries it now."""
    page.locator("#conclude button[value=passed]").dispatch_event("click")


def test_of_two_recorders_exactly_one_concludes(cast, people):
    entry = take_up(cast, admin_meeting(cast, is_open=False))
    entry = deliberation.save_entry(
        entry.pk,
        actor=cast.clerk,
        version=AgendaEntry.objects.get(pk=entry.pk).version,
        decision_text="同意。",
    )
    pages = [at_desk(people, user, entry, is_blind=True) for user in (cast.clerk, cast.principal)]
    answers: dict[int, int] = {}
    for number, page in enumerate(pages):

        def note(response: Any, number: int = number) -> None:
            if response.url.endswith("/conclude/"):
                answers[number] = response.status

        page.on("response", note)
        expect(page.get_by_role("button", name=re.compile("^结束本题"))).to_be_enabled()
    for page in pages:
        page.locator("#conclude .btn-primary").dispatch_event("click")
    for page in pages:
        lost = page.locator("#refusal").filter(has_text="已由")
        won = page.locator("#p-foot").filter(has_text="内容已固定")
        expect(lost.or_(won)).to_have_count(1)
    assert sorted(answers.values()) == [200, 409]
    loser = next(pages[number] for number, status in answers.items() if status == 409)
    expect(loser.locator("#refusal")).to_contain_text(re.compile(r"已由(罗敏|林知远)于 \d\d:\d\d 结束：通过"))
    assert DecisionItem.objects.get().events.filter(kind="stage.concluded").count() == 1
    assert entry.history.filter(state="concluded").count() == 1


def test_typing_saves_itself_and_survives_a_reload(cast, people):
    entry = admin_meeting(cast)
    statement = say(cast, entry, cast.vice, "")
    page = at_desk(people, cast.clerk, entry)
    box(page, "赵明川发言要点").fill("早读推迟二十分钟。")
    steps.write_decision(page, "自12月1日起执行。")
    page.reload()
    expect(box(page, "赵明川发言要点")).to_have_value("早读推迟二十分钟。")
    expect(box(page, "决定文本")).to_have_value("自12月1日起执行。")
    statement.refresh_from_db()
    assert (statement.text, str(statement.updated_by)) == ("早读推迟二十分钟。", "罗敏")


def test_a_lost_line_loses_nothing(cast, people):
    entry = admin_meeting(cast)
    statement = say(cast, entry, cast.vice, "")
    page = at_desk(people, cast.clerk, entry)
    page.context.set_offline(True)
    box(page, "赵明川发言要点").fill("断网时说的话。")
    expect(page.locator("#offline")).to_contain_text("网络中断，已在本机暂存，连接后自动保存。")
    expect(page.locator("#saved")).to_have_text("1 处未保存")
    statement.refresh_from_db()
    assert statement.text == ""
    page.context.set_offline(False)
    steps.settled(page)
    expect(page.locator("#offline")).to_be_hidden()
    statement.refresh_from_db()
    assert statement.text == "断网时说的话。"


def test_what_could_not_be_saved_comes_back_after_a_reload(cast, people):
    entry = admin_meeting(cast)
    statement = say(cast, entry, cast.vice, "")
    page = at_desk(people, cast.clerk, entry)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    def cut(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route(re.compile("/say-save/"), cut)
    box(page, "赵明川发言要点").fill("没有送出去的话。")
    expect(page.locator("#saved")).to_have_text("1 处未保存")
    page.reload()
    assert asked == ["beforeunload"]
    expect(box(page, "赵明川发言要点")).to_have_value("没有送出去的话。")
    expect(page.locator("#saved")).to_have_text("1 处未保存")
    page.unroute(re.compile("/say-save/"), cut)
    page.reload()
    steps.settled(page)
    expect(box(page, "赵明川发言要点")).to_have_value("没有送出去的话。")
    statement.refresh_from_db()
    assert statement.text == "没有送出去的话。"


@pytest.mark.parametrize("keeps_own", [True, False])
def test_two_editors_of_one_statement_see_both_texts(cast, people, keeps_own):
    entry = admin_meeting(cast)
    statement = say(cast, entry, cast.vice, "原话。")
    first = at_desk(people, cast.clerk, entry)
    second = at_desk(people, cast.clerk, entry, is_blind=True)
    box(first, "赵明川发言要点").fill("甲记的话。")
    steps.settled(first)
    box(second, "赵明川发言要点").fill("乙记的话。")
    conflict = second.get_by_role("alert").filter(has_text="您的修改还没有保存")
    for text in ("对方的内容", "甲记的话。", "我的内容", "乙记的话。"):
        expect(conflict).to_contain_text(text)
    statement.refresh_from_db()
    assert statement.text == "甲记的话。"
    press(conflict, "保留我的内容" if keeps_own else "采用对方的内容")
    steps.settled(second)
    wanted = "乙记的话。" if keeps_own else "甲记的话。"
    expect(box(second, "赵明川发言要点")).to_have_value(wanted)
    statement.refresh_from_db()
    assert statement.text == wanted


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(200):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reaches {target}")


def test_a_meeting_is_recorded_by_keyboard_alone(cast, people):
    entry = admin_meeting(cast, is_open=False)
    page = at_desk(people, cast.clerk, entry)
    tab_to(page, page.get_by_role("button", name="开始审议"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="添加发言")).to_be_visible()
    page.keyboard.press("Control+Enter")
    words = box(page, "赵明川发言要点")
    expect(words).to_be_focused()
    page.keyboard.type("同意推迟早读。")
    tab_to(
        page, page.get_by_role("radiogroup", name="赵明川表态").get_by_role("radio", name="同意", exact=True)
    )
    page.keyboard.press("Space")
    steps.settled(page)
    page.keyboard.press("Alt+KeyV")
    expect(box(page, "决定文本")).to_be_focused()
    page.keyboard.type("自12月1日起执行。")
    steps.settled(page)
    tab_to(page, page.get_by_role("button", name=re.compile("^结束本题")))
    page.keyboard.press("Enter")
    expect(page.locator("#p-foot")).to_contain_text("内容已固定")
    entry.refresh_from_db()
    assert (entry.state, entry.outcome, entry.decision_text) == ("concluded", "passed", "自12月1日起执行。")
    assert list(entry.statements.values_list("seat__person__display_name", "text", "stance")) == [
        ("赵明川", "同意推迟早读。", "agree")
    ]


def test_the_agenda_is_ordered_by_keyboard(cast, people):
    meeting = plan(cast, cast.admin)
    for code, title in (("G14", "冬季作息调整"), ("E04", "期末教学安排")):
        list_item(cast, meeting, make_item(cast, code, amount=None, title=title))
    page = people.at(cast.clerk)
    page.goto(f"/meetings/{meeting.pk}/")
    tab_to(page, page.get_by_role("button", name="下移：冬季作息调整"))
    page.keyboard.press("Enter")
    expect(page.locator("#flash")).to_contain_text("议程次序已调整")
    expect(page.locator("#agenda-list li").first).to_contain_text("期末教学安排")
    titles = list(meeting.entries.order_by("position").values_list("title", flat=True))
    assert titles == ["期末教学安排", "冬季作息调整"]
