"""Cleaning what people type on items and tasks."""

from decisions.forms.followup import EmergencyForm, NoticeConclusionForm, NoticeForm
from decisions.forms.grants import ReadingGrantForm
from decisions.forms.items import (
    AnswerForm,
    AttachmentForm,
    ConcernedFormSet,
    ConsultationForm,
    ExtensionForm,
    ItemFilterForm,
    ItemForm,
    PrerequisiteForm,
    ReasonForm,
    ReconsiderationForm,
    ReportForm,
    UrgeForm,
    concerned_pairs,
)

__all__ = [
    "AnswerForm",
    "AttachmentForm",
    "ConcernedFormSet",
    "ConsultationForm",
    "EmergencyForm",
    "ExtensionForm",
    "ItemFilterForm",
    "ItemForm",
    "NoticeConclusionForm",
    "NoticeForm",
    "PrerequisiteForm",
    "ReadingGrantForm",
    "ReasonForm",
    "ReconsiderationForm",
    "ReportForm",
    "UrgeForm",
    "concerned_pairs",
]
