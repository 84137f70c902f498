"""Story time: while a story is told, `django.utils.timezone.now` answers with the hour of the story.

Services, auto_now_add, field history and ledger all ask that one function, so what is loaded carries the dates
of the story. Never in production: the whole process would live in the past.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

HOLIDAYS = frozenset(
    {(1, 1), (1, 2), (1, 3), *((5, day) for day in range(1, 6)), *((10, day) for day in range(1, 8))}
)


class StoryClock:
    """Answers `now()` with the moment it was last set to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment.astimezone(UTC)

    def set(self, moment: datetime) -> None:
        """Move to a moment; ValueError where that would turn back time within one story."""
        if moment < self.moment:
            raise ValueError(f"the story turns back from {self.moment} to {moment}")
        self.moment = moment

    def restart(self, moment: datetime) -> None:
        """Begin another story at its own first day."""
        self.moment = moment

    def forward(self, minutes: int) -> datetime:
        """Let some minutes pass; returns the new moment."""
        self.moment += timedelta(minutes=minutes)
        return self.moment


@contextmanager
def story_time(moment: datetime) -> Iterator[StoryClock]:
    """Replace `timezone.now` by a story clock for this block; RuntimeError outside demo and test."""
    if settings.APP_ENV not in ("demo", "test"):
        raise RuntimeError("Story time is for the demo and for tests only.")
    real, clock = timezone.now, StoryClock(moment)
    timezone.now = clock
    try:
        yield clock
    finally:
        timezone.now = real


class Calendar:
    """Days counted from today in working days: day(-1) is the last working day before today."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = timezone.localtime(now).date()
        self._days = {0: self.today}

    def day(self, index: int) -> date:
        """The index-th working day from today; 0 is today, whatever day of the week it is."""
        if index not in self._days:
            step = 1 if index > 0 else -1
            found = self.day(index - step) + timedelta(days=step)
            while found.weekday() >= 5 or (found.month, found.day) in HOLIDAYS:
                found += timedelta(days=step)
            self._days[index] = found
        return self._days[index]

    def index_of(self, day: date) -> int:
        """The last working day up to a day of the past, counted from today."""
        index = 0
        while self.day(index) > day:
            index -= 1
        return index

    def at(self, index: int, clock: str) -> datetime:
        """A local hour such as "15:00" on a working day."""
        return timezone.make_aware(datetime.combine(self.day(index), time.fromisoformat(clock)))

    def date_in(self, days: int) -> date:
        """The calendar day so many days from today."""
        return self.today + timedelta(days=days)


def term_of(day: date) -> str:
    """The school term a day lies in, e.g. 2026年秋季学期."""
    if 2 <= day.month <= 7:
        return f"{day.year}年春季学期"
    return f"{day.year if day.month > 7 else day.year - 1}年秋季学期"


def term_after(day: date) -> str:
    """The term that follows the one a day lies in."""
    if 2 <= day.month <= 7:
        return f"{day.year}年秋季学期"
    return f"{day.year + 1 if day.month > 7 else day.year}年春季学期"
