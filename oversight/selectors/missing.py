"""未报送: which schools have not met or not reported, month by month; paged, four queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Sum

from oversight.calendar import end_of, months_back
from oversight.models import SchoolDay, SchoolStanding
from registers.choices import ReportState
from registers.models import TermReport
from registers.periods import recent_terms, term_words

PAGE_SIZE = 40
MONTHS = 6
TERMS = 2
KEYS = ("party_meetings", "admin_meetings")


def conditions(today: date) -> dict[str, tuple[str, Q]]:
    """What can be lacking, as filters: since the first of this month, and of the last term that is over."""
    month, term = today.replace(day=1), recent_terms(today, 2)[1]

    def before(field: str, day: date) -> Q:
        return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lt": day})

    return {
        "party": ("本月未开党组织会议", before("last_party_on", month)),
        "admin": ("本月未开校长办公会议", before("last_admin_on", month)),
        "report": (f"{term_words(term)}学期报告未报送", before("last_report_term", term)),
    }


@dataclass(frozen=True)
class MonthCell:
    """Meetings of both bodies of one school in one month."""

    month: date
    party: int
    admin: int
    is_running: bool

    @property
    def is_none(self) -> bool:
        """Neither body met in a month that is over."""
        return not self.is_running and not (self.party and self.admin)


@dataclass(frozen=True)
class MissingRow:
    """One school: its months, and the state of its term reports."""

    standing: SchoolStanding
    cells: list[MonthCell]
    reports: list[tuple[str, bool]]  # state in words, and whether a term that is over lacks it


@dataclass(frozen=True)
class Matrix:
    """One page of the matrix with its headings."""

    months: list[date]
    terms: list[str]
    page: Page


def tiles(standings: QuerySet[SchoolStanding], today: date) -> list[tuple[str, str, int]]:
    """(key, words, number of schools) of everything that can be lacking; one query."""
    asked = conditions(today)
    numbers = standings.aggregate(
        **{key: Count("pk", filter=condition) for key, (_, condition) in asked.items()}
    )
    return [(key, words, numbers[key]) for key, (words, _) in asked.items()]


def matrix(standings: QuerySet[SchoolStanding], today: date, lacking: str, number: Any) -> Matrix:
    """Schools × months: those that met longest ago first; three queries and the count."""
    if lacking:
        standings = standings.filter(conditions(today)[lacking][1])
    rows = standings.order_by(
        F("last_party_on").asc(nulls_first=True),
        F("last_admin_on").asc(nulls_first=True),
        "pk",
    )
    page: Any = Paginator(rows, PAGE_SIZE).get_page(number)
    shown = list(page.object_list)
    ids = [standing.pk for standing in shown]
    months = months_back(today.replace(day=1), MONTHS)
    held: dict[tuple[int, str, date], int] = defaultdict(int)
    figures = (
        SchoolDay.objects.between(months[0], end_of(months[-1]))
        .filter(school__in=ids, measure__in=KEYS)
        .order_by()
        .values_list("school", "measure", "day__year", "day__month")
        .annotate(n=Sum("numerator"))
    )
    for school, key, year, month, n in figures:
        held[school, key, date(year, month, 1)] += n
    terms = recent_terms(today, TERMS)
    filed: dict[tuple[int, date], str] = {}
    reports = TermReport.objects.filter(school__in=ids, is_void=False, term_starts_on__in=terms)
    for school, term, state in reports.order_by("part").values_list("school", "term_starts_on", "state"):
        filed[school, term] = str(ReportState(state).label)
    page.object_list = [
        MissingRow(
            standing,
            [
                MonthCell(
                    month,
                    held[standing.pk, KEYS[0], month],
                    held[standing.pk, KEYS[1], month],
                    month == months[-1],
                )
                for month in months
            ],
            [
                (filed.get((standing.pk, term), ""), term != terms[0] and (standing.pk, term) not in filed)
                for term in terms
            ],
        )
        for standing in shown
    ]
    return Matrix(months, [term_words(term) for term in terms], page)
