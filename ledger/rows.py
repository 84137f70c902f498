"""Which rows are sealed, and their digests: every formal record has the digest of its last state in the chain.

An app registers its formal models when it is ready. Saving such a row notes it on the transaction; the next
`services.append` of that transaction seals the digest of the row as the database then holds it. What is rolled
back is forgotten with it. Drafts (rows outside `formal`) are not sealed until they become formal; the act that
makes them so calls `touch` for what was written before.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Model, Q, QuerySet
from django.db.models.signals import post_delete, post_save

GONE = ""


@dataclass(frozen=True)
class Sealed:
    """How the rows of one model are sealed: owners as (chain prefix, path), which rows are formal, what is left out."""

    model: type[Model]
    owners: tuple[tuple[str, str], ...]
    formal: Q
    without: frozenset[str]

    @property
    def label(self) -> str:
        return str(self.model._meta.label_lower)

    @property
    def columns(self) -> list[str]:
        return [f.attname for f in self.model._meta.concrete_fields if f.attname not in self.without]

    @property
    def history(self) -> Any:
        """The manager of its field history, or None."""
        return getattr(self.model, "history", None)

    def rows(self, pks: Iterable[Any] | None = None) -> QuerySet:
        """Formal rows as dicts: the sealed columns, and each owner as `owner_<prefix>`."""
        rows = self.model._base_manager.filter(self.formal).order_by("pk")
        if pks is not None:
            rows = rows.filter(pk__in=list(pks))
        owners = {f"owner_{prefix}": F(path) for prefix, path in self.owners}
        return rows.annotate(**owners).values("pk", *self.columns, *owners)

    def of_chain(self, chain_key: str) -> QuerySet:
        """The formal rows that belong to one chain; the first owner that is set counts."""
        prefix, _, key = chain_key.partition(":")
        if prefix not in dict(self.owners):
            return self.rows().none()
        rows = self.rows().filter(**{f"owner_{prefix}": key})
        for earlier, _path in self.owners[: [name for name, _ in self.owners].index(prefix)]:
            rows = rows.filter(**{f"owner_{earlier}__isnull": True})
        return rows

    def chain_of(self, row: dict[str, Any]) -> str:
        """The chain a row belongs to."""
        for prefix, _path in self.owners:
            if row[f"owner_{prefix}"] is not None:
                return f"{prefix}:{row[f'owner_{prefix}']}"
        return ""

    def digest(self, row: dict[str, Any]) -> Any:
        """SHA-256 (hex) of a row; {field: digest} where no field history could name what was changed."""
        if self.history is not None:
            return _sha([[name, row[name]] for name in self.columns])
        return {name: _sha([row["pk"], name, row[name]])[:16] for name in self.columns}


REGISTRY: dict[str, Sealed] = {}


def register(
    model: type[Model],
    *,
    school: str = "school_id",
    authority: str = "",
    formal: Q | None = None,
    without: Iterable[str] = (),
) -> None:
    """Seal the rows of a model in the chain of the school (or authority) its path leads to."""
    owners = (("school", school),) if school else ()
    if authority:
        owners = (*owners, ("authority", authority))
    sealed = Sealed(model, owners, formal or Q(), frozenset(without))
    REGISTRY[sealed.label] = sealed
    post_save.connect(_saved, sender=model, dispatch_uid=f"seal:{sealed.label}")
    post_delete.connect(_deleted, sender=model, dispatch_uid=f"seal:{sealed.label}")


@dataclass
class Touched:
    """A row written in the present transaction; it lives among the transaction's commit hooks and vanishes with it."""

    label: str
    pk: Any
    is_gone: bool = False
    is_sealed: bool = field(default=False, compare=False)

    def __call__(self) -> None:
        """Committed; nothing to do."""


def touch(rows: Iterable[Model]) -> None:
    """Have rows sealed by the next act of this transaction, though they were written before or in bulk."""
    for row in rows:
        transaction.on_commit(Touched(str(row._meta.label_lower), row.pk))


def _saved(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    touch([instance])


def _deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    transaction.on_commit(Touched(str(sender._meta.label_lower), instance.pk, is_gone=True))


def _pending() -> list[Touched]:
    """What the present transaction wrote and has not sealed; Django drops the hooks of a rolled back savepoint."""
    hooks = (hook for _, hook, _ in connection.run_on_commit)
    return [hook for hook in hooks if isinstance(hook, Touched) and not hook.is_sealed]


def take(chain_key: str) -> dict[str, Any]:
    """{label:pk: digest} of the formal rows of a chain written in this transaction; GONE for deleted ones."""
    taken: dict[str, Any] = {}
    by_model: dict[str, list[Touched]] = {}
    for hook in _pending():
        by_model.setdefault(hook.label, []).append(hook)
    for label, hooks in by_model.items():
        sealed = REGISTRY[label]
        found = {row["pk"]: row for row in sealed.rows({hook.pk for hook in hooks})}
        for hook in hooks:
            row = found.get(hook.pk)
            if row is None:
                if hook.is_gone:
                    taken[f"{label}:{hook.pk}"] = GONE
                    hook.is_sealed = True
            elif sealed.chain_of(row) == chain_key:
                taken[f"{label}:{hook.pk}"] = sealed.digest(row)
                hook.is_sealed = True
    return taken


@dataclass(frozen=True)
class RowBreach:
    """A row that is not as it was sealed: which, what is wrong, and the fields where they can be told."""

    chain: str
    row: str
    problem: str
    fields: tuple[str, ...] = ()


def compare(chain_key: str, seals: dict[str, Any]) -> Iterator[RowBreach]:
    """Every difference between the rows of a chain and their last seals."""
    seen: set[str] = set()
    for sealed in REGISTRY.values():
        for row in sealed.of_chain(chain_key).iterator(chunk_size=2000):
            name = f"{sealed.label}:{row['pk']}"
            seen.add(name)
            if name not in seals or seals[name] == GONE:
                yield RowBreach(chain_key, name, "没有存证的记录")
            elif (now := sealed.digest(row)) != seals[name]:
                yield RowBreach(chain_key, name, "与存证不符", _changed(sealed, row, now, seals[name]))
    for name, digest in seals.items():
        if name in seen or digest == GONE or (label := name.rpartition(":")[0]) not in REGISTRY:
            continue
        exists = REGISTRY[label].model._base_manager.filter(pk=name.rpartition(":")[2]).exists()
        yield RowBreach(chain_key, name, "状态被改回未生效" if exists else "记录缺失")


def _changed(sealed: Sealed, row: dict[str, Any], now: Any, sealed_digest: Any) -> tuple[str, ...]:
    """Names of the changed fields: by their own digests, or against the field history."""
    if isinstance(sealed_digest, dict) and isinstance(now, dict):
        names = [name for name in sealed.columns if now.get(name) != sealed_digest.get(name)]
    elif sealed.history is None:
        names = []
    else:
        last = sealed.history.filter(**{sealed.model._meta.pk.attname: row["pk"]}).values().first() or {}
        names = [name for name in sealed.columns if name in last and _plain(last[name]) != _plain(row[name])]
    fields = {f.attname: str(f.verbose_name) for f in sealed.model._meta.concrete_fields}
    return tuple(fields[name] for name in names)


def _sha(value: Any) -> str:
    text = json.dumps(value, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A value as exact text: instants with their microseconds, decimals with their places."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, str | int | float | bool | dict) or value is None:
        return value
    return str(value)
