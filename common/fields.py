"""Form fields that refuse what no calendar of a school holds, and the reading of numbers from addresses."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

FIRST_YEAR, LAST_YEAR = 1950, 2100
MOST_DIGITS = 18  # what a bigint holds in any case


def plausible_year(value: date | datetime) -> None:
    """Refuse slips of the year (0206, 20026): PostgreSQL would keep them, and no reckoning of periods can."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(f"请核对年份，应在 {FIRST_YEAR} 到 {LAST_YEAR} 年之间。", code="year")


class DayField(forms.DateField):
    """A day in a year people know."""

    default_validators = [plausible_year]


class MomentField(forms.DateTimeField):
    """A moment in a year people know; a moment out of the calendar's reach is told like any other slip."""

    default_validators = [plausible_year]

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


def whole_number(text: str) -> int | None:
    """The key or version written in an address or a hidden field; None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
