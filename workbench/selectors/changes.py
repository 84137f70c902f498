"""Whose 修改痕迹 may be read by whom: a record's history is open to who may see the record, and no further."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q
from django.urls import reverse

from common.changes import Part
from common.errors import NotVisible
from decisions import models as decisions
from governance import models as governance
from governance.access import offices_of
from governance.models import School
from meetings import models as meetings
from registers.access import record_for
from registers.specs import REGISTERS


@dataclass(frozen=True)
class Trail:
    """One page of 修改痕迹: of what, where that is, in which school, and whose history belongs to it."""

    title: str
    url: str
    school: School | None
    parts: list[Part]


def _seen(records: Any, pk: int) -> Any:
    record = records.filter(pk=pk).first()
    if record is None:
        raise NotVisible
    return record


def _item(user: Any, pk: int) -> Trail:
    """An item with its stages, evidence and what followed it."""
    item = _seen(decisions.DecisionItem.objects.visible_to(user).select_related("school"), pk)
    kinds: tuple[type[Model], ...] = (
        *(decisions.Stage, decisions.Prerequisite, decisions.Consultation, decisions.ConcernedPerson),
        *(decisions.Attachment, decisions.Resolution, decisions.Task, decisions.Reconsideration),
        *(decisions.PublicNotice, decisions.EmergencyAction),
    )
    parts = [Part(decisions.DecisionItem, Q(id=pk)), *(Part(kind, Q(item_id=pk)) for kind in kinds)]
    return Trail(str(item), reverse("decisions:item_detail", args=[pk]), item.school, parts)


def _task(user: Any, pk: int) -> Trail:
    """A task with its reports and requests for more time."""
    task = _seen(decisions.Task.objects.visible_to(user).select_related("school"), pk)
    parts = [
        Part(decisions.Task, Q(id=pk)),
        Part(decisions.TaskReport, Q(task_id=pk), is_told_whole=True),
        Part(decisions.TaskExtension, Q(task_id=pk), is_told_whole=True),
    ]
    return Trail(task.title, reverse("decisions:task_detail", args=[pk]), task.school, parts)


def _meeting(user: Any, pk: int) -> Trail:
    """A meeting with everything recorded in it, for the body itself; entries of items unseen stay unseen."""
    meeting = _seen(meetings.Meeting.objects.records_visible_to(user).select_related("school", "body"), pk)
    entries = list(meeting.entries.visible_to(user).values_list("pk", flat=True))
    tallies = list(meetings.Tally.objects.filter(entry__in=entries).values_list("pk", flat=True))
    of_entry = Q(entry_id__in=entries)
    parts = [
        Part(meetings.Meeting, Q(id=pk)),
        Part(meetings.Attendance, Q(meeting_id=pk)),
        Part(meetings.Observer, Q(meeting_id=pk) & (of_entry | Q(entry_id__isnull=True))),
        Part(meetings.AgendaEntry, Q(id__in=entries)),
        Part(meetings.Statement, of_entry),
        Part(meetings.Recusal, of_entry),
        Part(meetings.Tally, of_entry),
        Part(meetings.Ballot, Q(tally_id__in=tallies)),
    ]
    if len(entries) == meeting.entries.count():  # the papers speak of every entry
        parts += [Part(meetings.MeetingRecord, Q(meeting_id=pk)), Part(meetings.Minutes, Q(meeting_id=pk))]
    return Trail(meeting.label, reverse("meetings:meeting_detail", args=[pk]), meeting.school, parts)


def _seat(user: Any, pk: int) -> Trail:
    seat = _seen(governance.Seat.objects.visible_to(user).select_related("school", "person"), pk)
    parts = [Part(governance.Seat, Q(id=pk), is_told_whole=True)]
    return Trail(str(seat), reverse("governance:leadership"), seat.school, parts)


def _catalogue(user: Any, pk: int) -> Trail:
    """A catalogue entry through all its versions in the same school or authority."""
    entry = _seen(governance.CatalogueEntry.objects.visible_to(user).select_related("school"), pk)
    same = Q(code=entry.code, school_id=entry.school_id, authority_id=entry.authority_id)
    parts = [Part(governance.CatalogueEntry, same, is_told_whole=True)]
    return Trail(str(entry), reverse("governance:catalogue_entry", args=[pk]), entry.school, parts)


def _parameter(user: Any, pk: int) -> Trail:
    """A parameter through all values it had in the same school or authority."""
    row = _seen(governance.ProcedureParameter.objects.visible_to(user).select_related("school"), pk)
    same = Q(key=row.key, school_id=row.school_id, authority_id=row.authority_id, level=row.level)
    parts = [Part(governance.ProcedureParameter, same, is_told_whole=True)]
    return Trail(str(row), reverse("governance:parameters"), row.school, parts)


TRAILS: dict[str, Callable[[Any, int], Trail]] = {
    "item": _item,
    "task": _task,
    "meeting": _meeting,
    "seat": _seat,
    "catalogue": _catalogue,
    "parameter": _parameter,
}


def trail_of(user: Any, kind: str, pk: int) -> Trail:
    """The 修改痕迹 of one record, else NotVisible; kinds are those of TRAILS and the slugs of the registers."""
    if kind in TRAILS:
        return TRAILS[kind](user, pk)
    if kind not in REGISTERS:
        raise NotVisible
    register = REGISTERS[kind]
    record = record_for(user, register, pk)
    url = reverse("registers:record_detail", args=[kind, pk])
    return Trail(str(record), url, record.school, [Part(register.model, Q(id=pk), is_told_whole=True)])


def may_see_addresses(user: Any, school: School | None) -> bool:
    """Addresses say where a person sat: for 书记 of the school and the district above it."""
    if school is None:
        return False
    return (
        offices_of(user, school).is_secretary
        or School.objects.all().supervised_by(user).filter(pk=school.pk).exists()
    )
