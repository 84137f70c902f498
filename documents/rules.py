"""Pure questions about issued documents."""

import hashlib
from typing import Any

from documents.models import IssuedDocument
from ledger.services import canonical


def content_sha256(content: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON text of a document's content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def is_content_intact(document: IssuedDocument) -> bool:
    """Whether the stored content is what was issued."""
    return content_sha256(document.content) == document.body_sha256


def is_file_intact(document: IssuedDocument) -> bool | None:
    """Whether the stored PDF is what was made from it; None while there is no PDF."""
    if not document.is_rendered:
        return None
    name = document.file.name
    if not name or not document.file.storage.exists(name):
        return False
    with document.file.open("rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest() == document.file_sha256
