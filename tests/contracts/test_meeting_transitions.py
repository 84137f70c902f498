"""Every act on a meeting × cast × state: decided. A 党总支会议 of seven seats with one item of scope 1.

Recorder is 罗敏 (clerk), chair 陈立德 (secretary). 田家和 (staff) is invited to the entry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from decisions.models import DecisionItem
from meetings.choices import MeetingState, MinutesState
from meetings.models import AgendaEntry, Attendance, Meeting, Minutes
from meetings.services import conclusion, deliberation, planning, records, sitting
from tests.contracts.matrix import Act, check_rows
from tests.factories.cast import Cast
from tests.factories.decisions import add_evidence, consult, make_item
from tests.factories.meetings import begin, count, decide, list_item, plan, take_up

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """One meeting, its entry if any, a stage that could be listed, and one that may not yet be."""

    cast: Cast
    meeting: Meeting
    entry: AgendaEntry | None
    ready: int
    unready: int
    minutes: Minutes | None = None

    @property
    def entry_id(self) -> int:
        return self.entry.pk if self.entry else 0

    @property
    def seat(self) -> Attendance:
        """The row of 何素云, who is nobody's column."""
        return self.meeting.attendances.get(seat__person=self.cast.organizer)


def ready_item(cast: Cast) -> DecisionItem:
    item = make_item(cast, "A01", amount=None)
    add_evidence(cast, item)
    return consult(cast, item)


def empty(cast: Cast) -> World:
    meeting = plan(cast, cast.party)
    ready = ready_item(cast).current_stage_id
    return World(cast, meeting, None, ready, make_item(cast, "A01", amount=None).current_stage_id)


def planned(cast: Cast) -> World:
    world = empty(cast)
    world.entry = list_item(cast, world.meeting, ready_item(cast))
    planning.add_observer(
        world.meeting.pk, actor=cast.clerk, name="田家和", person=cast.staff, entry_id=world.entry.pk
    )
    return world


def notified(cast: Cast) -> World:
    world = planned(cast)
    planning.send_notice(world.meeting.pk, actor=cast.clerk)
    return world


def cancelled(cast: Cast) -> World:
    world = empty(cast)
    planning.cancel_meeting(world.meeting.pk, actor=cast.clerk, reason="改期")
    return world


def started(cast: Cast) -> World:
    world = planned(cast)
    begin(cast, world.meeting)
    return world


def recess(cast: Cast) -> World:
    world = started(cast)
    sitting.set_recess(world.meeting.pk, actor=cast.clerk, is_recess=True)
    return world


def undecidable(cast: Cast) -> World:
    """Under deliberation, nothing recorded yet: a decision cannot be formed."""
    world = started(cast)
    deliberation.open_entry(world.entry_id, actor=cast.clerk)
    return world


def decidable(cast: Cast) -> World:
    """Everybody spoke, the votes are counted, the decision is written."""
    world = started(cast)
    entry = take_up(cast, world.entry)
    count(cast, entry, 7)
    deliberation.save_entry(entry.pk, actor=cast.clerk, version=version(world), decision_text="同意。")
    return world


def concluded(cast: Cast) -> World:
    world = started(cast)
    entry = take_up(cast, world.entry)
    count(cast, entry, 7)
    decide(cast, entry)
    return world


def closed(cast: Cast) -> World:
    world = concluded(cast)
    sitting.close_meeting(world.meeting.pk, actor=cast.clerk)
    return world


def half_signed(cast: Cast) -> World:
    world = closed(cast)
    records.sign_record(world.meeting.pk, actor=cast.clerk, is_chair=False)
    world.minutes = records.draft_minutes(world.meeting.pk, actor=cast.clerk)
    return world


def signed(cast: Cast) -> World:
    world = half_signed(cast)
    records.sign_record(world.meeting.pk, actor=cast.secretary, is_chair=True)
    return world


def review(cast: Cast) -> World:
    world = signed(cast)
    records.submit_minutes(world.minutes.pk, actor=cast.clerk)
    return world


def issued(cast: Cast) -> World:
    world = review(cast)
    records.issue_minutes(world.minutes.pk, actor=cast.secretary)
    return world


def corrected(cast: Cast) -> World:
    """A correction is drafted; the acts are asked of the issued version."""
    world = issued(cast)
    records.correct_minutes(world.minutes.pk, actor=cast.clerk, reason="漏记")
    return world


def version(w: World) -> int:
    return AgendaEntry.objects.get(pk=w.entry_id).version


def save_minutes(w: World, who: Any) -> Any:
    stored = Minutes.objects.get(pk=w.minutes.pk)
    return records.save_minutes(
        stored.pk, actor=who, edit_version=stored.edit_version, preamble="会议听取了汇报。"
    )


