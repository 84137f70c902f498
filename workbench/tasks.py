"""Background work of the ledger's page."""

from celery import shared_task

from ledger.models import DailyRoot
from ledger.services import close_day
from workbench.services import ledger


@shared_task(ignore_result=True, time_limit=3500, soft_time_limit=3400)
def verify_ledgers() -> int:
    """Close the day, send its root, verify everything (beat, 00:10); returns how many breaches were found."""
    kept = close_day()
    ledger.tell_root(kept)
    mail_root.delay(kept.pk)
    return len(ledger.check_everything().breaches)


@shared_task(ignore_result=True, autoretry_for=(OSError,), retry_backoff=60, max_retries=6)
def mail_root(root_id: int) -> None:
    """Send the root of a day to the addresses outside; repeated for some hours where the mail server is away."""
    ledger.mail_root(DailyRoot.objects.get(pk=root_id))
