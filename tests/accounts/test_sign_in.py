"""Signing in and out."""

import re
from datetime import date

import pytest
from django.test import Client

from accounts.models import User
from governance.models import Authority, Body, School, Seat


@pytest.fixture
def people(db):
    User.objects.create_user(
        "chenlide", password="Xiaoyi-2026", display_name="陈立德", demo_label="明德中学 书记"
    )
    User.objects.create_user("luomin", password="Xiaoyi-2026", display_name="罗敏")
    User.objects.create_user(
        "gone", password="Xiaoyi-2026", display_name="已停用者", demo_label="x", is_active=False
    )


def page(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_demo_accounts_are_listed_only_in_a_demo(people, settings):
    settings.APP_ENV = "demo"
    shown = page(Client().get("/accounts/login/"))
    assert "陈立德" in shown
    assert "明德中学 书记" in shown
    assert "Xiaoyi-2026" in shown
    assert "罗敏" not in shown
    assert "已停用者" not in shown
    for environment in ("production", "test"):
        settings.APP_ENV = environment
        hidden = page(Client().get("/accounts/login/"))
        assert "演示账号" not in hidden
        assert "陈立德" not in hidden
        assert "Xiaoyi-2026" not in hidden


def test_signing_in_leads_to_the_page_asked_for(people):
    client = Client()
    asked = client.get("/accounts/me/")
    assert (asked.status_code, asked["Location"]) == (302, "/accounts/login/?next=/accounts/me/")
    done = client.post(
        asked["Location"], {"username": "chenlide", "password": "Xiaoyi-2026", "next": "/accounts/me/"}
    )
    assert (done.status_code, done["Location"]) == (302, "/accounts/me/")


def test_signing_in_never_leads_off_the_site(people):
    answer = Client().post(
        "/accounts/login/",
        {"username": "chenlide", "password": "Xiaoyi-2026", "next": "https://evil.example/"},
    )
    assert answer.status_code == 302
    assert "evil.example" not in answer["Location"]


@pytest.mark.parametrize(
    "data",
    [
        {"username": "chenlide", "password": "wrong"},
        {"username": "nobody", "password": "Xiaoyi-2026"},
        {"username": "gone", "password": "Xiaoyi-2026"},
    ],
    ids=["password", "unknown", "inactive"],
)
def test_refused_sign_in_says_the_same_for_every_reason(people, data):
    client = Client()
    answer = client.post("/accounts/login/", data)
    assert answer.status_code == 200
    assert "账号与密码不相符" in page(answer)
    assert "_auth_user_id" not in client.session


def test_empty_sign_in_names_both_fields(db):
    shown = page(Client().post("/accounts/login/", {}))
    assert "请填写账号，即手机号或工号。" in shown
    assert "请填写密码。" in shown


def test_signing_out_is_a_post_and_ends_the_session(people):
    client = Client()
    client.force_login(User.objects.get(username="chenlide"))
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/accounts/me/").status_code == 302


def test_my_page_shows_my_current_offices_only(people):
    me, other = User.objects.get(username="chenlide"), User.objects.get(username="luomin")
    authority = Authority.objects.create(name="云川区教育工委", level="district", path="/1/")
    school = School.objects.create(
        authority=authority, code="A", name="明德中学", short_name="明德", stage="complete"
    )
    party = Body.objects.create(school=school, kind="party", name="党总支会议")
    admin = Body.objects.create(school=school, kind="admin", name="校长办公会议")
    Seat.objects.create(school=school, body=party, person=me, role="secretary", since=date(2024, 9, 1))
    Seat.objects.create(
        school=school,
        body=admin,
        person=me,
        role="vice_principal",
        since=date(2020, 9, 1),
        until=date(2024, 8, 31),
    )
    Seat.objects.create(school=school, body=admin, person=other, role="principal", since=date(2024, 9, 1))
    client = Client()
    client.force_login(me)
    shown = page(client.get("/accounts/me/"))
    assert '<span class="rows-title">书记</span>' in shown
    assert "2024年9月1日起" in shown
    assert "副校长" not in shown
    assert '<span class="rows-title">校长</span>' not in shown
