"""The papers of a meeting: signed record and issued minutes."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from decisions.choices import Outcome
from demo.generate.snapshot import Present
from demo.generate.world import Member, World, at
from documents.choices import DocumentKind
from ledger.services import canonical
from meetings.choices import MinutesState
from meetings.documents import clock_text, day_text, moment_text
from meetings.models import MeetingRecord, Minutes


def after_workdays(day: date, number: int) -> date:
    """The day so many Mondays-to-Fridays later."""
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def leave_papers(
    world: World,
    sitting: Any,
    meeting: int,
    hearings: list[Any],
    present: list[Present],
    chair: Member,
    start: datetime,
    end: datetime,
    is_paper: bool,
    serial: Callable[[DocumentKind, int], int],
) -> bool:
    """Record and minutes; whether the record carries both signatures."""
    dice, books, until = world.dice, world.books, world.frame.until
    clerk, name = world.people["clerk"]
    content = _content(world, sitting, hearings, present, chair, start, end, name)
    signed_on = after_workdays(sitting.day, 1)
    is_signed = signed_on < until and not world.slips()
    books.add(
        MeetingRecord,
        meeting_id=meeting,
        content=content,
        sha256=hashlib.sha256(canonical(content).encode()).hexdigest(),
        recorder_signed_by_id=clerk,
        recorder_signed_at=end + timedelta(hours=1),
        chair_signed_by_id=chair.person if is_signed else None,
        chair_signed_at=at(signed_on, 9) if is_signed else None,
    )
    if not is_signed or not hearings:
        return is_signed
    issued_on = after_workdays(
        sitting.day, dice.randint(2, 3) if not world.slips(0.02) else dice.randint(5, 9)
    )
    is_issued = issued_on < until and not world.slips(0.006)
    issuer = world.chair[sitting.body][0] if not world.slips(0.01) else world.people["vice"][0]
    is_party = sitting.body == "party"
    kind = DocumentKind.PARTY_MINUTES if is_party else DocumentKind.ADMIN_MINUTES
    number = f"〔{issued_on.year}〕第{serial(kind, issued_on.year)}期" if is_issued else ""
    books.add(
        Minutes,
        meeting_id=meeting,
        state=(MinutesState.ISSUED if is_issued else MinutesState.DRAFT).value,
        entries=[{"entry": h.id, "title": h.title, "text": "会议进行了讨论。"} for h in hearings],
        number_text=number,
        edit_version=3,
        drafted_by_id=clerk,
        issued_by_id=issuer if is_issued else None,
        issued_at=at(issued_on, 16) if is_issued else None,
    )
    return True


def _content(
    world: World,
    sitting: Any,
    hearings: list[Any],
    present: list[Present],
    chair: Member,
    start: datetime,
    end: datetime,
    recorder: str,
) -> dict[str, Any]:
    """In the shape of meetings.documents.record_content."""
    there = sum(row.is_there for row in present)
    came = f"{clock_text(start - timedelta(minutes=5))} 到会"
    return {
        "meeting_name": f"{sitting.day.year}年第{sitting.number}次{world.body_names[sitting.body]}",
        "started": moment_text(start),
        "ended": moment_text(end),
        "place": "行政楼会议室",
        "chair": chair.name,
        "recorder": recorder,
        "mode_note": "",
        "quorum_sentence": f"应到{len(present)}人，实到{there}人。",
        "people": [
            {
                "name": row.member.name,
                "post": row.member.role.label,
                "status": row.status.label,
                "note": came if row.is_there else row.reason,
            }
            for row in present
        ],
        "entries": [
            {
                "title": hearing.title,
                "presenter": "",
                "presentation": "",
                "recusals": [],
                "statements": [],
                "opinions": [],
                "vote_lines": [f"{day_text(sitting.day)}审议，应到{len(present)}人，实到{there}人。"],
                "conclusion": Outcome(hearing.outcome).label,
                "decision": hearing.decision,
            }
            for hearing in hearings
        ],
    }
