"""Records of decision items, what prepares them, and what carries them out."""

from decisions.models.evidence import Attachment, ConcernedPerson, Consultation, Prerequisite
from decisions.models.execution import (
    Reconsideration,
    ReconsiderationSecond,
    Resolution,
    Task,
    TaskExtension,
    TaskReport,
)
from decisions.models.items import DecisionItem, ItemEvent, Stage

__all__ = [
    "Attachment",
    "ConcernedPerson",
    "Consultation",
    "DecisionItem",
    "ItemEvent",
    "Prerequisite",
    "Reconsideration",
    "ReconsiderationSecond",
    "Resolution",
    "Stage",
    "Task",
    "TaskExtension",
    "TaskReport",
]