def on_meeting(service: Callable[..., Any], **fields: Any) -> Act:
    return lambda w, who: service(w.meeting.pk, actor=who, **fields)


def on_minutes(service: Callable[..., Any], **fields: Any) -> Act:
    return lambda w, who: service(w.minutes.pk, actor=who, **fields)


ACTS: dict[str, Act] = {
    "plan": lambda w, who: planning.plan_meeting(
        actor=who,
        body=w.cast.party,
        scheduled_at=timezone.now() + timedelta(days=9),
        place="301",
        chair=w.cast.secretary,
        recorder=w.cast.clerk,
    ),
    "edit": lambda w, who: planning.edit_meeting(
        w.meeting.pk,
        actor=who,
        scheduled_at=Meeting.objects.get(pk=w.meeting.pk).scheduled_at,
        place="302",
        chair=w.cast.secretary,
        recorder=w.cast.clerk,
        version=Meeting.objects.get(pk=w.meeting.pk).version,
    ),
    "list": lambda w, who: planning.add_entry(
        w.meeting.pk, actor=who, stage_id=w.ready, ad_hoc_reason="上级要求本周答复"
    ),
    "list_unready": lambda w, who: planning.add_entry(
        w.meeting.pk, actor=who, stage_id=w.unready, ad_hoc_reason="上级要求本周答复"
    ),
    "take_off": lambda w, who: planning.remove_entry(w.entry_id, actor=who, reason="材料未齐"),
    "invite": on_meeting(planning.add_observer, name="法律顾问"),
    "notify": on_meeting(planning.send_notice),
    "cancel": on_meeting(planning.cancel_meeting, reason="改期"),
    "start": on_meeting(sitting.start_meeting),
    "adjourn": on_meeting(sitting.set_recess, is_recess=True),
    "resume": on_meeting(sitting.set_recess, is_recess=False),
    "mark": lambda w, who: sitting.set_attendance(
        w.seat.pk, actor=who, status="present", version=w.seat.version
    ),
    "open": lambda w, who: deliberation.open_entry(w.entry_id, actor=who),
    "say": lambda w, who: deliberation.add_statement(
        w.entry_id, actor=who, seat_id=w.seat.seat_id, text="同意。", stance="agree"
    ),
    "conclude": lambda w, who: conclusion.conclude_entry(
        w.entry_id, actor=who, outcome="passed", version=version(w)
    ),
    "defer": lambda w, who: conclusion.conclude_entry(
        w.entry_id, actor=who, outcome="deferred", version=version(w)
    ),
    "close": on_meeting(sitting.close_meeting),
    "sign_chair": on_meeting(records.sign_record, is_chair=True),
    "sign_recorder": on_meeting(records.sign_record, is_chair=False),
    "draft": on_meeting(records.draft_minutes),
    "save": save_minutes,
    "submit": on_minutes(records.submit_minutes),
    "send_back": on_minutes(records.return_minutes, reason="补充责任人"),
    "issue": on_minutes(records.issue_minutes),
    "correct": on_minutes(records.correct_minutes, reason="列席人员漏记"),
}
STATES: dict[str, Callable[[Cast], World]] = {
    "empty": empty,
    "planned": planned,
    "notified": notified,
    "cancelled": cancelled,
    "started": started,
    "recess": recess,
    "undecidable": undecidable,
    "decidable": decidable,
    "concluded": concluded,
    "closed": closed,
    "half_signed": half_signed,
    "signed": signed,
    "review": review,
    "issued": issued,
    "corrected": corrected,
}

