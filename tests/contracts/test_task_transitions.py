"""Every act on tasks, extensions and reconsiderations × cast × state: decided.

The task belongs to 田家和 (staff), 秦书瑶 (teacher) helps. The reconsideration was asked for by 赵明川 (vice).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from decisions.access import lock_item
from decisions.choices import ReconsiderationState, RequestState, TaskState
from decisions.models import DecisionItem, Reconsideration, Task, TaskExtension
from decisions.services import items, outcomes, reconsideration, tasks
from tests.contracts.matrix import INTERNAL, RESTRICTED, Act, check_rows, rows_of
from tests.factories.cast import Cast
from tests.factories.decisions import add_evidence, consult, make_item
from tests.factories.meetings import hold

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """One task with or without an open extension request."""

    task: Task
    extension_id: int = 0


def later() -> Any:
    return timezone.localdate() + timedelta(days=20)


def decided(cast: Cast, code: str = "G14") -> DecisionItem:
    item = make_item(cast, code, amount=None)
    items.set_concerned(item.pk, actor=cast.vice, people=[(cast.organizer, "本人")])
    if code != "G14":
        add_evidence(cast, item)
        consult(cast, item)
    hold(cast, cast.party if code != "G14" else cast.admin, item)
    return DecisionItem.objects.get(pk=item.pk)


def issued(cast: Cast, owner: str = "staff", code: str = "G14") -> World:
    item = lock_item(decided(cast, code).pk)
    spec = outcomes.TaskSpec(
        "检修消防设施",
        getattr(cast, owner),
        timezone.localdate() + timedelta(days=9),
        helpers=[cast.teacher],
    )
    chair = cast.principal if code == "G14" else cast.secretary
    return World(outcomes.issue_task(item, spec, actor=chair, meeting_label="第1次会议"))


def in_progress(cast: Cast) -> World:
    world = issued(cast)
    tasks.receive(world.task.pk, actor=cast.staff)
    return world


def asked_for_more_time(cast: Cast) -> World:
    world = in_progress(cast)
    asked = tasks.request_extension(world.task.pk, actor=cast.staff, new_due_on=later(), reason="缺货")
    return World(world.task, asked.pk)


def extension_refused(cast: Cast) -> World:
    world = asked_for_more_time(cast)
    tasks.decide_extension(world.extension_id, actor=cast.principal, is_accepted=False, answer="按期")
    return world


def submitted(cast: Cast, owner: str = "staff") -> World:
    world = issued(cast, owner)
    tasks.report(world.task.pk, actor=getattr(cast, owner), progress=100, text="完成", is_submission=True)
    return world


def done(cast: Cast) -> World:
    world = submitted(cast)
    tasks.accept(world.task.pk, actor=cast.principal, text="")
    return world


def changed_by_reconsideration(cast: Cast) -> World:
    """The resolution behind the task was changed: the task is 已终止."""
    world = issued(cast, code="B03")
    request = Seconding(cast, world.task.item).enough()
    reconsideration.decide_reconsideration(request.pk, actor=cast.secretary, is_accepted=True, answer="受理")
    items.confirm(world.task.item_id, actor=cast.secretary)
    consult(cast, world.task.item)
    hold(cast, cast.party, world.task.item)
    return world


STATES = {
    ("已下达", INTERNAL): issued,
    ("已下达", RESTRICTED): lambda cast: issued(cast, code="B03"),
    ("进行中", INTERNAL): in_progress,
    ("进行中（延期待处理）", INTERNAL): asked_for_more_time,
    ("进行中（延期不同意）", INTERNAL): extension_refused,
    ("待验收", INTERNAL): submitted,
    ("待验收（校长本人的任务）", INTERNAL): lambda cast: submitted(cast, "principal"),
    ("已办结", INTERNAL): done,
    ("已终止", RESTRICTED): changed_by_reconsideration,
}
ACTS: dict[str, Act] = {
    "receive": lambda w, who: tasks.receive(w.task.pk, actor=who),
    "report": lambda w, who: tasks.report(w.task.pk, actor=who, progress=40, text="进行中"),
    "hand_in": lambda w, who: tasks.report(
        w.task.pk, actor=who, progress=100, text="完成", is_submission=True
    ),
    "accept": lambda w, who: tasks.accept(w.task.pk, actor=who, text=""),
    "send_back": lambda w, who: tasks.send_back(w.task.pk, actor=who, text="补照片"),
    "urge": lambda w, who: tasks.urge(w.task.pk, actor=who, text=""),
    "ask_time": lambda w, who: tasks.request_extension(
        w.task.pk, actor=who, new_due_on=later(), reason="缺货"
    ),
    "give_time": lambda w, who: tasks.decide_extension(w.extension_id, actor=who, is_accepted=True),
    "refuse_time": lambda w, who: tasks.decide_extension(
        w.extension_id, actor=who, is_accepted=False, answer="按期"
    ),
}

EXPECTED = rows_of("落实任务")


@pytest.mark.parametrize("state", STATES)
def test_task_acts(people, state):
    check_rows("落实任务", state, ACTS, STATES[state](people), people)


def test_every_task_state_and_act_is_asked(people):
    assert set(EXPECTED) == set(STATES)
    on_task = set(ACTS) - {"give_time", "refuse_time"}
    asked: dict[str, set[str]] = {}
    for state, build in STATES.items():
        task = Task.objects.get(pk=build(people).task.pk)
        asked.setdefault(task.state, set()).update(EXPECTED[state])
    assert {state: acts & on_task for state, acts in asked.items()} == {
        str(value): on_task for value in TaskState.values
    }
    assert set(TaskExtension.objects.values_list("state", flat=True)) <= set(RequestState.values)


# --- 复议 ---------------------------------------------------------------------------------------------


@dataclass
class Seconding:
    """A request against a resolution of the Party body (7 voting seats): 4 seconds are needed."""

    cast: Cast
    item: DecisionItem

    def asked(self) -> Reconsideration:
        """Asked for, seconded by the one who asked."""
        return reconsideration.request_reconsideration(
            self.item.pk, actor=self.cast.vice, reason="情况有变", change="改由另一同志。"
        )

    def enough(self) -> Reconsideration:
        """Seconded by four of seven."""
        request = self.asked()
        for name in ("principal", "deputy", "discipline"):
            reconsideration.second(request.pk, actor=getattr(self.cast, name))
        return request

    def refused(self) -> Reconsideration:
        request = self.asked()
        reconsideration.decide_reconsideration(
            request.pk, actor=self.cast.secretary, is_accepted=False, answer="理由不足"
        )
        return request

    def accepted(self) -> Reconsideration:
        request = self.enough()
        reconsideration.decide_reconsideration(
            request.pk, actor=self.cast.secretary, is_accepted=True, answer="受理"
        )
        return request

    def voted(self, outcome: str) -> Reconsideration:
        """Deliberated again: the resolution changed, or upheld."""
        request = self.accepted()
        items.confirm(self.item.pk, actor=self.cast.secretary)
        consult(self.cast, self.item)
        votes = 6 if outcome == "passed" else 2
        hold(self.cast, self.cast.party, self.item, votes_for=votes, outcome=outcome)
        return request


REQUESTS = {
    ("征集附议", INTERNAL): lambda cast: Seconding(cast, decided(cast, "A01")).asked(),
    ("征集附议", RESTRICTED): lambda cast: Seconding(cast, decided(cast, "B03")).asked(),
    ("征集附议（附议过半数）", INTERNAL): lambda cast: Seconding(cast, decided(cast, "A01")).enough(),
    ("不予受理", INTERNAL): lambda cast: Seconding(cast, decided(cast, "A01")).refused(),
    ("复议中", INTERNAL): lambda cast: Seconding(cast, decided(cast, "A01")).accepted(),
    ("决议已变更", INTERNAL): lambda cast: Seconding(cast, decided(cast, "A01")).voted("passed"),
    ("维持原决议", INTERNAL): lambda cast: Seconding(cast, decided(cast, "A01")).voted("rejected"),
}
REQUEST_ACTS: dict[str, Act] = {
    "second": lambda w, who: reconsideration.second(w.pk, actor=who),
    "take_up": lambda w, who: reconsideration.decide_reconsideration(
        w.pk, actor=who, is_accepted=True, answer="受理"
    ),
    "turn_down": lambda w, who: reconsideration.decide_reconsideration(
        w.pk, actor=who, is_accepted=False, answer="理由不足"
    ),
    "ask_again": lambda w, who: reconsideration.request_reconsideration(
        w.item_id, actor=who, reason="又有新情况", change="再改。"
    ),
}

REQUEST_ROWS = rows_of("复议")


@pytest.mark.parametrize("state", REQUESTS)
def test_reconsideration_acts(people, state):
    check_rows("复议", state, REQUEST_ACTS, REQUESTS[state](people), people)


def test_every_reconsideration_state_is_asked(people):
    assert all(set(table) == set(REQUEST_ACTS) for table in REQUEST_ROWS.values())
    found = {Reconsideration.objects.get(pk=build(people).pk).state for build in REQUESTS.values()}
    assert found == set(ReconsiderationState.values)
