"""Who reads items of 知悉范围 2, into the security trail; the district's readings by grant are sealed besides."""

from collections.abc import Iterable
from typing import Any

from accounts.services.trail import note_reading
from decisions.models import DecisionItem


def note(items: Iterable[DecisionItem], *, reader: Any) -> None:
    """Write which of these items, shown to `reader` now, only named people may read. Others leave no line."""
    note_reading(reader, [item.subject for item in items if item.is_restricted])
