"""The second factor: set up, asked for, required by office, kept secret."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.services.roles import reset_second_factor
from common.errors import NotNow
from governance.choices import AuthorityLevel, SecondFactor
from governance.second_factor import needs_second_factor
from governance.services import create_authority
from tests.accounts.kit import code_of, trail
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def again(client: Client, url: str):
    """Prove the password once more where that is asked, and come back."""
    asked = client.get(url)
    if asked.status_code == 302:
        assert "/accounts/reauthenticate/" in asked["Location"] or "/factor/again/" in asked["Location"]
        back = client.post(asked["Location"], {"password": PASSWORD, "next": url})
        assert (back.status_code, back["Location"]) == (302, url)
        asked = client.get(url)
    return asked


def test_setting_up_then_signing_in_with_a_code_or_a_spare_one(django_capture_on_commit_callbacks):
    user = person("luomin", "罗敏")
    client = Client()
    client.force_login(user)
    page = again(client, "/accounts/factor/activate/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", page)[1]
    wrong = client.post("/accounts/factor/activate/", {"code": "000000"})
    assert "验证码不相符" in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/accounts/factor/activate/", {"code": code_of(secret)})
    assert (done.status_code, done["Location"]) == (302, "/accounts/factor/codes/")
    codes = re.findall(r"<code>(\d{8})</code>", client.get("/accounts/factor/codes/").content.decode())
    assert len(set(codes)) == 10
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored, "kept encrypted"

    fresh = Client()
    first = fresh.post(
        "/accounts/login/?next=/accounts/me/",
        {
            "username": "luomin",
            "password": PASSWORD,
            "next": "/accounts/me/",
        },
    )
    assert first["Location"].startswith("/accounts/factor/code/")
    assert fresh.get("/accounts/me/").status_code == 302, "the password alone opens nothing"
    assert "验证码不相符" in fresh.post(first["Location"], {"code": "123"}).content.decode()
    second = fresh.post(first["Location"], {"code": codes[0]})
    assert (second.status_code, second["Location"]) == (302, "/accounts/me/")
    assert fresh.get("/accounts/me/").status_code == 200
    other = Client()
    step = other.post("/accounts/login/", {"username": "luomin", "password": PASSWORD})["Location"]
    assert other.post(step, {"code": codes[0]}).status_code == 200, "a spare code works once"
    assert [kind for kind, _, _ in trail()] == [
        *("session.began", "factor.added", "factor.refused", "codes.used", "session.began", "factor.refused")
    ]


def test_wrong_codes_are_limited():
    user = person("luomin", "罗敏")
    TOTP.activate(user, SECRET)
    client = Client()
    step = client.post("/accounts/login/", {"username": "luomin", "password": PASSWORD})["Location"]
    for _ in range(5):
        assert "验证码不相符" in client.post(step, {"code": "123"}).content.decode()
    assert "请 5 分钟后再试" in client.post(step, {"code": code_of(SECRET)}).content.decode()
    assert client.get("/accounts/me/").status_code == 302


def test_who_must_use_a_second_factor(cast, settings):
    must = ("secretary", "principal", "other_secretary", "inspector", "district_leader")
    need_not = ("vice", "clerk", "staff", "ended", "outsider", "deputy")

    def found() -> set[str]:
        return {name for name in (*must, *need_not) if needs_second_factor(cast.people[name])}

    assert found() == set()
    settings.MFA_REQUIRED = True
    assert found() == set(must)
    cast.authority.second_factor = SecondFactor.OPTIONAL
    cast.authority.save()
    assert found() == set()
    settings.MFA_REQUIRED = False
    cast.authority.second_factor = SecondFactor.REQUIRED
    cast.authority.save()
    assert found() == set(must)
    admin = person("sec", "安全员", admin_role="security")
    assert not needs_second_factor(admin)
    settings.MFA_REQUIRED = True
    assert needs_second_factor(admin)


def test_a_district_follows_the_one_above_until_it_says_otherwise(cast, settings):
    city = create_authority(actor=None, name="云州市教育工委", level=AuthorityLevel.CITY)
    cast.authority.parent, cast.authority.path = city, f"{city.path}{cast.authority.pk}/"
    cast.authority.save()
    city.second_factor = SecondFactor.REQUIRED
    city.save()
    assert needs_second_factor(cast.secretary)
    cast.authority.second_factor = SecondFactor.OPTIONAL
    cast.authority.save()
    assert not needs_second_factor(cast.secretary)


def test_a_chair_is_led_to_the_set_up_and_cannot_leave_it(cast, settings):
    settings.MFA_REQUIRED = True
    chair, clerk = Client(), Client()
    chair.force_login(cast.secretary)
    clerk.force_login(cast.clerk)
    assert clerk.get("/accounts/me/").status_code == 200
    for url in ("/", "/items/", "/accounts/security/"):
        led = chair.get(url)
        assert (led.status_code, led["Location"]) == (302, "/accounts/factor/activate/"), url
    page = again(chair, "/accounts/factor/activate/").content.decode()
    assert "您的职务要求启用两步验证" in page
    TOTP.activate(cast.secretary, SECRET)
    assert chair.get("/accounts/me/").status_code == 200
    off = chair.get("/accounts/factor/deactivate/")
    if off.status_code == 302:
        chair.post(off["Location"], {"code": code_of(SECRET), "next": "/accounts/factor/deactivate/"})
    kept = chair.post("/accounts/factor/deactivate/")
    assert "您的职务要求两步验证，不能停用" in kept.content.decode()
    assert Authenticator.objects.filter(user=cast.secretary, type="totp").exists()


def test_a_lost_phone_is_freed_by_the_security_administrator_only(cast):
    admin = person("sec", "安全员", admin_role="security")
    TOTP.activate(cast.secretary, SECRET)
    reset_second_factor(actor=admin, user_id=cast.secretary.pk)
    assert not Authenticator.objects.filter(user=cast.secretary).exists()
    with pytest.raises(NotNow):
        reset_second_factor(actor=admin, user_id=cast.secretary.pk)
    assert trail(kind="factor.reset") == [("factor.reset", "secretary", True)]
