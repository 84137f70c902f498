"""Identities of 统一身份认证, 钉钉, 飞书 and 企业微信: bound first, in place of the password only, refused when in doubt."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from environs import Env
from werkzeug.wrappers import Response

from accounts.models import SecurityEvent, User
from accounts.services.accounts import disable_account, release_identities, reset_password
from accounts.services.external import bind
from accounts.services.roles import grant_role
from common.errors import NotNow, NotPermitted
from config.external import external_providers
from notifications.models import Message
from tests.accounts.elsewhere import ASKED, oidc_running, reply, running, variables
from tests.accounts.kit import code_of, trail
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
KEYS = ["oidc", "dingtalk", "feishu", "wecom"]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(scope="module")
def servers():
    with running() as three, oidc_running() as oidc:
        yield three, oidc


@pytest.fixture
def elsewhere(servers, settings, monkeypatch):
    """All four configured; the server of three of them."""
    three, oidc = servers
    three.person, three.fault = "zhao.mingchuan", {}
    three.asked.clear()
    for name, value in variables(three.url, oidc).items():
        monkeypatch.setenv(name, value)
    settings.SOCIALACCOUNT_PROVIDERS = external_providers(Env(), only_https=False)
    return three


def leave(client: Client, key: str, *, next_url: str = "", act: str = "") -> str:
    """Push the button; answers with the address of the provider's page."""
    answer = client.post(f"/accounts/external/{key}/{act}", {"next": next_url})
    if answer.status_code == 302:  # the password once more
        answer = client.post(answer["Location"], {"password": PASSWORD})
    address = answer["Refresh"].removeprefix("0; url=")
    assert unescape(re.search(r'btn-primary" href="([^"]+)"', answer.content.decode())[1]) == address
    return address


def confirm(elsewhere, key: str, address: str) -> str:
    """What the provider sends the browser back to, once the person confirmed there."""
    if key == "oidc":
        back = requests.post(address, {"sub": elsewhere.person}, allow_redirects=False, timeout=5)
    else:
        back = requests.get(address, allow_redirects=False, timeout=5)
    assert back.status_code == 302, back.text
    assert back.headers["Location"].startswith(f"http://testserver/accounts/external/{key}/callback/?")
    return back.headers["Location"]


def come(elsewhere, key: str, client: Client | None = None, **options):
    """Sign in by a provider; answers with the browser and what it was answered."""
    client = client or Client()
    return client, client.get(confirm(elsewhere, key, leave(client, key, **options)))


def shown(client: Client) -> str:
    return client.get("/accounts/login/").content.decode()


def inside(client: Client) -> bool:
    return client.get("/accounts/me/").status_code == 200


def bound(key: str = "wecom", uid: str = "zhao.mingchuan", **extra) -> User:
    """An account with an identity."""
    user = person("vice", "赵明川", **extra)
    bind(actor=user, provider=key, uid=uid)
    return user


