"""Guessing is stopped by account and by address, and tells nothing of the account."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from common.where import client_address
from tests.accounts.kit import trail
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db


def attempt(username: str, password: str = "wrong", address: str = "10.0.0.1"):
    return Client(REMOTE_ADDR=address).post("/accounts/login/", {"username": username, "password": password})


def words(answer) -> str:
    text = re.sub(
        r"<input[^>]*csrf[^>]*>|csrftoken|X-CSRFToken[^}]*|\d\d:\d\d|value=\"[^\"]*\"",
        "",
        answer.content.decode(),
    )
    return re.sub(r"\s+", " ", text)


def test_five_tries_close_an_account_whether_it_exists_or_not():
    person("luomin", "罗敏")
    answers = {}
    for name in ("luomin", "nobody"):
        for number in range(1, 6):
            address = f"10.0.{name == 'luomin':d}.{number}"
            answers[name, number] = attempt(name, address=address)
    assert [answers["luomin", n].status_code for n in range(1, 6)] == [200, 200, 200, 200, 429]
    assert [answers["nobody", n].status_code for n in range(1, 6)] == [200, 200, 200, 200, 429]
    for number in (1, 5):
        assert words(answers["luomin", number]) == words(answers["nobody", number]).replace(
            "nobody", "luomin"
        )
    # The right password helps nobody while the lock is closed, from whatever address.
    locked = attempt("luomin", PASSWORD, address="10.9.9.9")
    assert (locked.status_code, int(locked["Retry-After"]) // 60) == (429, 29)
    assert "暂停登录" in locked.content.decode()
    kinds = [kind for kind, account, _ in trail(person__username="luomin")]
    assert kinds == [*["session.refused"] * 4, "session.locked", *["session.refused"] * 2]
    # The name typed for an account that does not exist may be a password: it is not kept.
    assert {account for _, account, _ in trail(person=None)} == {"no…（不存在的账号）"}


def test_the_lock_opens_after_half_an_hour():
    person("luomin", "罗敏")
    for _ in range(5):
        attempt("luomin")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=29))
    assert attempt("luomin", PASSWORD).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert attempt("luomin", PASSWORD).status_code == 302


def test_an_address_is_closed_over_many_accounts_and_one_own_success_does_not_open_it():
    for name in ("luomin", "guesser"):
        person(name, name)
    for number in range(4):
        attempt(f"teacher{number}")
    assert attempt("guesser", PASSWORD).status_code == 302
    assert attempt("teacher4").status_code == 429
    assert attempt("luomin", PASSWORD).status_code == 429
    assert attempt("luomin", PASSWORD, address="10.0.0.2").status_code == 302


def test_a_success_forgets_the_own_wrong_tries():
    person("luomin", "罗敏")
    for _ in range(2):
        for _ in range(4):
            assert attempt("luomin").status_code == 200
        assert attempt("luomin", PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("setting", "meta", "found"),
    [
        ("", {"REMOTE_ADDR": "10.1.1.1", "HTTP_X_REAL_IP": "6.6.6.6"}, "10.1.1.1"),
        ("X-Real-IP", {"REMOTE_ADDR": "10.1.1.1", "HTTP_X_REAL_IP": "8.8.4.4"}, "8.8.4.4"),
        ("X-Real-IP", {"REMOTE_ADDR": "10.1.1.1"}, "10.1.1.1"),
        ("X-Real-IP", {"HTTP_X_REAL_IP": "<b>"}, "0.0.0.0"),
        ("", {"REMOTE_ADDR": ""}, "0.0.0.0"),
    ],
)
def test_the_address_is_the_one_the_own_proxy_wrote(rf, settings, setting, meta, found):
    settings.CLIENT_ADDRESS_HEADER = setting
    request = rf.get("/")
    request.META.pop("REMOTE_ADDR")
    request.META.update(meta)
    assert client_address(request) == found
