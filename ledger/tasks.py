"""Every night: the root of the day, then every chain and every sealed record."""

import logging

from celery import shared_task

from ledger.services import check_all, close_day

logger = logging.getLogger(__name__)


@shared_task
def verify_ledgers() -> int:
    """Close the day and verify everything; returns the number of breaches, each logged."""
    close_day()
    breaches = check_all().breaches
    for breach in breaches:
        logger.error("ledger does not hold: %s", breach)
    return len(breaches)
