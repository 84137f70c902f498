"""Months and school terms, as the board counts them."""

from datetime import date

from common.fields import FIRST_YEAR
from registers.periods import Period


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def shifted(month: date, by: int) -> date:
    """The first day of the month `by` months later (earlier where negative)."""
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


def end_of(month: date) -> date:
    """The last day of a month given by its first."""
    return date.fromordinal(shifted(month, 1).toordinal() - 1)


def months_back(last: date, count: int) -> list[date]:
    """`count` months up to and including the last, oldest first."""
    return [shifted(last, -back) for back in range(count - 1, -1, -1)]


def school_year_of(month: date) -> date:
    """The first month of the school year a month lies in (September)."""
    return Period.SCHOOL_YEAR.start(month)


def month_words(month: date) -> str:
    return f"{month.year}年{month.month}月"


def parse_month(text: str, today: date) -> date:
    """A month written 2026-11, else the present one; none lies in the future, none before there were such boards."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return month_of(today)
    return min(asked, month_of(today)) if asked.year >= FIRST_YEAR else month_of(today)
