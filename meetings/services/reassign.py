"""交接 inside the meetings: who chairs, records, presents or drafts from now on.

The caller has decided who hands over to whom and holds the lock of the meeting (docs/locking.md).
"""

from typing import Any

from common.history import delete_as, save_as
from meetings.choices import MeetingState
from meetings.models import AgendaEntry, Meeting, Minutes, Observer
from meetings.services.acts import seal
from meetings.services.invitations import notify_invited

PRESENTS = "汇报人"


def reassign_chair(
    meeting: Meeting, *, giver: Any, receiver: Any, actor: Any, reason: str, is_by_office: bool
) -> None:
    """Another member chairs a meeting to come, by office or by the delegation noted here (R34)."""
    meeting.chair = receiver
    meeting.chair_delegation = "" if is_by_office else f"{giver}交接，由{receiver}主持：{reason}"[:200]
    _save(meeting, actor, reason, role="chair", giver=giver, receiver=receiver)
    if meeting.state == MeetingState.NOTIFIED:
        notify_invited(meeting, f"会议安排有变：{meeting.label}")


def reassign_recorder(meeting: Meeting, *, giver: Any, receiver: Any, actor: Any, reason: str) -> None:
    """Another office holder of the body records (R61)."""
    meeting.recorder = receiver
    _save(meeting, actor, reason, role="recorder", giver=giver, receiver=receiver)


def _save(meeting: Meeting, actor: Any, reason: str, *, role: str, giver: Any, receiver: Any) -> None:
    meeting.version += 1
    save_as(meeting, actor, f"交接：{reason}")
    seal(meeting, "meeting.handed_over", actor, role=role, **_names(giver, receiver))


def reassign_presenter(entry: AgendaEntry, *, giver: Any, receiver: Any, actor: Any, reason: str) -> None:
    """Another person presents an entry nobody has taken up; who has no seat is invited to it (R35)."""
    entry.presenter = receiver
    save_as(entry, actor, f"交接：{reason}")
    for observer in entry.observers.filter(person=giver, identity=PRESENTS):
        delete_as(observer, actor, f"交接：{reason}")
    seated = entry.meeting.attendances.filter(seat__person=receiver).exists()
    if not seated and not entry.observers.filter(person=receiver).exists():
        invited = Observer(
            meeting=entry.meeting, entry=entry, person=receiver, name=str(receiver), identity=PRESENTS
        )
        save_as(invited, actor, f"交接：{reason}")
    seal(entry.meeting, "entry.handed_over", actor, entry=entry.pk, **_names(giver, receiver))


def reassign_minutes(minutes: Minutes, *, giver: Any, receiver: Any, actor: Any, reason: str) -> None:
    """Another person goes on drafting."""
    minutes.drafted_by = receiver
    save_as(minutes, actor, f"交接：{reason}")
    seal(minutes.meeting, "minutes.handed_over", actor, minutes=minutes.pk, **_names(giver, receiver))


def _names(giver: Any, receiver: Any) -> dict[str, Any]:
    return {"from": giver.pk, "to": receiver.pk, "names": f"{giver} → {receiver}"}
