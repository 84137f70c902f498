"""Expressions that rules are written with: pinned and effective parameters, counts, working days. SQL only."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf, TruncDate

from common.workdays import MONDAY
from common.workdays import workdays as workdays  # the same count in Python, for sentences
from compliance.models import EffectiveParameter


def _text(path: str) -> KeyTextTransform:
    """Text of a key inside a JSON field, across relations: meeting__parameters__party.quorum__value__0."""
    rest, _, last = path.rpartition("__")
    return KeyTextTransform(last, F(rest))


def pinned_int(path: str, key: str, index: int | None = None) -> Cast:
    """An integer of a pinned parameter: the value itself, or one part of a fraction."""
    tail = "" if index is None else f"__{index}"
    return Cast(_text(f"{path}__{key}__value{tail}"), IntegerField())


def pinned_flag(path: str, key: str) -> Cast:
    return Cast(_text(f"{path}__{key}__value"), BooleanField())


def pinned_word(path: str, key: str) -> Cast:
    return Cast(_text(f"{path}__{key}__value"), TextField())


def json_int(path: str) -> Cast:
    """An integer inside a JSON field, e.g. json_int("snapshot__due"); NULL where absent."""
    return Cast(_text(path), IntegerField())


def _in_force(key: str, school: str, on: str) -> QuerySet:
    return EffectiveParameter.objects.filter(
        school=OuterRef(school), key=key, since__lte=OuterRef(on)
    ).order_by("-since")


def effective_int(key: str, school: str = "school", on: str = "as_of") -> Subquery:
    """The integer (or numerator) of a parameter in force for the school on the day named by `on`."""
    return Subquery(_in_force(key, school, on).values("number")[:1], output_field=BigIntegerField())


def effective_denominator(key: str, school: str = "school", on: str = "as_of") -> Subquery:
    """The denominator of a fraction in force for the school on the day named by `on`."""
    return Subquery(_in_force(key, school, on).values("denominator")[:1], output_field=BigIntegerField())


def effective_word(key: str, school: str = "school", on: str = "as_of") -> NullIf:
    """The choice of a parameter in force for the school on the day named by `on`."""
    return NullIf(Subquery(_in_force(key, school, on).values("word")[:1]), Value(""))


def effective_entry(key: str, school: str = "school", on: str = "as_of") -> Subquery:
    """{value, source, level} of a parameter in force, as a finding keeps it."""
    entry = JSONObject(value="value", source="source", level="level")
    return Subquery(_in_force(key, school, on).annotate(entry=entry).values("entry")[:1])


def counted(rows: QuerySet) -> Coalesce:
    """How many rows of a correlated queryset there are."""
    number = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return Coalesce(Subquery(rows.order_by().annotate(how_many=number).values("how_many")), 0)


def exists(rows: QuerySet) -> ExpressionWrapper:
    return ExpressionWrapper(Exists(rows), output_field=BooleanField())


def names(rows: QuerySet, path: str) -> ArraySubquery:
    """Names from a correlated queryset as a list, without repetition; use it in facts called names_…"""
    return ArraySubquery(rows.order_by(path).values(path).distinct())


def day(moment: Any) -> TruncDate:
    """The local day of an instant."""
    return TruncDate(moment)


def days_between(first: Any, last: Any) -> Func:
    """Whole days from one date to another as an integer."""
    return Func(last, first, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())


def months_later(day: Any, months: Any) -> Func:
    """The same day so many months later; the last of a shorter month."""
    return Func(
        day,
        Cast(months, IntegerField()),
        template="(%(expressions)s))::date",
        arg_joiner=" + make_interval(months => ",
        output_field=DateField(),
    )


class OfDay(Func):
    """SQL over one date, written as {day}; it may stand several times."""

    def __init__(self, expression: Any, sql: str = "", output_field: Any = None) -> None:
        super().__init__(expression, output_field=output_field)
        self.sql = sql

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        given, parameters = compiler.compile(self.source_expressions[0])
        text = self.sql.replace("{day}", f"({given})::date")
        return f"({text})", [*parameters] * self.sql.count("{day}")


class Workdays(Func):
    """Mondays to Fridays after one date up to and including another; public holidays are not known."""

    output_field = IntegerField()

    def __init__(self, first: Any, last: Any) -> None:
        super().__init__(first, last)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        parts, parameters = [], []
        for expression, sign in zip(reversed(self.source_expressions), ("", " - "), strict=True):
            sql, given = compiler.compile(expression)
            since = f"(({sql})::date - DATE '{MONDAY.isoformat()}' + 1)"
            parts.append(f"{sign}({since} / 7 * 5 + LEAST({since} %% 7, 5))")
            parameters.extend([*given, *given])
        return f"({''.join(parts)})", parameters
