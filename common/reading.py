"""Read rules inside other queries: `filter(item__in=readable(DecisionItem, user))`.

A rule like `visible_to` is a query of a dozen parts. Django resolves and compiles it anew wherever it stands within
another one, which takes longer than PostgreSQL takes to answer; here it is compiled once per person and day.
"""

from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigAutoField, Expression, Model
from django.utils import timezone

KEPT = 2000  # some six kilobytes each

_Key = tuple[type[Model], str, int | None, date]
_compiled: dict[_Key, tuple[str, tuple[Any, ...]]] = {}


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
    use, what it computes in Python is kept until midnight.
    """
    key = (model, rule, user.pk, timezone.localdate())
    if key not in _compiled:
        rows = getattr(model._default_manager, rule)(user).order_by().values("pk")
        try:
            sql, params = rows.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:  # nobody is signed in
            sql, params = "SELECT NULL::bigint WHERE false", ()
        if len(_compiled) >= KEPT:
            _compiled.clear()
        _compiled[key] = sql, params
        return Keys(sql, params)
    return Keys(*_compiled[key])
