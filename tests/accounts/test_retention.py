"""Sessions, tries and read messages end; the security trail stays."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import SecurityEvent
from accounts.services import trail
from accounts.tasks import forget
from notifications import tasks
from notifications.models import Message

pytestmark = pytest.mark.django_db


def signed_in(person):
    client = Client()
    client.force_login(person)
    client.get("/accounts/me/")
    return client.session.session_key


def test_ended_sessions_and_old_tries_are_forgotten_and_the_trail_is_not(cast):
    ended, live = signed_in(cast.secretary), signed_in(cast.principal)
    Session.objects.filter(session_key=ended).update(expire_date=timezone.now() - timedelta(minutes=1))
    for name, age in (("old", 25), ("new", 23)):
        tried = AccessAttempt.objects.create(username=name, ip_address="203.0.113.7", failures_since_start=3)
        AccessAttempt.objects.filter(pk=tried.pk).update(attempt_time=timezone.now() - timedelta(hours=age))
    events = list(SecurityEvent.objects.values_list("pk", flat=True))
    listed = set(UserSession.objects.values_list("session_key", flat=True))
    assert forget() == {"listed": len(listed - {live}), "sessions": 1, "tries": 1}
    assert set(Session.objects.values_list("session_key", flat=True)) == {live}
    assert set(UserSession.objects.values_list("session_key", flat=True)) == listed & {live}
    assert AccessAttempt.objects.get().username == "new"
    assert events and list(SecurityEvent.objects.values_list("pk", flat=True)) == events
    assert list(trail.verify()) == []


def test_old_messages_are_forgotten_once_read(cast, settings):
    settings.MESSAGE_DAYS = 30
    old, recent = (timezone.now() - timedelta(days=days) for days in (31, 29))
    words = {"recipient": cast.vice, "kind": "task.assigned", "url": "/"}
    for title, read_at, dedupe in (
        ("read", old, ""),
        ("late", recent, ""),
        ("unread", None, ""),
        ("once", old, "a"),
    ):
        Message.objects.create(**words, title=title, created_at=old, read_at=read_at, dedupe=dedupe)
    assert tasks.forget() == 1
    assert set(Message.objects.values_list("title", flat=True)) == {"late", "unread", "once"}
