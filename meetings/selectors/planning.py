"""The page of one meeting: its agenda, what could stand on it, and afterwards what came of it."""

from dataclasses import dataclass
from typing import Any

from common.checks import Check, failing
from decisions.choices import StageState
from decisions.models import Stage
from decisions.rules import refusing
from meetings.choices import EntryKind
from meetings.models import AgendaEntry, Meeting, MeetingRecord, Minutes


@dataclass(frozen=True)
class Candidate:
    """A stage that could stand on the agenda, with everything asked of it."""

    stage: Stage
    checks: list[Check]

    @property
    def item(self) -> Any:
        return self.stage.item

    @property
    def blockers(self) -> list[Check]:
        return failing(refusing(self.checks))

    @property
    def warnings(self) -> list[Check]:
        return [check for check in failing(self.checks) if check not in self.blockers]

    @property
    def gap(self) -> str:
        return f"{len(self.blockers)} 项未满足"

    @property
    def is_confirmed(self) -> bool:
        return self.stage.state == StageState.CONFIRMED


def waiting_stages(user: Any, meeting: Meeting) -> list[Stage]:
    """Stages of this body that no meeting holds: confirmed ones first, then those still 待确定."""
    return list(
        Stage.objects.visible_to(user)
        .filter(body=meeting.body_id, state__in=[StageState.CONFIRMED, StageState.OPEN])
        .select_related(
            "body",
            "item__school__party_org",
            "item__catalogue_entry",
            "item__proposer",
            "item__presenter",
            "item__current_stage__body",
        )
        .prefetch_related("item__stages", "item__consultations", "item__prerequisites")
        .order_by("state", "item__submitted_at")
    )


def agenda(user: Any, meeting: Meeting) -> list[AgendaEntry]:
    """The entries the person may see, numbered: `number` is 学 for the first topic, else 1, 2, 3 …"""
    entries = list(
        AgendaEntry.objects.visible_to(user)
        .filter(meeting=meeting)
        .select_related("presenter", "concluded_by", "stage__item__catalogue_entry", "stage__body")
        .prefetch_related("observers__person", "tallies")
        .order_by("position", "pk")
    )
    number = 0
    for entry in entries:
        number += entry.kind == EntryKind.ITEM
        entry.number = str(number) if entry.kind == EntryKind.ITEM else "学"
        entry.score = votes_text(entry)
    return entries


def votes_text(entry: AgendaEntry) -> str:
    """The count of a concluded entry as 6 : 0 : 0, of the first question."""
    votes = (entry.snapshot or {}).get("votes") or []
    if not votes or votes[0]["for"] is None:
        return ""
    return " : ".join(str(votes[0][key]) for key in ("for", "against", "abstain"))


def papers(user: Any, meeting: Meeting) -> dict[str, Any]:
    """会议记录 and 会议纪要 of the meeting as far as the person may read them."""
    return {
        "record": MeetingRecord.objects.visible_to(user)
        .filter(meeting=meeting)
        .select_related("recorder_signed_by", "chair_signed_by")
        .first(),
        "minutes": Minutes.objects.visible_to(user)
        .filter(meeting=meeting)
        .select_related("document", "issued_by")
        .order_by("-version")
        .first(),
    }
