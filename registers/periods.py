"""The periods in which something is due: weeks from Monday, months, quarters, terms, school years, years.

春 runs from February to July, 秋 from August to January; a school year from September to August.
"""

from datetime import date, timedelta
from enum import Enum


class Period(Enum):
    """A rhythm; the value is how it is called."""

    WEEK = "周"
    MONTH = "月"
    QUARTER = "季度"
    TERM = "学期"
    SCHOOL_YEAR = "学年"
    YEAR = "年度"

    def start(self, day: date) -> date:
        """First day of the period a day lies in."""
        match self:
            case Period.WEEK:
                return day - timedelta(days=day.weekday())
            case Period.MONTH:
                return day.replace(day=1)
            case Period.QUARTER:
                return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
            case Period.TERM:
                if day.month == 1:
                    return date(day.year - 1, 8, 1)
                return date(day.year, 2 if day.month < 8 else 8, 1)
            case Period.SCHOOL_YEAR:
                return date(day.year - (day.month < 9), 9, 1)
        return date(day.year, 1, 1)

    def before(self, day: date) -> tuple[date, date]:
        """First and last day of the last full period before a day."""
        last = self.start(day) - timedelta(days=1)
        return self.start(last), last


def term_words(starts_on: date) -> str:
    """A term in words, from its first day, e.g. 2026春."""
    return f"{starts_on.year}{'春' if starts_on.month == 2 else '秋'}"


def recent_terms(day: date, count: int = 6) -> list[date]:
    """First days of the term of a day and of those before it, newest first."""
    found = [Period.TERM.start(day)]
    while len(found) < count:
        found.append(Period.TERM.before(found[-1])[0])
    return found


def school_year_words(first_year: int) -> str:
    """A school year in words, e.g. 2025—2026学年."""
    return f"{first_year}—{first_year + 1}学年"


def accounted_year(day: date) -> int:
    """The year whose yearly duties can be judged: the last one, from April on (they are done by the spring)."""
    return day.year - (1 if day.month >= 4 else 2)
