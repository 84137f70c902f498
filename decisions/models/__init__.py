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
from decisions.models.followup import EmergencyAction, PublicNotice
from decisions.models.grants import ReadingGrant
from decisions.models.items import DecisionItem, ItemEvent, Stage

__all__ = [
    "Attachment",
    "ConcernedPerson",
    "Consultation",
    "DecisionItem",
    "EmergencyAction",
    "ItemEvent",
    "Prerequisite",
    "PublicNotice",
    "ReadingGrant",
    "Reconsideration",
    "ReconsiderationSecond",
    "Resolution",
    "Stage",
    "Task",
    "TaskExtension",
    "TaskReport",
]
