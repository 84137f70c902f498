"""Every act on an item × every cast member × every state: decided (architecture.md §8).

The item is drafted by 田家和 (staff), proposed by 赵明川 (vice), presented by 周婉宁 (vice_second).
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
from tests.contracts.matrix import Act, check_rows
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
    "draft": lambda cast: drafted(cast, "G14"),
    "draft_incomplete": lambda cast: drafted(cast, "G14", background=""),
    "open_admin": lambda cast: submitted(cast, "G14"),
    "open_party": lambda cast: submitted(cast, "A01"),
    "open_restricted": lambda cast: submitted(cast, "B03"),
    "confirmed": lambda cast: confirmed(cast, "G14"),
    "scheduled": scheduled,
    "deliberating": deliberating,
    "deferred": lambda cast: concluded(cast, "deferred"),
    "returned": returned,
    "returned_by_meeting": lambda cast: concluded(cast, "returned"),
    "rejected": lambda cast: concluded(cast, "rejected"),
    "withdrawn": withdrawn,
    "implementing": lambda cast: concluded(cast, "passed"),
    "with_open_task": with_task,
    "issued": lambda cast: issued(cast, "A01"),
    "issued_restricted": lambda cast: issued(cast, "B03"),
    "completed": completed,
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
VARIANTS = {"draft_incomplete": {"submit"}, "with_open_task": {"complete"}}

# fmt: off
EXPECTED: dict[str, dict[str, str]] = {
    "draft": {
        "submit":            "...+x. .. . +. ....",
        "revise":            "...+x. .. . +. ....",
        "concern":           "...+x. .. . +. ....",
        "confirm":           "...xx. .. . x. ....",
        "send_back":         "...xx. .. . x. ....",
        "withdraw":          "...-x. .. . -. ....",
        "complete":          "...xx. .. . x. ....",
        "add_prerequisite":  "...++. .. . +. ....",
        "void_prerequisite": "...++. .. . +. ....",
        "add_consultation":  "...xx. .. . x. ....",
        "add_file":          "...++. .. . +. ....",
        "withdraw_file":     "...+x. .. . x. ....",
        "publish_notice":    "...--. .. . -. ....",
        "emergency":         "...xx. .. . x. ....",
        "reconsider":        "...--. .. . x. ....",
    },
    "draft_incomplete": {
        "submit": "...!x. .. . !. ....",
    },
    "open_admin": {
        "submit":            "xxx-xx xx x -. ....",
        "revise":            "xxx+xx xx x +. ....",
        "concern":           "xxx+xx xx x +. ....",
        "confirm":           "x+xxxx xx x x. ....",
        "send_back":         "x+xxxx xx x x. ....",
        "withdraw":          "x+x+xx xx x +. ....",
        "complete":          "--xxxx xx x x. ....",
        "add_prerequisite":  "+++++x xx + +. ....",
        "void_prerequisite": "+++++x xx + +. ....",
        "add_consultation":  "+++xxx xx + x. ....",
        "add_file":          "+++++x xx + +. ....",
        "withdraw_file":     "xxx+xx xx x x. ....",
        "publish_notice":    "-----x xx - -. ....",
        "emergency":         "---xxx xx - x. ....",
        "reconsider":        "------ -- x x. ....",
    },
    "open_party": {
        "submit":     "xxx-xx xx x -. ....",
        "revise":     "xxx+xx xx x +. ....",
        "concern":    "xxx+xx xx x +. ....",
        "confirm":    "+xxxxx xx x x. ....",
        "send_back":  "+xxxxx xx x x. ....",
        "withdraw":   "+xx+xx xx x +. ....",
        "complete":   "--xxxx xx x x. ....",
        "reconsider": "------ -- x x. ....",
    },
    "open_restricted": {
        "submit":            "xxx-xx .. x -. ....",
        "revise":            "xxx+xx .. x +. ....",
        "concern":           "xxx+xx .. x +. ....",
        "confirm":           "+xxxxx .. x x. ....",
        "send_back":         "+xxxxx .. x x. ....",
        "withdraw":          "+xx+xx .. x +. ....",
        "complete":          "--xxxx .. x x. ....",
        "add_prerequisite":  "+++++x .. + +. ....",
        "void_prerequisite": "+++++x .. + +. ....",
        "add_consultation":  "+++xxx .. + x. ....",
        "add_file":          "+++++x .. + +. ....",
        "withdraw_file":     "xxx+xx .. x x. ....",
        "publish_notice":    "-----x .. - -. ....",
        "emergency":         "+++xxx .. + x. ....",
        "reconsider":        "------ .. x x. ....",
    },
    "confirmed": {
        "submit":     "xxx-xx xx x -. ....",
        "revise":     "xxx+xx xx x +. ....",
        "concern":    "xxx+xx xx x +. ....",
        "confirm":    "x-xxxx xx x x. ....",
        "send_back":  "x+xxxx xx x x. ....",
        "withdraw":   "x+x+xx xx x +. ....",
        "complete":   "--xxxx xx x x. ....",
        "reconsider": "------ -- x x. ....",
    },
    "scheduled": {
        "submit":     "xxx-xx xx x -. ....",
        "revise":     "xxx-xx xx x -. ....",
        "concern":    "xxx+xx xx x +. ....",
        "confirm":    "x-xxxx xx x x. ....",
        "send_back":  "x-xxxx xx x x. ....",
        "withdraw":   "x-x-xx xx x -. ....",
        "complete":   "--xxxx xx x x. ....",
        "reconsider": "------ -- x x. ....",
    },
    "deliberating": {
        "submit":            "xxx-xx xx x -. ....",
        "revise":            "xxx-xx xx x -. ....",
        "concern":           "xxx-xx xx x -. ....",
        "confirm":           "x-xxxx xx x x. ....",
        "send_back":         "x-xxxx xx x x. ....",
        "withdraw":          "x-x-xx xx x -. ....",
        "complete":          "--xxxx xx x x. ....",
        "add_prerequisite":  "+++++x xx + +. ....",
        "void_prerequisite": "+++++x xx + +. ....",
        "add_consultation":  "+++xxx xx + x. ....",
        "add_file":          "+++++x xx + +. ....",
        "withdraw_file":     "xxx+xx xx x x. ....",
        "publish_notice":    "-----x xx - -. ....",
        "emergency":         "---xxx xx - x. ....",
        "reconsider":        "------ -- x x. ....",
    },
    "deferred": {
        "submit":            "xxx-xx xx x -. ....",
        "revise":            "xxx+xx xx x +. ....",
        "concern":           "xxx+xx xx x +. ....",
        "confirm":           "x+xxxx xx x x. ....",
        "send_back":         "x+xxxx xx x x. ....",
        "withdraw":          "x+x+xx xx x +. ....",
        "complete":          "--xxxx xx x x. ....",
        "add_prerequisite":  "+++++x xx + +. ....",
        "void_prerequisite": "+++++x xx + +. ....",
        "add_consultation":  "+++xxx xx + x. ....",
        "add_file":          "+++++x xx + +. ....",
        "withdraw_file":     "xxx+xx xx x x. ....",
        "publish_notice":    "-----x xx - -. ....",
        "emergency":         "---xxx xx - x. ....",
        "reconsider":        "------ -- x x. ....",
    },
    "returned": {
        "submit":            "xxx+xx xx x +. ....",
        "revise":            "xxx+xx xx x +. ....",
        "concern":           "xxx+xx xx x +. ....",
        "confirm":           "x-xxxx xx x x. ....",
        "send_back":         "x-xxxx xx x x. ....",
        "withdraw":          "x+x+xx xx x +. ....",
        "complete":          "--xxxx xx x x. ....",
        "add_prerequisite":  "+++++x xx + +. ....",
        "void_prerequisite": "+++++x xx + +. ....",
        "add_consultation":  "+++xxx xx + x. ....",
        "add_file":          "+++++x xx + +. ....",
        "withdraw_file":     "xxx+xx xx x x. ....",
        "publish_notice":    "-----x xx - -. ....",
        "emergency":         "---xxx xx - x. ....",
        "reconsider":        "------ -- x x. ....",
    },
    "returned_by_meeting": {
        "submit":     "xxx+xx xx x +. ....",
        "revise":     "xxx+xx xx x +. ....",
        "concern":    "xxx+xx xx x +. ....",
        "confirm":    "xxxxxx xx x x. ....",
        "send_back":  "xxxxxx xx x x. ....",
        "withdraw":   "xxx+xx xx x +. ....",
        "complete":   "--xxxx xx x x. ....",
        "reconsider": "------ -- x x. ....",
    },
    "rejected": {
        "submit":            "xxx-xx xx x -. ....",
        "revise":            "xxx-xx xx x -. ....",
        "concern":           "xxx-xx xx x -. ....",
        "confirm":           "xxxxxx xx x x. ....",
        "send_back":         "xxxxxx xx x x. ....",
        "withdraw":          "xxx-xx xx x -. ....",
        "complete":          "--xxxx xx x x. ....",
        "add_prerequisite":  "-----x xx - -. ....",
        "void_prerequisite": "-----x xx - -. ....",
        "add_consultation":  "---xxx xx - x. ....",
        "add_file":          "-----x xx - -. ....",
        "withdraw_file":     "xxx-xx xx x x. ....",
        "publish_notice":    "-----x xx - -. ....",
        "emergency":         "---xxx xx - x. ....",
        "reconsider":        "------ -- x x. ....",
    },
    "withdrawn": {
        "submit":            "xxx-xx xx x -. ....",
        "revise":            "xxx-xx xx x -. ....",
        "concern":           "xxx-xx xx x -. ....",
        "confirm":           "xxxxxx xx x x. ....",
        "send_back":         "xxxxxx xx x x. ....",
        "withdraw":          "xxx-xx xx x -. ....",
        "complete":          "--xxxx xx x x. ....",
        "add_prerequisite":  "-----x xx - -. ....",
        "void_prerequisite": "-----x xx - -. ....",
        "add_consultation":  "---xxx xx - x. ....",
        "add_file":          "-----x xx - -. ....",
        "withdraw_file":     "xxx-xx xx x x. ....",
        "publish_notice":    "-----x xx - -. ....",
        "emergency":         "---xxx xx - x. ....",
        "reconsider":        "------ -- x x. ....",
    },
    "implementing": {
        "submit":            "xxx-xx xx x -x ....",
        "revise":            "xxx-xx xx x -x ....",
        "concern":           "xxx-xx xx x -x ....",
        "confirm":           "xxxxxx xx x xx ....",
        "send_back":         "xxxxxx xx x xx ....",
        "withdraw":          "xxx-xx xx x -x ....",
        "complete":          "++xxxx xx x xx ....",
        "add_prerequisite":  "+++++x xx + +x ....",
        "void_prerequisite": "+++++x xx + +x ....",
        "add_consultation":  "+++xxx xx + xx ....",
        "add_file":          "+++++x xx + +x ....",
        "withdraw_file":     "xxx+xx xx x xx ....",
        "publish_notice":    "+++++x xx + +x ....",
        "emergency":         "---xxx xx - xx ....",
        "reconsider":        "++++++ ++ x xx ....",
    },
    "with_open_task": {
        "complete": "!!xxxx xx x xx ....",
    },
    "issued": {
        "submit":     "xxx-xx xx x -x ..x.",
        "revise":     "xxx-xx xx x -x ..x.",
        "concern":    "xxx-xx xx x -x ..x.",
        "confirm":    "xxxxxx xx x xx ..x.",
        "send_back":  "xxxxxx xx x xx ..x.",
        "withdraw":   "xxx-xx xx x -x ..x.",
        "complete":   "++xxxx xx x xx ..x.",
        "reconsider": "++++++ ++ x xx ..x.",
    },
    "issued_restricted": {
        "submit":            "xxx-xx .. x -. ....",
        "revise":            "xxx-xx .. x -. ....",
        "concern":           "xxx-xx .. x -. ....",
        "confirm":           "xxxxxx .. x x. ....",
        "send_back":         "xxxxxx .. x x. ....",
        "withdraw":          "xxx-xx .. x -. ....",
        "complete":          "++xxxx .. x x. ....",
        "add_prerequisite":  "+++++x .. + +. ....",
        "void_prerequisite": "+++++x .. + +. ....",
        "add_consultation":  "+++xxx .. + x. ....",
        "add_file":          "+++++x .. + +. ....",
        "withdraw_file":     "xxx+xx .. x x. ....",
        "publish_notice":    "+++++x .. + +. ....",
        "emergency":         "+++xxx .. + x. ....",
        "reconsider":        "++++++ .. x x. ....",
    },
    "completed": {
        "submit":            "xxx-xx xx x -x ....",
        "revise":            "xxx-xx xx x -x ....",
        "concern":           "xxx-xx xx x -x ....",
        "confirm":           "xxxxxx xx x xx ....",
        "send_back":         "xxxxxx xx x xx ....",
        "withdraw":          "xxx-xx xx x -x ....",
        "complete":          "--xxxx xx x xx ....",
        "add_prerequisite":  "-----x xx - -x ....",
        "void_prerequisite": "-----x xx - -x ....",
        "add_consultation":  "---xxx xx - xx ....",
        "add_file":          "-----x xx - -x ....",
        "withdraw_file":     "xxx-xx xx x xx ....",
        "publish_notice":    "+++++x xx + +x ....",
        "emergency":         "---xxx xx - xx ....",
        "reconsider":        "++++++ ++ x xx ....",
    },
}
# fmt: on


def test_every_transition_act_and_state_has_its_row():
    assert set(ACTS) >= TRANSITION_ACTS
    assert set(EXPECTED) == set(STATES)
    for state, table in EXPECTED.items():
        assert set(table) >= VARIANTS.get(state, TRANSITION_ACTS), state


def test_every_act_is_asked_in_every_item_state(people):
    asked: dict[str, set[str]] = {}
    for state, build in STATES.items():
        item = DecisionItem.objects.get(pk=build(people).item.pk)
        asked.setdefault(item.state, set()).update(EXPECTED[state])
    assert asked == {str(value): set(ACTS) for value in ItemState.values}


@pytest.mark.parametrize("state", STATES)
def test_item_acts(people, state):
    check_rows(EXPECTED[state], ACTS, STATES[state](people), people)