def test_nothing_is_offered_unless_configured():
    assert "用已绑定的账号登录" not in shown(Client())
    user = person("vice", "赵明川")
    client = Client()
    client.force_login(user)
    assert "绑定" not in client.get("/accounts/security/").content.decode()
    for key in [*KEYS, "openid_connect", "github"]:
        assert Client().post(f"/accounts/external/{key}/").status_code == 404
        assert Client().get(f"/accounts/external/{key}/callback/?code=1&state=1").status_code == 404
        assert client.post(f"/accounts/external/{key}/bind/").status_code == 404
    for name in ("socialaccount_signup", "socialaccount_connections", "oidc_login", "account_signup"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_a_row_in_the_database_makes_no_provider():
    SocialApp.objects.create(provider="feishu", provider_id="feishu", name="飞书", client_id="x", secret="x")
    assert Client().post("/accounts/external/feishu/").status_code == 404


def test_the_sign_in_page_has_a_button_for_each_configured_provider(elsewhere, settings):
    assert re.findall(r'action="/accounts/external/(\w+)/"', shown(Client())) == KEYS
    settings.SOCIALACCOUNT_PROVIDERS.pop("dingtalk")
    assert re.findall(r'action="/accounts/external/(\w+)/"', shown(Client())) == ["oidc", "feishu", "wecom"]
    assert Client().post("/accounts/external/openid_connect/").status_code == 404, "one name only"
    assert Client().get("/accounts/external/oidc/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/accounts/external/oidc/").status_code == 403


@pytest.mark.parametrize("key", KEYS)
def test_an_identity_opens_the_account_it_was_bound_to_and_no_other(elsewhere, key):
    user = person("vice", "赵明川")
    stranger, answer = come(elsewhere, key)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert "还没有绑定平台账号" in shown(stranger)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)

    client = Client()
    client.force_login(user)
    asked = client.post(f"/accounts/external/{key}/bind/")
    assert asked["Location"].startswith("/accounts/reauthenticate/"), "the password once more"
    client, answer = come(elsewhere, key, client, act="bind/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/security/")
    page = client.get("/accounts/security/").content.decode()
    assert (page.count("已绑定"), page.count("未绑定")) == (2, 3)  # one of the two in the notice
    identity = SocialAccount.objects.get(user=user)
    assert (identity.provider, identity.uid) == (key, "zhao.mingchuan")
    assert set(identity.extra_data) <= {"name"}, "neither number nor address of the person is kept"

    client, answer = come(elsewhere, key, next_url="/items/")
    assert (answer.status_code, answer["Location"]) == (302, "/items/")
    assert client.get("/accounts/me/").context["user"] == user
    elsewhere.person = "somebody.else"
    other, _ = come(elsewhere, key)
    assert not inside(other)

    elsewhere.person = "zhao.mingchuan"
    url = f"/accounts/external/{identity.pk}/release/"
    asked = client.post(url)
    assert SocialAccount.objects.exists(), "the password once more"
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == "/accounts/security/"
    again, _ = come(elsewhere, key)
    assert not inside(again)
    kinds = [(kind, account) for kind, account, _ in trail() if kind != "session.ended"]
    assert kinds == [
        ("external.refused", ""),
        ("session.began", "vice"),
        ("external.bound", "vice"),
        ("session.began", "vice"),
        ("external.refused", ""),
        ("external.unbound", "vice"),
        ("external.refused", ""),
    ]
    first, last = SecurityEvent.objects.filter(kind="session.began").order_by("id")
    assert (first.detail, last.detail) == ({}, {"provider": key})
    refused = SecurityEvent.objects.filter(kind="external.refused").order_by("id")
    assert [event.detail["reason"] for event in refused] == ["unbound"] * 3
    proofs = [event.detail["identity"] for event in refused]
    assert proofs[0] == proofs[2] != proofs[1]
    assert "zhao.mingchuan" not in str([event.detail for event in SecurityEvent.objects.all()])


def test_it_never_leads_off_the_site(elsewhere):
    bound()
    _, answer = come(elsewhere, "wecom", next_url="https://evil.example/")
    assert answer["Location"] == "/"


@pytest.mark.parametrize("key", KEYS)
def test_it_stands_for_the_password_and_not_for_the_second_factor(elsewhere, key):
    user = bound(key)
    TOTP.activate(user, SECRET)
    client, answer = come(elsewhere, key, next_url="/accounts/security/")
    assert answer["Location"].startswith("/accounts/factor/code/")
    assert not inside(client)
    done = client.post(answer["Location"], {"code": code_of(SECRET)})
    assert (done.status_code, done["Location"]) == (302, "/accounts/security/")
    assert inside(client)
    assert SecurityEvent.objects.get(kind="session.began").detail == {"provider": key}


def test_what_is_due_after_signing_in_stays_due(elsewhere, settings, cast):
    settings.MFA_REQUIRED = True
    bind(actor=cast.secretary, provider="wecom", uid="zhao.mingchuan")
    client, _ = come(elsewhere, "wecom")
    led = client.get("/items/")
    assert (led.status_code, led["Location"]) == (302, "/accounts/factor/activate/")
    User.objects.filter(pk=cast.secretary.pk).update(must_change_password=True)
    assert client.get("/items/")["Location"] == "/accounts/password/"


def test_a_password_sign_in_after_an_unfinished_external_one_is_written_as_such(elsewhere):
    user = bound()
    TOTP.activate(user, SECRET)
    client, _ = come(elsewhere, "wecom")
    step = client.post("/accounts/login/", {"username": "vice", "password": PASSWORD})["Location"]
    client.post(step, {"code": code_of(SECRET)})
    assert SecurityEvent.objects.get(kind="session.began").detail == {}


