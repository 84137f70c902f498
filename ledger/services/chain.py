"""Appending to a chain, and proving that nothing in it was changed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from ledger import hashes, rows
from ledger.models import Chain, LedgerEntry

GENESIS = "0" * 64
# Called with (chain_key, kind) for every entry, inside the transaction that seals it.
listeners: list[Callable[[str, str], None]] = []


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8 characters as they are."""
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(entry: LedgerEntry) -> str:
    """The hash (hex) over the previous hash and every sealed field, by the algorithm of the entry.

    The algorithm is sealed too, but for SHA-256, which entries made before there was a choice do not name.
    """
    body = {
        "chain": entry.chain_id,
        "sequence": entry.sequence,
        "kind": entry.kind,
        "subject": entry.subject,
        "payload": entry.payload,
        "rows": entry.rows,
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "recorded_at": entry.recorded_at.isoformat(),
    }
    if entry.algorithm != hashes.SHA256:
        body["algorithm"] = entry.algorithm
    return hashes.digest(entry.algorithm, f"{entry.previous}{canonical(body)}".encode()).hex()


def append(
    chain_key: str, *, kind: str, subject: str, payload: dict[str, Any], actor: Any = None
) -> LedgerEntry:
    """Seal one act and the rows it wrote at the end of a chain; must run inside the transaction of the act itself.

    Locks the head row of this chain only, so schools never wait for one another.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("ledger.append must run inside the transaction of the act it seals")
    Chain.objects.get_or_create(key=chain_key)
    chain = Chain.objects.select_for_update().get(key=chain_key)
    entry = LedgerEntry(
        chain=chain,
        sequence=chain.sequence + 1,
        kind=kind,
        subject=subject,
        payload=json.loads(canonical(payload)),
        rows=rows.take(chain_key),
        actor_id=getattr(actor, "pk", None),
        actor_name=str(actor or "系统"),
        recorded_at=timezone.now(),
        previous=chain.head,
        algorithm=hashes.current(chain.algorithm),
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    chain.sequence, chain.head, chain.algorithm = entry.sequence, entry.digest, entry.algorithm
    chain.save(update_fields=["sequence", "head", "algorithm"])
    for listener in listeners:
        listener(chain_key, kind)
    return entry


@dataclass(frozen=True)
class Breach:
    """One place where a chain, or a record sealed in it, does not hold; no sequence where nothing was ever sealed."""

    chain: str
    sequence: int | None
    problem: str
    row: str = ""
    fields: tuple[str, ...] = ()


def verify(chain_key: str, *, with_rows: bool = False) -> Iterator[Breach]:
    """Every breach of one chain, in order; nothing when the chain holds from its first entry to its head.

    `with_rows` also compares every formal record with its last seal, and its field history with all of them.
    """
    previous, expected, algorithm = GENESIS, 1, hashes.SHA256
    seals: dict[str, rows.Seal] = {}
    for entry in LedgerEntry.objects.filter(chain_id=chain_key).order_by("sequence").iterator():
        if entry.sequence != expected:
            yield Breach(chain_key, expected, "序号中断")
        if entry.previous != previous:
            yield Breach(chain_key, entry.sequence, "与前一条不衔接")
        if not hashes.follows(entry.algorithm, algorithm):
            yield Breach(chain_key, entry.sequence, "算法倒退")
        elif entry.digest != digest_of(entry):
            yield Breach(chain_key, entry.sequence, "内容与哈希不符")
        else:
            algorithm = entry.algorithm
        previous, expected = entry.digest, entry.sequence + 1
        rows.read(entry.rows, entry.sequence, seals)
    chain = Chain.objects.filter(key=chain_key).first()
    at_end = (expected - 1, previous, algorithm)
    if chain is None or (chain.sequence, chain.head, chain.algorithm) != at_end:
        yield Breach(chain_key, expected, "链尾与最后一条不符")
    if with_rows:
        for found in rows.compare(chain_key, seals):
            yield Breach(chain_key, found.sequence, found.problem, found.row, found.fields)
