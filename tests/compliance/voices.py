"""What is said about an entry of the kit: statements in speaking order."""

from collections.abc import Iterable
from typing import Any

from governance.models import Seat
from meetings.choices import AttendanceStatus, Stance
from meetings.models import AgendaEntry, Statement


def came(entry: AgendaEntry) -> list[Seat]:
    """The seats that came, the chair last."""
    rows = entry.meeting.attendances.filter(status=AttendanceStatus.PRESENT).select_related("seat__person")
    return sorted((row.seat for row in rows), key=lambda seat: seat.person_id == entry.meeting.chair_id)


def speak(entry: AgendaEntry, seats: Iterable[Seat] | None = None, **fields: Any) -> list[Statement]:
    """Everybody who came says yes, the chair last; or the given seats, in their order."""
    begun = entry.statements.count()
    return Statement.objects.bulk_create(
        Statement(
            entry=entry,
            seat=seat,
            order=begun + place,
            updated_by=entry.meeting.recorder,
            **{"stance": Stance.AGREE, "text": "同意。", **fields},
        )
        for place, seat in enumerate(came(entry) if seats is None else seats, start=1)
    )
