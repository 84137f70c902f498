"""Every act on a meeting × cast × state: decided. A 党总支会议 of seven seats with one item of scope 1.

Recorder is 罗敏 (会议秘书), chair 陈立德 (书记). 田家和 (经办人) is invited to the entry, 何素云 (回避人) concerned in
it. What is expected stands in workbench/rights/data/doing.csv.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from decisions.models import DecisionItem
from decisions.services import items
from meetings.choices import MeetingState, MinutesState
from meetings.models import AgendaEntry, Attendance, Meeting, Minutes
from meetings.services import conclusion, deliberation, invitations, planning, records, sitting
from tests.contracts.matrix import INTERNAL, Act, check_rows, rows_of
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
        """The row of 孙正清, who is not concerned."""
        return self.meeting.attendances.get(seat__person=self.cast.discipline)


def ready_item(cast: Cast) -> DecisionItem:
    item = make_item(cast, "A01", amount=None)
    items.set_concerned(item.pk, actor=cast.vice, people=[(cast.organizer, "本人")])
    add_evidence(cast, item)
    return consult(cast, item)


def empty(cast: Cast) -> World:
    meeting = plan(cast, cast.party)
    ready = ready_item(cast).current_stage_id
    return World(cast, meeting, None, ready, make_item(cast, "A01", amount=None).current_stage_id)


def planned(cast: Cast) -> World:
    world = empty(cast)
    world.entry = list_item(cast, world.meeting, ready_item(cast))
    invitations.add_observer(
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
    entry = take_up(cast, world.entry, recuses=True)
    count(cast, entry, 6)
    deliberation.save_entry(entry.pk, actor=cast.clerk, version=version(world), decision_text="同意。")
    return world


def concluded(cast: Cast) -> World:
    world = started(cast)
    entry = take_up(cast, world.entry, recuses=True)
    count(cast, entry, 6)
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
    "invite": on_meeting(invitations.add_observer, name="法律顾问"),
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
    ("筹备（未列议题）", INTERNAL): empty,
    ("筹备", INTERNAL): planned,
    ("已通知", INTERNAL): notified,
    ("已取消", INTERNAL): cancelled,
    ("进行中", INTERNAL): started,
    ("休会", INTERNAL): recess,
    ("进行中（审议未完）", INTERNAL): undecidable,
    ("进行中（可以表决）", INTERNAL): decidable,
    ("进行中（已审议）", INTERNAL): concluded,
    ("已散会", INTERNAL): closed,
    ("已散会（记录人已签字）", INTERNAL): half_signed,
    ("记录已签字", INTERNAL): signed,
    ("纪要待签发", INTERNAL): review,
    ("纪要已签发", INTERNAL): issued,
    ("纪要已签发（更正中）", INTERNAL): corrected,
}

EXPECTED = rows_of("会议")


@pytest.mark.parametrize("state", STATES)
def test_meeting_acts(people, state):
    check_rows("会议", state, ACTS, STATES[state](people), people)


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
