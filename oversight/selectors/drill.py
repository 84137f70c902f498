"""The list behind a number: schools by value, then the subjects of one school, as far as the district may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce, NullIf
from django.urls import reverse

from decisions.models import DecisionItem
from governance.models import School
from meetings.models import Meeting
from oversight.calendar import end_of
from oversight.measures import Measure, OpenFindings
from oversight.models import SchoolDay, SchoolStanding
from oversight.selectors.months import rate_words

PAGE_SIZE = 40


@dataclass(frozen=True)
class SchoolValue:
    """One school's figures of a month."""

    school: int
    name: str
    numerator: int
    denominator: int
    is_rate: bool

    @property
    def value(self) -> str:
        return rate_words(self.numerator, self.denominator) if self.is_rate else str(self.numerator)

    @property
    def short(self) -> int:
        """Subjects that miss the numerator."""
        return self.denominator - self.numerator if self.is_rate else 0


def school_values(
    standings: QuerySet[SchoolStanding], measure: Measure, month: date, number: Any
) -> tuple[Page, tuple[int, int]]:
    """One page of schools with figures in the month, the worst first, and the sums of all; three queries."""
    page: Any
    if isinstance(measure, OpenFindings):
        counted = F("blocks") + F("breaches") + F("warns") + F("infos")
        rows = standings.annotate(n=counted).filter(n__gt=0).order_by("-n", "pk")
        page = Paginator(rows.values_list("pk", "name", "n"), PAGE_SIZE).get_page(number)
        page.object_list = [SchoolValue(pk, name, n, 0, False) for pk, name, n in page.object_list]
        return page, (standings.aggregate(all=Coalesce(Sum(counted), 0))["all"], 0)
    figures = (
        SchoolDay.objects.between(month, end_of(month))
        .filter(measure=measure.key, school__standing__in=standings)
        .order_by()
    )
    sums = figures.values("school", "school__name").annotate(n=Sum("numerator"), d=Sum("denominator"))
    if measure.is_rate:
        share = Cast(F("n"), FloatField()) / NullIf(F("d"), 0)  # for the order of the list only
        ordered = sums.annotate(share=share).order_by(F("share").asc(nulls_last=True), "-d", "school")
    else:
        ordered = sums.order_by("-n", "school")
    page = Paginator(ordered, PAGE_SIZE).get_page(number)
    page.object_list = [
        SchoolValue(row["school"], row["school__name"], row["n"], row["d"], measure.is_rate)
        for row in page.object_list
    ]
    total = figures.aggregate(met=Coalesce(Sum("numerator"), 0), asked=Coalesce(Sum("denominator"), 0))
    return page, (total["met"], total["asked"])


@dataclass(frozen=True)
class Subject:
    """One subject behind a number; `url` is the evidence the person may read, empty where it is withheld."""

    label: str
    day: date
    numerator: int
    denominator: int
    url: str
    evidence: str
    is_withheld: bool

    @property
    def is_short(self) -> bool:
        return self.numerator < self.denominator


def subjects(user: Any, measure: Measure, school: School, month: date, number: Any) -> Page:
    """One page of the subjects of one school in a month, those that miss first; at most four queries."""
    rows = measure.asked(School.objects.filter(pk=school.pk)).filter(m_day__lte=end_of(month))
    if not isinstance(measure, OpenFindings):
        rows = rows.filter(m_day__gte=month)
    missing = F("m_denominator") - F("m_numerator")
    rows = (
        rows.filter(~Q(m_numerator=0) | ~Q(m_denominator=0))
        .annotate(m_missing=missing)
        .order_by("-m_missing", "-m_day", "pk")
    )
    fields = ("m_label", "m_day", "m_numerator", "m_denominator", "m_item", "m_meeting", "m_finding")
    page: Any = Paginator(rows.values_list(*fields), PAGE_SIZE).get_page(number)
    found = list(page.object_list)
    page.object_list = _with_evidence(user, found)
    return page


def _with_evidence(user: Any, found: Sequence[tuple[Any, ...]]) -> list[Subject]:
    items = {row[4] for row in found if row[4]}
    meetings = {row[5] for row in found if row[5]}
    if items:
        items = set(DecisionItem.objects.visible_to(user).filter(pk__in=items).values_list("pk", flat=True))
    if meetings:
        meetings = set(Meeting.objects.visible_to(user).filter(pk__in=meetings).values_list("pk", flat=True))
    result = []
    for label, day, n, d, item, meeting, finding in found:
        url, evidence = "", ""
        if finding:
            url, evidence = reverse("compliance:finding_detail", args=[finding]), "合规问题"
        elif item in items and item:
            url, evidence = reverse("decisions:item_detail", args=[item]), "议题"
        elif meeting in meetings and meeting:
            url, evidence = reverse("meetings:meeting_detail", args=[meeting]), "会议"
        result.append(Subject(label, day, n, d, url, evidence, not url and bool(item or meeting)))
    return result
