"""Fetch, lock, and may this person know it exists; the rights on meetings that offices give.

Every change of a meeting locks the meeting row first, then what lies below it, then the item: no deadlocks.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from common.errors import NotPermitted, NotVisible
from common.reading import seen
from governance.access import Offices, offices_of
from governance.models import Body
from meetings.models import (
    AgendaEntry,
    Attendance,
    Ballot,
    Meeting,
    Minutes,
    Observer,
    Recusal,
    Statement,
    Tally,
)

_WITH_ATTENDANCES = Prefetch(
    "attendances",
    queryset=Attendance.objects.select_related("seat__person").order_by("seat__order", "seat_id"),
)
_WITH_FACTS = (
    Prefetch("recusals", queryset=Recusal.objects.select_related("seat__person")),
    Prefetch("statements", queryset=Statement.objects.select_related("seat__person", "observer")),
    Prefetch("tallies__ballots", queryset=Ballot.objects.select_related("seat__person")),
    "stage__item__concerned",
)


def items_of(entries: Iterable[AgendaEntry | None]) -> list[Any]:
    """The items these entries are about; the first topic and announcements have none."""
    return [entry.stage.item for entry in entries if entry is not None and entry.stage is not None]


def meeting_for(user: Any, meeting_id: int) -> Meeting:
    """A meeting the person may see, else NotVisible."""
    meeting = (
        seen(Meeting, user, meeting_id)
        .select_related("school", "school__authority", "body", "chair", "recorder")
        .first()
    )
    if meeting is None:
        raise NotVisible("Meeting")
    return meeting


def meeting_for_update(user: Any, meeting_id: int) -> Meeting:
    """The same meeting, its row locked until the transaction ends."""
    if not seen(Meeting, user, meeting_id).exists():
        raise NotVisible("Meeting")
    return _lock(meeting_id)


def _lock(meeting_id: int) -> Meeting:
    return (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("school", "school__authority", "body", "chair", "recorder")
        .get(pk=meeting_id)
    )


def entry_for_update(user: Any, entry_id: int) -> AgendaEntry:
    """A visible entry; its meeting is locked, its facts loaded fresh under the lock."""
    row = seen(AgendaEntry, user, entry_id).values("meeting_id").first()
    if row is None:
        raise NotVisible("AgendaEntry")
    meeting = _lock(row["meeting_id"])
    return load_entry(entry_id, meeting)


def load_entry(entry_id: int, meeting: Meeting) -> AgendaEntry:
    """One entry with everything `rules.assess` reads; the meeting object given is used."""
    entry = (
        AgendaEntry.objects.filter(pk=entry_id)
        .select_related(
            "stage__body",
            "stage__item__catalogue_entry",
            "stage__item__school",
            "presenter",
        )
        .prefetch_related(*_WITH_FACTS)
        .get()
    )
    meeting._prefetched_objects_cache = {}
    prefetch_related_objects([meeting], _WITH_ATTENDANCES)
    entry.meeting = meeting
    return entry


def part_entry_id(model: type, user: Any, pk: int) -> int:
    """The entry a visible statement, tally or recusal belongs to, else NotVisible."""
    row = model.objects.visible_to(user).filter(pk=pk).values("entry_id").first()
    if row is None:
        raise NotVisible(model.__name__)
    return row["entry_id"]


def statement_entry(user: Any, statement_id: int) -> AgendaEntry:
    return entry_for_update(user, part_entry_id(Statement, user, statement_id))


def tally_entry(user: Any, tally_id: int) -> AgendaEntry:
    return entry_for_update(user, part_entry_id(Tally, user, tally_id))


def recusal_entry(user: Any, recusal_id: int) -> AgendaEntry:
    return entry_for_update(user, part_entry_id(Recusal, user, recusal_id))


def minutes_for_update(user: Any, minutes_id: int) -> Minutes:
    """Visible minutes with their meeting locked."""
    row = Minutes.objects.visible_to(user).filter(pk=minutes_id).values("meeting_id").first()
    if row is None:
        raise NotVisible("Minutes")
    meeting = _lock(row["meeting_id"])
    minutes = Minutes.objects.select_for_update(of=("self",)).get(pk=minutes_id)
    minutes.meeting = meeting
    return minutes


def observer_for(user: Any, observer_id: int) -> Observer:
    found = Observer.objects.visible_to(user).filter(pk=observer_id).first()
    if found is None:
        raise NotVisible("Observer")
    return found


def attendance_for(user: Any, attendance_id: int) -> Attendance:
    found = Attendance.objects.visible_to(user).filter(pk=attendance_id).first()
    if found is None:
        raise NotVisible("Attendance")
    return found


# --- Rights ------------------------------------------------------------------------------------------


def may_plan(offices: Offices, body: Body) -> bool:
    """The chair by office, the clerk of the body, and for the Party body a deputy secretary."""
    return offices.chairs(body) or offices.clerks(body) or (body.is_party and offices.is_deputy_secretary)


def may_record(offices: Offices, meeting: Meeting) -> bool:
    """The recorder named on the meeting, its chair, whoever may plan it, and by delegation; all serving today."""
    named = offices.belongs and offices.person.pk in (meeting.recorder_id, meeting.chair_id)
    return named or may_plan(offices, meeting.body) or records_for_others(offices, meeting)


def records_for_others(offices: Offices, meeting: Meeting) -> bool:
    """Whether the person records this meeting by an exception (委托记录); office holders of the body need none."""
    if not offices.belongs or any(seat.body_id == meeting.body_id for seat in offices.seats):
        return False
    return Meeting.objects.delegated_to(offices.person).filter(pk=meeting.pk).exists()


def may_issue(offices: Offices, meeting: Meeting) -> bool:
    """纪要 are issued by 书记 or 校长 of the body, or by whoever chaired by delegation (R63)."""
    return offices.chairs(meeting.body) or (
        offices.sits_in(meeting.body) and offices.person.pk == meeting.chair_id
    )


def require_recorder(user: Any, meeting: Meeting) -> Offices:
    """The offices of a person who may record this meeting, else NotPermitted."""
    offices = offices_of(user, meeting.school)
    if not may_record(offices, meeting):
        raise NotPermitted("会议由记录人、会议秘书或主持人记录。", need="记录人、会议秘书或主持人")
    return offices


def require_planner(user: Any, body: Body) -> Offices:
    """The offices of a person who may plan meetings of this body, else NotPermitted."""
    offices = offices_of(user, body.school)
    if not may_plan(offices, body):
        raise NotPermitted(f"{body}由主持人或会议秘书安排。", need="主持人或会议秘书")
    return offices
