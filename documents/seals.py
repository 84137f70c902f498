"""What of the documents is sealed: every issued one, but for the attempts at making its PDF."""

from documents.models import IssuedDocument
from ledger.rows import register


def register_all() -> None:
    """Called when the app is ready."""
    register(IssuedDocument, without=("render_attempts", "render_error"))
