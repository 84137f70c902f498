"""Services of documents: issuing formal documents, and keeping uploads back until they are scanned."""

from documents.services.issuing import (
    CODE_ALPHABET,
    CODE_LENGTH,
    ask_again,
    issue,
    make_pdf,
    next_number,
    schedule,
)
from documents.services.scanning import outstanding, quarantine, require_clean, scan

__all__ = [
    "CODE_ALPHABET",
    "CODE_LENGTH",
    "ask_again",
    "issue",
    "make_pdf",
    "next_number",
    "outstanding",
    "quarantine",
    "require_clean",
    "scan",
    "schedule",
]