def test_a_closed_account_stays_closed(elsewhere):
    user = bound()
    disable_account(actor=None, user_id=user.pk)
    client, answer = come(elsewhere, "wecom")
    assert answer["Location"] == "/accounts/login/"
    assert "此账号已停用" in shown(client)
    assert not inside(client)
    event = SecurityEvent.objects.get(kind="external.refused")
    assert (event.account, event.is_success, event.detail["reason"]) == ("vice", False, "closed")


def test_a_locked_account_stays_locked(elsewhere):
    bound()
    for number in range(5):
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(
            "/accounts/login/", {"username": "vice", "password": "wrong"}
        )
    client, answer = come(elsewhere, "wecom")
    assert (answer.status_code, int(answer["Retry-After"]) // 60) == (429, 29)
    assert not inside(client)
    assert SecurityEvent.objects.get(kind="external.refused").detail["reason"] == "locked"


@pytest.mark.parametrize("role", ["system", "security", "audit"])
def test_administrators_sign_in_by_password_only(elsewhere, role):
    admin = person("admin", "管理员", admin_role=role)
    client = Client()
    client.force_login(admin)
    assert "绑定" not in client.get("/accounts/security/").content.decode()
    assert client.post("/accounts/external/wecom/bind/").status_code == 403
    with pytest.raises(NotPermitted):
        bind(actor=admin, provider="wecom", uid="zhao.mingchuan")
    # Even where somebody wrote the binding into the database.
    SocialAccount.objects.create(user=admin, provider="wecom", uid="zhao.mingchuan")
    other, answer = come(elsewhere, "wecom")
    assert answer["Location"] == "/accounts/login/"
    assert "管理员账号须用账号和密码登录" in shown(other)
    assert not inside(other)


def test_role_and_reset_and_release_undo_the_binding(elsewhere):
    system = person("sys", "系统员", admin_role="system")
    security = person("sec", "安全员", admin_role="security")
    for name, actor, undo in (
        ("first", system, lambda user: reset_password(actor=system, user_id=user.pk)),
        ("second", system, lambda user: release_identities(actor=system, user_id=user.pk)),
        ("third", security, lambda user: grant_role(actor=security, user_id=user.pk, role="audit")),
    ):
        user = person(name, name)
        bind(actor=user, provider="wecom", uid="zhao.mingchuan")
        client, _ = come(elsewhere, "wecom")
        assert inside(client)
        undo(user)
        assert not SocialAccount.objects.exists()
        event = SecurityEvent.objects.filter(kind="external.unbound").latest("id")
        assert (event.person, event.actor) == (user, actor)
        assert not inside(come(elsewhere, "wecom")[0])
    with pytest.raises(NotNow):
        release_identities(actor=system, user_id=person("bare", "无绑定").pk)


def test_the_system_administrator_releases_and_the_open_session_ends(elsewhere):
    user = bound()
    open_one, _ = come(elsewhere, "wecom")
    admin = Client()
    admin.force_login(person("sys", "系统员", admin_role="system"))
    page = f"/accounts/manage/{user.pk}/"
    assert "企业微信" in admin.get(page).content.decode()
    assert admin.post(f"{page}release/").status_code == 302
    assert not inside(open_one)
    assert "企业微信" not in admin.get(page).content.decode()
    assert admin.post(f"{page}release/").status_code == 409


def test_one_identity_one_account(elsewhere):
    bound()
    other = person("other", "他人")
    client = Client()
    client.force_login(other)
    client, answer = come(elsewhere, "wecom", client, act="bind/")
    assert answer.status_code == 409
    assert "已绑定另一个平台账号" in answer.content.decode()
    assert SocialAccount.objects.get().user.username == "vice"
    with pytest.raises(NotNow):
        bind(actor=User.objects.get(username="vice"), provider="wecom", uid="second")
    assert trail(kind="external.bound") == [("external.bound", "vice", True)]
    theirs = SocialAccount.objects.get().pk
    assert client.post(f"/accounts/external/{theirs}/release/").status_code == 409
    assert SocialAccount.objects.exists()


def test_a_way_back_works_once_and_only_in_the_browser_that_left(elsewhere):
    bound()
    client = Client()
    back = confirm(elsewhere, "wecom", leave(client, "wecom"))
    thief = Client()
    assert thief.get(back)["Location"] == "/accounts/login/"
    assert not inside(thief)
    assert trail(kind="external.refused") == [], "anybody could fill the trail this way"
    assert client.get(back)["Location"] == "/"
    client.post("/accounts/logout/")
    assert client.get(back)["Location"] == "/accounts/login/"
    assert not inside(client)


def test_cancelling_leads_back_with_a_word(elsewhere):
    client = Client()
    address = leave(client, "oidc", next_url="/items/")
    back = {"error": "access_denied", "state": parse_qs(urlsplit(address).query)["state"][0]}
    assert (
        client.get("/accounts/external/oidc/callback/", back)["Location"]
        == "/accounts/login/?next=%2Fitems%2F"
    )
    assert "已取消统一身份认证登录" in shown(client)
    assert trail() == []


FAULTS = {
    "500": lambda: Response("", 500),
    "no_json": lambda: Response("<html>", 200),
    "list": lambda: reply([]),
    "empty": lambda: reply({}),
    "null": lambda: reply(None),
    "numbers": lambda: reply({"code": 0, "errcode": 0, "openId": 7, "userid": 7, "data": {"open_id": 7}}),
    "error": lambda: reply({"code": 99991663, "errcode": 40029, "msg": "refused", "errmsg": "refused"}),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("key", "path"), [(key, path) for key, paths in ASKED.items() for path in paths])
def test_an_answer_that_is_not_as_documented_signs_nobody_in(elsewhere, key, path, fault):
    bound(key)
    elsewhere.fault = {path: FAULTS[fault]()}
    client, answer = come(elsewhere, key)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert "没有确认您的身份" in shown(client)
    assert not inside(client)
    event = SecurityEvent.objects.get(kind="external.refused")
    assert event.detail == {"provider": key, "reason": "failed"}
    elsewhere.fault = {}
    cache.clear()
    assert inside(come(elsewhere, key)[0])


def test_a_server_that_is_down_is_told(settings, monkeypatch):
    for name, value in variables("http://localhost:9", "http://localhost:9").items():
        monkeypatch.setenv(name, value)
    settings.SOCIALACCOUNT_PROVIDERS = external_providers(Env(), only_https=False)
    client = Client()
    assert client.post("/accounts/external/oidc/")["Location"] == "/accounts/login/"
    assert "统一身份认证现在连不上" in shown(client)
    client.force_login(person("vice", "赵明川"))
    asked = client.post("/accounts/external/oidc/bind/")
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == "/accounts/security/"
    assert "现在连不上，没有绑定" in client.get("/accounts/security/").content.decode()


def test_a_binding_needs_a_fresh_proof_when_the_person_comes_back(elsewhere, settings):
    client = Client()
    client.force_login(person("vice", "赵明川"))
    back = confirm(elsewhere, "wecom", leave(client, "wecom", act="bind/"))
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    assert client.get(back)["Location"] == "/accounts/security/"
    assert "没有绑定" in client.get("/accounts/security/").content.decode()
    assert not SocialAccount.objects.exists()


def test_a_sign_in_from_elsewhere_is_told(elsewhere):
    user = bound()
    come(elsewhere, "wecom", Client(REMOTE_ADDR="10.0.0.1"))
    assert not Message.objects.filter(recipient=user).exists()
    come(elsewhere, "wecom", Client(REMOTE_ADDR="10.0.0.2"))
    assert Message.objects.get(recipient=user).kind == "session.began"


def test_inside_wecom_there_is_nothing_to_scan(elsewhere):
    bound()
    client, _ = come(elsewhere, "wecom", Client(HTTP_USER_AGENT="Mozilla/5.0 wxwork/4.1 MicroMessenger"))
    assert inside(client)
    assert elsewhere.asked[0] == "/connect/oauth2/authorize"


def test_the_token_of_wecom_is_remembered_until_it_is_refused(elsewhere):
    bound()
    for _ in range(2):
        assert inside(come(elsewhere, "wecom")[0])
    assert elsewhere.asked.count("/cgi-bin/gettoken") == 1
    elsewhere.fault = {"/cgi-bin/auth/getuserinfo": reply({"errcode": 42001, "errmsg": "expired"})}
    assert not inside(come(elsewhere, "wecom")[0])
    elsewhere.fault = {}
    assert inside(come(elsewhere, "wecom")[0])
    assert elsewhere.asked.count("/cgi-bin/gettoken") == 2
