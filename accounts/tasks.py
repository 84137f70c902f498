"""Background work of accounts."""

from celery import shared_task

from accounts.services.retention import forget_ended


@shared_task(ignore_result=True)
def forget() -> dict[str, int]:
    """Delete what need not be kept (beat, every night); returns how many of each."""
    return forget_ended()