# fmt: off
EXPECTED: dict[str, dict[str, str]] = {
    "empty": {
        "plan":         "+++xxx xx + xx xxxx",
        "notify":       "---xxx .. - .. ....",
        "list":         "+++xxx .. + .. ....",
        "list_unready": "!!!xxx .. ! .. ....",
    },
    "planned": {
        "edit":          "+++xxx .. + x. ....",
        "list":          "+++xxx .. + x. ....",
        "list_unready":  "!!!xxx .. ! x. ....",
        "take_off":      "+++xxx .. + x. ....",
        "invite":        "+++xxx .. + x. ....",
        "notify":        "+++xxx .. + x. ....",
        "cancel":        "+++xxx .. + x. ....",
        "start":         "+++xxx .. + x. ....",
        "adjourn":       "---xxx .. - x. ....",
        "resume":        "---xxx .. - x. ....",
        "mark":          "---xxx .. - x. ....",
        "open":          "---xxx .. - x. ....",
        "say":           "---xxx .. - x. ....",
        "conclude":      "---xxx .. - x. ....",
        "defer":         "---xxx .. - x. ....",
        "close":         "---xxx .. - x. ....",
        "sign_chair":    "---xxx .. - x. ....",
        "sign_recorder": "---xxx .. - x. ....",
        "draft":         "---xxx .. - x. ....",
    },
    "notified": {
        "edit":          "+++xxx .. + x. ....",
        "list":          "+++xxx .. + x. ....",
        "list_unready":  "!!!xxx .. ! x. ....",
        "take_off":      "+++xxx .. + x. ....",
        "invite":        "+++xxx .. + x. ....",
        "notify":        "---xxx .. - x. ....",
        "cancel":        "+++xxx .. + x. ....",
        "start":         "+++xxx .. + x. ....",
        "adjourn":       "---xxx .. - x. ....",
        "resume":        "---xxx .. - x. ....",
        "mark":          "---xxx .. - x. ....",
        "open":          "---xxx .. - x. ....",
        "say":           "---xxx .. - x. ....",
        "conclude":      "---xxx .. - x. ....",
        "defer":         "---xxx .. - x. ....",
        "close":         "---xxx .. - x. ....",
        "sign_chair":    "---xxx .. - x. ....",
        "sign_recorder": "---xxx .. - x. ....",
        "draft":         "---xxx .. - x. ....",
    },
    "cancelled": {
        "edit":          "---xxx .. - .. ....",
        "list":          "---xxx .. - .. ....",
        "list_unready":  "---xxx .. - .. ....",
        "invite":        "---xxx .. - .. ....",
        "notify":        "---xxx .. - .. ....",
        "cancel":        "---xxx .. - .. ....",
        "start":         "---xxx .. - .. ....",
        "adjourn":       "---xxx .. - .. ....",
        "resume":        "---xxx .. - .. ....",
        "mark":          "---xxx .. - .. ....",
        "close":         "---xxx .. - .. ....",
        "sign_chair":    "---xxx .. - .. ....",
        "sign_recorder": "---xxx .. - .. ....",
        "draft":         "---xxx .. - .. ....",
    },
    "started": {
        "edit":          "---xxx .. - x. ....",
        "list":          "+++xxx .. + x. ....",
        "list_unready":  "!!!xxx .. ! x. ....",
        "take_off":      "+++xxx .. + x. ....",
        "invite":        "+++xxx .. + x. ....",
        "notify":        "---xxx .. - x. ....",
        "cancel":        "---xxx .. - x. ....",
        "start":         "---xxx .. - x. ....",
        "adjourn":       "+++xxx .. + x. ....",
        "resume":        "---xxx .. - x. ....",
        "mark":          "+++xxx .. + x. ....",
        "open":          "+++xxx .. + x. ....",
        "say":           "---xxx .. - x. ....",
        "conclude":      "---xxx .. - x. ....",
        "defer":         "---xxx .. - x. ....",
        "close":         "+++xxx .. + x. ....",
        "sign_chair":    "---xxx .. - x. ....",
        "sign_recorder": "---xxx .. - x. ....",
        "draft":         "---xxx .. - x. ....",
    },
    "recess": {
        "edit":          "---xxx .. - x. ....",
        "list":          "+++xxx .. + x. ....",
        "list_unready":  "!!!xxx .. ! x. ....",
        "take_off":      "+++xxx .. + x. ....",
        "invite":        "+++xxx .. + x. ....",
        "notify":        "---xxx .. - x. ....",
        "cancel":        "---xxx .. - x. ....",
        "start":         "---xxx .. - x. ....",
        "adjourn":       "---xxx .. - x. ....",
        "resume":        "+++xxx .. + x. ....",
        "mark":          "+++xxx .. + x. ....",
        "open":          "---xxx .. - x. ....",
        "say":           "---xxx .. - x. ....",
        "conclude":      "---xxx .. - x. ....",
        "defer":         "---xxx .. - x. ....",
        "close":         "+++xxx .. + x. ....",
        "sign_chair":    "---xxx .. - x. ....",
        "sign_recorder": "---xxx .. - x. ....",
        "draft":         "---xxx .. - x. ....",
    },
    "undecidable": {
        "take_off": "---xxx .. - x. ....",
        "open":     "+++xxx .. + x. ....",
        "say":      "+++xxx .. + x. ....",
        "conclude": "!!!xxx .. ! x. ....",
        "defer":    "+++xxx .. + x. ....",
        "close":    "---xxx .. - x. ....",
    },
    "decidable": {
        "conclude": "+++xxx .. + x. ....",
        "defer":    "+++xxx .. + x. ....",
    },
    "concluded": {
        "take_off":   "---xxx .. - x. ....",
        "open":       "---xxx .. - x. ....",
        "say":        "---xxx .. - x. ....",
        "conclude":   "---xxx .. - x. ....",
        "close":      "+++xxx .. + x. ....",
        "sign_chair": "---xxx .. - x. ....",
    },
    "closed": {
        "edit":          "---xxx .. - x. ....",
        "list":          "---xxx .. - x. ....",
        "list_unready":  "---xxx .. - x. ....",
        "take_off":      "---xxx .. - x. ....",
        "invite":        "---xxx .. - x. ....",
        "notify":        "---xxx .. - x. ....",
        "cancel":        "---xxx .. - x. ....",
        "start":         "---xxx .. - x. ....",
        "adjourn":       "---xxx .. - x. ....",
        "resume":        "---xxx .. - x. ....",
        "mark":          "---xxx .. - x. ....",
        "open":          "---xxx .. - x. ....",
        "say":           "---xxx .. - x. ....",
        "conclude":      "---xxx .. - x. ....",
        "defer":         "---xxx .. - x. ....",
        "close":         "---xxx .. - x. ....",
        "sign_chair":    "+xxxxx .. x x. ....",
        "sign_recorder": "xxxxxx .. + x. ....",
        "draft":         "+++xxx .. + x. ....",
    },
    "half_signed": {
        "sign_chair":    "+xxxxx .. x x. ....",
        "sign_recorder": "xxxxxx .. - x. ....",
        "draft":         "+++xxx .. + x. ....",
        "issue":         "!xxxxx .. x .. ....",
        "submit":        "+++xxx .. + .. ....",
    },
    "signed": {
        "edit":          "---xxx .. - x. ....",
        "list":          "---xxx .. - x. ....",
        "list_unready":  "---xxx .. - x. ....",
        "take_off":      "---xxx .. - x. ....",
        "invite":        "---xxx .. - x. ....",
        "notify":        "---xxx .. - x. ....",
        "cancel":        "---xxx .. - x. ....",
        "start":         "---xxx .. - x. ....",
        "adjourn":       "---xxx .. - x. ....",
        "resume":        "---xxx .. - x. ....",
        "mark":          "---xxx .. - x. ....",
        "open":          "---xxx .. - x. ....",
        "say":           "---xxx .. - x. ....",
        "conclude":      "---xxx .. - x. ....",
        "defer":         "---xxx .. - x. ....",
        "close":         "---xxx .. - x. ....",
        "sign_chair":    "---xxx .. - x. ....",
        "sign_recorder": "---xxx .. - x. ....",
        "draft":         "+++xxx .. + x. ....",
        "save":          "+++xxx .. + .. ....",
        "submit":        "+++xxx .. + .. ....",
        "send_back":     "-xxxxx .. x .. ....",
        "issue":         "+xxxxx .. x .. ....",
        "correct":       "---xxx .. - .. ....",
    },
    "review": {
        "save":      "+++xxx .. + .. ....",
        "submit":    "---xxx .. - .. ....",
        "send_back": "+xxxxx .. x .. ....",
        "issue":     "+xxxxx .. x .. ....",
        "correct":   "---xxx .. - .. ....",
    },
    "issued": {
        "save":      "---xxx .. - .. ..x.",
        "submit":    "---xxx .. - .. ..x.",
        "send_back": "-xxxxx .. x .. ..x.",
        "issue":     "-xxxxx .. x .. ..x.",
        "correct":   "+++xxx .. + .. ..x.",
    },
    "corrected": {
        "correct": "---xxx .. - .. ..x.",
        "issue":   "-xxxxx .. x .. ..x.",
        "save":    "---xxx .. - .. ..x.",
    },
}
# fmt: on


@pytest.mark.parametrize("state", STATES)
def test_meeting_acts(people, state):
    check_rows(EXPECTED[state], ACTS, STATES[state](people), people)


def test_every_state_and_act_is_asked(people):
    """Acts on the meeting in every state of a meeting, acts on minutes in every state of minutes."""
    on_paper = {"save", "submit", "send_back", "issue", "correct"}
    on_entry = {"take_off", "open", "say", "conclude", "defer"}
    asked: dict[str, set[str]] = {}
    papers: dict[str, set[str]] = {}
    for state, build in STATES.items():
        world = build(people)
        acts = set(EXPECTED[state])
        asked.setdefault(Meeting.objects.get(pk=world.meeting.pk).state, set()).update(acts)
        if world.minutes is not None:
            papers.setdefault(Minutes.objects.get(pk=world.minutes.pk).state, set()).update(acts & on_paper)
    for value in MeetingState.values:
        wanted = set(ACTS) - on_paper - {"plan"}
        assert asked[value] >= (wanted - on_entry if value == "cancelled" else wanted), value
    assert papers == {str(value): on_paper for value in MinutesState.values}
