"""A session that ran out in front of a person: page, fragment and saving say so, and nothing typed is lost."""

import re
import time

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from accounts.sessions import SEEN_AT
from documents.models import IssuedDocument
from tests.accounts.kit import trail
from tests.e2e.steps import box, press, settled
from tests.e2e.test_accounts import sign_in
from tests.e2e.test_desk import admin_meeting, at_desk, say
from tests.e2e.test_drafts import SAVED
from tests.e2e.world import deployed, issued_meeting
from tests.factories.decisions import make_item
from tests.factories.people import PASSWORD

TOLD = f"超过 {settings.IDLE_MINUTES} 分钟没有操作，已自动退出，请重新登录。"


def idle(page: Page) -> None:
    """Half an hour goes by without an act."""
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    session = SessionStore(session_key=cookies[settings.SESSION_COOKIE_NAME])
    session[SEEN_AT] = int(time.time()) - settings.IDLE_MINUTES * 60 - 1
    session.save()


def sign_in_beside(page: Page, username: str) -> None:
    """In a second window of the same browser, as the message says."""
    window = page.context.new_page()
    sign_in(window, username, PASSWORD)
    expect(window.get_by_role("navigation").first).to_be_visible()
    window.close()


def test_a_page_leads_to_the_sign_in_and_back(cast, people):
    page = people.at(cast.vice)
    page.goto("/items/")
    idle(page)
    page.locator(".app-side").get_by_role("link", name="会议").click()
    expect(page.get_by_text(TOLD)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/meetings/$"))
    box(page, "账号").fill("vice")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    press(page, "登录")
    expect(page).to_have_url(re.compile(r"/meetings/$"))
    kinds = [kind for kind, _, _ in trail(person=cast.vice)]
    assert kinds == ["session.began", "session.expired", "session.began"]


def test_a_fragment_leads_the_whole_page_there(cast, people):
    entry = deployed(cast).stages.latest("position").agenda_entries.get()
    issued_meeting(cast, entry)
    IssuedDocument.objects.update(rendered_at=None, file="", file_sha256="")
    document = IssuedDocument.objects.filter(kind="minutes").first() or IssuedDocument.objects.first()
    page = people.at(cast.principal)
    page.goto(f"/documents/{document.pk}/")
    expect(page.locator("#document-state")).to_contain_text("正在生成 PDF")
    idle(page)
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next="))
    expect(page.get_by_text(TOLD)).to_be_visible()
    expect(page.locator(".card form[action*=login]")).to_have_count(0)


def test_a_draft_typed_after_the_end_is_kept_and_saved_later(cast, people):
    item = make_item(cast, "G01", "draft", title="2027年度学校预算草案")
    page = people.at(cast.vice)
    page.goto(f"/items/{item.pk}/edit/")
    idle(page)
    page.get_by_role("textbox", name="建议方案").fill("离开半小时后写的方案。")
    expect(page.locator("[data-saved]")).to_contain_text("登录已过期，请在新窗口重新登录后再保存")
    expect(page.get_by_role("textbox", name="建议方案")).to_have_value("离开半小时后写的方案。")
    item.refresh_from_db()
    assert item.proposal == "按所附方案实施。"
    sign_in_beside(page, "vice")
    page.reload()
    with page.expect_response(re.compile("/autosave/$")):
        press(page, "放回表单")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    item.refresh_from_db()
    assert item.proposal == "离开半小时后写的方案。"


def test_a_speech_typed_after_the_end_is_kept_and_saved_later(cast, people):
    entry = admin_meeting(cast)
    statement = say(cast, entry, cast.vice, "同意。")
    page = at_desk(people, cast.clerk, entry, is_blind=True)
    page.on("dialog", lambda dialog: dialog.accept())  # leaving with something unsaved is asked about
    idle(page)
    box(page, "赵明川发言要点").fill("同意，建议先试行一个月。")
    expect(page.get_by_text("登录已过期，请在新窗口重新登录后再保存").first).to_be_visible()
    statement.refresh_from_db()
    assert statement.text == "同意。"
    sign_in_beside(page, "clerk")
    page.reload()
    expect(box(page, "赵明川发言要点")).to_have_value("同意，建议先试行一个月。")
    settled(page)
    statement.refresh_from_db()
    assert statement.text == "同意，建议先试行一个月。"
