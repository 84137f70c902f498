"""Rules on what a school does once a week, a term or a year: the period comes from the day asked about.

A school is judged on the last full period. What it has not entered for a period before it joined the platform
cannot be judged; what it has entered counts, however early.
"""

from typing import Any

from django.db.models import DateField, F, IntegerField, Q
from django.db.models.lookups import GreaterThan

from compliance.rules.subjects import SchoolRule
from compliance.words import OfDay


def date_of(sql: str, day: str = "as_of") -> OfDay:
    """A date computed from another one."""
    return OfDay(F(day), sql, DateField())


def number_of(sql: str, day: str = "as_of") -> OfDay:
    """An integer computed from a date."""
    return OfDay(F(day), sql, IntegerField())


_TERM = "date_trunc('month', {day}) - make_interval(months => (extract(month from {day})::int + 4) %% 6"
LAST_TERM_FROM = f"({_TERM} + 6))::date"
LAST_TERM_UNTIL = f"({_TERM}))::date - 1"
LAST_MONTH_FROM = "(date_trunc('month', {day}) - interval '1 month')::date"
LAST_MONTH_UNTIL = "date_trunc('month', {day})::date - 1"
LAST_QUARTER_FROM = "(date_trunc('quarter', {day}) - interval '3 months')::date"
LAST_QUARTER_UNTIL = "date_trunc('quarter', {day})::date - 1"
# The year whose yearly duties are done by now: the last one, from April on (registers.periods.accounted_year).
ACCOUNTED_YEAR = "extract(year from {day} - interval '3 months')::int - 1"
# The last school year, from September on.
LAST_SCHOOL_YEAR = "extract(year from {day} - interval '8 months')::int - 1"
FIRST_OF_YEAR = "make_date(extract(year from {day})::int, 1, 1)"
# The Monday after the last four full weeks of teaching: within a term this week's; in the holidays and until a
# term is four weeks old, that of the week in which the last term ended (15 January, 30 June).
TEACHING_MONDAY = (
    "date_trunc('week', CASE"
    " WHEN to_char({day}, 'MMDD') BETWEEN '0116' AND '0404' THEN make_date(extract(year from {day})::int, 1, 16)"
    " WHEN to_char({day}, 'MMDD') BETWEEN '0701' AND '1005' THEN make_date(extract(year from {day})::int, 7, 1)"
    " ELSE {day} END)::date"
)


class PeriodRule(SchoolRule):
    """Asked of each school about its last full period, which begins on the fact `period_from`."""

    period_words: str  # what is lacking where the school joined later, e.g. 接入满一个学期
    link = "registers:record_list"
    link_id = ""

    def joined(self) -> dict[str, Any]:
        """The fact every such rule needs: since when the platform knows the school."""
        return {"known_from": F("joined_on")}

    def shortage(self) -> Q:
        """What is lacking in the period; by default the whole breach."""
        return Q(self.breach())

    def missing(self) -> dict[str, Any]:
        return {self.period_words: Q(GreaterThan(F("known_from"), F("period_from"))) & self.shortage()}
