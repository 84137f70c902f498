"""The hash functions a chain may be made with, in the order in which it may pass from one to the next.

SHA-256 is FIPS 180-4, SM3 is GB/T 32905-2016; both give 32 bytes. An entry keeps the name of the one that made it.
"""

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from django.conf import settings

SHA256, SM3 = "sha256", "sm3"
ORDER = (SHA256, SM3)


def _sm3(data: bytes) -> bytes:
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


_FUNCTIONS: dict[str, Callable[[bytes], bytes]] = {
    SHA256: lambda data: hashlib.sha256(data).digest(),
    SM3: _sm3,
}


def digest(algorithm: str, data: bytes) -> bytes:
    """32 bytes; ValueError for an algorithm no entry can have been made with."""
    if algorithm not in _FUNCTIONS:
        raise ValueError(f"unknown hash {algorithm!r}")
    return _FUNCTIONS[algorithm](data)


def follows(algorithm: str, earlier: str) -> bool:
    """Whether a chain made with the earlier algorithm may go on with this one: forward only."""
    return algorithm in ORDER and ORDER.index(algorithm) >= ORDER.index(earlier)


def current(earlier: str = SHA256) -> str:
    """The algorithm of the next entry: LEDGER_HASH, unless the chain is further on already."""
    return settings.LEDGER_HASH if follows(settings.LEDGER_HASH, earlier) else earlier
