"""Accounts in front of people: initial password, second factor, lockout, and administrators kept apart."""

import re
import time

from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.services.accounts import create_account
from tests.accounts.kit import code_of
from tests.e2e.steps import press
from tests.factories.people import PASSWORD


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=username]").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def test_a_new_account_changes_the_password_sets_up_a_phone_and_signs_in_with_it(cast, people):
    system = people.at(cast.system_admin)
    system.goto("/")
    system.get_by_role("link", name="新建账号").click()
    system.locator("[name=display_name]").fill("新任书记")
    system.locator("[name=username]").fill("13900000001")
    system.get_by_role("button", name="新建账号").click()
    initial = system.locator("code.initial").inner_text()

    page = people.at(width=390)
    sign_in(page, "13900000001", initial)
    expect(page.get_by_role("heading", level=1)).to_have_text("修改密码")
    page.locator("[name=old_password]").fill(initial)
    page.locator("[name=new_password1]").fill("Qing-Shan-88")
    page.locator("[name=new_password2]").fill("Qing-Shan-88")
    page.get_by_role("button", name="修改密码").click()
    expect(page.get_by_text("密码已修改")).to_be_visible()

    page.goto("/accounts/security/")
    page.get_by_role("link", name="启用").click()
    page.locator("[name=password]").fill("Qing-Shan-88")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_alt_text("两步验证二维码")).to_be_visible()
    secret = page.locator("dd code").inner_text()
    page.locator("[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("备用码")
    spare = page.locator(".factor-codes code").first.inner_text()

    again = people.at()
    sign_in(again, "13900000001", "Qing-Shan-88")
    expect(again.get_by_role("heading", level=1)).to_have_text("两步验证")
    again.locator("[name=code]").fill(spare)
    again.get_by_role("button", name="登录", exact=True).click()
    again.wait_for_url(re.compile(r"/$"))
    assert User.objects.get(username="13900000001").must_change_password is False

    third = people.at(width=390)
    sign_in(third, "13900000001", "Qing-Shan-88")
    third.locator("[name=code]").fill("000000")
    press(third, "登录")
    expect(third.get_by_role("alert")).to_contain_text("有 1 处需要修改")
    third.locator("[name=code]").fill(code_of(secret, time.time() + 30))  # each code counts once
    press(third, "登录")
    third.wait_for_url(re.compile(r"/$"))
    third.goto("/accounts/security/")
    expect(third.get_by_text("已启用")).to_be_visible()


def test_five_wrong_passwords_close_the_account_with_a_time(cast, people):
    page = people.at()
    for _ in range(5):
        sign_in(page, "clerk", "wrong")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录失败次数过多，暂停登录")
    expect(page.get_by_text(re.compile(r"请在 \d\d:\d\d 之后再登录"))).to_be_visible()
    sign_in(page, "clerk", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("登录失败次数过多，暂停登录")


def test_three_administrators_see_three_rooms_and_no_business(cast, people):
    create_account(actor=None, username="spare", display_name="专用账号")
    rooms = {"system_admin": "账号管理", "security_admin": "管理员角色", "audit_admin": "安全审计"}
    pages = {who: people.at(getattr(cast, who)) for who in rooms}
    for who, room in rooms.items():
        pages[who].goto("/")
        expect(pages[who].get_by_role("heading", level=1)).to_have_text(room)
        expect(pages[who].locator(".app-side").get_by_role("link", name="议题")).to_have_count(0)
    security = pages["security_admin"]
    security.get_by_role("link", name="授予或解除").click()
    security.locator("[name=username]").fill("security_admin")
    security.get_by_label("授予审计管理员").check()
    security.get_by_role("button", name="办理").click()
    expect(security.get_by_role("heading", level=1)).to_have_text("不能办理这一步")
    security.goto("/accounts/roles/new/")
    security.locator("[name=username]").fill("spare")
    security.get_by_label("授予审计管理员").check()
    security.get_by_role("button", name="办理").click()
    expect(security.get_by_text("已授予专用账号审计管理员角色")).to_be_visible()
    audit = pages["audit_admin"]
    audit.locator("[name=kind]").select_option(label="授予管理员角色")
    audit.get_by_role("button", name="筛选").click()
    expect(audit.get_by_role("row").filter(has_text="spare")).to_contain_text("安全管理员")
    audit.get_by_role("link", name="核验完整").click()
    expect(audit.get_by_text(re.compile(r"\d+ 条全部相符"))).to_be_visible()
