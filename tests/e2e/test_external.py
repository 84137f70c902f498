"""Signing in with an identity of elsewhere, in a browser, against a real OIDC server."""

import re

import pytest
from environs import Env
from playwright.sync_api import Page, expect

from config.external import external_providers
from tests.accounts.elsewhere import oidc_running, running, variables
from tests.accounts.kit import trail
from tests.e2e.steps import box, press, say_yes
from tests.factories.people import PASSWORD


@pytest.fixture(scope="module")
def servers():
    with running() as three, oidc_running() as oidc:
        yield three, oidc


@pytest.fixture
def elsewhere(servers, settings, monkeypatch):
    three, oidc = servers
    for name, value in {**variables(three.url, oidc), "OIDC_NAME": "云川教育云"}.items():
        monkeypatch.setenv(name, value)
    settings.SOCIALACCOUNT_PROVIDERS = external_providers(Env(), only_https=False)
    return three


def confirm_there(page: Page) -> None:
    """On the page of the OIDC server: this is me."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Authorize Client")
    page.get_by_placeholder("sub").fill("teacher-0417")
    page.get_by_role("button", name="Authorize", exact=True).click()


def test_binding_signing_in_and_unbinding(cast, people, elsewhere):
    stranger = people.at(width=390)
    stranger.goto("/items/")
    press(stranger, "云川教育云")
    confirm_there(stranger)
    expect(stranger.get_by_text("还没有绑定平台账号")).to_be_visible()
    expect(stranger).to_have_url(re.compile(r"/accounts/login/$"))

    page = people.at(cast.vice)
    page.goto("/accounts/security/")
    press(page, "绑定云川教育云")
    expect(page.get_by_role("heading", level=1)).to_have_text("再次核验身份")
    page.locator("[name=password]").fill(PASSWORD)
    press(page, "继续")
    confirm_there(page)
    expect(page.get_by_text("已绑定云川教育云，下次可以用它登录")).to_be_visible()

    phone = people.at(width=390)
    phone.goto("/items/")
    press(phone, "云川教育云")
    confirm_there(phone)
    expect(phone).to_have_url(re.compile(r"/items/$"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("议题")

    press(page, "解除云川教育云绑定")
    say_yes(page, "解除绑定")
    expect(page.get_by_text("已解除绑定")).to_be_visible()
    again = people.at()
    again.goto("/accounts/login/")
    press(again, "云川教育云")
    confirm_there(again)
    expect(again.get_by_text("还没有绑定平台账号")).to_be_visible()
    assert [kind for kind, _, _ in trail(kind__startswith="external.")] == [
        *("external.refused", "external.bound", "external.unbound", "external.refused"),
    ]


@pytest.mark.parametrize("name", ["钉钉", "飞书", "企业微信"])
def test_the_three_lead_there_and_back_under_the_policy_of_the_page(cast, people, elsewhere, name):
    page = people.at()
    page.goto("/accounts/login/")
    press(page, name)
    expect(page.get_by_text(f"这个{name}账号还没有绑定平台账号")).to_be_visible()
    expect(box(page, "账号")).to_be_visible()
