"""Rows written in bulk: one sheet per model, filled in Python, brought in with COPY."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max

BLOCK = 20_000  # primary keys set aside for one school in each table


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Sheet:
    """New rows of one model. Columns not given take the model's default; auto_now takes the moment of the load."""

    def __init__(self, model: type[models.Model], moment: datetime) -> None:
        meta = model._meta
        fields = [field for field in meta.local_concrete_fields if not field.generated]
        self.model, self.rows = model, []
        self.place = {field.attname: index for index, field in enumerate(fields)}
        self.json = {index for index, field in enumerate(fields) if isinstance(field, models.JSONField)}
        self.blank = [self._blank(field, moment) for field in fields]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        self.statement = f'COPY "{meta.db_table}" ({columns}) FROM STDIN'
        self.next = 0

    @staticmethod
    def _blank(field: models.Field, moment: datetime) -> Any:
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            return moment
        value = field.get_default()
        if isinstance(field, models.JSONField) and value is not None:
            return as_json(value)
        return value.value if isinstance(value, models.Choices) else value

    def reserve(self) -> int:
        """The next primary key."""
        self.next += 1
        return self.next

    def add(self, values: dict[str, Any]) -> int:
        """One row; with `id` it takes a key reserved before."""
        row, place = self.blank.copy(), self.place
        if "id" not in values:
            values["id"] = self.reserve()
        for name, value in values.items():
            index = place[name]
            is_text = value is None or isinstance(value, str)
            row[index] = value if is_text or index not in self.json else as_json(value)
        self.rows.append(row)
        return values["id"]


class Books:
    """All sheets of one process. `base` is the highest primary key each table had before."""

    def __init__(self, moment: datetime, base: dict[str, int]) -> None:
        self.moment, self.base = moment, base
        self.sheets: dict[type[models.Model], Sheet] = {}
        self.school = 0
        self.counts: dict[str, int] = {}

    def open(self, school: int) -> None:
        """Go on with the block of the school of this index (from 0)."""
        self.school = school
        for model, sheet in self.sheets.items():
            sheet.next = self._first(model)

    def _first(self, model: type[models.Model]) -> int:
        return self.base[model._meta.label] + self.school * BLOCK

    def add(self, model: type[models.Model], **values: Any) -> int:
        """Put down one row by column names (school_id, not school); returns its primary key. JSON may be text."""
        return self._sheet(model).add(values)

    def reserve(self, model: type[models.Model]) -> int:
        """A primary key for a row that is put down later with `id`."""
        return self._sheet(model).reserve()

    def _sheet(self, model: type[models.Model]) -> Sheet:
        sheet = self.sheets.get(model)
        if sheet is None:
            sheet = self.sheets[model] = Sheet(model, self.moment)
            sheet.next = self._first(model)
        return sheet

    def flush(self) -> None:
        """Write everything put down so far in one transaction."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
            for model, sheet in self.sheets.items():
                with cursor.copy(sheet.statement) as copy:
                    for row in sheet.rows:
                        copy.write_row(row)
                label = model._meta.label
                self.counts[label] = self.counts.get(label, 0) + len(sheet.rows)
                sheet.rows.clear()


def highest(labels: Iterable[type[models.Model]]) -> dict[str, int]:
    """The highest primary key of each table, by label of its model."""
    return {model._meta.label: model._base_manager.aggregate(top=Max("pk"))["top"] or 0 for model in labels}


def settle(written: Iterable[type[models.Model]]) -> None:
    """After a bulk load: sequences behind the last key, statistics for the planner."""
    written = list(written)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(statement)
        # VACUUM has no place inside a transaction (a test); statistics alone do there.
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")
