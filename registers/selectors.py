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

from common.components import OK, WARN, Pill
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
    """One register on the overview: how many entries, the last one, and those of this and the last period."""

    register: Register
    count: int
    last_on: date | None
    now: int
    before: int
    may_record: bool

    @property
    def group(self) -> str:
        return self.register.group

    @property
    def last_words(self) -> str:
        """The last entry: its day, or its term."""
        if self.last_on is None:
            return ""
        return term_words(self.last_on) if self.register.day == "term_starts_on" else cn_date(self.last_on)

    @property
    def due(self) -> Pill | None:
        """What the calendar asks for: amber only where the last period went by without an entry."""
        if self.register.period is None:
            return None
        name = self.register.period.value
        if self.now:
            return Pill(f"本{name}已登记 {self.now} 条", "circle-check", OK)
        if self.before:
            return Pill(f"本{name}尚未登记", "circle-dashed")
        return Pill(f"上{name}和本{name}都没有登记", "alert-triangle", WARN)


def overview(user: Any, school: School, offices: Offices) -> list[tuple[str, list[Row]]]:
    """Every register of a school in its groups; one query for each register."""
    today = timezone.localdate()
    return groups(_row(user, school, offices, register, today) for register in REGISTERS.values())


def _row(user: Any, school: School, offices: Offices, register: Register, today: date) -> Row:
    start = register.period.start(today) if register.period else today
    last_start = register.period.before(today)[0] if register.period else today
    found = (
        register.model.objects.visible_to(user)
        .standing()
        .filter(school=school)
        .aggregate(
            count=Count("pk"),
            last_on=Max(_day_of(register)),
            now=Count("pk", filter=_of_period(register, start)),
            since_last=Count("pk", filter=_of_period(register, last_start)),
        )
    )
    return Row(
        register,
        found["count"],
        found["last_on"],
        found["now"],
        found["since_last"] - found["now"],
        access.may_record(offices, register),
    )


def _day_of(register: Register) -> Any:
    is_instant = isinstance(register.field(register.day), models.DateTimeField)
    return TruncDate(register.day) if is_instant else F(register.day)


def _of_period(register: Register, start: date) -> Q:
    """Entries of the period that began on a day, and later ones."""
    name = register.period_field or register.day
    if isinstance(register.field(name), models.IntegerField):
        return Q(**{f"{name}__gte": start.year})
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
    if newer.is_void and not older.is_void:
        yield "作废，不再计入"
    for column in newer._meta.concrete_fields:
        if column.name in HIDDEN_CHANGES or getattr(newer, column.attname) == getattr(older, column.attname):
            continue
        if isinstance(column, models.TextField) and column.name != "file":
            yield f"{column.verbose_name}：已改写"
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
