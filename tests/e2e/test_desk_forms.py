"""会议记录工作台 beyond saving: phone, no script, shortcuts, refusals in place; the agenda and the minutes."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from meetings.models import AgendaEntry, Attendance, Recusal, Statement
from meetings.services import conclusion, deliberation, records, sitting
from tests.meetings import scenes

SAVED = re.compile(r"已保存 \d\d:\d\d")


@pytest.fixture
def entry(cast: Any) -> AgendaEntry:
    """A Party meeting under way, six of seven present, 许静 has spoken."""
    entry = scenes.sitting_meeting(cast)
    scenes.say_all(cast, entry, "deputy")
    return entry


def desk(page: Page, entry: AgendaEntry) -> Page:
    page.goto(f"/meetings/{entry.meeting_id}/desk/{entry.pk}/")
    expect(page.locator("#saved-text")).to_have_text(SAVED)
    return page


def test_a_change_to_another_field_of_the_entry_is_no_conflict(cast, people, entry):
    page = desk(people.at(cast.clerk), entry)
    page.get_by_label("决定文本").click()
    deliberation.save_entry(entry.pk, actor=cast.secretary, version=1, method="named")
    with page.expect_response(lambda answer: answer.url.endswith("/save/") and answer.status == 200):
        page.get_by_label("决定文本").fill("会议同意。")
    expect(page.locator("#saved-text")).to_have_text(SAVED)
    expect(page.locator(".conflict")).to_have_count(0)
    entry.refresh_from_db()
    assert (entry.method, entry.decision_text) == ("named", "会议同意。")


def test_a_speech_begun_offline_is_recorded_later(cast, people, entry):
    page = desk(people.at(cast.clerk), entry)
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.get_by_placeholder("发言要点").fill("断网时的发言")
    expect(page.locator("#saved-text")).to_have_text("1 处未保存")
    assert Statement.objects.count() == 1
    page.context.set_offline(False)
    expect(page.locator(".say")).to_have_count(2, timeout=20_000)
    expect(page.locator("#offline")).to_be_hidden()
    assert list(Statement.objects.order_by("order").values_list("text", flat=True)) == [
        "同意方案。",
        "断网时的发言",
    ]


def test_shortcuts_can_be_switched_off(cast, people, entry):
    page = desk(people.at(cast.clerk), entry)
    page.get_by_label("使用快捷键").uncheck()
    page.keyboard.press("Control+Enter")
    page.reload()
    expect(page.get_by_label("使用快捷键")).not_to_be_checked()
    expect(page.locator(".say")).to_have_count(1)


def test_a_refused_conclusion_is_answered_in_place(cast, people, entry):
    page = desk(people.at(cast.clerk), entry)
    page.get_by_role("button", name="结束本题").click()
    refusal = page.locator("#refusal")
    expect(refusal).to_contain_text("还有 2 项未满足，暂不能办理")
    refusal.get_by_role("link", name="写决定").click()
    expect(page.get_by_label("决定文本")).to_be_focused()
    page.keyboard.type("会议同意。")
    expect(refusal).to_be_empty()
    expect(page.locator("#verdict")).to_contain_text("还差：表决计票")


def test_a_phone_has_three_tabs_and_a_fixed_foot(cast, people, entry):
    page = desk(people.at(cast.clerk, width=390), entry)
    expect(page.get_by_role("complementary", name="出席")).to_be_hidden()
    page.get_by_role("tab", name="出席").click()
    page.get_by_role("button", name="何素云签到").click()
    expect(page.get_by_role("tab", name="出席 7／7")).to_be_visible()
    row = Attendance.objects.get(meeting=entry.meeting, seat__person=cast.organizer)
    assert row.status == "present"
    page.get_by_role("tab", name="记录").click()
    expect(page.locator("#p-foot")).to_be_in_viewport()
    page.get_by_role("tab", name="议程").click()
    expect(page.get_by_role("button", name="休会")).to_be_visible()


def test_recording_needs_no_script(cast, people, entry):
    page = people.at(cast.clerk, java_script_enabled=False)
    page.goto(f"/meetings/{entry.meeting_id}/desk/{entry.pk}/")
    page.get_by_placeholder("发言要点").fill("没有脚本也能记。")
    page.get_by_role("button", name="添加发言").click()
    expect(page.locator(".say")).to_have_count(2)
    page.get_by_label("决定文本").fill("会议同意。")
    page.locator("#decision-form").get_by_role("button", name="保存").click()
    row = page.locator(f"#att-{entry.meeting.attendances.get(seat__person=cast.vice).pk}")
    row.locator("summary").click()
    row.get_by_label("原因").fill("与人选有亲属关系")
    row.get_by_role("button", name="本题回避").click()
    expect(page.locator("#recusal")).to_contain_text("赵明川已回避")
    entry.refresh_from_db()
    assert entry.decision_text == "会议同意。"
    assert Recusal.objects.get().reason == "与人选有亲属关系"
    assert Statement.objects.filter(text="没有脚本也能记。").exists()


def test_the_agenda_is_dragged_into_order(cast, people):
    meeting = scenes.planned(cast)
    first, second = (scenes.with_entry(cast, meeting, code) for code in ("A02", "A05"))
    page = people.at(cast.clerk)
    page.goto(f"/meetings/{meeting.pk}/")
    with page.expect_navigation():
        page.locator(f"[data-entry='{second.pk}'] .plan-drag").drag_to(
            page.locator(f"[data-entry='{first.pk}'] .plan-drag"), target_position={"x": 5, "y": 2}
        )
    expect(page.get_by_role("status").filter(has_text="议程次序已调整。")).to_be_visible()
    order = list(AgendaEntry.objects.order_by("position").values_list("pk", flat=True))
    assert order == [second.pk, first.pk]


def test_minutes_save_themselves(cast, people, entry):
    conclusion.conclude_entry(entry.pk, actor=cast.clerk, outcome="deferred", version=entry.version)
    sitting.close_meeting(entry.meeting_id, actor=cast.clerk)
    draft = records.draft_minutes(entry.meeting_id, actor=cast.clerk)
    page = people.at(cast.clerk)
    page.goto(f"/meetings/{entry.meeting_id}/minutes/")
    with page.expect_response(re.compile("/minutes/save/")):
        page.get_by_label("抄送").fill("区教育工委")
    expect(page.locator("#saved-text")).to_have_text(SAVED)
    draft.refresh_from_db()
    assert draft.copy_to == "区教育工委"
