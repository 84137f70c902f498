"""What people do in front of the product, in their words: fill, sign in, speak, count, conclude."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

SAVED = re.compile(r"^已保存( \d\d:\d\d)?$")


def box(page: Page | Locator, name: str) -> Locator:
    """The text field of this label."""
    return page.get_by_role("textbox", name=name)


def press(page: Page | Locator, name: str | re.Pattern[str]) -> None:
    """Push one button."""
    page.get_by_role("button", name=name, exact=isinstance(name, str)).click()


def say_yes(page: Page, action: str) -> None:
    """Confirm in the dialog that names the act."""
    page.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()


def tomorrow_at(hour: int) -> str:
    """A moment of tomorrow as a datetime-local field takes it."""
    moment: datetime = timezone.localtime() + timedelta(days=1)
    return moment.replace(hour=hour, minute=0).strftime("%Y-%m-%dT%H:%M")


# --- Meetings -------------------------------------------------------------------------------------------


def plan_meeting(page: Page, body: str, hour: int = 9) -> None:
    """安排会议 of one body for tomorrow; ends on its planning page."""
    page.goto("/meetings/new/")
    page.get_by_role("navigation", name="选择议事机构").get_by_role("link", name=body).click()
    page.get_by_label("时间").fill(tomorrow_at(hour))
    box(page, "地点").fill("行政楼 301")
    press(page, f"安排{body}")
    expect(page.locator("#flash")).to_contain_text("接着列入议题")


def list_on_agenda(page: Page, title: str) -> None:
    """列入议程 one waiting item."""
    candidate = page.locator(".cand").filter(has_text=title)
    candidate.get_by_role("button", name="列入议程").click()


def start_sitting(page: Page) -> None:
    """开会; ends in the workspace."""
    press(page, "开会，进入记录")
    expect(page).to_have_url(re.compile(r"/desk/"))


def sign_in_all(page: Page) -> None:
    """Everybody still missing signs in at once."""
    press(page, re.compile("人全部签到$"))


def sign_in_people(page: Page, people: Iterable[object]) -> None:
    """Sign these members in one by one."""
    for person in people:
        press(page, f"{person}签到")
        expect(page.get_by_label(f"{person}到会，更改")).to_be_visible()


def excuse(page: Page, person: object, reason: str) -> None:
    """请假 with its reason."""
    page.get_by_label(f"{person}未签到，其他").click()
    row = page.locator("#roll li").filter(has_text=str(person))
    row.get_by_label("原因").fill(reason)
    press(row, "请假")
    expect(page.get_by_label(f"{person}请假，更改")).to_be_visible()


def speak(page: Page, person: object, text: str, stance: str) -> None:
    """Record one 发言 with its 表态; returns when both are saved."""
    form = page.locator("#say-new")
    value = form.locator("option").filter(has_text=re.compile(f"^{person}（")).get_attribute("value")
    form.get_by_label("发言人").select_option(value)
    form.get_by_role("button", name="添加发言").click()
    words = box(page, f"{person}发言要点")
    expect(words).to_be_focused()
    words.fill(text)
    choose(page.get_by_role("radiogroup", name=f"{person}表态"), stance)
    settled(page)


def choose(group: Locator, label: str) -> None:
    """Push one of the radio buttons drawn as buttons."""
    group.get_by_text(label, exact=True).click()


def settled(page: Page) -> None:
    """Nothing is left unsaved."""
    expect(page.locator("#saved")).to_have_text(SAVED)


def count_votes(page: Page, votes_for: int, against: int = 0, abstain: int = 0) -> None:
    """Type the counted votes; returns when they are saved."""
    for name, number in (("赞成票数", votes_for), ("反对票数", against), ("弃权票数", abstain)):
        page.get_by_label(name).fill(str(number))
    settled(page)


def fill_secret_count(page: Page, issued: int) -> None:
    """What a secret ballot needs besides: votes given out, tellers and counter (R58)."""
    page.get_by_label("发出票数").fill(str(issued))
    page.get_by_label("监票人").fill("孙正清、周婉宁")
    page.get_by_label("计票人").fill("罗敏")
    settled(page)


def write_decision(page: Page, text: str) -> None:
    """The words of the decision; returns when they are saved."""
    box(page, "决定文本").fill(text)
    settled(page)


def conclude(page: Page, outcome: str = "通过") -> None:
    """结束本题 with the outcome the facts lead to; returns when it is fixed."""
    press(page, re.compile("^结束本题"))
    expect(page.locator("#p-foot")).to_contain_text("内容已固定")
    expect(page.locator("#p-foot")).to_contain_text(f"结论：{outcome}")


def close_meeting(page: Page) -> None:
    """散会."""
    press(page, "散会")
    say_yes(page, "散会")
    expect(page.locator("#flash")).to_contain_text("已散会")


# --- Items ------------------------------------------------------------------------------------------------


def register(page: Page, kind: str, result: str) -> None:
    """Fill the form of one 前置程序 the page shows."""
    expect(page.get_by_role("heading", level=1)).to_have_text(f"登记{kind}")
    page.get_by_label("办理日期").fill((timezone.localdate() - timedelta(days=3)).isoformat())
    box(page, "参加人员").fill("有关部门负责人和教师代表")
    page.get_by_role("radio", name=result, exact=True).check()
    box(page, "结论").fill("同意按方案实施。")
    press(page, "登记")
    expect(page.locator("#flash")).to_contain_text("已登记")
