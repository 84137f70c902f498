"""What of the registers is sealed: every entry, from the moment it is recorded."""

from ledger.rows import register
from registers.models import Record


def register_all() -> None:
    """Called when the app is ready."""
    for model in Record.__subclasses__():
        register(model)
