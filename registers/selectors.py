"""What the pages of the registers show; nothing is written here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from common.templatetags.ui import cn_date
from governance.access import Offices
from governance.models import School
from registers import access
from registers.choices import FilingState, ReportState
from registers.models import Appraisal, OrgLife, PolicyFiling, Record, StaffCongressSession, TermReport
from registers.periods import school_year_words, term_words
from registers.specs import REGISTERS, Register, groups


@dataclass(frozen=True, slots=True)
class Row:
    """One register on the overview: how many entries, the last one, and whether this period has one."""

    register: Register
    count: int
    last_on: date | None
    in_period: int | None  # None where nothing is due by the calendar
    may_record: bool

    @property
    def group(self) -> str:
        return self.register.group

    @property
    def due_words(self) -> str:
        """What the calendar asks for, e.g. 本学期尚未登记."""
        assert self.register.period is not None  # noqa: S101 - asked only where in_period is a number
        done = f"已登记 {self.in_period} 次" if self.in_period else "尚未登记"
        return f"本{self.register.period.value}{done}"


def overview(user: Any, school: School, offices: Offices) -> list[tuple[str, list[Row]]]:
    """Every register of a school in its groups; one query for each register."""
    today = timezone.localdate()
    return groups(_row(user, school, offices, register, today) for register in REGISTERS.values())


def _row(user: Any, school: School, offices: Offices, register: Register, today: date) -> Row:
    found = (
        register.model.objects.visible_to(user)
        .standing()
        .filter(school=school)
        .aggregate(
            count=Count("pk"),
            last_on=Max(_day_of(register)),
            in_period=Count("pk", filter=_in_period(register, today)),
        )
    )
    return Row(
        register,
        found["count"],
        found["last_on"],
        found["in_period"] if register.period else None,
        access.may_record(offices, register),
    )


def _day_of(register: Register) -> Any:
    is_instant = isinstance(register.field(register.day), models.DateTimeField)
    return TruncDate(register.day) if is_instant else F(register.day)


def _in_period(register: Register, today: date) -> Q:
    """Entries of the period today lies in."""
    if register.period is None:
        return Q(pk__isnull=True)
    start = register.period.start(today)
    name = register.period_field or register.day
    if register.model is StaffCongressSession:
        return Q(school_year=start.year)
    if name == "year":
        # This year's duty is done by the next spring, so an entry of the last year counts too.
        return Q(year__gte=today.year - 1)
    return Q(**{f"{name}__gte": start})


def records(user: Any, school: School, register: Register) -> QuerySet[Record]:
    """The entries of a register in a school, newest first, with what the list shows."""
    return register.model.objects.visible_to(user).filter(school=school).select_related(*register.relations())


def shown(record: Record, name: str) -> str:
    """The value of one field in words, with its unit."""
    value = getattr(record, name)
    if value is None or value == "":
        return ""
    if name == "term_starts_on":
        return term_words(value)
    if name == "school_year":
        return school_year_words(value)
    if name == "year":
        return f"{value}年度"
    if name == "average_tenths" and isinstance(record, Appraisal):
        return f"{record.average} 分"
    if name == "present" and isinstance(record, OrgLife | StaffCongressSession):
        due = record.due if isinstance(record, OrgLife) else record.delegates
        return f"{value} / {due}"
    if isinstance(value, date):
        return cn_date(value)
    column = record._meta.get_field(name)
    if getattr(column, "choices", None):
        return str(getattr(record, f"get_{name}_display")())
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(column, models.PositiveBigIntegerField):
        return f"{value:,}"
    return str(value)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the list; numbers stand right, states are drawn as labels."""

    label: str
    text: str
    is_state: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the list."""

    record: Record
    day: str
    cells: list[Cell]


def headings(register: Register) -> list[Cell]:
    """The columns of a list."""
    return [_cell(register, name, "") for name in register.columns]


def _cell(register: Register, name: str, text: str) -> Cell:
    column = register.field(name)
    is_number = isinstance(column, models.IntegerField | models.DecimalField) and not column.choices
    return Cell(register.label_of(name), text, name == "state", is_number)


def lines(register: Register, page: Any) -> list[Line]:
    """The entries of one page as the list shows them."""
    return [
        Line(
            record,
            cn_date(getattr(record, register.day)) if register.day != "term_starts_on" else "",
            [_cell(register, name, shown(record, name)) for name in register.columns],
        )
        for record in page
    ]


def facts(record: Record, register: Register) -> list[tuple[str, str]]:
    """Label and value of every field of a record, for its page; empty values are told as such."""
    return [(register.label_of(name), shown(record, name) or "未登记") for name in register.fields]


@dataclass(frozen=True, slots=True)
class Change:
    """One version in the history of a record."""

    at: Any
    who: str
    reason: str
    lines: list[str] = field(default_factory=list)


HIDDEN_CHANGES = frozenset(
    {"version", "sha256", "content_type", "file", "is_void", "void_reason", "reviewed_by", "reviewed_on"}
)


def changes(record: Record, register: Register) -> Iterator[Change]:
    """The versions of a record, newest first: who, when, why, and what differs from the one before."""
    versions = list(record.history.select_related("history_user").order_by("-history_date", "-history_id"))
    for newer, older in zip(versions, [*versions[1:], None], strict=True):
        told = [] if older is None else [*_differences(newer.instance, older.instance, register)]
        yield Change(
            newer.history_date, str(newer.history_user or "系统"), newer.history_change_reason or "", told
        )


def _differences(newer: Record, older: Record, register: Register) -> Iterator[str]:
    for column in newer._meta.concrete_fields:
        if column.name in HIDDEN_CHANGES or getattr(newer, column.attname) == getattr(older, column.attname):
            continue
        before, after = shown(older, column.name) or "无", shown(newer, column.name) or "无"
        yield f"{column.verbose_name}：{before} → {after}"


def awaiting(user: Any) -> list[tuple[Register, Record]]:
    """学期报告 and 制度备案 that wait for the authorities in which the person answers; oldest first, fifty."""
    schools = School.objects.all().supervised_by(user)
    reports = (
        TermReport.objects.visible_to(user)
        .standing()
        .filter(school__in=schools, state=ReportState.SUBMITTED)
        .select_related("school")
        .order_by("submitted_on", "pk")[:50]
    )
    filings = (
        PolicyFiling.objects.visible_to(user)
        .standing()
        .filter(school__in=schools, state=FilingState.FILED)
        .select_related("school")
        .order_by("filed_on", "pk")[:50]
    )
    return [(REGISTERS["term_report"], row) for row in reports] + [
        (REGISTERS["policy_filing"], row) for row in filings
    ]
