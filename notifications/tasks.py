"""Background delivery: ids in, a service does the work."""

from celery import shared_task
from django.utils import timezone

from notifications.models import Delivery
from notifications.services import forget_read, send

SWEEP_LIMIT = 200


@shared_task(ignore_result=True)
def deliver(delivery_id: int) -> str:
    """Send one delivery; safe to run twice or at once. deliver_outbox tries a recorded failure again."""
    return send(delivery_id)


@shared_task(ignore_result=True)
def deliver_outbox() -> int:
    """Send what is due and not sent yet, oldest first; returns how many were tried (beat, every minute)."""
    due = Delivery.objects.due(timezone.now()).order_by("due_at", "id")
    return sum(bool(send(pk)) for pk in list(due.values_list("pk", flat=True)[:SWEEP_LIMIT]))


@shared_task(ignore_result=True)
def forget() -> int:
    """Delete old messages that were read (beat, every night); returns how many."""
    return forget_read()
