"""The page of one meeting: its agenda, what could stand on it, and afterwards what came of it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from common.checks import Check, failing
from common.reading import readable
from decisions.choices import StageState
from decisions.models import Attachment, DecisionItem, Stage
from decisions.rules import refusing
from meetings.choices import EntryKind
from meetings.models import AgendaEntry, Meeting, MeetingRecord, Minutes
from meetings.rules import gate, timing_checks


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
        """What is unmet of the matter itself; delivery of materials is one warning for the whole meeting."""
        own = [check for check in failing(self.checks) if check not in self.blockers]
        return [check for check in own if not check.title.startswith("材料")]

    @property
    def gap(self) -> str:
        return f"{len(self.blockers)} 项未满足"


def candidates(user: Any, meeting: Meeting) -> list[Candidate]:
    """Stages of this body that no meeting holds, addable ones first; an ad hoc reason is taken as given."""
    stages = (
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
    found = [Candidate(stage, gate(meeting, stage.item, stage, ad_hoc_reason="待填")) for stage in stages]
    return sorted(found, key=lambda candidate: bool(candidate.blockers))


def agenda_warnings(meeting: Meeting, entries: list[AgendaEntry]) -> list[Check]:
    """R24 over the whole agenda, each kind of warning once; in 补录 there is nothing to be in time for."""
    if meeting.is_retrospective:
        return []
    found: dict[str, Check] = {}
    for entry in entries:
        if entry.stage is not None:
            for check in failing(timing_checks(meeting, entry.stage.item)):
                found.setdefault(check.title, check)
    return list(found.values())


def agenda(user: Any, meeting: Meeting) -> list[Any]:
    """The entries the person may see, numbered: `number` is 学 for the first topic, else 1, 2, 3 …

    `is_readable`: the item may be opened; where not (列席, 委托记录), `materials` are the files open all the same.

    Entries the person must keep away from count, so that the numbers are those called out in the room.
    """
    positions = withheld_positions(user, meeting)
    entries: list[Any] = list(
        AgendaEntry.objects.visible_to(user)
        .filter(meeting=meeting)
        .select_related("presenter", "concluded_by", "stage__item__catalogue_entry", "stage__body")
        .prefetch_related("observers__person", "tallies")
        .annotate(
            is_readable=ExpressionWrapper(
                Q(stage__item__in=readable(DecisionItem, user)), output_field=BooleanField()
            )
        )
        .order_by("position", "pk")
    )
    apart = [entry.stage.item_id for entry in entries if entry.stage and not entry.is_readable]
    materials = _materials(user, apart)
    number = 0
    for entry in entries:
        entry.materials = materials[entry.stage.item_id] if entry.stage else []
        number += entry.kind == EntryKind.ITEM
        away = sum(position < entry.position for position in positions)
        entry.number = str(number + away) if entry.kind == EntryKind.ITEM else "学"
        entry.score = votes_text(entry)
    return entries


def _materials(user: Any, items: list[int]) -> dict[int, list[Attachment]]:
    """The files of items somebody is invited to without reading them; those who read them look there."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    if items:
        for file in Attachment.objects.visible_to(user).filter(item__in=items, is_withdrawn=False):
            found[file.item_id].append(file)
    return found


def withheld_positions(user: Any, meeting: Meeting) -> list[int]:
    """Where the entries the person must keep away from stand on the agenda (R36)."""
    rows = AgendaEntry.objects.withheld_from(user).filter(meeting=meeting)
    return list(rows.order_by("position").values_list("position", flat=True))


def withheld_numbers(user: Any, meeting: Meeting) -> list[int]:
    """Their numbers as called out in the room; first topics have none."""
    positions = withheld_positions(user, meeting)
    if not positions:
        return []
    items = list(meeting.entries.filter(kind=EntryKind.ITEM).order_by().values_list("position", flat=True))
    return [sum(item <= position for item in items) for position in positions]


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
