"""The doors of the ledger: sealing an act, verifying a chain with its records, the root of a day."""

from ledger.services.chain import Breach, append, canonical, digest_of, listeners, verify
from ledger.services.roots import (
    check_all,
    check_chain,
    close_day,
    export,
    latest_root,
    merkle_root,
    proof_holds,
    prove,
    short,
    verify_against,
    verify_roots,
)

__all__ = [
    "Breach",
    "append",
    "canonical",
    "check_all",
    "check_chain",
    "close_day",
    "digest_of",
    "export",
    "latest_root",
    "listeners",
    "merkle_root",
    "proof_holds",
    "prove",
    "short",
    "verify",
    "verify_against",
    "verify_roots",
]
