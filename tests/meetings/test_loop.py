"""Route L from 提出 to 办结, and the refusals on the way, at the level of services."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import Blocked, NotNow
from decisions.choices import ItemState, Outcome
from decisions.models import DecisionItem, Resolution, Task
from decisions.services import items, tasks
from governance.choices import PrerequisiteKind
from ledger.models import LedgerEntry
from ledger.services import verify
from meetings.services import deliberation, records, sitting
from tests.factories.decisions import add_evidence, consult, make_item
from tests.factories.meetings import begin, count, decide, hold, list_item, plan, take_up


def fresh(item):
    return DecisionItem.objects.get(pk=item.pk)


def test_route_l_closes_its_loop(cast, django_capture_on_commit_callbacks):
    item = make_item(cast, "G01", title="2027年度学校预算草案")
    hold(cast, cast.admin, item, text="形成预算草案，提交党总支会议。")
    item = fresh(item)
    assert (item.state, item.current_stage.purpose) == (ItemState.PENDING, "decide")

    items.confirm(item.pk, actor=cast.secretary)
    meeting = plan(cast, cast.party)
    with pytest.raises(Blocked) as refused:
        list_item(cast, meeting, item)
    assert [(c.code, c.title) for c in refused.value.checks] == [
        ("R17", "书记、校长就现方案沟通，无重大分歧"),
        ("R20", "教代会听取意见"),
        ("R16", "调研报告"),
        ("R12", "预算来源确认"),
    ]
    assert all(c.clause and c.fix_url for c in refused.value.checks)
    assert fresh(item).current_stage.state == "confirmed"

    add_evidence(cast, item)
    consult(cast, item)
    entry = list_item(cast, meeting, item)
    begin(cast, meeting, present=6)
    entry = take_up(cast, entry)
    count(cast, entry, 5, 1)
    entry = decide(cast, entry, text="同意2027年度学校预算。")
    snap = entry.snapshot
    assert (snap["due"], snap["present"], snap["voters"]) == (7, 6, 6)
    assert snap["quorum"]["formula"] == "6 ＞ 7÷2 = 3.5"
    assert snap["votes"][0]["formula"] == "5 ＞ 7÷2 = 3.5"
    resolution = Resolution.objects.get(item=item)
    assert resolution.number == f"明德党决〔{timezone.localdate().year}〕1号"

    item = fresh(item)
    assert item.current_stage.purpose == "deploy"
    items.confirm(item.pk, actor=cast.principal)
    deploying = plan(cast, cast.admin)
    entry = list_item(cast, deploying, item)
    begin(cast, deploying)
    entry = take_up(cast, entry)
    for title, owner in (("公开年度预算", cast.finance), ("分解各部门指标", cast.staff)):
        deliberation.add_task_draft(
            entry.pk,
            actor=cast.clerk,
            title=title,
            owner=owner,
            due_on=timezone.localdate() + timedelta(days=9),
        )
    decide(cast, entry, text="按决议部署。")
    item = fresh(item)
    assert (item.state, item.current_stage) == (ItemState.IMPLEMENTING, None)
    with pytest.raises(Blocked, match="办结前"):
        items.complete(item.pk, actor=cast.principal, note="完成")
    for task in Task.objects.filter(item=item):
        tasks.receive(task.pk, actor=task.owner)
        tasks.report(task.pk, actor=task.owner, progress=40, text="正在办理")
        tasks.report(task.pk, actor=task.owner, progress=100, text="已完成", is_submission=True)
        tasks.accept(task.pk, actor=cast.principal, text="")
    items.complete(item.pk, actor=cast.principal, note="预算已公开并分解。")
    item = fresh(item)
    assert item.state == ItemState.COMPLETED
    kinds = list(reversed(list(item.events.values_list("kind", flat=True))))
    assert kinds[0] == "item.drafted"
    assert kinds[-1] == "item.completed"
    assert kinds.count("stage.concluded") == 3
    assert list(verify(cast.school.chain_key)) == []
    assert LedgerEntry.objects.filter(kind="entry.concluded").count() == 3


def test_wrong_sequence_is_refused(cast):
    """No Party meeting before 校长办公会议 proposed, no deployment before the decision (R13, R14)."""
    item = make_item(cast, "G01")
    meeting = plan(cast, cast.party)
    decide_stage = item.stages.get(purpose="decide")
    deploy_stage = item.stages.get(purpose="deploy")
    from meetings.services.planning import add_entry

    with pytest.raises(NotNow, match="不在党总支会议这一环节"):
        add_entry(meeting.pk, actor=cast.clerk, stage_id=decide_stage.pk)
    with pytest.raises(NotNow, match="不在校长办公会议这一环节"):
        add_entry(plan(cast, cast.admin).pk, actor=cast.clerk, stage_id=deploy_stage.pk)


def cadre_entry(cast, present, **fields):
    item = make_item(cast, "B01", title="教务处副主任选任人选", amount=None, **fields)
    add_evidence(cast, item)
    consult(cast, item)
    meeting = plan(cast, cast.party)
    entry = list_item(cast, meeting, item)
    begin(cast, meeting, present=present)
    return item, entry


def test_cadre_matter_needs_two_thirds(cast):
    item, entry = cadre_entry(cast, present=4)
    entry = take_up(cast, entry)
    count(cast, entry, 4)
    with pytest.raises(Blocked) as refused:
        decide(cast, entry)
    check = refused.value.checks[0]
    assert (check.code, check.detail) == ("R31", "4 ＜ 7×2/3，进位为 5")
    assert "应到 7 人，实到 4 人" in check.message
    assert fresh(item).state == ItemState.DELIBERATING
    late = entry.meeting.attendances.filter(status="expected").first()
    sitting.set_attendance(late.pk, actor=cast.clerk, status="present", version=late.version)
    count(cast, entry, 5)
    decide(cast, entry)
    assert fresh(item).state == ItemState.IMPLEMENTING


def test_recused_member_cannot_vote(cast):
    item, entry = cadre_entry(cast, present=6)
    items_concerned = [(cast.vice, "与人选有亲属关系")]
    from decisions.models import ConcernedPerson

    for person, relation in items_concerned:
        ConcernedPerson.objects.create(item=item, person=person, relation=relation)
    entry = take_up(cast, entry)
    seat = entry.meeting.attendances.get(seat__person=cast.vice).seat
    count(cast, entry, 6)
    with pytest.raises(Blocked) as refused:
        decide(cast, entry)
    assert [c.code for c in refused.value.checks] == ["R36"]
    with pytest.raises(NotNow, match="已有发言记录"):
        deliberation.recuse(entry.pk, actor=cast.clerk, seat_id=seat.pk, reason="亲属关系")
    deliberation.remove_statement(entry.statements.get(seat=seat).pk, actor=cast.clerk)
    deliberation.recuse(entry.pk, actor=cast.clerk, seat_id=seat.pk, reason="亲属关系")
    with pytest.raises(NotNow, match="已回避"):
        deliberation.add_statement(entry.pk, actor=cast.clerk, seat_id=seat.pk, text="同意", stance="agree")
    with pytest.raises(Blocked) as refused:
        decide(cast, entry)
    assert "可投票 5 人（实到 6，回避 1），票数合计 6" in refused.value.checks[0].message
    count(cast, entry, 5)
    entry = decide(cast, entry)
    assert (entry.snapshot["present"], entry.snapshot["recused"], entry.snapshot["voters"]) == (6, 1, 5)


def test_failed_vote_cannot_pass_and_passed_vote_cannot_be_rejected(cast):
    _, entry = cadre_entry(cast, present=7)
    entry = take_up(cast, entry)
    count(cast, entry, 3, 4)
    with pytest.raises(Blocked) as refused:
        decide(cast, entry, Outcome.PASSED)
    assert [c.code for c in refused.value.checks] == ["R53"]
    count(cast, entry, 4, 3)
    with pytest.raises(Blocked) as refused:
        decide(cast, entry, Outcome.REJECTED)
    assert [c.code for c in refused.value.checks] == ["R55"]


def test_deferred_stage_comes_back(cast):
    item, entry = cadre_entry(cast, present=4)
    entry = take_up(cast, entry)
    decide(cast, entry, Outcome.DEFERRED, text="到会不足三分之二，缓议。")
    item = fresh(item)
    assert (item.state, item.current_stage.state) == (ItemState.DEFERRED, "open")
    items.confirm(item.pk, actor=cast.secretary)
    again = list_item(cast, plan(cast, cast.party), item)
    assert again.stage_id == entry.stage_id


def test_returned_item_goes_round_again(cast):
    item = make_item(cast, "G01")
    hold(cast, cast.admin, item, outcome=Outcome.RETURNED, text="补充测算。")
    item = fresh(item)
    assert (item.state, item.current_stage) == (ItemState.RETURNED, None)
    items.submit(item.pk, actor=cast.vice)
    item = fresh(item)
    assert (item.round, item.stages.count(), item.current_stage.purpose) == (2, 6, "propose")


def test_consultation_before_a_new_proposal_does_not_count(cast):
    item = make_item(cast, "B01", amount=None)
    add_evidence(cast, item)
    consult(cast, item)
    items.revise(item.pk, actor=cast.vice, fields={"proposal": "改为另一人选。"})
    with pytest.raises(Blocked) as refused:
        list_item(cast, plan(cast, cast.party), item)
    assert [c.code for c in refused.value.checks] == ["R17"]
    assert "早于方案修改" in refused.value.checks[0].message


def test_major_disagreement_keeps_a_matter_off_the_agenda(cast):
    item = make_item(cast, "B01", amount=None)
    add_evidence(cast, item)
    consult(cast, item, disagreement="major")
    with pytest.raises(Blocked) as refused:
        list_item(cast, plan(cast, cast.party), item)
    assert [c.code for c in refused.value.checks] == ["R18"]


def test_congress_must_approve_distribution_matters(cast):
    """Hearing is not approval: B08 needs 讨论通过 (facts.md §4)."""
    item = make_item(cast, "B08", amount=None)
    hold(cast, cast.admin, item)
    items.confirm(item.pk, actor=cast.secretary)
    item = add_evidence(cast, item, leave_out=(PrerequisiteKind.CONGRESS,))
    consult(cast, item)
    from decisions.services.evidence import add_prerequisite

    add_prerequisite(
        item.pk,
        actor=cast.vice,
        kind="congress",
        held_on=timezone.localdate(),
        participants="代表 40 人",
        conclusion="听取说明",
        result="heard",
        congress_mode="hear",
    )
    with pytest.raises(Blocked) as refused:
        list_item(cast, plan(cast, cast.party), item)
    assert [(c.code, c.title) for c in refused.value.checks] == [("R20", "教代会讨论通过")]
    assert "听取意见不能代替" in refused.value.checks[0].message


def test_added_after_notice_is_ad_hoc_and_never_for_cadre_or_funds(cast):
    from meetings.services.planning import send_notice

    first = make_item(cast, "G14", title="冬季作息调整", amount=None)
    meeting = plan(cast, cast.admin)
    list_item(cast, meeting, first)
    send_notice(meeting.pk, actor=cast.clerk)
    second = make_item(cast, "E04", title="期末教学安排", amount=None)
    with pytest.raises(Blocked) as refused:
        list_item(cast, meeting, second)
    assert [(c.code, c.level) for c in refused.value.checks] == [("R25", "E")]
    assert list_item(cast, meeting, second, ad_hoc_reason="教育局今日通知").is_ad_hoc
    fund = make_item(cast, "G03", title="采购课桌椅")
    with pytest.raises(Blocked) as refused:
        list_item(cast, meeting, fund, ad_hoc_reason="紧急")
    assert refused.value.checks[0].title == "不得临时动议"


def test_fund_matter_without_threshold_cannot_be_judged(cast):
    from governance.models import ProcedureParameter

    ProcedureParameter.objects.all().delete()
    item = make_item(cast, "A10")
    add_evidence(cast, item)
    consult(cast, item)
    with pytest.raises(Blocked) as refused:
        list_item(cast, plan(cast, cast.party), item)
    assert [(c.code, c.ok) for c in refused.value.checks] == [("R78", None)]


def test_retrospective_meeting_records_what_was(cast):
    """补录 never blocks the truth: a decision taken without quorum is recorded and kept as failing (§4.6)."""
    item = make_item(cast, "B01", amount=None)
    meeting = plan(cast, cast.party, days=-10, mode="retrospective", retrospective_reason="停电，纸质记录")
    entry = list_item(cast, meeting, item)
    begin(cast, meeting, present=4)
    entry = take_up(cast, entry)
    count(cast, entry, 4)
    entry = decide(cast, entry)
    failing = {c["code"] for c in entry.snapshot["checks"] if c["ok"] is not True}
    assert "R31" in failing
    assert fresh(item).state == ItemState.IMPLEMENTING
    assert Resolution.objects.get(item=item).decided_on == timezone.localdate() - timedelta(days=10)


def test_principal_decides_after_hearing_opinions(cast):
    item = make_item(cast, "G14", amount=None)
    entry = hold(cast, cast.admin, item)
    assert entry.snapshot["votes"] == []
    assert entry.snapshot["decided_by"] == "林知远"
    assert Resolution.objects.get(item=item).number.startswith("明德校决")


def test_record_and_minutes_are_signed_issued_and_locked(cast, django_capture_on_commit_callbacks):
    item = make_item(cast, "G14", amount=None)
    entry = hold(cast, cast.admin, item)
    meeting = sitting.close_meeting(entry.meeting_id, actor=cast.clerk)
    minutes = records.draft_minutes(meeting.pk, actor=cast.clerk)
    records.submit_minutes(minutes.pk, actor=cast.clerk)
    with pytest.raises(Blocked) as refused:
        records.issue_minutes(minutes.pk, actor=cast.principal)
    assert [c.code for c in refused.value.checks] == ["R61"]
    records.sign_record(meeting.pk, actor=cast.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=cast.principal, is_chair=True)
    with django_capture_on_commit_callbacks(execute=True):
        minutes = records.issue_minutes(minutes.pk, actor=cast.principal)
    assert minutes.number_text == f"〔{timezone.localdate().year}〕第1期"
    minutes.document.refresh_from_db()
    assert minutes.document.is_rendered
    with pytest.raises(NotNow, match="已签发并锁定"):
        records.save_minutes(minutes.pk, actor=cast.clerk, edit_version=minutes.edit_version, preamble="改")
    correction = records.correct_minutes(minutes.pk, actor=cast.clerk, reason="错别字")
    with django_capture_on_commit_callbacks(execute=True):
        corrected = records.issue_minutes(correction.pk, actor=cast.principal)
    assert (corrected.number_text, corrected.version) == (minutes.number_text, 2)
    assert list(verify(cast.school.chain_key)) == []
