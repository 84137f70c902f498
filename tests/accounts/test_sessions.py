"""Open sessions: idle time-out, the own list, notices, and what ends them at once."""

import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services.accounts import disable_account
from accounts.sessions import SEEN_AT
from common.errors import NotNow
from governance import services as governance
from governance.services.membership import leave_authority
from notifications.models import Message
from tests.accounts.kit import trail
from tests.factories.decisions import make_item
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
QUERIES_OF_THE_PAGE = 10


def age(client: Client, seconds: int) -> None:
    """Let time pass for a session."""
    session = client.session
    session[SEEN_AT] = int(time.time()) - seconds
    session.save()


def signed_in(username: str, **extra) -> Client:
    client = Client(**extra)
    answer = client.post("/accounts/login/", {"username": username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def test_a_session_ends_after_half_an_hour_without_an_act():
    client = Client()
    client.force_login(person("luomin", "罗敏"))
    age(client, 29 * 60)
    assert client.get("/accounts/me/").status_code == 200
    assert time.time() - client.session[SEEN_AT] < 60, "an act renews the time"
    age(client, 30 * 60 + 1)
    answer = client.get("/accounts/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/accounts/me/")
    assert "超过 30 分钟没有操作" in client.get("/accounts/login/").content.decode()
    assert [kind for kind, _, _ in trail()] == ["session.began", "session.expired"]


def test_a_session_ends_after_twelve_hours_however_busy():
    client = signed_in(person("luomin", "罗敏").username)
    end = client.session.get_expiry_date()
    assert timedelta(hours=11, minutes=59) < end - timezone.now() <= timedelta(hours=12)
    age(client, 120)
    client.get("/accounts/me/")
    assert client.session.get_expiry_date() == end, "an act does not move it"
    session = client.session
    session.set_expiry(timezone.now() - timedelta(seconds=1))
    session.save()
    assert client.get("/accounts/me/").status_code == 302


def test_a_page_that_asks_on_its_own_keeps_no_session_alive(cast):
    client = Client()
    client.force_login(cast.clerk)
    age(client, 20 * 60)
    before = client.session[SEEN_AT]
    client.get("/documents/1/status/")
    assert client.session[SEEN_AT] == before


def test_only_an_act_a_minute_is_written(django_assert_num_queries):
    client = Client()
    client.force_login(person("luomin", "罗敏"))
    before = client.session[SEEN_AT]
    client.get("/accounts/me/")
    assert client.session[SEEN_AT] == before


def test_the_session_is_written_before_the_act(cast):
    """A database failing at the end of a request must not answer 400 "没有办理" to an act that was done."""
    item = make_item(cast, "G14", "draft", amount=None)
    client = Client()
    client.force_login(cast.vice)
    age(client, 120)
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(f"/items/{item.pk}/autosave/", {"title": "新题目", "version": item.version})
    assert answer.status_code == 200
    written = [sql for q in asked if (sql := q["sql"]).startswith(("UPDATE", "INSERT"))]
    assert ["django_session" in sql for sql in written] == [True] + [False] * (len(written) - 1)
    assert any("decisions_decisionitem" in sql for sql in written)


def test_who_is_signed_out_meanwhile_is_asked_to_sign_in(cast, monkeypatch):
    client = Client()
    client.force_login(cast.clerk)
    age(client, 120)

    def end(user):
        Session.objects.all().delete()
        return False

    monkeypatch.setattr("accounts.policy.second_factor_is_due", end)
    answer = client.get("/accounts/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/accounts/me/")


def test_own_sessions_are_listed_and_ended_one_by_one():
    person("luomin", "罗敏")
    person("other", "他人")
    here = signed_in("luomin", HTTP_USER_AGENT="Chrome/120 Windows")
    there = signed_in("luomin", HTTP_USER_AGENT="MicroMessenger iPhone")
    foreign = signed_in("other")
    page = here.get("/accounts/security/").content.decode()
    assert page.count("本机") == 1
    assert "微信，iPhone" in page
    mine = UserSession.objects.get(user_agent="MicroMessenger iPhone").pk
    theirs = UserSession.objects.get(user__username="other").pk
    assert here.post(f"/accounts/sessions/{theirs}/end/").status_code == 409
    assert foreign.get("/accounts/me/").status_code == 200
    assert here.post(f"/accounts/sessions/{mine}/end/").status_code == 302
    assert there.get("/accounts/me/").status_code == 302
    assert here.get("/accounts/me/").status_code == 200


def test_the_page_asks_the_same_of_one_and_of_three_sessions(django_assert_num_queries):
    person("luomin", "罗敏")
    here = signed_in("luomin")
    here.get("/accounts/security/")
    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        here.get("/accounts/security/")
    for number in range(2):
        signed_in("luomin", HTTP_USER_AGENT=f"Chrome/{number}")
    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        here.get("/accounts/security/")


def test_a_sign_in_from_elsewhere_is_told():
    user = person("luomin", "罗敏")
    signed_in("luomin", REMOTE_ADDR="10.0.0.1", HTTP_USER_AGENT="Chrome Windows")
    signed_in("luomin", REMOTE_ADDR="10.0.0.1", HTTP_USER_AGENT="Chrome Windows")
    assert not Message.objects.filter(recipient=user).exists()
    signed_in("luomin", REMOTE_ADDR="10.0.0.2", HTTP_USER_AGENT="Chrome Windows")
    message = Message.objects.get(recipient=user)
    assert (message.kind, message.url) == ("session.began", "/accounts/security/")
    assert "Chrome，Windows，来源 10.0.0.2" in message.body


def test_a_closed_account_is_out_at_once():
    user = person("luomin", "罗敏")
    client = signed_in("luomin")
    disable_account(actor=None, user_id=user.pk)
    assert client.get("/accounts/me/").status_code == 302
    assert not UserSession.objects.filter(user=user).exists()
    with pytest.raises(NotNow):
        disable_account(actor=None, user_id=user.pk)


def test_the_end_of_an_office_ends_its_rights_in_open_sessions(cast):
    """Joiner, mover, leaver: nothing has to be told to the session."""
    vice, inspector, joiner = Client(), Client(), Client()
    for client, user in ((vice, cast.vice), (inspector, cast.inspector), (joiner, cast.outsider)):
        client.force_login(user)
    assert vice.get("/leadership/").status_code == 200
    yesterday = timezone.localdate() - timedelta(days=1)
    for seat in cast.vice.seats.all():
        governance.end_seat(actor=None, seat_id=seat.pk, until=yesterday)
    assert vice.get("/leadership/").status_code == 404
    assert inspector.get(f"/district/schools/{cast.school.pk}/").status_code == 200
    leave_authority(actor=None, member_id=cast.inspector.authority_memberships.get().pk)
    assert inspector.get(f"/district/schools/{cast.school.pk}/").status_code == 404
    assert joiner.get("/leadership/").status_code == 404
    governance.appoint(
        actor=None, body=cast.admin, person=cast.outsider, role="admin_member", since=timezone.localdate()
    )
    assert joiner.get("/leadership/").status_code == 200
