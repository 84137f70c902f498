"""What meetings know of stages. Meetings lie above this app, so their models are found by name."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from decisions.models import Stage


def entries_of(user: Any, stages: Iterable[Stage]) -> dict[int, list[Any]]:
    """Agenda entries of stages that the person may see, by stage, in order of time; one query."""
    entry = apps.get_model("meetings", "AgendaEntry")
    found: dict[int, list[Any]] = {}
    rows = (
        entry.objects.visible_to(user)
        .filter(stage__in=[stage.pk for stage in stages])
        .select_related("meeting__body", "meeting__chair")
        .prefetch_related("tallies")
        .order_by("meeting__scheduled_at", "pk")
    )
    for row in rows:
        found.setdefault(row.stage_id, []).append(row)
    return found


def open_meetings(user: Any, stage_ids: Iterable[int]) -> dict[int, Any]:
    """The meeting a stage stands on the agenda of, by stage, where the person may see it; one query."""
    entry = apps.get_model("meetings", "AgendaEntry")
    rows = (
        entry.objects.visible_to(user)
        .filter(stage__in=[pk for pk in stage_ids if pk])
        .exclude(state="concluded")
        .select_related("meeting__body")
    )
    return {row.stage_id: row.meeting for row in rows}


def next_meetings(user: Any, school: Any) -> dict[int, Any]:
    """The next planned meeting of each body the person may see, by body; one query."""
    meeting = apps.get_model("meetings", "Meeting")
    planned: dict[int, Any] = {}
    for row in meeting.objects.visible_to(user).filter(school=school).upcoming().select_related("body"):
        planned.setdefault(row.body_id, row)
    return planned
