"""What the tests of accounts share: codes of an authenticator, and the trail in one look."""

import base64
import hashlib
import hmac
import struct
import time

from accounts.models import SecurityEvent


def code_of(secret: str, at: float | None = None) -> str:
    """The six digits an authenticator app shows (RFC 6238)."""
    counter = struct.pack(">Q", int((at or time.time()) // 30))
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def trail(**narrow) -> list[tuple[str, str, bool]]:
    """Kind, account and success of the events written, oldest first."""
    events = SecurityEvent.objects.filter(**narrow).order_by("id")
    return list(events.values_list("kind", "account", "is_success"))
