"""Passwords: policy, initial ones, expiry, and what a change ends."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.accounts import create_account
from accounts.services.passwords import change_password, initial_password
from tests.accounts.kit import trail
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db


def refusals(password: str, user: User) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {part.code for part in error.error_list}
    return set()


def test_what_a_password_must_be(settings):
    user = person("luomin-zhang", "罗敏")
    assert refusals("Qing7Shan9", user) == set()
    assert refusals("Qing7Shan", user) == {"password_too_short"}
    assert "password_too_common" in refusals("password123", user)
    assert "password_too_similar" in refusals("luominzhang1", user)
    assert refusals("大雪压青松青松挺且直", user) == {"password_one_kind"}
    assert refusals(PASSWORD, user) == {"password_used_before"}


def test_the_last_five_are_not_used_again():
    user = person("luomin", "罗敏")
    for number in range(1, 7):
        change_password(actor=user, password=f"Qing-Shan-{number}")
    user.refresh_from_db()
    assert user.password_records.count() == 5
    assert [bool(refusals(f"Qing-Shan-{n}", user)) for n in range(1, 8)] == [False, *[True] * 5, False]


def test_initial_passwords_pass_the_policy_and_differ():
    made = {initial_password() for _ in range(200)}
    assert len(made) == 200
    assert all(refusals(one, None) == set() for one in list(made)[:20])
    assert not any(char in one for one in made for char in "O0Il1o")


def test_an_initial_password_opens_nothing_but_its_change():
    user, password = create_account(actor=None, username="luomin", display_name="罗敏")
    client = Client()
    signed = client.post("/accounts/login/", {"username": "luomin", "password": password})
    assert (signed.status_code, signed["Location"]) == (302, "/")
    for url in ("/", "/accounts/me/", "/accounts/security/", "/accounts/factor/activate/"):
        led = client.get(url)
        assert (led.status_code, led["Location"]) == (302, "/accounts/password/"), url
    fragment = client.get("/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (200, "/accounts/password/")
    script = client.get("/", headers={"Accept": "application/json"})
    assert (script.status_code, script.json()) == (403, {"message": "请先修改密码，再继续使用。"})
    page = client.get("/accounts/password/").content.decode()
    assert "初始密码须先修改" in page
    assert "app-nav" not in page
    same = client.post(
        "/accounts/password/",
        {"old_password": password, "new_password1": password, "new_password2": password},
    )
    assert "不得与最近 5 次用过的密码相同" in same.content.decode()
    new = "Qing-Shan-88"
    done = client.post(
        "/accounts/password/", {"old_password": password, "new_password1": new, "new_password2": new}
    )
    assert (done.status_code, done["Location"]) == (302, "/accounts/me/")
    assert client.get("/accounts/me/").status_code == 200
    user.refresh_from_db()
    assert (user.must_change_password, user.check_password(new)) == (False, True)
    assert trail() == [
        ("account.created", "luomin", True),
        ("session.began", "luomin", True),
        ("password.changed", "luomin", True),
    ]


def test_a_change_ends_the_other_sessions_and_keeps_this_one():
    person("luomin", "罗敏")
    here, there = Client(), Client(HTTP_USER_AGENT="Firefox/128 Windows")
    for client in (here, there):
        client.post("/accounts/login/", {"username": "luomin", "password": PASSWORD})
    assert "Firefox，Windows" in here.get("/accounts/security/").content.decode()
    new = {"old_password": PASSWORD, "new_password1": "Qing-Shan-88", "new_password2": "Qing-Shan-88"}
    assert here.post("/accounts/password/", new).status_code == 302
    assert there.get("/accounts/me/").status_code == 302
    assert here.get("/accounts/me/").status_code == 200


def test_passwords_run_out_only_where_it_is_set(settings):
    user = person("luomin", "罗敏")
    client = Client()
    client.force_login(user)
    User.objects.update(password_set_at=timezone.now() - timedelta(days=91))
    assert client.get("/accounts/me/").status_code == 200
    settings.PASSWORD_DAYS = 90
    assert client.get("/accounts/me/")["Location"] == "/accounts/password/"
    assert "密码已到期" in client.get("/accounts/password/").content.decode()
    settings.PASSWORD_DAYS = 92
    assert client.get("/accounts/me/").status_code == 200
