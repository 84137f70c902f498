"""Read rules inside other queries: `filter(item__in=readable(DecisionItem, user))`.

A rule like `visible_to` is a query of a dozen parts. Django resolves and compiles it anew wherever it stands within
another one, which takes longer than PostgreSQL takes to answer; here it is compiled once a day for everybody, with a
place for the key of the person.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.db import connection
from django.db.models import BigAutoField, Expression, Model, QuerySet
from django.utils import timezone

KEPT = 2000  # some six kilobytes each

_Key = tuple[type[Model], str, date]
_compiled: dict[_Key, tuple[str, tuple[Any, ...]]] = {}


class _Anybody:
    """Stands for the person while a rule is compiled; a rule that asks for more than the key fails loudly.

    Its key is nobody's: were it left in a query, nobody would be found.
    """

    is_authenticated = True
    pk = id = -7_349_102_665_813_204_171

    def __int__(self) -> int:
        return self.pk


class Keys(Expression):
    """The primary keys a compiled query answers, to stand behind `__in`."""

    def __init__(self, sql: str, params: tuple[Any, ...]) -> None:
        super().__init__(output_field=BigAutoField())
        self.sql, self.params = sql, params

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"({self.sql})", self.params

    def get_group_by_cols(self) -> list[Any]:
        return []


def readable(model: type[Model], user: Any, rule: str = "visible_to") -> Keys:
    """The primary keys of the rows one rule of the model's manager gives a person today.

    The rule must follow from the person's key and the day alone: what it asks of the database is asked at each
    use, what it computes in Python is kept until midnight and is the same for everybody.
    """
    if not user.is_authenticated:
        return Keys("SELECT NULL::bigint WHERE false", ())
    key = (model, rule, timezone.localdate())
    if key not in _compiled:
        everything = model._default_manager.get_queryset()
        method = getattr(type(everything), rule)
        rows = getattr(method, "__wrapped__", method)(everything, _Anybody()).order_by().values("pk")
        sql, params = rows.query.get_compiler(connection=connection).as_sql()
        if len(_compiled) >= KEPT:
            _compiled.clear()
        _compiled[key] = sql, params
    sql, params = _compiled[key]
    return Keys(sql, tuple(user.pk if value == _Anybody.pk else value for value in params))


def seen(model: type[Model], user: Any, pk: int) -> QuerySet:
    """The row of one key where `visible_to` lets a person read it, else none: the way to fetch or lock one record."""
    return model._default_manager.filter(pk=pk, pk__in=readable(model, user))


def compiled(rule: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Decorates a read rule of a queryset: wherever it is asked, it stands in the query as its `readable` keys.

    For small tables asked at every request. PostgreSQL may then compute the rule for the whole table.
    """

    @wraps(rule)
    def narrowed(self: Any, user: Any) -> Any:
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=readable(self.model, user, rule.__name__))

    return narrowed
