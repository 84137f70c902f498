"""The doors of the ledger: sealing an act, verifying a chain with its records, the root of a day."""

from ledger.services.chain import Breach, append, canonical, digest_of, listeners, verify
from ledger.services.roots import check_all, close_day, export, merkle_root, verify_against

__all__ = [
    "Breach",
    "append",
    "canonical",
    "check_all",
    "close_day",
    "digest_of",
    "export",
    "listeners",
    "merkle_root",
    "verify",
    "verify_against",
]
