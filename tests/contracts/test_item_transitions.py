"""Every act on an item × every cast member × every state: decided (architecture.md §8).

The item is drafted by 田家和 (经办人), proposed by 赵明川 (提出人), presented by 周婉宁 (汇报人); 何素云 (回避人) is
concerned. What is expected stands in workbench/rights/data/doing.csv.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from decisions.access import lock_item
from decisions.choices import ItemState
from decisions.models import DecisionItem
from decisions.services import evidence, followup, items, outcomes, reconsideration
from decisions.transitions import TRANSITIONS
from meetings.services import deliberation, records, sitting
from tests.contracts.matrix import INTERNAL, RESTRICTED, Act, check_rows, rows_of
from tests.factories.cast import Cast
from tests.factories.decisions import add_evidence, consult
from tests.factories.meetings import begin, hold, list_item, plan


@dataclass
class World:
    """One item with one piece of evidence and one file, in one state."""

    cast: Cast
    item: DecisionItem
    evidence_id: int
    file_id: int


def paper(name: str = "材料.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "方案说明".encode(), "text/plain")


def drafted(cast: Cast, code: str, **fields: Any) -> World:
    values = {
        "title": f"{code}事项",
        "background": "工作计划要求。",
        "proposal": "按方案实施。",
        "department": "总务处",
        "presenter": cast.vice_second,
        "proposer": cast.vice,
        **fields,
    }
    item = items.draft_item(actor=cast.staff, school=cast.school, entry=cast.entry(code), fields=values)
    items.set_concerned(item.pk, actor=cast.staff, people=[(cast.organizer, "本人")])
    found = evidence.add_prerequisite(
        item.pk,
        actor=cast.vice,
        kind="research",
        held_on=timezone.localdate() - timedelta(days=2),
        participants="总务处",
        conclusion="可行。",
        result="favourable",
    )
    file = evidence.add_attachments(item.pk, actor=cast.vice, files=[paper()])[0]
    return World(cast, item, found.pk, file.pk)


def submitted(cast: Cast, code: str, **fields: Any) -> World:
    world = drafted(cast, code, **fields)
    items.submit(world.item.pk, actor=cast.staff)
    return world


def confirmed(cast: Cast, code: str) -> World:
    world = submitted(cast, code)
    chair = cast.secretary if world_body(world).is_party else cast.principal
    items.confirm(world.item.pk, actor=chair)
    return world


def world_body(world: World) -> Any:
    return DecisionItem.objects.get(pk=world.item.pk).current_stage.body


def scheduled(cast: Cast) -> World:
    world = confirmed(cast, "G14")
    list_item(cast, plan(cast, cast.admin), world.item)
    return world


def deliberating(cast: Cast) -> World:
    world = confirmed(cast, "G14")
    meeting = plan(cast, cast.admin)
    entry = list_item(cast, meeting, world.item)
    begin(cast, meeting)
    deliberation.open_entry(entry.pk, actor=cast.clerk)
    return world


def concluded(cast: Cast, outcome: str) -> World:
    world = confirmed(cast, "G14")
    hold(cast, cast.admin, world.item, outcome=outcome)
    return world


def returned(cast: Cast) -> World:
    world = submitted(cast, "G14")
    items.send_back(world.item.pk, actor=cast.principal, reason="补充测算")
    return world


def withdrawn(cast: Cast) -> World:
    world = submitted(cast, "G14")
    items.withdraw(world.item.pk, actor=cast.vice, reason="另行研究")
    return world


def with_task(cast: Cast) -> World:
    world = concluded(cast, "passed")
    spec = outcomes.TaskSpec("检修", cast.staff, timezone.localdate() + timedelta(days=5))
    outcomes.issue_task(lock_item(world.item.pk), spec, actor=cast.clerk, meeting_label="校长办公会议第1次")
    return world


def issued(cast: Cast, code: str) -> World:
    """Decided by the Party body, 纪要 issued: the district may know of it unless its scope is 2."""
    world = confirmed(cast, code)
    add_evidence(cast, world.item)
    consult(cast, world.item)
    meeting = hold(cast, cast.party, world.item).meeting
    sitting.close_meeting(meeting.pk, actor=cast.clerk)
    records.sign_record(meeting.pk, actor=cast.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=cast.secretary, is_chair=True)
    minutes = records.draft_minutes(meeting.pk, actor=cast.clerk)
    records.issue_minutes(minutes.pk, actor=cast.secretary)
    return world


def completed(cast: Cast) -> World:
    world = concluded(cast, "passed")
    items.complete(world.item.pk, actor=cast.principal, note="已办理")
    return world


pytestmark = pytest.mark.django_db

STATES = {
    ("草拟", INTERNAL): lambda cast: drafted(cast, "G14"),
    ("草拟（未填全）", INTERNAL): lambda cast: drafted(cast, "G14", background=""),
    ("待审议（校长办公会议）", INTERNAL): lambda cast: submitted(cast, "G14"),
    ("待审议（党组织会议）", INTERNAL): lambda cast: submitted(cast, "A01"),
    ("待审议（党组织会议）", RESTRICTED): lambda cast: submitted(cast, "B03"),
    ("待审议（已确定）", INTERNAL): lambda cast: confirmed(cast, "G14"),
    ("待审议（已列会）", INTERNAL): scheduled,
    ("正在审议", INTERNAL): deliberating,
    ("缓议", INTERNAL): lambda cast: concluded(cast, "deferred"),
    ("退回完善", INTERNAL): returned,
    ("退回完善（会议退回）", INTERNAL): lambda cast: concluded(cast, "returned"),
    ("否决", INTERNAL): lambda cast: concluded(cast, "rejected"),
    ("撤回", INTERNAL): withdrawn,
    ("落实中", INTERNAL): lambda cast: concluded(cast, "passed"),
    ("落实中（任务未办结）", INTERNAL): with_task,
    ("落实中（纪要已签发）", INTERNAL): lambda cast: issued(cast, "A01"),
    ("落实中（纪要已签发）", RESTRICTED): lambda cast: issued(cast, "B03"),
    ("已办结", INTERNAL): completed,
}

ACTS: dict[str, Act] = {
    "submit": lambda w, who: items.submit(w.item.pk, actor=who),
    "revise": lambda w, who: items.revise(w.item.pk, actor=who, fields={"proposal": "改用第二方案。"}),
    "concern": lambda w, who: items.set_concerned(w.item.pk, actor=who, people=[(w.cast.teacher, "亲属")]),
    "confirm": lambda w, who: items.confirm(w.item.pk, actor=who),
    "send_back": lambda w, who: items.send_back(w.item.pk, actor=who, reason="补充测算"),
    "withdraw": lambda w, who: items.withdraw(w.item.pk, actor=who, reason="另行研究"),
    "complete": lambda w, who: items.complete(w.item.pk, actor=who, note="已办理"),
    "add_prerequisite": lambda w, who: evidence.add_prerequisite(
        w.item.pk,
        actor=who,
        kind="opinion",
        held_on=timezone.localdate(),
        participants="教师代表",
        conclusion="同意。",
        result="favourable",
        files=[paper("意见.txt")],
    ),
    "void_prerequisite": lambda w, who: evidence.void_prerequisite(
        w.evidence_id, actor=who, reason="登记有误"
    ),
    "add_consultation": lambda w, who: evidence.add_consultation(
        w.item.pk,
        actor=who,
        held_at=timezone.now() - timedelta(hours=1),
        counterpart=w.cast.principal,
        opinions="同意。",
        disagreement="none",
    ),
    "add_file": lambda w, who: evidence.add_attachments(w.item.pk, actor=who, files=[paper("附表.txt")]),
    "withdraw_file": lambda w, who: evidence.withdraw_attachment(w.file_id, actor=who, reason="传错"),
    "publish_notice": lambda w, who: followup.publish_notice(
        w.item.pk,
        actor=who,
        since=timezone.localdate(),
        until=timezone.localdate() + timedelta(days=7),
        place="公开栏",
        channel="纪检委员",
    ),
    "emergency": lambda w, who: followup.record_emergency(
        w.item.pk, actor=who, happened_at=timezone.now(), reason="险情", measures="封闭现场"
    ),
    "reconsider": lambda w, who: reconsideration.request_reconsideration(
        w.item.pk, actor=who, reason="情况有变", change="改为第三方案。"
    ),
}

TRANSITION_ACTS = {transition.key for transition in TRANSITIONS}
# States that tell no more than another one of the same ItemState are asked about few acts.
VARIANTS = {"草拟（未填全）": {"submit"}, "落实中（任务未办结）": {"complete"}}

EXPECTED = rows_of("议题")


def test_every_transition_act_and_state_has_its_row():
    assert set(ACTS) >= TRANSITION_ACTS
    assert set(EXPECTED) == set(STATES)
    for state, table in EXPECTED.items():
        assert set(table) >= VARIANTS.get(state[0], TRANSITION_ACTS), state


def test_every_act_is_asked_in_every_item_state(people):
    asked: dict[str, set[str]] = {}
    for state, build in STATES.items():
        item = DecisionItem.objects.get(pk=build(people).item.pk)
        asked.setdefault(item.state, set()).update(EXPECTED[state])
    assert asked == {str(value): set(ACTS) for value in ItemState.values}


@pytest.mark.parametrize("state", STATES)
def test_item_acts(people, state):
    check_rows("议题", state, ACTS, STATES[state](people), people)
