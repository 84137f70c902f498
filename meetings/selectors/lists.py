"""会议: the list by what it waits for."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from governance.models import Body, School
from meetings.choices import BEFORE_STATES, SITTING_STATES, EntryState, MeetingState, MinutesState
from meetings.models import Meeting, Minutes

PAST_SHOWN = 50


def _meetings(user: Any, school: School, body_id: int | None) -> Any:
    issued = Minutes.objects.filter(meeting=OuterRef("pk"), state=MinutesState.ISSUED)
    found = (
        Meeting.objects.visible_to(user)
        .filter(school=school)
        .select_related("body", "chair", "recorder")
        .annotate(
            entry_count=Count("entries", distinct=True),
            concluded_count=Count("entries", filter=Q(entries__state=EntryState.CONCLUDED), distinct=True),
            is_issued=Exists(issued),
        )
    )
    return found.filter(body=body_id) if body_id else found


def meeting_groups(user: Any, school: School, body_id: int | None = None) -> list[dict[str, Any]]:
    """Meetings under four headings: 进行中, 待签字或签发, 待召开, 已办结; four queries whatever the size."""
    found = _meetings(user, school, body_id)
    closed = Q(state=MeetingState.CLOSED) | Q(state=MeetingState.SIGNED, is_issued=False)
    return [
        {"name": "进行中", "meetings": list(found.filter(state__in=SITTING_STATES))},
        {"name": "待签字或签发", "meetings": list(found.filter(closed).order_by("scheduled_at"))},
        {"name": "待召开", "meetings": list(found.filter(state__in=BEFORE_STATES).order_by("scheduled_at"))},
        {
            "name": "已办结",
            "meetings": list(
                found.filter(
                    Q(state=MeetingState.SIGNED, is_issued=True) | Q(state=MeetingState.CANCELLED)
                ).order_by("-scheduled_at")[:PAST_SHOWN]
            ),
        },
    ]


def meeting_bodies(school: School) -> list[Body]:
    """The bodies of the school that hold meetings here."""
    return list(Body.objects.filter(school=school).exclude(kind="staff_congress").order_by("id"))
