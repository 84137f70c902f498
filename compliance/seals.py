"""What of the findings is sealed: the steps of their rectification. The findings themselves can be computed again."""

from compliance import models
from ledger.rows import register


def register_all() -> None:
    """Called when the app is ready."""
    register(models.FindingStep, school="finding__school_id")
    register(models.FindingFile, school="step__finding__school_id")
