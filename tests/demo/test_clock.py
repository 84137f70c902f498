"""Story time and the calendar of working days."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from demo.clock import Calendar, story_time, term_after, term_of

NOON = datetime.fromisoformat("2026-03-04T12:00:00+08:00")


def test_now_follows_the_story_and_returns():
    before = timezone.now()
    with story_time(NOON) as clock:
        assert timezone.now() == NOON
        assert timezone.localdate() == date(2026, 3, 4)
        clock.forward(90)
        assert timezone.localtime().hour == 13
        with pytest.raises(ValueError, match="turns back"):
            clock.set(NOON)
    assert timezone.now() >= before


def test_story_time_ends_with_an_error():
    with pytest.raises(ZeroDivisionError), story_time(NOON):
        raise ZeroDivisionError
    assert timezone.now() > NOON


def test_production_has_no_story_time(settings):
    settings.APP_ENV = "production"
    with pytest.raises(RuntimeError, match="demo"), story_time(NOON):
        pass
    assert timezone.now() != NOON


@pytest.mark.parametrize(
    ("today", "before", "after"),
    [
        ("2026-11-21", date(2026, 11, 20), date(2026, 11, 23)),  # a Saturday
        ("2026-11-23", date(2026, 11, 20), date(2026, 11, 24)),
        ("2026-10-08", date(2026, 9, 30), date(2026, 10, 9)),
        ("2027-01-04", date(2026, 12, 31), date(2027, 1, 5)),
    ],
)
def test_days_count_working_days(today, before, after):
    calendar = Calendar(datetime.fromisoformat(f"{today}T09:00:00+08:00"))
    assert (calendar.day(-1), calendar.day(1)) == (before, after)
    assert calendar.day(0) == date.fromisoformat(today)
    days = [calendar.day(index) for index in range(-280, 0)]
    assert days == sorted(set(days))
    assert all(day.weekday() < 5 for day in days)


def test_terms():
    assert [term_of(date(2026, m, 1)) for m in (1, 2, 7, 8)] == [
        "2025年秋季学期",
        "2026年春季学期",
        "2026年春季学期",
        "2026年秋季学期",
    ]
    assert [term_after(date(2026, m, 1)) for m in (1, 7, 12)] == [
        "2026年春季学期",
        "2026年秋季学期",
        "2027年春季学期",
    ]
