"""How long an exception may last (建议): what is needed longer is granted again."""

from datetime import date, timedelta

from django.utils import timezone

from common.errors import NotNow
from governance.choices import GrantKind

LONGEST = {
    GrantKind.RECORD: timedelta(days=31),
    GrantKind.FILE: timedelta(days=31),
    GrantKind.INSPECT: timedelta(days=92),
}


def require_period(kind: GrantKind, until: date) -> None:
    """NotNow unless the last day lies between today and the longest period."""
    days = LONGEST[kind].days
    today = timezone.localdate()
    if not today <= until <= today + LONGEST[kind]:
        raise NotNow(f"截止日应在今天起 {days} 日以内，期满需要再用的重新授权。")
