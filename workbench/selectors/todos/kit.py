"""What all todos are made of."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from common import components as c
from common.templatetags.ui import due_pill
from decisions.models import (
    DecisionItem,
)
from governance.access import Offices

STUCK = c.Pill("卡住议题", "alert-octagon", c.BAD)
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: the verb first, why, until when, and where."""

    icon: str
    title: str
    note: str
    url: str
    verb: str
    due: date | None = None
    pill: c.Pill | None = None

    @property
    def label(self) -> c.Pill | None:
        """What is shown at the right: the deadline where there is one, else the state."""
        return due_pill(self.due) if self.due else self.pill


TODAY, WEEK, NEXT_WEEK, LATER = "今天到期", "本周", "下周", "其他"


def workdays_after(day: date, number: int) -> date:
    """The day `number` working days (Monday to Friday) after a day."""
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def day_of(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def items_of(user: Any, offices: Offices) -> QuerySet[DecisionItem]:
    return DecisionItem.objects.visible_to(user).filter(school=offices.school)


def chaired(offices: Offices) -> list[int]:
    return [seat.body_id for seat in offices.seats if offices.chairs(seat.body)]


def clerked(offices: Offices) -> list[int]:
    return [seat.body_id for seat in offices.seats if offices.clerks(seat.body)]
