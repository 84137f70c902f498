"""What of the findings is sealed: the steps of their rectification. The findings themselves can be computed again."""

from common.append_only import only_added
from compliance import models
from ledger.rows import register


def register_all() -> None:
    """Called when the app is ready."""
    only_added(models.FindingStep, models.FindingFile, models.BlockedAttempt)
    register(models.FindingStep, school="finding__school_id")
    register(models.FindingFile, school="step__finding__school_id")
