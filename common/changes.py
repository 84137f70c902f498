"""修改痕迹: what people changed in records, before and after, in their words; read from the field history."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.db import models
from django.db.models import Q

from common.templatetags.ui import cn_date, cn_datetime, cn_money

SHORT = 16
EMPTY = "（空）"
LONGEST = 4000  # characters compared word by word; of longer texts the rest is shown as it was and as it is
# Bookkeeping, digests, and what only places the record; none of it is anything a person wrote.
UNTOLD = {
    *("version", "edit_version", "created_at", "updated_at", "recorded_at", "uploaded_at", "school", "year"),
    *("item", "meeting", "entry", "stage", "task", "tally", "reconsideration", "finding", "round", "order"),
    *(
        "sha256",
        "appeal_sha256",
        "file",
        "content_type",
        "size",
        "content",
        "snapshot",
        "parameters",
        "document",
    ),
    *(
        "created_by",
        "recorded_by",
        "uploaded_by",
        "drafted_by",
        "requested_by",
        "requested_at",
        "author",
        "at",
    ),
    *("proposal_revised_at", "current_stage", "supersedes", "path", "position"),
}
# How a record is called, by the first of these that it has.
CALLED = ("title", "name", "number", "question", "key", "seat", "person", "kind", "purpose")
WORDS = {"+": "新增", "~": "修改", "-": "移除"}
TOKEN = re.compile(r"[A-Za-z0-9.%]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record before and after."""

    label: str
    before: str
    after: str

    @property
    def is_short(self) -> bool:
        """Whether both fit on one line."""
        return len(self.before) + len(self.after) <= SHORT

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The text as (same, del or ins; words), word by word."""
        return diff("" if self.before == EMPTY else self.before, "" if self.after == EMPTY else self.after)


@dataclass(frozen=True)
class Part:
    """The history rows of one kind of record that belong to a page; `is_told_whole`: also what it began with."""

    model: type[models.Model]
    which: Q
    is_told_whole: bool = False


@dataclass(slots=True)
class Revision:
    """One save of one record: who, when, why, by which request, from where."""

    model: type[models.Model]
    row: Any
    before: Any
    fields: list[models.Field]
    actor: str = "系统"
    subject: str = ""
    changes: list[Change] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        return self.row.history_date

    @property
    def word(self) -> str:
        """新增, 修改 or 移除."""
        return WORDS[self.row.history_type]

    @property
    def reason(self) -> str:
        return self.row.history_change_reason or ""

    @property
    def request(self) -> str:
        """The first eight digits, as people read them out."""
        return self.row.history_request[:8]

    @property
    def address(self) -> str:
        return self.row.history_address


def diff(before: str, after: str) -> list[tuple[str, str]]:
    """Two texts as one, in pieces: ("same" | "del" | "ins", words). Chinese by character, the rest by word."""
    if len(before) + len(after) > LONGEST:
        return [piece for piece in (("del", before), ("ins", after)) if piece[1]]
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    pieces: list[tuple[str, str]] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(old[i:j])))
            continue
        pieces += [p for p in (("del", "".join(old[i:j])), ("ins", "".join(new[k:m]))) if p[1]]
    return pieces


def shown(column: models.Field, value: Any, names: dict[Any, str]) -> str:
    """A value in words; `names` are those of the records a relation leads to."""
    if value is None or value == "" or value == []:
        return EMPTY
    if column.is_relation:
        return names.get(value, str(value))
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(column, models.BooleanField):
        return "是" if value else "否"
    if isinstance(column, models.DateTimeField):
        return cn_datetime(value)
    if isinstance(column, models.DateField):
        return cn_date(value)
    if isinstance(column, models.DecimalField):
        return cn_money(value)
    if isinstance(value, list):
        choices = dict(getattr(getattr(column, "base_field", None), "flatchoices", None) or [])
        lines = [
            one.get("text", "") if isinstance(one, dict) else str(choices.get(one, one)) for one in value
        ]
        return "\n".join(lines) if any(isinstance(one, dict) for one in value) else "、".join(lines)
    return str(value)


def told_fields(model: type[models.Model]) -> list[models.Field]:
    """The columns of a record that are told."""
    past: Any = model.history.model  # type: ignore[attr-defined] # put on the class by simple_history
    return [f for f in past.tracked_fields if not f.primary_key and f.name not in UNTOLD]


def revisions(parts: Iterable[Part]) -> list[Revision]:
    """Every save that changed something people look at, newest first; one query per part. Not yet in words."""
    found: list[Revision] = []
    for part in parts:
        history: Any = part.model.history  # type: ignore[attr-defined] # as above
        fields, key = told_fields(part.model), part.model._meta.pk.attname
        last: dict[Any, Any] = {}
        for row in history.filter(part.which).order_by("history_date", "history_id"):
            before = last.get(getattr(row, key))
            last[getattr(row, key)] = row
            changed = fields
            if row.history_type == "-" or (before is None and not part.is_told_whole):
                changed = []
            elif before is not None:
                changed = [f for f in fields if getattr(before, f.attname) != getattr(row, f.attname)]
                if not changed:
                    continue
            found.append(Revision(part.model, row, before, changed))
    return sorted(found, key=lambda one: (one.at, one.row.history_id), reverse=True)


def put_in_words(page: Sequence[Revision]) -> None:
    """Names of people, choices and records for one page of revisions; one query per kind of record named."""
    wanted: dict[Any, set[Any]] = {}
    for one in page:
        columns = [*one.fields, *filter(None, [_caller(one.model), one.row._meta.get_field("history_user")])]
        for column in columns:
            if column.is_relation:
                values = (getattr(row, column.attname) for row in (one.before, one.row) if row is not None)
                wanted.setdefault(column.related_model, set()).update(v for v in values if v is not None)
    names = {
        model: {row.pk: str(row) for row in model._base_manager.filter(pk__in=pks).select_related()}
        for model, pks in wanted.items()
        if pks
    }
    for one in page:
        user = one.row._meta.get_field("history_user")
        one.actor = names.get(user.related_model, {}).get(one.row.history_user_id, "系统")
        one.subject = _subject(one, names)
        for column in one.fields:
            known = names.get(column.related_model, {}) if column.is_relation else {}
            before = (
                EMPTY if one.before is None else shown(column, getattr(one.before, column.attname), known)
            )
            after = shown(column, getattr(one.row, column.attname), known)
            if before != after:
                one.changes.append(Change(str(column.verbose_name), before, after))


def _caller(model: type[models.Model]) -> models.Field | None:
    columns = {f.name: f for f in model._meta.concrete_fields}
    return next((columns[name] for name in CALLED if name in columns), None)


def _subject(one: Revision, names: dict[Any, dict[Any, str]]) -> str:
    kind, column = str(one.model._meta.verbose_name), _caller(one.model)
    if column is None:
        return kind
    known = names.get(column.related_model, {}) if column.is_relation else {}
    called = shown(column, getattr(one.row, column.attname), known)
    return kind if called == EMPTY else f"{kind} {called}"
