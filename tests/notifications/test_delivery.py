"""A message is written with the act it tells of and leaves after commit, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from notifications import services, tasks
from notifications.choices import DeliveryState
from notifications.models import Delivery, Message
from notifications.selectors import unread_count
from tests.documents.world import employ, person, school

WORDS = {
    "kind": "task.assigned",
    "title": "落实任务：完成预算编报",
    "body": "12月10日前完成。",
    "url": "/tasks/12/",
}


@pytest.fixture
def people(db):
    return [
        person("田家和", "tian", "tian@md.example"),
        person("许静", "xu", "xu@md.example"),
        person("苏敏", "su"),
    ]


def refused_port(settings):
    """Point e-mail at a port nobody listens on."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def test_everyone_is_told_once(people, django_capture_on_commit_callbacks):
    here = school("MD", "明德中学")
    for one in people:
        employ(one, here)
    with django_capture_on_commit_callbacks(execute=True):
        written = services.notify(recipients=[*people, people[0]], school=here, **WORDS)
    assert [(m.recipient, m.title, m.url, m.read_at) for m in written] == [
        (one, WORDS["title"], WORDS["url"], None) for one in people
    ]
    assert [unread_count(one) for one in people] == [1, 1, 1]
    assert sorted(letter.to[0] for letter in mail.outbox) == ["tian@md.example", "xu@md.example"]
    letter = next(letter for letter in mail.outbox if letter.to == ["tian@md.example"])
    assert letter.subject == "〔明德〕落实任务：完成预算编报"
    assert letter.body == (
        "田家和：\n\n落实任务：完成预算编报\n\n12月10日前完成。\n\n打开：http://127.0.0.1:8000/tasks/12/\n\n学校议事决策平台"
    )
    states = Delivery.objects.values_list("state", "attempts", "last_error")
    assert list(states) == [(DeliveryState.SENT, 1, "")] * 2
    assert tasks.deliver_outbox() == 0
    assert len(mail.outbox) == 2


def test_a_failed_act_tells_nobody(people, django_capture_on_commit_callbacks):
    @transaction.atomic
    def act():
        services.notify(recipients=people, **WORDS)
        raise ValueError("the act failed")

    with (
        django_capture_on_commit_callbacks(execute=True) as callbacks,
        pytest.raises(ValueError, match="the act failed"),
    ):
        act()
    assert callbacks == []
    assert (Message.objects.count(), Delivery.objects.count(), len(mail.outbox)) == (0, 0, 0)


def test_nothing_leaves_before_commit(people, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        services.notify(recipients=people, **WORDS)
    assert (len(callbacks), len(mail.outbox)) == (2, 0)
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.PENDING}


def test_a_reminder_with_a_key_is_never_repeated(people):
    key = "task:12:due:2026-11-20"
    assert len(services.notify(recipients=people[:1], dedupe=key, **WORDS)) == 1
    again = services.notify(recipients=people, dedupe=key, **WORDS)
    assert [message.recipient for message in again] == people[1:]
    assert services.notify(recipients=people, dedupe=key, **WORDS) == []
    assert Message.objects.count() == 3
    assert len(services.notify(recipients=people, dedupe="task:12:due:2026-11-27", **WORDS)) == 3
    assert len(services.notify(recipients=people, **WORDS)) == 3


def test_those_who_left_are_not_told(people, django_capture_on_commit_callbacks):
    people[0].is_active = False
    people[0].save()
    assert [m.recipient for m in services.notify(recipients=people[:2], **WORDS)] == [people[1]]
    people[1].is_active = False
    people[1].save()
    assert services.send(Delivery.objects.get().pk) == DeliveryState.SKIPPED
    assert (Delivery.objects.get().attempts, mail.outbox) == (0, [])


def test_a_failure_is_recorded_put_off_and_tried_again(people, settings, django_capture_on_commit_callbacks):
    outlet = settings.EMAIL_BACKEND
    refused_port(settings)
    before = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        services.notify(recipients=people[:1], **WORDS)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.sent_at) == (DeliveryState.PENDING, 1, None)
    assert delivery.last_error.startswith("ConnectionRefusedError")
    assert before + timedelta(minutes=1) <= delivery.due_at <= timezone.now() + timedelta(minutes=1)
    settings.EMAIL_BACKEND = outlet
    assert tasks.deliver_outbox() == 0  # not due yet
    Delivery.objects.update(due_at=timezone.now())
    assert tasks.deliver_outbox() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.last_error) == (DeliveryState.SENT, 2, "")
    assert len(mail.outbox) == 1


def test_the_wait_grows_and_ends(people, settings):
    services.notify(recipients=people[:1], **WORDS)
    refused_port(settings)
    waits = []
    for _ in range(services.MAX_ATTEMPTS):
        Delivery.objects.update(due_at=timezone.now())
        tasks.deliver_outbox()
        delivery = Delivery.objects.get()
        waits.append(round((delivery.due_at - timezone.now()).total_seconds() / 60))
    assert waits == [1, 4, 16, 64, 256, 0]
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 6)
    assert tasks.deliver_outbox() == 0


def test_one_failure_does_not_hold_up_the_others(people):
    people[0].email = "tian@md.example\nBcc: elsewhere@example.com"
    people[0].save()
    services.notify(recipients=people[:2], **WORDS)
    assert tasks.deliver_outbox() == 2
    assert [letter.to for letter in mail.outbox] == [["xu@md.example"]]
    states = Delivery.objects.order_by("id").values_list("state", "attempts")
    assert list(states) == [(DeliveryState.PENDING, 1), (DeliveryState.SENT, 1)]
    assert Delivery.objects.first().last_error.startswith("BadHeaderError")


def test_a_link_leads_nowhere_else(people):
    with pytest.raises(IntegrityError, match="message_url_stays_here"), transaction.atomic():
        services.notify(recipients=people, **(WORDS | {"url": "https://elsewhere.example/"}))
    with pytest.raises(IntegrityError, match="message_url_stays_here"), transaction.atomic():
        services.notify(recipients=people, **(WORDS | {"url": "//elsewhere.example/"}))


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_letter(settings):
    settings.EMAIL_BACKEND = "tests.notifications.outlets.SlowBackend"
    reader = person("田家和", "tian", "tian@md.example")
    with transaction.atomic():
        services.notify(recipients=[reader], **WORDS)
        Delivery.objects.update(due_at=timezone.now() + timedelta(hours=1))  # committing sends nothing yet
    Delivery.objects.update(due_at=timezone.now())
    delivery, start = Delivery.objects.get(), Barrier(2)
    assert (delivery.state, mail.outbox) == (DeliveryState.PENDING, [])

    def work(_: int) -> str:
        try:
            start.wait(timeout=10)
            return tasks.deliver(delivery.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(work, range(2)))
    delivery.refresh_from_db()
    assert results == ["", DeliveryState.SENT]
    assert (delivery.state, delivery.attempts, len(mail.outbox)) == (DeliveryState.SENT, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_reminders_at_once_leave_one_message():
    reader, start = person("田家和", "tian"), Barrier(2)

    def remind(_: int) -> int:
        try:
            start.wait(timeout=10)
            return len(services.notify(recipients=[reader], dedupe="task:12:due:2026-11-20", **WORDS))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        written = sorted(pool.map(remind, range(2)))
    assert (written, Message.objects.count()) == ([0, 1], 1)
