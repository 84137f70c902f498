"""Every handover is sealed with its lines."""

from handover import models
from ledger.rows import register


def register_all() -> None:
    """Called when the app is ready."""
    register(models.Handover)
    register(models.HandoverLine, school="handover__school_id")
