"""What every measure states, and the words they are written with."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    F,
    Func,
    IntegerField,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast

from compliance.rules.subjects import HELD
from decisions.choices import FAVOURABLE, Purpose
from governance.models import School
from meetings.choices import EntryState, MeetingFormat
from meetings.models import AgendaEntry, Meeting

NOBODY = Value(None, BigIntegerField())
ONE, ZERO = Value(1, IntegerField()), Value(0, IntegerField())


class IsAny(Func):
    """Whether a value is an element of an array."""

    arity, template, arg_joiner, output_field = 2, "(%(expressions)s))", " = ANY(", BooleanField()


def one_if(condition: Any) -> Case:
    return Case(When(condition, then=ONE), default=ZERO, output_field=IntegerField())


class Measure(ABC):
    """One measure. `trigger` are the acts (as in the ledger) that can change it; `rules` whose findings it counts."""

    key: ClassVar[str]
    title: ClassVar[str]
    definition: ClassVar[str]  # 口径
    unit: ClassVar[str] = "%"
    target: ClassVar[tuple[int, int] | None] = None  # a share, for rates
    lower_is_better: ClassVar[bool | None] = False  # None: neither
    trigger: ClassVar[tuple[str, ...]] = ()
    rules: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def asked(self, schools: QuerySet[School]) -> QuerySet:
        """Every subject of the schools with the annotations above."""

    @property
    def is_rate(self) -> bool:
        return self.unit == "%"

    @property
    def target_words(self) -> str:
        return f"{self.target[0] * 100 // self.target[1]}%" if self.target else ""

    def hears(self, kind: str) -> bool:
        """Whether an act of this kind can change the measure."""
        return kind in self.trigger or kind.partition(".")[0] in self.trigger


def annotated(rows: QuerySet, *, school: str = "school", **m: Any) -> QuerySet:
    """Rows with every annotation a measure promises; what is not given is empty."""
    given = {
        "school": F(f"{school}_id") if "__" not in school else F(f"{school}__pk"),
        "numerator": ONE,
        "denominator": ONE,
        "item": NOBODY,
        "meeting": NOBODY,
        "finding": NOBODY,
        **m,
    }
    given["label"] = Cast(given["label"], CharField())
    return rows.order_by().annotate(**{f"m_{name}": value for name, value in given.items()})


def held(schools: QuerySet[School]) -> QuerySet[Meeting]:
    """Meetings that began and were closed; 联席会议 and 专题会议 are no meetings of a body (R40)."""
    return Meeting.objects.filter(
        school__in=schools.values("pk"),
        form=MeetingFormat.REGULAR,
        state__in=HELD,
        started_at__isnull=False,
    )


def decided(schools: QuerySet[School]) -> QuerySet[AgendaEntry]:
    """Entries in which the Party body decided in favour."""
    return AgendaEntry.objects.filter(
        meeting__school__in=schools.values("pk"),
        meeting__started_at__isnull=False,
        state=EntryState.CONCLUDED,
        outcome__in=FAVOURABLE,
        stage__purpose=Purpose.DECIDE,
    )
