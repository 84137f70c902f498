"""What of the items is sealed: everything from 申报 on; drafts are nobody's decision."""

from django.db.models import Q

from common.append_only import closed_when, only_added
from decisions import models
from decisions.choices import ItemState
from ledger.rows import register, register_links


def register_all() -> None:
    """Called when the app is ready."""
    only_added(models.ItemEvent, models.TaskReport, models.ReconsiderationSecond)
    closed_when(models.Resolution, "true", free=["state"])
    register(models.DecisionItem, formal=~Q(state=ItemState.DRAFT))
    submitted = ~Q(item__state=ItemState.DRAFT)
    for model in (
        models.Stage,
        models.ItemEvent,
        models.Prerequisite,
        models.Consultation,
        models.Attachment,
        models.Resolution,
        models.Task,
        models.Reconsideration,
        models.PublicNotice,
        models.EmergencyAction,
        models.ReadingGrant,
    ):
        register(model, formal=submitted)
    register(models.ConcernedPerson, school="item__school_id", formal=submitted)
    register_links(models.Task.helpers, school="task__school_id")
    register(models.TaskReport, school="task__school_id")
    register(models.TaskExtension, school="task__school_id")
    register(models.ReconsiderationSecond, school="reconsideration__school_id")
