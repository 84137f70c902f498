"""One hash over all chains of a day. Exported and kept elsewhere, it shows any later rewrite of any chain.

Leaves are H(0x00 ‖ canonical [chain, sequence, head]) in the order of the keys, inner nodes H(0x01 ‖ left ‖ right);
an odd node goes up as it is (the construction of RFC 6962). H is SHA-256 or SM3, as the root says.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ledger import hashes
from ledger.models import Chain, DailyRoot, LedgerCheck, LedgerEntry
from ledger.services.chain import Breach, canonical, verify

Head = Sequence[Any]  # [chain, sequence, hash]
# Heads of kept roots that no entry answers to any more.
_LOST_HEADS = """
SELECT r.day, h.head ->> 0, (h.head ->> 1)::bigint
FROM ledger_dailyroot r CROSS JOIN LATERAL jsonb_array_elements(r.heads) AS h(head)
LEFT JOIN ledger_ledgerentry e ON e.chain_id = h.head ->> 0 AND e.sequence = (h.head ->> 1)::bigint
WHERE (h.head ->> 1)::bigint > 0 AND e.digest IS DISTINCT FROM h.head ->> 2
ORDER BY 1, 2
"""


def _levels(heads: Sequence[Head], algorithm: str) -> list[list[bytes]]:
    """The tree from its leaves to its root."""
    level = [hashes.digest(algorithm, b"\x00" + canonical(list(head)).encode()) for head in heads]
    levels = [level]
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [hashes.digest(algorithm, b"\x01" + b"".join(p)) if len(p) == 2 else p[0] for p in pairs]
        levels.append(level)
    return levels


def merkle_root(heads: Sequence[Head], algorithm: str = hashes.SHA256) -> str:
    """The root over the heads of chains (hex); of no chains the hash of nothing."""
    if not heads:
        return hashes.digest(algorithm, b"").hex()
    return _levels(heads, algorithm)[-1][0].hex()


@transaction.atomic
def close_day(day: date | None = None) -> DailyRoot:
    """Keep the root over all chains as they are now, for a day (today); once a day, a second call changes nothing."""
    heads = [list(head) for head in Chain.objects.order_by("key").values_list("key", "sequence", "head")]
    algorithm = hashes.current()
    kept, _ = DailyRoot.objects.get_or_create(
        day=day or timezone.localdate(),
        defaults={"root": merkle_root(heads, algorithm), "heads": heads, "algorithm": algorithm},
    )
    return kept


def latest_root() -> DailyRoot | None:
    """The newest root, without its heads."""
    return DailyRoot.objects.defer("heads").first()


def short(kept: DailyRoot | None) -> str:
    """A root as it is printed, e.g. 2026-11-20 3f9a 01c4 77de b2a0; empty where there is none yet."""
    if kept is None:
        return ""
    return f"{kept.day.isoformat()} {' '.join(kept.root[place : place + 4] for place in range(0, 16, 4))}"


def export(kept: DailyRoot) -> dict[str, Any]:
    """What leaves the platform: day, root, its algorithm and the heads it was made from."""
    return {
        "day": kept.day.isoformat(),
        "root": kept.root,
        "algorithm": kept.algorithm,
        "chains": kept.heads,
    }


def prove(kept: DailyRoot, chain_key: str) -> dict[str, Any]:
    """That the head of one chain is part of a root, without the other chains: the audit path of RFC 6962.

    LookupError where the chain was not there on that day.
    """
    keys = [head[0] for head in kept.heads]
    if chain_key not in keys:
        raise LookupError(f"{chain_key} is not part of the root of {kept.day}")
    place, path = keys.index(chain_key), []
    for level in _levels(kept.heads, kept.algorithm)[:-1]:
        beside = place ^ 1
        if beside < len(level):
            path.append(["left" if beside < place else "right", level[beside].hex()])
        place //= 2
    head = kept.heads[keys.index(chain_key)]
    return {
        "day": kept.day.isoformat(),
        "root": kept.root,
        "algorithm": kept.algorithm,
        "chain": head,
        "path": path,
    }


def proof_holds(proof: dict[str, Any]) -> bool:
    """Whether the path of a proof leads from the head of its chain to its root."""
    algorithm = proof["algorithm"]
    node = hashes.digest(algorithm, b"\x00" + canonical(proof["chain"]).encode())
    for side, beside in proof["path"]:
        pair = (bytes.fromhex(beside), node) if side == "left" else (node, bytes.fromhex(beside))
        node = hashes.digest(algorithm, b"\x01" + b"".join(pair))
    return bool(node.hex() == proof["root"])


def verify_against(exported: dict[str, Any]) -> Iterator[Breach]:
    """Every chain that no longer holds what an exported root, or the proof of one chain, says.

    ValueError where the export itself is damaged.
    """
    day, algorithm = exported["day"], exported.get("algorithm", hashes.SHA256)
    if "path" in exported:
        heads, is_whole = [exported["chain"]], proof_holds(exported)
    else:
        heads = exported["chains"]
        is_whole = merkle_root(heads, algorithm) == exported["root"]
    if not is_whole:
        raise ValueError("导出文件与其根哈希不符，文件本身已损坏或被改动。")
    if DailyRoot.objects.filter(day=day).values_list("root", flat=True).first() != exported["root"]:
        yield Breach(f"root:{day}", None, "平台保存的根哈希与导出的不符")
    for key, sequence, head in heads:
        entry = LedgerEntry.objects.filter(chain_id=key, sequence=sequence).values_list("digest", flat=True)
        if sequence and list(entry) != [head]:
            yield Breach(key, sequence, f"与 {day} 导出的根哈希不符")


def verify_roots() -> Iterator[Breach]:
    """Every kept root that is not the root of its heads, and every chain that no longer has a head kept in one."""
    for kept in DailyRoot.objects.order_by("day").iterator(chunk_size=30):
        if merkle_root(kept.heads, kept.algorithm) != kept.root:
            yield Breach(f"root:{kept.day}", None, "每日根哈希与链尾不符")
    with connection.cursor() as cursor:
        cursor.execute(_LOST_HEADS)
        for day, key, sequence in cursor.fetchall():
            yield Breach(key, sequence, f"与 {day} 的根哈希不符")


def check_all() -> LedgerCheck:
    """Verify every chain with its records, and the kept roots; keep what was found."""
    keys = list(Chain.objects.order_by("key").values_list("key", flat=True))
    return _kept("", keys, verify_roots())


def check_chain(key: str) -> LedgerCheck:
    """Verify one chain with its records; keep what was found."""
    return _kept(key, [key], ())


def _kept(chain: str, keys: Sequence[str], others: Iterator[Breach] | tuple[()]) -> LedgerCheck:
    check = LedgerCheck.objects.create(chain=chain, began_at=timezone.now())
    found = [breach for key in keys for breach in verify(key, with_rows=True)] + list(others)
    check.chains = len(keys)
    check.breaches = [
        {"chain": b.chain, "sequence": b.sequence, "problem": b.problem, "row": b.row, "fields": b.fields}
        for b in found
    ]
    check.finished_at = timezone.now()
    check.save()
    return check
