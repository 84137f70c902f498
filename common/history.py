"""Field history of formal records: who, when, why, by which request and from which address."""

from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from django.utils import timezone
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from common.where import here

M = TypeVar("M", bound=models.Model)


def _request_id() -> str:
    return here().request_id


def _address() -> str:
    return here().address


class Provenance(models.Model):
    """What every row of history tells of its origin besides person and reason; empty outside a request."""

    history_request = models.CharField("请求编号", max_length=32, blank=True, default=_request_id)
    history_address = models.CharField("来源地址", max_length=45, blank=True, default=_address)

    class Meta:
        abstract = True


class _Manager(HistoryManager):
    """As simple-history's, whose class is otherwise made anew each time `history` is read."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type[models.QuerySet], class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


class FieldHistory(HistoricalRecords):
    """The history every formal model keeps: simple-history's, with the number of the request and the address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(bases=(Provenance,), history_manager=_Manager, **kwargs)

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        """Named in Chinese, as the ledger names it: 议题修改痕迹."""
        name = f"{model._meta.verbose_name}修改痕迹"
        return {**super().get_meta_options(model), "verbose_name": name, "verbose_name_plural": name}


def _name(record: models.Model, actor: Any, reason: str) -> None:
    """Set what simple-history reads from the instance: the person and the reason. ValueError without a reason."""
    if not reason.strip():
        raise ValueError(f"a change of {record._meta.label} needs a reason")
    vars(record).update(_history_user=actor, _change_reason=reason)


def save_as(record: M, actor: Any, reason: str, **kwargs: Any) -> M:
    """Save one record so that its history names the person (None: the system itself) and the reason."""
    _name(record, actor, reason)
    record.save(**kwargs)
    return record


def delete_as(record: models.Model, actor: Any, reason: str) -> None:
    """Delete one working record so that its history names the person and the reason; the history remains."""
    _name(record, actor, reason)
    record.delete()


def remember(records: models.QuerySet, actor: Any, reason: str) -> None:
    """History of rows as they now are, after a write in bulk: copied within the database, thousands at a time."""
    if not reason.strip():
        raise ValueError(f"a change of {records.model._meta.label} needs a reason")
    past = records.model.history.model
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in past.tracked_fields)
    source, parameters = records.order_by("pk").values("pk").query.sql_with_params()
    told = {
        "history_date": timezone.now(),
        "history_type": "~",
        "history_change_reason": reason,
        "history_user_id": getattr(actor, "pk", None),
        "history_request": here().request_id,
        "history_address": here().address,
    }
    statement = f"""
        INSERT INTO {quote(past._meta.db_table)} ({columns}, {", ".join(told)})
        SELECT {columns}, {", ".join(["%s"] * len(told))} FROM {quote(records.model._meta.db_table)}
        WHERE {quote(records.model._meta.pk.column)} IN ({source}) ORDER BY {quote(records.model._meta.pk.column)}
    """  # noqa: S608 - names of tables and columns come from the models, values go as parameters
    with connection.cursor() as cursor:
        cursor.execute(statement, [*told.values(), *parameters])


def last_step(record: object) -> tuple[str, str, datetime] | None:
    """Who changed a record last, with what reason, and when; None without field history or for the system."""
    history = getattr(record, "history", None)
    line = history.select_related("history_user").first() if history is not None else None
    if line is None or line.history_user is None:
        return None
    return str(line.history_user), str(line.history_change_reason or "更新了这项内容"), line.history_date
