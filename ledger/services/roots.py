"""One hash over all chains of a day. Exported and kept elsewhere, it shows any later rewrite of any chain.

Leaves are SHA-256(0x00 ‖ canonical [chain, sequence, head]) in the order of the keys, inner nodes
SHA-256(0x01 ‖ left ‖ right); an odd node goes up as it is (the construction of RFC 6962).
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.models import Chain, DailyRoot, LedgerCheck, LedgerEntry
from ledger.services.chain import Breach, canonical, verify

Head = Sequence[Any]  # [chain, sequence, hash]


def merkle_root(heads: Sequence[Head]) -> str:
    """The root over the heads of chains (hex); of no chains the hash of nothing."""
    level = [hashlib.sha256(b"\x00" + canonical(list(head)).encode()).digest() for head in heads]
    if not level:
        return hashlib.sha256().hexdigest()
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(p)).digest() if len(p) == 2 else p[0] for p in pairs]
    return level[0].hex()


@transaction.atomic
def close_day(day: date | None = None) -> DailyRoot:
    """Keep the root over all chains as they are now, for a day (today); once a day, a second call changes nothing."""
    heads = [list(head) for head in Chain.objects.order_by("key").values_list("key", "sequence", "head")]
    kept, _ = DailyRoot.objects.get_or_create(
        day=day or timezone.localdate(), defaults={"root": merkle_root(heads), "heads": heads}
    )
    return kept


def export(kept: DailyRoot) -> dict[str, Any]:
    """What leaves the platform: day, root and the heads it was made from."""
    return {"day": kept.day.isoformat(), "root": kept.root, "chains": kept.heads}


def verify_against(exported: dict[str, Any]) -> Iterator[Breach]:
    """Every chain that no longer holds what an exported root says; ValueError where the export itself is damaged."""
    if merkle_root(exported["chains"]) != exported["root"]:
        raise ValueError("导出文件与其根哈希不符，文件本身已损坏或被改动。")
    for key, sequence, head in exported["chains"]:
        entry = LedgerEntry.objects.filter(chain_id=key, sequence=sequence).values_list("digest", flat=True)
        if sequence and list(entry) != [head]:
            yield Breach(key, sequence, f"与 {exported['day']} 导出的根哈希不符")


def check_all(chains: Sequence[str] | None = None) -> LedgerCheck:
    """Verify chains (all by default) with their records, and keep what was found."""
    check = LedgerCheck.objects.create(began_at=timezone.now())
    keys = chains if chains is not None else list(Chain.objects.order_by("key").values_list("key", flat=True))
    found = [breach for key in keys for breach in verify(key, with_rows=True)]
    check.chains = len(keys)
    check.breaches = [
        {"chain": b.chain, "sequence": b.sequence, "problem": b.problem, "row": b.row, "fields": b.fields}
        for b in found
    ]
    check.finished_at = timezone.now()
    check.save()
    return check
