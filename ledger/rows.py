"""Which rows are sealed, and their digests: every formal record has the digest of its last state in the chain.

An app registers its formal models when it is ready. Saving such a row notes it on the transaction; the next
`services.append` of that transaction seals the digest of the row as the database then holds it. What is rolled
back is forgotten with it. Drafts (rows outside `formal`) are not sealed until they become formal; the act that
makes them so calls `touch` for what was written before.

Where a model keeps its field history, the seal carries that too: how many rows of it there were after the act, and the
digest over them all. As every act leaves such a mark, the first mark that fails tells which rows were tampered with.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Model, Q, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save

GONE = ""
FEW = 50  # records whose history is fetched at once; a cursor costs three more questions


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
        return self._rows.all() if pks is None else self._rows.filter(pk__in=list(pks))

    @cached_property
    def _rows(self) -> QuerySet:
        owners = {f"owner_{prefix}": F(path) for prefix, path in self.owners}
        rows = self.model._base_manager.filter(self.formal).order_by("pk")
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

    def pasts(self, pks: Iterable[Any]) -> dict[str, list[str]]:
        """{key: digests of its field history up to row 0, 1, 2 …}, in one query; each covers all rows before it."""
        found = {str(pk): [""] for pk in pks}
        past, key = self.history.model, self.model._meta.pk.attname
        names = [f.attname for f in past._meta.concrete_fields]
        rows = past._base_manager.filter(**{f"{key}__in": list(found)}).order_by("history_id").values(*names)
        for row in rows if len(found) <= FEW else rows.iterator(chunk_size=2000):
            marks = found[str(row[key])]
            marks.append(_sha([marks[-1], _told(row, names)]))
        return found

    def digest(self, row: dict[str, Any]) -> Any:
        """SHA-256 (hex) of a row; {field: digest} where no field history could name what was changed."""
        told = _told(row, self.columns)
        if self.history is not None:
            return _sha(told)
        return {name: _sha([row["pk"], name, value])[:16] for name, value in told}


def _told(row: dict[str, Any], names: Iterable[str]) -> list[tuple[str, Any]]:
    """The columns that hold something: one added to the table later, null in old rows, changes no digest of theirs."""
    return [(name, row[name]) for name in names if row[name] is not None]


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


def register_links(relation: Any, *, school: str) -> None:
    """Seal the rows of a many-to-many relation, given by its descriptor (`Task.helpers`)."""
    field, through = relation.field, relation.through
    register(through, school=school)

    def linked(instance: Model, action: str, reverse: bool, pk_set: set[Any] | None, **kwargs: Any) -> None:
        here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
        rows = through._base_manager.filter(**{there if reverse else here: instance})
        if pk_set is not None:
            rows = rows.filter(**{f"{here if reverse else there}__in": pk_set})
        if action == "post_add":
            touch(rows)
        elif action in ("pre_remove", "pre_clear"):
            for row in rows:
                _deleted(through, row)

    uid = f"seal:{through._meta.label_lower}"
    m2m_changed.connect(linked, sender=through, weak=False, dispatch_uid=uid)


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


def settle() -> None:
    """One act of a longer transaction is over: what it left unsealed is forgotten, as with its commit."""
    hooks = connection.run_on_commit
    connection.run_on_commit = [hook for hook in hooks if not isinstance(hook[1], Touched)]


def _saved(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    touch([instance])


def _deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    transaction.on_commit(Touched(str(sender._meta.label_lower), instance.pk, is_gone=True))


def _pending() -> list[Touched]:
    """What the present transaction wrote and has not sealed; Django drops the hooks of a rolled back savepoint."""
    hooks = (hook for _, hook, _ in connection.run_on_commit)
    return [hook for hook in hooks if isinstance(hook, Touched) and not hook.is_sealed]


def take(chain_key: str) -> dict[str, Any]:
    """{label:pk: digest} of the formal rows of a chain written in this transaction; GONE for deleted ones.

    With field history it is {"row": digest, "past": [number of its rows, digest over them]}.
    """
    taken: dict[str, Any] = {}
    by_model: dict[str, list[Touched]] = {}
    for hook in _pending():
        by_model.setdefault(hook.label, []).append(hook)
    for label, hooks in by_model.items():
        sealed, digests = REGISTRY[label], dict[Any, Any]()
        found = {row["pk"]: row for row in sealed.rows({hook.pk for hook in hooks})}
        for hook in hooks:
            row = found.get(hook.pk)
            if row is None:
                if hook.is_gone:
                    digests[hook.pk] = GONE
                    hook.is_sealed = True
            elif sealed.chain_of(row) == chain_key:
                digests[hook.pk] = sealed.digest(row)
                hook.is_sealed = True
        pasts = sealed.pasts(digests) if digests and sealed.history is not None else {}
        for pk, digest in digests.items():
            marks = pasts.get(str(pk))
            taken[f"{label}:{pk}"] = {"row": digest, "past": [len(marks) - 1, marks[-1]]} if marks else digest
    return taken


@dataclass
class Seal:
    """What a chain says of one record: its last digest, and its field history as each act left it."""

    sequence: int = 0
    digest: Any = GONE
    past: list[tuple[int, str, int]] = field(default_factory=list)  # number of rows, digest over them, entry


def read(taken: dict[str, Any], sequence: int, seals: dict[str, Seal]) -> None:
    """Add to the seals what one entry took; digests without a past are of entries made before there was one."""
    for name, value in taken.items():
        seal = seals.setdefault(name, Seal())
        seal.sequence, seal.digest = sequence, value
        if isinstance(value, dict) and value.keys() == {"row", "past"}:
            seal.digest = value["row"]
            seal.past.append((*value["past"], sequence))


@dataclass(frozen=True)
class RowBreach:
    """A row that is not as it was sealed: which, by which entry (if any), what is wrong, where it can be told."""

    row: str
    sequence: int | None
    problem: str
    fields: tuple[str, ...] = ()


def compare(chain_key: str, seals: dict[str, Seal]) -> Iterator[RowBreach]:
    """Every difference between the rows of a chain, with their field history, and their seals."""
    seen: set[str] = set()
    for sealed in REGISTRY.values():
        for row in sealed.of_chain(chain_key).iterator(chunk_size=2000):
            name = f"{sealed.label}:{row['pk']}"
            seen.add(name)
            seal = seals.get(name)
            if seal is None or seal.digest == GONE:
                yield RowBreach(name, seal.sequence if seal else None, "没有存证的记录")
            elif (now := sealed.digest(row)) != seal.digest:
                yield RowBreach(name, seal.sequence, "与存证不符", _changed(sealed, row, now, seal.digest))
    pasts: dict[str, dict[str, Seal]] = {}
    for name, seal in seals.items():
        label, _, pk = name.rpartition(":")
        if label not in REGISTRY:
            continue
        if seal.past and REGISTRY[label].history is not None:
            pasts.setdefault(label, {})[pk] = seal
        if name not in seen and seal.digest != GONE:
            exists = REGISTRY[label].model._base_manager.filter(pk=pk).exists()
            yield RowBreach(name, seal.sequence, "状态被改回未生效" if exists else "记录缺失")
    for label, of_model in pasts.items():
        for pk, marks in REGISTRY[label].pasts(of_model).items():
            yield from _tampered_past(REGISTRY[label], pk, marks, of_model[pk])


def _tampered_past(sealed: Sealed, pk: str, marks: list[str], seal: Seal) -> Iterator[RowBreach]:
    """The first rows of the field history of one record that are not as sealed, or were never sealed."""
    name, known, there, kept = f"{sealed.label}:{pk}", 0, len(marks) - 1, seal.past[-1][0]
    for number, digest, sequence in seal.past:
        if number > there or marks[number] != digest:
            problem = "修改痕迹缺失" if there < kept else "修改痕迹与存证不符"
            fields = [_places(min(known + 1, number), number)]
            row = sealed.rows([pk]).first() if known + 1 == number == there == kept else None
            fields += _unlike_history(sealed, row) if row else []
            yield RowBreach(name, sequence, problem, tuple(fields))
            return
        known = number
    if there > kept:
        yield RowBreach(name, None, "没有存证的修改痕迹", (_places(kept + 1, there),))


def _places(first: int, last: int) -> str:
    return f"修改痕迹第 {first} 条" if first == last else f"修改痕迹第 {first} 至 {last} 条"


def _changed(sealed: Sealed, row: dict[str, Any], now: Any, sealed_digest: Any) -> tuple[str, ...]:
    """Names of the changed fields: by their own digests, or against the field history."""
    if isinstance(sealed_digest, dict) and isinstance(now, dict):
        return tuple(_titles(sealed, (n for n in sealed.columns if now.get(n) != sealed_digest.get(n))))
    return tuple(_unlike_history(sealed, row) if sealed.history is not None else ())


def _unlike_history(sealed: Sealed, row: dict[str, Any]) -> list[str]:
    """Names of the fields in which a record and the last row of its field history differ."""
    past = sealed.history.filter(**{sealed.model._meta.pk.attname: row["pk"]})
    last = past.order_by("-history_id").values().first() or {}
    return _titles(sealed, (n for n in sealed.columns if n in last and _plain(last[n]) != _plain(row[n])))


def _titles(sealed: Sealed, names: Iterable[str]) -> list[str]:
    titles = {f.attname: _title(f) for f in sealed.model._meta.concrete_fields}
    return [titles[name] for name in names]


def _title(column: Any) -> str:
    """Its name in words; the columns of a link are called what they lead to."""
    is_link = column.model._meta.auto_created and column.related_model
    return str(column.related_model._meta.verbose_name if is_link else column.verbose_name)


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
