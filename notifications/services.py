"""Telling people: an inbox row and an e-mail in the outbox, written with the act and sent after it."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from celery import signature
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from notifications.choices import DeliveryState
from notifications.models import Delivery, Message

logger = logging.getLogger(__name__)
DELIVER_TASK = "notifications.tasks.deliver"  # by name: tasks lie above services
MAX_ATTEMPTS = 6
FIRST_WAIT = timedelta(minutes=1)  # then 4, 16, 64, 256 minutes


@transaction.atomic
def notify(
    *,
    recipients: Iterable[Any],
    kind: str,
    title: str,
    body: str = "",
    url: str,
    school: Any = None,
    dedupe: str = "",
) -> list[Message]:
    """Tell each person once, in the caller's transaction; e-mail leaves after commit.

    ``url`` is a path of this platform. ``dedupe`` (e.g. ``task:12:due:2026-11-20``) makes the message unique
    per recipient for ever, so a reminder never repeats. Title and body leave the platform by e-mail: callers
    keep words of restricted matters (知悉范围 2) out of them. Returns the messages written now.
    """
    now = timezone.now()
    people = {person.pk: person for person in recipients if person.is_active}
    words = {"kind": kind, "title": title, "body": body, "url": url, "school": school, "created_at": now}
    if dedupe:
        found = [
            Message.objects.get_or_create(recipient=person, dedupe=dedupe, defaults=words)
            for person in people.values()
        ]
        messages = [message for message, created in found if created]
    else:
        messages = Message.objects.bulk_create(
            Message(recipient=person, **words) for person in people.values()
        )
    deliveries = Delivery.objects.bulk_create(
        Delivery(message=message, due_at=now) for message in messages if people[message.recipient_id].email
    )
    for delivery in deliveries:
        # robust: a broken queue is logged and must not undo a finished act; deliver_outbox sends it later.
        transaction.on_commit(partial(signature(DELIVER_TASK, args=[delivery.pk]).delay), robust=True)
    return messages


@transaction.atomic
def send(delivery_id: int) -> str:
    """Send one delivery unless it was sent, failed for good, is not due, or another worker holds it.

    Whoever no longer serves where the message came from is not told of it by a late e-mail either.

    The row stays locked while the mail goes out, so two workers never both send it. A failure is recorded and
    the next try put off (1, 4, 16, 64, 256 minutes); after six it has failed. Returns the state afterwards,
    or "" where nothing was to be done.
    """
    now = timezone.now()
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .due(now)
        .select_related("message__recipient", "message__school")
        .filter(pk=delivery_id)
        .first()
    )
    if delivery is None:
        return ""
    message = delivery.message
    recipient = message.recipient
    may_read = Message.objects.visible_to(recipient).filter(pk=message.pk).exists()
    if not (recipient.is_active and recipient.email and may_read):
        delivery.state = DeliveryState.SKIPPED
        delivery.save(update_fields=["state"])
        return delivery.state
    delivery.attempts += 1
    try:
        compose(message).send()
    except (
        OSError,
        ValueError,
    ) as error:  # no connection or a refusal (SMTPException); an impossible address
        logger.warning("delivery %s failed, attempt %s: %s", delivery.pk, delivery.attempts, error)
        delivery.last_error = f"{type(error).__name__}: {error}"
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.state = DeliveryState.FAILED
        else:
            delivery.due_at = now + FIRST_WAIT * 4 ** (delivery.attempts - 1)
    else:
        delivery.state, delivery.sent_at, delivery.last_error = DeliveryState.SENT, timezone.now(), ""
    delivery.save(update_fields=["state", "attempts", "last_error", "due_at", "sent_at"])
    return delivery.state


def compose(message: Message) -> EmailMessage:
    """The e-mail of one message: school and title as subject, the text, and the address to open."""
    subject = f"〔{message.school.short_name}〕{message.title}" if message.school else message.title
    address = settings.SITE_URL.rstrip("/") + message.url
    text = "\n\n".join(
        filter(None, [f"{message.recipient}：", message.title, message.body, f"打开：{address}"])
    )
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=f"{text}\n\n学校议事决策平台",
        to=[message.recipient.email],
        headers={"Message-ID": f"<notice-{message.pk}@{settings.SITE_URL.split('//')[-1].split('/')[0]}>"},
    )


def mark_read(message: Message) -> None:
    """Note when a person opened a message; the first time counts."""
    Message.objects.filter(pk=message.pk).unread().update(read_at=timezone.now())


def mark_all_read(user: Any) -> int:
    """Mark every message of a person as read; returns how many were unread."""
    return Message.objects.visible_to(user).unread().update(read_at=timezone.now())


def forget_read() -> int:
    """Delete messages read and older than MESSAGE_DAYS; reminders that must not repeat stay. Returns how many."""
    old = timezone.now() - timedelta(days=settings.MESSAGE_DAYS)
    return (
        Message.objects.filter(read_at__lt=old, created_at__lt=old, dedupe="")
        .delete()[1]
        .get(Message._meta.label, 0)
    )
