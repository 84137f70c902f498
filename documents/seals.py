"""What of the documents is sealed: every issued one, but for the attempts at making its PDF."""

from common.append_only import closed_when
from documents.models import IssuedDocument
from ledger.rows import register


def register_all() -> None:
    """Called when the app is ready."""
    made = ("file", "file_sha256", "rendered_at", "render_attempts", "render_error")
    closed_when(IssuedDocument, "true", free=made)
    register(IssuedDocument, without=("render_attempts", "render_error"))
