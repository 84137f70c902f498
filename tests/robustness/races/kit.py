"""What all races share."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.robustness.racing import Act

DOCUMENT = "document.issued"
LISTED = ("stage.scheduled", "entry.scheduled")
CANCELLED = ("stage.unscheduled", "entry.removed", "meeting.cancelled")
_serial = iter(range(1, 10_000))


def day(days: int = 0) -> date:
    return timezone.localdate() + timedelta(days=days)


def twice(do: Any, *seals: str, times: int = 2) -> list[Act]:
    return [Act(do, seals)] * times
