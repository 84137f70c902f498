"""What waits for whom: each todo appears for its person, and goes when it is done."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from decisions.choices import ReconsiderationState
from decisions.models import DecisionItem, Reconsideration, Task
from decisions.services import evidence, items, reconsideration, tasks
from governance.access import offices_of
from governance.parameters import resolve
from meetings.models import Minutes
from meetings.services import deliberation, planning, records, sitting
from tests.factories.decisions import DRAFT, SUBMITTED, add_evidence, consult, make_item
from tests.factories.meetings import begin, decide, hold, list_item, plan, take_up
from workbench.selectors.todos import todo_list
from workbench.selectors.todos.kit import workdays_after
from workbench.views import headline, salutation

TODAY_IS = timezone.localdate


def waiting(cast, user, today=None):
    day = today or TODAY_IS()
    return todo_list(user, offices_of(user, cast.school), resolve(cast.school, day), day)


def titles(cast, user, today=None):
    return [todo.title for _caption, todos in waiting(cast, user, today).groups for todo in todos]


def who(cast, title):
    """Names of the cast for whom a todo with this title waits."""
    inside = {name: user for name, user in cast.people.items() if offices_of(user, cast.school).belongs}
    return {name for name, user in inside.items() if title in titles(cast, user)}


def fresh(item):
    return DecisionItem.objects.get(pk=item.pk)


def deployed(cast, title="2027年度学校预算"):
    """An item decided and deployed with one task of 田家和, due in nine days."""
    item = make_item(cast, "G01", title=title)
    hold(cast, cast.admin, item)
    items.confirm(item.pk, actor=cast.secretary)
    consult(cast, add_evidence(cast, item))
    hold(cast, cast.party, item)
    items.confirm(item.pk, actor=cast.principal)
    meeting = plan(cast, cast.admin)
    entry = list_item(cast, meeting, item)
    begin(cast, meeting)
    entry = take_up(cast, entry)
    deliberation.add_task_draft(
        entry.pk,
        actor=cast.clerk,
        title="公开年度预算",
        owner=cast.staff,
        due_on=TODAY_IS() + timedelta(days=9),
    )
    decide(cast, entry)
    return fresh(item)


def test_drafts_wait_for_their_makers(cast):
    make_item(cast, "G01", DRAFT, title="预算草案", proposer=cast.principal)
    assert who(cast, "继续申报：预算草案") == {"vice", "principal"}


def test_confirmation_waits_for_the_chair_of_the_body(cast):
    make_item(cast, "G01", SUBMITTED, title="预算草案")
    make_item(cast, "A06", SUBMITTED, title="廉政专题")
    assert who(cast, "确定议题：预算草案") == {"principal"}
    assert who(cast, "确定议题：廉政专题") == {"secretary"}


def test_consultation_and_evidence_wait_until_they_exist(cast):
    item = make_item(cast, "G01", title="预算草案")
    hold(cast, cast.admin, item)
    assert who(cast, "与校长沟通：预算草案") == {"secretary"}
    assert who(cast, "与书记沟通：预算草案") == {"principal"}
    assert who(cast, "书记、校长沟通：预算草案") == {"clerk"}
    assert who(cast, "补齐前置程序：预算草案") == {"vice"}
    (todo,) = [t for _c, ts in waiting(cast, cast.vice).groups for t in ts]
    assert todo.note == "还缺 调研报告、预算来源确认、教代会听取意见"
    add_evidence(cast, item)
    assert who(cast, "补齐前置程序：预算草案") == set()
    consult(cast, item, "major")
    assert who(cast, "与校长沟通：预算草案") == {"secretary"}
    consult(cast, item)
    assert who(cast, "与校长沟通：预算草案") == set()
    items.revise(item.pk, actor=cast.vice, fields={"proposal": "新的方案"})
    (note,) = [t.note for _c, ts in waiting(cast, cast.secretary).groups for t in ts if "沟通" in t.title]
    assert note.endswith("已修改，须重新沟通后才能上会")


def test_a_meeting_asks_for_agenda_notice_record_signatures_and_minutes(cast):
    item = make_item(cast, "G01", title="预算草案")
    assert who(cast, "安排校长办公会议") == {"clerk"}
    meeting = plan(cast, cast.admin)
    entry = list_item(cast, meeting, item)
    label = meeting.label
    assert who(cast, "安排校长办公会议") == set()
    assert who(cast, f"发出{label}通知") == {"clerk", "principal"}
    planning.send_notice(meeting.pk, actor=cast.clerk)
    assert who(cast, f"发出{label}通知") == set()
    assert f"召开{label}" in titles(cast, cast.clerk, TODAY_IS() + timedelta(days=5))
    begin(cast, meeting)
    assert who(cast, f"继续记录{label}") == {"clerk", "principal"}
    decide(cast, take_up(cast, entry))
    sitting.close_meeting(meeting.pk, actor=cast.clerk)
    assert who(cast, f"签字确认{label}记录") == {"clerk", "principal"}
    assert who(cast, f"起草{label}纪要") == {"clerk"}
    records.sign_record(meeting.pk, actor=cast.clerk, is_chair=False)
    assert who(cast, f"签字确认{label}记录") == {"principal"}
    records.sign_record(meeting.pk, actor=cast.principal, is_chair=True)
    minutes = records.draft_minutes(meeting.pk, actor=cast.clerk)
    assert who(cast, f"送签{label}纪要") == {"clerk"}
    records.submit_minutes(minutes.pk, actor=cast.clerk)
    assert who(cast, f"签发{label}纪要") == {"principal"}
    records.issue_minutes(minutes.pk, actor=cast.principal)
    assert Minutes.objects.get().state == "issued"
    everything = [title for user in cast.people.values() for title in titles(cast, user)]
    assert [title for title in everything if label in title] == []


def test_tasks_wait_for_owner_then_judge_then_completion(cast):
    item = deployed(cast)
    task = Task.objects.get(item=item)
    assert who(cast, "签收任务：公开年度预算") == {"staff"}
    tasks.receive(task.pk, actor=cast.staff)
    assert who(cast, "反馈进展：公开年度预算") == set()
    assert "反馈进展：公开年度预算" in titles(cast, cast.staff, TODAY_IS() + timedelta(days=8))
    tasks.request_extension(
        task.pk, actor=cast.staff, new_due_on=TODAY_IS() + timedelta(days=20), reason="等待批复"
    )
    assert who(cast, "审批延期：公开年度预算") == {"principal"}
    tasks.decide_extension(task.extensions.get().pk, actor=cast.principal, is_accepted=True)
    assert who(cast, "审批延期：公开年度预算") == set()
    tasks.report(task.pk, actor=cast.staff, progress=100, text="已公开", is_submission=True)
    assert who(cast, "验收：公开年度预算") == {"principal"}
    assert who(cast, "办结：2027年度学校预算") == set()
    tasks.accept(task.pk, actor=cast.principal, text="")
    assert who(cast, "办结：2027年度学校预算") == {"principal"}


def test_reconsideration_waits_for_seconders_then_for_the_chair(cast):
    item = deployed(cast)
    reconsideration.request_reconsideration(
        item.pk, actor=cast.vice, reason="财政核减", change="压缩设备购置"
    )
    row = Reconsideration.objects.get()
    party = {"secretary", "principal", "deputy", "vice_second", "discipline", "organizer"}
    assert who(cast, f"是否附议：{item.title}") == party
    for member in (cast.deputy, cast.vice_second, cast.discipline):
        reconsideration.second(row.pk, actor=member)
    assert who(cast, f"受理复议：{item.title}") == {"secretary"}
    assert who(cast, f"是否附议：{item.title}") == {"principal", "organizer"}
    reconsideration.decide_reconsideration(row.pk, actor=cast.secretary, is_accepted=False, answer="理由不足")
    row.refresh_from_db()
    assert row.state == ReconsiderationState.REFUSED
    assert who(cast, f"受理复议：{item.title}") == set()


def test_todos_hold_nothing_the_person_may_not_see(cast):
    item = make_item(cast, "B01", SUBMITTED, title="干部任免方案", presenter=cast.vice)
    assert who(cast, f"确定议题：{item.title}") == {"secretary"}
    others = [cast.vice_non_party, cast.admin_member, cast.admin_second, cast.staff, cast.finance]
    seen = [title for user in others for title in titles(cast, user)]
    assert [title for title in seen if "干部任免方案" in title] == []


def test_deployment_has_a_deadline_and_groups_follow_it(cast):
    item = make_item(cast, "G01", title="预算草案")
    hold(cast, cast.admin, item)
    items.confirm(item.pk, actor=cast.secretary)
    consult(cast, add_evidence(cast, item))
    hold(cast, cast.party, item)
    days = resolve(cast.school, TODAY_IS())["loop.deploy_days"]
    (todo,) = [
        t for _c, ts in waiting(cast, cast.principal).groups for t in ts if t.title == "确定议题：预算草案"
    ]
    assert todo.due == TODAY_IS() + timedelta(days=days)
    assert todo.title in [t.title for t in waiting(cast, cast.principal, todo.due).today]
    assert todo.title in [t.title for t in waiting(cast, cast.principal, todo.due - timedelta(days=1)).week]


@pytest.mark.parametrize(
    ("day", "number", "then"),
    [
        (date(2026, 11, 16), 3, date(2026, 11, 19)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 3, date(2026, 11, 25)),
        (date(2026, 11, 16), 0, date(2026, 11, 16)),
    ],
)
def test_workdays_skip_the_weekend(day, number, then):
    assert workdays_after(day, number) == then


def test_people_are_greeted_by_office(cast):
    greeted = {name: salutation(offices_of(cast.people[name], cast.school)) for name in cast.people}
    assert {name: greeted[name] for name in ("secretary", "principal", "deputy", "vice", "clerk")} == {
        "secretary": "陈书记",
        "principal": "林校长",
        "deputy": "许副书记",
        "vice": "赵副校长",
        "clerk": "罗敏",
    }
    quiet = waiting(cast, cast.secretary)
    assert headline(offices_of(cast.secretary, cast.school), quiet) == "陈书记，今天没有等您办理的事"
    make_item(cast, "G01", SUBMITTED)
    busy = waiting(cast, cast.principal)
    assert headline(offices_of(cast.principal, cast.school), busy) == "林校长，有 1 件事可以先办"
    make_item(cast, "A06", SUBMITTED)
    offices, friday, saturday = (
        offices_of(cast.secretary, cast.school),
        date(2026, 11, 20),
        date(2026, 11, 21),
    )
    stuck = waiting(cast, cast.secretary, friday)
    assert headline(offices, stuck) == "陈书记，本周有 1 件事要办"
    assert headline(offices, waiting(cast, cast.secretary, saturday)) == "陈书记，下周有 1 件事要办"


def test_returned_items_wait_for_their_makers(cast):
    item = make_item(cast, "G01", SUBMITTED, title="预算草案")
    items.send_back(item.pk, actor=cast.principal, reason="测算不全")
    assert who(cast, "完善后重新申报：预算草案") == {"vice"}
    evidence.add_prerequisite(
        item.pk,
        actor=cast.vice,
        kind="research",
        held_on=TODAY_IS(),
        participants="财务室",
        conclusion="可行",
        result="favourable",
    )
    items.submit(item.pk, actor=cast.vice)
    assert who(cast, "完善后重新申报：预算草案") == set()
