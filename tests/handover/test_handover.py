"""交接: what a person has in hand goes to named persons, whole, with a record; and to nobody who may not have it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.errors import Blocked, NotNow, NotPermitted
from compliance.models import Finding, FindingStep
from decisions.access import lock_item
from decisions.models import DecisionItem, Task
from decisions.services import outcomes, tasks
from governance import services as governance
from governance.choices import SeatRole
from handover import services
from handover.choices import WorkKind
from handover.models import Handover
from handover.selectors import in_hand, open_work, refs_of, unattended
from ledger.models import LedgerEntry
from ledger.services import verify
from meetings.models import AgendaEntry, Meeting, Minutes
from notifications.models import Message
from tests.contracts.matrix import ROLES, answer, letters, spaced, stored
from tests.contracts.world import TITLES
from workbench.rights.catalogue import HIDDEN

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def hand(world, giver, to, actor=None, reason="调岗"):
    return services.hand_over(
        actor=actor or world.cast.clerk,
        school_id=world.cast.school.pk,
        giver_id=giver.pk,
        to={ref: receiver.pk for ref, receiver in to.items()},
        reason=reason,
    )


def named(world, person) -> dict[str, set[Any]]:
    """What a person has in hand, by kind, by the names of the world."""
    names = {("item", item.pk): name for name, item in world.items.items()}
    names |= {(kind, task.pk): name for kind in ("task", "help") for name, task in world.tasks.items()}
    names |= {(kind, m.pk): name for kind in ("chair", "recorder") for name, m in world.meetings.items()}
    found: dict[str, set[Any]] = {}
    for kind, pk in refs_of(world.cast.school, person):
        found.setdefault(kind, set()).add(names.get((kind, pk), kind))
    return found


def test_everybody_has_in_hand_what_is_theirs_to_do(world):
    """No decided or ended matter, none under deliberation, nothing that belongs to an office."""
    cast = world.cast
    assert named(world, cast.vice) == {
        "item": {"draft", "open0", "open1", "open2", "listed"},
        "finding": {"finding"},
    }
    assert named(world, cast.staff) == {"task": {"decided1"}}
    assert named(world, cast.teacher) == {"help": {"decided1"}}
    assert named(world, cast.finance) == {"task": {"decided2"}}
    assert named(world, cast.principal) == {"chair": {"listed"}}
    assert named(world, cast.clerk) == {"recorder": {"listed", "sitting"}, "minutes": {"minutes"}}
    assert named(world, cast.secretary) == {}
    assert refs_of(cast.other_school, cast.vice) == set()
    counts = {one.person: one.count for one in in_hand(cast.school)}
    assert (counts[cast.vice], counts[cast.clerk], counts[cast.staff]) == (6, 4, 1)


@pytest.mark.parametrize(
    ("reader", "titles"),
    [
        ("vice", {"甲草稿中的事项", "乙公开待定事项", "丙内部待定事项", "丁保密待定事项", "戊列会事项"}),
        ("secretary", {"乙公开待定事项", "丙内部待定事项", "丁保密待定事项", "戊列会事项"}),
        ("principal", {"乙公开待定事项", "丙内部待定事项", "丁保密待定事项", "戊列会事项"}),
    ],
)
def test_a_title_is_shown_to_who_may_read_it_only(world, reader, titles):
    groups = open_work(world.cast.school, world.cast.vice, getattr(world.cast, reader))
    works = [work for group in groups for work in group.works]
    assert {work.title for work in works} & set(TITLES.values()) == titles
    items = [work for work in works if work.kind == WorkKind.ITEM]
    number = world.items["open2"].number
    assert {work.formal for work in items} >= {f"议题 {number}", "乙公开待定事项"}
    assert not {work.formal for work in items} & {TITLES["draft"], TITLES["open2"]}


def test_a_task_is_handed_over_with_everything_it_carries(world):
    cast, task = world.cast, world.tasks["decided1"]
    item = task.item
    assert cast.staff.has_perm("decisions.view_decisionitem", item)
    (made,) = hand(world, cast.staff, {("task", task.pk): cast.finance}, reason="调任教研室")

    task = Task.objects.get(pk=task.pk)
    assert (task.owner, task.progress, set(task.helpers.all())) == (cast.finance, 30, {cast.teacher})
    assert (task.history.first().history_user, task.history.first().history_change_reason) == (
        cast.clerk,
        "交接：调任教研室",
    )
    for person, may_read in ((cast.staff, False), (cast.finance, True)):
        fresh = type(person).objects.get(pk=person.pk)
        assert fresh.has_perm("decisions.view_decisionitem", item) is may_read
    event = item.events.first()
    assert (event.kind, event.text, event.actor) == (
        "task.handed_over",
        "任务“密任务之decided1”的责任人由田家和交接给韩立秋",
        cast.clerk,
    )
    assert (made.giver, made.receiver, made.handed_by, made.received_at) == (
        cast.staff,
        cast.finance,
        cast.clerk,
        None,
    )
    line = made.lines.get()
    assert (line.kind, line.title, line.subject) == ("task", "密任务之decided1", f"decisions.task:{task.pk}")
    assert "延期申请待审批" in line.note
    last = LedgerEntry.objects.filter(chain=cast.school.chain_key).latest("pk")
    assert (last.kind, last.payload["from"], last.payload["to"]) == ("handover.made", "田家和", "韩立秋")
    told = Message.objects.filter(kind="handover.made").values_list("recipient__display_name", "title")
    assert set(told) == {
        ("韩立秋", "请接收田家和交接的 1 项工作"),
        ("田家和", "您的 1 项工作已交接给韩立秋"),
    }
    with pytest.raises(NotPermitted):
        tasks.report(task.pk, actor=cast.staff, progress=40, text="已不由我负责")
    tasks.report(task.pk, actor=cast.finance, progress=40, text="接手后继续")
    assert list(verify(cast.school.chain_key)) == []


def test_who_hands_over_one_of_two_tasks_goes_on_reading_the_item(world):
    cast, item = world.cast, world.items["decided1"]
    spec = outcomes.TaskSpec("第二件", cast.staff, TODAY() + timedelta(days=9))
    outcomes.issue_task(lock_item(item.pk), spec, actor=cast.secretary, meeting_label="党总支会议")
    hand(world, cast.staff, {("task", world.tasks["decided1"].pk): cast.finance})
    staff = type(cast.staff).objects.get(pk=cast.staff.pk)
    assert staff.has_perm("decisions.view_decisionitem", item)


def test_both_tasks_of_one_item_in_one_act(world):
    """The item is written twice in one transaction; neither event nor version is lost."""
    cast, item = world.cast, world.items["decided1"]
    spec = outcomes.TaskSpec("第二件", cast.staff, TODAY() + timedelta(days=9))
    second = outcomes.issue_task(lock_item(item.pk), spec, actor=cast.secretary, meeting_label="党总支会议")
    version = DecisionItem.objects.get(pk=item.pk).version
    hand(
        world,
        cast.staff,
        {("task", world.tasks["decided1"].pk): cast.finance, ("task", second.pk): cast.teacher},
    )
    assert DecisionItem.objects.get(pk=item.pk).version == version + 2
    assert item.events.filter(kind="task.handed_over").count() == 2
    assert set(Task.objects.get(pk=second.pk).helpers.all()) == set()
    assert list(verify(cast.school.chain_key)) == []


def test_a_helper_hands_over_and_an_owner_who_helps_is_not_named_twice(world):
    cast, task = world.cast, world.tasks["decided1"]
    hand(world, cast.teacher, {("help", task.pk): cast.finance})
    assert set(task.helpers.all()) == {cast.finance}
    hand(world, cast.staff, {("task", task.pk): cast.finance})
    assert (Task.objects.get(pk=task.pk).owner, set(task.helpers.all())) == (cast.finance, set())


def test_nobody_gains_a_reading_of_scope_2_by_a_task(world):
    cast, task = world.cast, world.tasks["decided2"]
    (made,) = hand(world, cast.finance, {("task", task.pk): cast.staff})
    assert Task.objects.visible_to(cast.staff).filter(pk=task.pk).exists()
    assert not DecisionItem.objects.visible_to(cast.staff).filter(pk=task.item_id).exists()
    assert made.lines.get().title == f"议题 {world.items['decided2'].number} 的任务"


def test_one_act_hands_all_kinds_of_work_to_several_persons(world):
    cast = world.cast
    items = {name: ("item", world.items[name].pk) for name in ("draft", "open1", "listed")}
    finding = ("finding", world.parts["handed_in"].pk)
    made = hand(
        world,
        cast.vice,
        {
            items["draft"]: cast.vice_second,
            items["open1"]: cast.vice_second,
            items["listed"]: cast.discipline,
            finding: cast.discipline,
        },
        actor=cast.vice,
    )
    assert [(h.receiver, h.lines.count()) for h in made] == sorted(
        [(cast.vice_second, 2), (cast.discipline, 2)], key=lambda pair: pair[0].pk
    )
    draft = DecisionItem.objects.get(pk=world.items["draft"].pk)
    assert (draft.created_by, draft.proposer, draft.presenter) == (cast.vice_second,) * 3
    assert not DecisionItem.objects.visible_to(cast.vice).filter(pk=draft.pk).exists()
    assert draft.events.first().text == "经办人、提出人、汇报人由赵明川交接给周婉宁"
    entry = AgendaEntry.objects.get(pk=world.entries["listed"].pk)
    assert entry.presenter == cast.discipline
    assert entry.observers.filter(person=cast.discipline, identity="汇报人").count() == 1
    found = Finding.objects.get(pk=finding[1])
    assert (found.rectification.owner, found.state) == (cast.discipline, "submitted")
    step = FindingStep.objects.filter(finding=found).first()
    assert (step.act, step.words) == ("hand_over", "责任人由赵明川交接给孙正清：调岗")
    assert not Message.objects.filter(kind="handover.made", recipient=cast.vice).exists(), "the own act"
    assert list(verify(cast.school.chain_key)) == []


def test_meetings_and_minutes_go_to_who_may_hold_and_write_them(world):
    cast, listed = world.cast, world.meetings["listed"]
    hand(world, cast.principal, {("chair", listed.pk): cast.vice})
    meeting = Meeting.objects.get(pk=listed.pk)
    assert (meeting.chair, meeting.chair_delegation) == (cast.vice, "林知远交接，由赵明川主持：调岗")
    drafts = sorted(ref for ref in refs_of(cast.school, cast.clerk) if ref[0] == "minutes")
    sitting = world.meetings["sitting"]
    hand(world, cast.clerk, {("recorder", sitting.pk): cast.vice, **dict.fromkeys(drafts, cast.vice)})
    assert Meeting.objects.get(pk=sitting.pk).recorder == cast.vice
    assert set(Minutes.objects.filter(state="draft").values_list("drafted_by", flat=True)) == {cast.vice.pk}
    assert list(verify(cast.school.chain_key)) == []


def test_every_reason_against_is_told_at_once_and_nothing_is_done(world):
    """R10 proposer, R66 scope 2, R36 concerned, R34 chair, R61 recorder: one answer."""
    cast = world.cast
    before = stored()
    with pytest.raises(Blocked) as refusal:
        hand(
            world,
            cast.vice,
            {
                ("item", world.items["open0"].pk): cast.vice_second,
                ("item", world.items["open1"].pk): cast.finance,
                ("item", world.items["open2"].pk): cast.teacher,
                ("finding", world.parts["handed_in"].pk): cast.staff,
            },
        )
    assert sorted(check.code for check in refusal.value.checks) == ["R10", "R10", "R36", "R66", "R66"]
    with pytest.raises(Blocked, match="1 处") as refusal:
        hand(world, cast.principal, {("chair", world.meetings["listed"].pk): cast.secretary})
    assert [check.code for check in refusal.value.checks] == ["R34"]
    with pytest.raises(Blocked) as refusal:
        hand(world, cast.clerk, {("recorder", world.meetings["listed"].pk): cast.staff})
    assert [check.code for check in refusal.value.checks] == ["R61"]
    assert stored() == before


def test_a_person_who_withdrew_receives_neither_item_nor_task(world):
    """Recused in a meeting counts as concerned (R36), though nobody named the person beforehand."""
    cast, recusal = world.cast, world.parts["recusal"]
    item = recusal.entry.stage.item
    spec = outcomes.TaskSpec("办理", cast.staff, TODAY() + timedelta(days=9))
    task = outcomes.issue_task(lock_item(item.pk), spec, actor=cast.secretary, meeting_label="校长办公会议")
    with pytest.raises(Blocked) as refusal:
        hand(world, cast.staff, {("task", task.pk): recusal.seat.person})
    assert [check.code for check in refusal.value.checks] == ["R36"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"to": {}}, "至少为一项"),
        ({"reason": "  "}, "请填写交接事由"),
        ({"receiver": "ended"}, "在任人员"),
        ({"receiver": "staff"}, "在任人员"),
        ({"receiver": "inspector"}, "在任人员"),
        ({"ref": ("task", 0)}, "已办结、已由他人接手"),
    ],
)
def test_what_cannot_be_handed_over_is_refused(world, change, message):
    cast = world.cast
    before = stored()
    ref = change.get("ref", ("task", world.tasks["decided1"].pk))
    to = {ref: getattr(cast, change.get("receiver", "finance"))}
    with pytest.raises(NotNow, match=message):
        hand(world, cast.staff, change.get("to", to), reason=change.get("reason", "调岗"))
    assert stored() == before


def test_a_task_done_meanwhile_is_not_handed_over(world):
    cast, task = world.cast, world.tasks["decided1"]
    tasks.report(task.pk, actor=cast.staff, progress=100, text="完成", is_submission=True)
    tasks.accept(task.pk, actor=cast.principal, text="")
    with pytest.raises(NotNow, match="已办结"):
        hand(world, cast.staff, {("task", task.pk): cast.finance})


def test_who_may_hand_over_and_who_may_receive(world):
    """For 田家和: 书记, 校长, 会议秘书 and 田家和. Received by 韩立秋 only, whom the table of the cast does not name."""
    cast = world.cast
    task = ("task", world.tasks["decided1"].pk)
    by_all = letters(lambda w, who: hand(w, cast.staff, {task: cast.finance}, actor=who), world, cast)
    assert by_all == "++xxxx xx + +x ..x."
    (made,) = hand(world, cast.staff, {task: cast.teacher})
    by_all = letters(lambda w, who: services.receive(made.pk, actor=who), world, cast)
    assert by_all == "xx.... .. x x+ ...."
    assert answer(lambda w, who: services.receive(made.pk, actor=who), world, cast.finance) == HIDDEN
    seen = "".join("+" if Handover.objects.visible_to(getattr(cast, who)).exists() else "." for who in ROLES)
    assert spaced(seen) == "++.... .. + ++ ...."


def test_receiving_is_done_once_and_told(world):
    cast = world.cast
    (made,) = hand(world, cast.staff, {("task", world.tasks["decided1"].pk): cast.finance})
    done = services.receive(made.pk, actor=cast.finance)
    assert done.received_at >= done.handed_at
    assert done.history.first().history_change_reason == "接收"
    told = Message.objects.filter(kind="handover.received").values_list("recipient__display_name", flat=True)
    assert set(told) == {"田家和", "罗敏"}
    with pytest.raises(NotNow, match="已接收"):
        services.receive(made.pk, actor=cast.finance)
    assert list(verify(cast.school.chain_key)) == []


def test_work_of_who_has_left_is_nobodys_until_handed_over(world):
    cast = world.cast
    assert unattended(cast.school) == []
    governance.leave_school(
        actor=cast.secretary, school=cast.school, person=cast.vice, until=TODAY(), at_once=True
    )
    seat = cast.clerk.seats.get(body=cast.admin)
    governance.end_seat(actor=cast.secretary, seat_id=seat.pk, until=TODAY(), at_once=True)
    assert {one.person: one.lost for one in unattended(cast.school)} == {cast.vice: 6, cast.clerk: 3}
    first = in_hand(cast.school)[0]
    assert (first.person, first.lost) == (cast.vice, 6)
    hand(
        world,
        cast.vice,
        dict.fromkeys(refs_of(cast.school, cast.vice), cast.vice_second),
        actor=cast.secretary,
        reason="离校",
    )
    assert {one.person for one in unattended(cast.school)} == {cast.clerk}
    governance.appoint(
        actor=cast.secretary, body=cast.admin, person=cast.staff, role=SeatRole.CLERK, since=TODAY()
    )
    hand(
        world,
        cast.clerk,
        {ref: cast.staff for ref in refs_of(cast.school, cast.clerk) if ref[0] == "recorder"},
        actor=cast.secretary,
    )
    assert list(verify(cast.school.chain_key)) == []
