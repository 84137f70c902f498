"""Every irreversible act against itself and against its rival. Each race makes what it needs and leaves it behind."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.choices import AdminRole
from accounts.models import User
from accounts.services import accounts, roles
from common.errors import Blocked, NotNow, NotPermitted, NotVisible, StaleVersion
from compliance.services import rectification
from decisions.access import lock_item
from decisions.models import DecisionItem, Resolution
from decisions.services import evidence, followup, grants, items, outcomes, reconsideration, tasks
from documents.models import IssuedDocument
from documents.services import make_pdf
from governance import services as governance
from governance.choices import AttendanceKind, AuthorityRole, ParameterLevel, SeatRole
from governance.models import Seat
from governance.services import membership
from ledger import services as ledger
from ledger.models import DailyRoot
from meetings.models import AgendaEntry
from meetings.services import conclusion, deliberation, planning, records, sitting
from notifications import tasks as outbox
from notifications.models import Delivery
from notifications.services import notify
from registers import services as registers
from tests.factories import governance as make
from tests.factories.decisions import add_evidence, make_item
from tests.factories.files import PDF
from tests.factories.findings import make_finding
from tests.factories.meetings import begin, list_item, plan, take_up
from tests.factories.people import person
from tests.factories.registers import entered
from tests.robustness.racing import Act, Race

DOCUMENT = "document.issued"
LISTED = ("stage.scheduled", "entry.scheduled")
CANCELLED = ("stage.unscheduled", "entry.removed", "meeting.cancelled")
_serial = iter(range(1, 10_000))


def day(days: int = 0) -> date:
    return timezone.localdate() + timedelta(days=days)


def twice(do: Any, *seals: str, times: int = 2) -> list[Act]:
    return [Act(do, seals)] * times


# --- Items ------------------------------------------------------------------------------------------------
def item(c: Any, point: str = "confirmed") -> DecisionItem:
    return make_item(c, "G14", point, amount=None)


def submit(c: Any) -> list[Act]:
    return twice(partial(items.submit, item(c, "draft").pk, actor=c.vice), "item.submitted", times=3)


def submit_many(c: Any) -> list[Act]:
    return [
        Act(partial(items.submit, item(c, "draft").pk, actor=c.vice), ("item.submitted",)) for _ in range(5)
    ]


def confirm(c: Any) -> list[Act]:
    return twice(partial(items.confirm, item(c, "submitted").pk, actor=c.principal), "stage.confirmed")


def confirm_or_send_back(c: Any) -> list[Act]:
    pk = item(c, "submitted").pk
    return [
        Act(partial(items.confirm, pk, actor=c.principal), ("stage.confirmed",)),
        Act(partial(items.send_back, pk, actor=c.principal, reason="补充"), ("item.returned",)),
    ]


def withdraw(c: Any) -> list[Act]:
    return twice(partial(items.withdraw, item(c).pk, actor=c.vice, reason="不办了"), "item.withdrawn")


def withdraw_or_list(c: Any) -> list[Act]:
    made, meeting = item(c), plan(c, c.admin)
    return [
        Act(partial(items.withdraw, made.pk, actor=c.vice, reason="不办了"), ("item.withdrawn",)),
        Act(
            partial(planning.add_entry, meeting.pk, actor=c.clerk, stage_id=stage_of(made)),
            LISTED,
        ),
    ]


def revise_upon_one_version(c: Any) -> list[Act]:
    made = DecisionItem.objects.get(pk=item(c, "draft").pk)
    return [
        Act(partial(items.revise, made.pk, actor=c.vice, fields={"background": text}, version=made.version))
        for text in ("甲稿", "乙稿")
    ]


def submit_or_revise(c: Any) -> list[Act]:
    made = DecisionItem.objects.get(pk=item(c, "draft").pk)
    change = partial(items.revise, made.pk, actor=c.vice, fields={"background": "改"}, version=made.version)
    return [Act(partial(items.submit, made.pk, actor=c.vice), ("item.submitted",)), Act(change)]


def stage_of(made: DecisionItem) -> int:
    return DecisionItem.objects.get(pk=made.pk).current_stage_id


# --- Meetings ---------------------------------------------------------------------------------------------
def list_in_two_meetings(c: Any) -> list[Act]:
    stage = stage_of(item(c))
    return [
        Act(
            partial(planning.add_entry, plan(c, c.admin, days=n).pk, actor=c.clerk, stage_id=stage),
            LISTED,
        )
        for n in (5, 6)
    ]


def plan_many(c: Any) -> list[Act]:
    return [Act(partial(plan, c, c.admin, days=n), ("meeting.planned",)) for n in range(5, 9)]


def noticed(c: Any) -> Any:
    meeting = plan(c, c.admin)
    list_item(c, meeting, item(c))
    return meeting


def notice(c: Any) -> list[Act]:
    return twice(partial(planning.send_notice, noticed(c).pk, actor=c.clerk), "meeting.notified")


def notice_or_cancel(c: Any) -> list[Act]:
    pk = noticed(c).pk
    return [
        Act(partial(planning.send_notice, pk, actor=c.clerk), ("meeting.notified",)),
        Act(
            partial(planning.cancel_meeting, pk, actor=c.clerk, reason="改期"),
            CANCELLED,
        ),
    ]


def start(c: Any) -> list[Act]:
    return twice(partial(sitting.start_meeting, noticed(c).pk, actor=c.clerk), "meeting.started")


def start_or_cancel(c: Any) -> list[Act]:
    pk = noticed(c).pk
    return [
        Act(partial(sitting.start_meeting, pk, actor=c.clerk), ("meeting.started",)),
        Act(
            partial(planning.cancel_meeting, pk, actor=c.clerk, reason="改期"),
            CANCELLED,
        ),
    ]


def discussed(c: Any) -> AgendaEntry:
    """An entry of 校长办公会议 ready to be concluded."""
    meeting = plan(c, c.admin)
    entry = list_item(c, meeting, item(c))
    begin(c, meeting, present=5)
    take_up(c, entry)
    entry = AgendaEntry.objects.get(pk=entry.pk)
    return deliberation.save_entry(entry.pk, actor=c.clerk, version=entry.version, decision_text="同意。")


def concluding(c: Any, entry: AgendaEntry, who: Any = None, outcome: str = "passed") -> Act:
    seals = ("stage.concluded", "entry.concluded")
    return Act(
        partial(
            conclusion.conclude_entry,
            entry.pk,
            actor=who or c.clerk,
            outcome=outcome,
            version=entry.version,
        ),
        seals,
    )


def conclude(c: Any) -> list[Act]:
    entry = discussed(c)
    return [concluding(c, entry, c.clerk), concluding(c, entry, c.principal)]


def conclude_says_who(c: Any, answers: list[Any]) -> None:
    refused = next(a for a in answers if isinstance(a, Exception))
    winner = next(a for a in answers if not isinstance(a, Exception))
    assert str(winner.concluded_by) in refused.message
    assert "通过" in refused.message


def conclude_many(c: Any) -> list[Act]:
    return [concluding(c, discussed(c)) for _ in range(3)]


def conclude_or_recuse(c: Any) -> list[Act]:
    """The sixth member came late and spoke not yet: recused before the conclusion, or not at all."""
    entry = discussed(c)
    late = entry.meeting.attendances.get(status="expected")
    sitting.set_attendance(late.pk, actor=c.clerk, status="present", version=late.version)
    entry = AgendaEntry.objects.get(pk=entry.pk)
    recuse = partial(deliberation.recuse, entry.pk, actor=c.clerk, seat_id=late.seat_id, reason="亲属")
    return [concluding(c, entry, outcome="deferred"), Act(recuse)]


def conclude_or_save(c: Any) -> list[Act]:
    entry = discussed(c)
    save = partial(
        deliberation.save_entry, entry.pk, actor=c.clerk, version=entry.version, decision_text="改过。"
    )
    return [concluding(c, entry), Act(save)]


def save_upon_one_version(c: Any) -> list[Act]:
    entry = discussed(c)
    save = partial(deliberation.save_entry, entry.pk, actor=c.clerk, version=entry.version)
    return [Act(partial(save, decision_text=text)) for text in ("甲稿", "乙稿")]


def words_are_those_concluded(c: Any, answers: list[Any]) -> None:
    """Whatever was saved last before the conclusion is what was resolved."""
    entry = AgendaEntry.objects.get(pk=next(a for a in answers if not isinstance(a, Exception)).pk)
    if entry.state == "concluded":
        assert Resolution.objects.get(stage=entry.stage).text == entry.decision_text


def conclude_or_close(c: Any) -> list[Act]:
    entry = discussed(c)
    return [
        concluding(c, entry),
        Act(partial(sitting.close_meeting, entry.meeting_id, actor=c.clerk), ("meeting.closed",)),
    ]


def conclude_or_vote_ends(c: Any) -> list[Act]:
    """The clerk's seat ends while the clerk concludes."""
    entry = discussed(c)
    seat = make.seat(c.admin, person(f"clerk{next(_serial)}", "临时秘书"), SeatRole.CLERK, since=day(-9))
    return [
        concluding(c, entry, seat.person),
        Act(partial(governance.end_seat, actor=c.secretary, seat_id=seat.pk, until=day(-1)), ("seat.ended",)),
    ]


def concluded(c: Any) -> AgendaEntry:
    entry = discussed(c)
    return conclusion.conclude_entry(entry.pk, actor=c.clerk, outcome="passed", version=entry.version)


def close(c: Any) -> list[Act]:
    return twice(partial(sitting.close_meeting, concluded(c).meeting_id, actor=c.clerk), "meeting.closed")


def close_or_attend(c: Any) -> list[Act]:
    meeting = concluded(c).meeting
    late = meeting.attendances.get(status="expected")
    attend = partial(sitting.set_attendance, late.pk, actor=c.clerk, status="present", version=late.version)
    return [Act(partial(sitting.close_meeting, meeting.pk, actor=c.clerk), ("meeting.closed",)), Act(attend)]


def closed(c: Any) -> Any:
    return sitting.close_meeting(concluded(c).meeting_id, actor=c.clerk)


SIGNED = ("record.signed",)


def sign(c: Any) -> list[Act]:
    return twice(partial(records.sign_record, closed(c).pk, actor=c.clerk, is_chair=False), *SIGNED)


def sign_both(c: Any) -> list[Act]:
    pk = closed(c).pk
    return [
        Act(partial(records.sign_record, pk, actor=c.clerk, is_chair=False), (*SIGNED, DOCUMENT)),
        Act(partial(records.sign_record, pk, actor=c.principal, is_chair=True), SIGNED),
    ]


def sign_or_supplement(c: Any) -> list[Act]:
    pk = closed(c).pk
    return [
        Act(partial(records.sign_record, pk, actor=c.clerk, is_chair=False), SIGNED),
        Act(partial(records.save_supplement, pk, actor=c.clerk, text="补记")),
    ]


def draft(c: Any) -> list[Act]:
    return twice(partial(records.draft_minutes, closed(c).pk, actor=c.clerk), times=3)


def one_draft(c: Any, answers: list[Any]) -> None:
    assert len({minutes.pk for minutes in answers}) == 1


def signed_minutes(c: Any) -> Any:
    meeting = closed(c)
    records.sign_record(meeting.pk, actor=c.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=c.principal, is_chair=True)
    return records.draft_minutes(meeting.pk, actor=c.clerk)


def issuing(c: Any, minutes: Any) -> Act:
    return Act(
        partial(records.issue_minutes, minutes.pk, actor=c.principal), (DOCUMENT, DOCUMENT, "minutes.issued")
    )


def issue(c: Any) -> list[Act]:
    return [issuing(c, signed_minutes(c))] * 3


def issue_or_return(c: Any) -> list[Act]:
    minutes = signed_minutes(c)
    records.submit_minutes(minutes.pk, actor=c.clerk)
    back = partial(records.return_minutes, minutes.pk, actor=c.principal, reason="改")
    return [issuing(c, minutes), Act(back)]


def issue_or_edit(c: Any) -> list[Act]:
    minutes = signed_minutes(c)
    edit = partial(
        records.save_minutes,
        minutes.pk,
        actor=c.clerk,
        edit_version=minutes.edit_version,
        preamble="改过的开头。",
    )
    return [issuing(c, minutes), Act(edit)]


def paper_is_what_was_issued(c: Any, answers: list[Any]) -> None:
    minutes = next(a for a in answers if not isinstance(a, Exception))
    minutes.refresh_from_db()
    if minutes.document is not None and minutes.preamble:
        assert minutes.preamble in str(minutes.document.content)


def issue_two_at_once(c: Any) -> list[Act]:
    return [issuing(c, signed_minutes(c)) for _ in range(2)]


def correct(c: Any) -> list[Act]:
    minutes = signed_minutes(c)
    records.issue_minutes(minutes.pk, actor=c.principal)
    return twice(partial(records.correct_minutes, minutes.pk, actor=c.clerk, reason="漏记"))


# --- What follows a decision --------------------------------------------------------------------------------
def decided(c: Any) -> DecisionItem:
    return DecisionItem.objects.get(pk=concluded(c).stage.item_id)


_with_tasks: dict[int, DecisionItem] = {}


def assigned(c: Any, is_received: bool = False) -> Any:
    """One more task; all tasks of a cast belong to one item, for a meeting takes longer than they do."""
    if c.school.pk not in _with_tasks:
        _with_tasks.clear()
        _with_tasks[c.school.pk] = decided(c)
    made = _with_tasks[c.school.pk]
    with transaction.atomic():
        task = outcomes.issue_task(
            lock_item(made.pk),
            outcomes.TaskSpec("办理", c.staff, day(9)),
            actor=c.principal,
            meeting_label="校长办公会议",
        )
    if is_received:
        tasks.receive(task.pk, actor=c.staff)
    return task


def complete(c: Any) -> list[Act]:
    return twice(partial(items.complete, decided(c).pk, actor=c.principal, note="办好了"), "item.completed")


def complete_or_assign(c: Any) -> list[Act]:
    made = decided(c)

    @transaction.atomic
    def assign() -> Any:
        return outcomes.issue_task(
            lock_item(made.pk),
            outcomes.TaskSpec("办理", c.staff, day(9)),
            actor=c.principal,
            meeting_label="校长办公会议",
        )

    return [
        Act(partial(items.complete, made.pk, actor=c.principal, note="办好了"), ("item.completed",)),
        Act(assign, ("task.issued",)),
    ]


def receive(c: Any) -> list[Act]:
    return twice(partial(tasks.receive, assigned(c).pk, actor=c.staff), "task.received")


def handed_in(c: Any) -> Any:
    task = assigned(c, is_received=True)
    tasks.report(task.pk, actor=c.staff, progress=100, text="完成", is_submission=True)
    return task


def hand_in(c: Any) -> list[Act]:
    pk = assigned(c, is_received=True).pk
    done = partial(tasks.report, pk, actor=c.staff, progress=100, text="完成", is_submission=True)
    return twice(done, "task.submitted")


def accept(c: Any) -> list[Act]:
    pk = handed_in(c).pk
    return [
        Act(partial(tasks.accept, pk, actor=who, text="好"), ("task.accepted",))
        for who in (c.principal, c.secretary)
    ]


def accept_or_return(c: Any) -> list[Act]:
    pk = handed_in(c).pk
    return [
        Act(partial(tasks.accept, pk, actor=c.principal, text="好"), ("task.accepted",)),
        Act(partial(tasks.send_back, pk, actor=c.secretary, text="补照片"), ("task.returned",)),
    ]


def urge(c: Any) -> list[Act]:
    return twice(partial(tasks.urge, assigned(c).pk, actor=c.principal, text="请抓紧"), "task.urged")


def ask_extension(c: Any) -> list[Act]:
    pk = assigned(c).pk
    return twice(
        partial(tasks.request_extension, pk, actor=c.staff, new_due_on=day(30), reason="缺货"),
        "extension.requested",
    )


def decide_extension(c: Any) -> list[Act]:
    asked = tasks.request_extension(assigned(c).pk, actor=c.staff, new_due_on=day(30), reason="缺货")
    return [
        Act(partial(tasks.decide_extension, asked.pk, actor=who, is_accepted=yes), ("extension.decided",))
        for who, yes in ((c.principal, True), (c.secretary, False))
    ]


def ask_again(c: Any) -> list[Act]:
    pk = decided(c).pk
    return [
        Act(
            partial(reconsideration.request_reconsideration, pk, actor=who, reason="变了", change="改。"),
            ("reconsideration.requested",),
        )
        for who in (c.vice, c.vice_second)
    ]


def asked_again(c: Any) -> Any:
    return reconsideration.request_reconsideration(
        decided(c).pk, actor=c.vice, reason="变了", change="改为第二方案。"
    )


def second(c: Any) -> list[Act]:
    pk = asked_again(c).pk
    return twice(partial(reconsideration.second, pk, actor=c.vice_second), "reconsideration.seconded")


def second_by_three(c: Any) -> list[Act]:
    pk = asked_again(c).pk
    return [
        Act(partial(reconsideration.second, pk, actor=who), ("reconsideration.seconded",))
        for who in (c.vice_second, c.vice_non_party, c.admin_member)
    ]


def decide_again(c: Any) -> list[Act]:
    pk = asked_again(c).pk
    for who in (c.vice_second, c.vice_non_party, c.admin_member):
        reconsideration.second(pk, actor=who)
    decide = partial(reconsideration.decide_reconsideration, pk, actor=c.principal, answer="意见")
    return [
        Act(partial(decide, is_accepted=True), ("reconsideration.accepted",)),
        Act(partial(decide, is_accepted=False), ("reconsideration.refused",)),
    ]


def complete_or_ask_again(c: Any) -> list[Act]:
    pk = decided(c).pk
    ask = partial(reconsideration.request_reconsideration, pk, actor=c.vice, reason="变了", change="改。")
    return [
        Act(partial(items.complete, pk, actor=c.principal, note="办好了"), ("item.completed",)),
        Act(ask, ("reconsideration.requested",)),
    ]


def publish(c: Any) -> list[Act]:
    show = partial(
        followup.publish_notice,
        decided(c).pk,
        actor=c.clerk,
        since=day(),
        until=day(7),
        place="公开栏",
        channel="纪检委员",
    )
    return twice(show, "notice.published")


def end_notice(c: Any) -> list[Act]:
    shown = followup.publish_notice(
        decided(c).pk, actor=c.clerk, since=day(), until=day(7), place="公开栏", channel="纪检委员"
    )
    end = partial(
        followup.conclude_notice, shown.pk, actor=c.clerk, conclusion="upheld", objections="异议成立"
    )
    return twice(end, "notice.concluded")


def party_matter(c: Any, point: str = "submitted", code: str = "B03") -> DecisionItem:
    return make_item(c, code, point, amount=None)


def emergency(c: Any) -> list[Act]:
    dispose = partial(
        followup.record_emergency,
        party_matter(c).pk,
        actor=c.clerk,
        happened_at=timezone.now() - timedelta(hours=2),
        reason="险情",
        measures="封闭",
    )
    return twice(dispose, "emergency.recorded")


def void_evidence(c: Any) -> list[Act]:
    made = add_evidence(c, party_matter(c))
    pk = made.prerequisites.first().pk
    return twice(partial(evidence.void_prerequisite, pk, actor=c.vice, reason="有误"), "prerequisite.voided")


def withdraw_file(c: Any) -> list[Act]:
    made = item(c, "submitted")
    paper = SimpleUploadedFile("方案.txt", "方案".encode(), "text/plain")
    evidence.add_attachments(made.pk, actor=c.vice, files=[paper])
    pk = made.attachments.get().pk
    return twice(
        partial(evidence.withdraw_attachment, pk, actor=c.vice, reason="有误"), "attachment.withdrawn"
    )


# --- 阅看授权 -------------------------------------------------------------------------------------------------
def granting(c: Any, made: DecisionItem) -> Any:
    return partial(
        grants.grant_reading, made.pk, actor=c.secretary, person=c.inspector, until=day(3), reason="核实"
    )


def grant(c: Any) -> list[Act]:
    return twice(granting(c, party_matter(c)), "grant.given")


def withdraw_grant(c: Any) -> list[Act]:
    given = granting(c, party_matter(c))()
    return twice(partial(grants.withdraw_reading, given.pk, actor=c.secretary), "grant.withdrawn")


def use_grant(c: Any) -> list[Act]:
    made = party_matter(c)
    granting(c, made)()
    read = partial(grants.note_reading, DecisionItem.objects.get(pk=made.pk), actor=c.inspector)
    return [Act(read, ("grant.used",)), Act(read), Act(read)]  # the first holds it


def withdraw_then_use_grant(c: Any) -> list[Act]:
    """Who waits for the withdrawal has no grant any more and leaves no trace."""
    made = party_matter(c)
    given = granting(c, made)()
    read = partial(grants.note_reading, DecisionItem.objects.get(pk=made.pk), actor=c.inspector)
    withdraw = partial(grants.withdraw_reading, given.pk, actor=c.secretary)
    return [Act(withdraw, ("grant.withdrawn",)), Act(read)]


def use_then_withdraw_grant(c: Any) -> list[Act]:
    withdrawing, reading = withdraw_then_use_grant(c)
    return [Act(reading.do, ("grant.used",)), withdrawing]


# --- 整改 and registers ---------------------------------------------------------------------------------------
def confirming(c: Any, pk: int) -> Any:
    return partial(rectification.confirm, pk, actor=c.secretary, measures="重开", owner=c.vice, due_on=day(9))


def finding_confirm(c: Any) -> list[Act]:
    return twice(confirming(c, make_finding(c.school).pk), "finding.confirm")


def finding_confirm_or_appeal(c: Any) -> list[Act]:
    pk = make_finding(c.school).pk
    return [
        Act(confirming(c, pk), ("finding.confirm",)),
        Act(partial(rectification.appeal, pk, actor=c.principal, reason="有误"), ("finding.appeal",)),
    ]


def finding_submit(c: Any) -> list[Act]:
    pk = make_finding(c.school).pk
    confirming(c, pk)()
    paper = SimpleUploadedFile("签到表.pdf", PDF)
    rectification.report_progress(pk, actor=c.vice, text="已重开", files=[paper])
    return twice(partial(rectification.submit, pk, actor=c.secretary, text="自评"), "finding.submit")


def finding_verify(c: Any) -> list[Act]:
    pk = make_finding(c.school).pk
    confirming(c, pk)()
    paper = SimpleUploadedFile("签到表.pdf", PDF)
    rectification.submit(pk, actor=c.secretary, text="自评", files=[paper])
    return [
        Act(partial(rectification.close, pk, actor=c.inspector, opinion="通过"), ("finding.close",)),
        Act(
            partial(rectification.send_back, pk, actor=c.inspector, opinion="不足", due_on=day(9)),
            ("finding.send_back",),
        ),
    ]


def finding_decide_appeal(c: Any) -> list[Act]:
    pk = make_finding(c.school).pk
    rectification.appeal(pk, actor=c.principal, reason="有误")
    decide = partial(rectification.decide_appeal, pk, actor=c.inspector, answer="答复")
    return [
        Act(partial(decide, is_upheld=True), ("finding.uphold",)),
        Act(partial(decide, is_upheld=False), ("finding.reject",)),
    ]


def register_once(c: Any) -> list[Act]:
    """One report of 党费 a year."""
    return twice(partial(entered, c, "party_funds"), "party_funds.recorded")


def register_correct_or_void(c: Any) -> list[Act]:
    made = entered(c, "loan")
    return [
        Act(
            partial(
                registers.correct,
                "loan",
                made.pk,
                actor=c.clerk,
                version=made.version,
                reason="补",
                values={"borrower": "食堂"},
            ),
            ("loan.corrected",),
        ),
        Act(
            partial(registers.void, "loan", made.pk, actor=c.clerk, version=made.version, reason="误"),
            ("loan.voided",),
        ),
    ]


def register_submit(c: Any) -> list[Act]:
    made = entered(c, "term_report")
    send = partial(registers.submit_report, made.pk, actor=c.secretary, version=made.version)
    return twice(send, "term_report.submitted")


def register_answer(c: Any) -> list[Act]:
    made = entered(c, "policy_filing", title=f"规则{next(_serial)}")
    answer = partial(registers.answer_filing, made.pk, actor=c.inspector, version=made.version)
    return [
        Act(partial(answer, accepted=True), ("policy_filing.approved",)),
        Act(partial(answer, accepted=False, opinion="补"), ("policy_filing.returned",)),
    ]


# --- Offices, catalogue, parameters ----------------------------------------------------------------------------
def appoint(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "新成员")
    seat = partial(
        governance.appoint,
        actor=c.secretary,
        body=c.admin,
        person=who,
        role=SeatRole.ADMIN_MEMBER,
        since=day(),
    )
    return twice(seat, "seat.appointed")


def appoint_two_chairs(c: Any) -> list[Act]:
    """育才小学 has no principal; only one can become it."""
    body = make.body(c.other_school, "admin")
    return [
        Act(
            partial(
                governance.appoint,
                actor=None,
                body=body,
                person=person(f"new{next(_serial)}", "校长人选"),
                role=SeatRole.PRINCIPAL,
                since=day(),
            ),
            ("seat.appointed",),
        )
        for _ in range(2)
    ]


def end_seat(c: Any) -> list[Act]:
    seat = make.seat(c.admin, person(f"new{next(_serial)}", "离任者"), SeatRole.ADMIN_MEMBER)
    return twice(
        partial(governance.end_seat, actor=c.secretary, seat_id=seat.pk, until=day(-1)), "seat.ended"
    )


def end_seat_or_submit(c: Any) -> list[Act]:
    """The proposer leaves while submitting."""
    who = person(f"new{next(_serial)}", "离任者")
    seat = make.seat(c.admin, who, SeatRole.VICE_PRINCIPAL)
    made = items.draft_item(
        actor=who,
        school=c.school,
        entry=c.entry("G14"),
        fields={
            "title": "离任前的事项",
            "background": "b",
            "proposal": "p",
            "department": "总务处",
            "presenter": who,
            "proposer": who,
        },
    )
    return [
        Act(partial(items.submit, made.pk, actor=who), ("item.submitted",)),
        Act(partial(governance.end_seat, actor=c.secretary, seat_id=seat.pk, until=day(-1)), ("seat.ended",)),
    ]


def employ(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "新教师")
    return twice(
        partial(
            governance.employ,
            actor=c.secretary,
            school=c.school,
            person=who,
            department="教务处",
            since=day(),
        ),
        "staff.employed",
    )


def portfolio(c: Any) -> list[Act]:
    return twice(
        partial(
            governance.assign_portfolio,
            actor=c.secretary,
            school=c.school,
            person=c.vice,
            duties="分管教学",
            since=day(),
        ),
        "portfolio.assigned",
    )


def parameter(c: Any) -> list[Act]:
    return [
        Act(
            partial(
                governance.set_parameter,
                actor=c.district_leader,
                level=ParameterLevel.DISTRICT,
                authority=c.authority,
                key="fund.large_threshold",
                value=value,
                source="办法第9条",
                since=day(),
            ),
            ("parameter.set",),
        )
        for value in (200_000, 250_000)
    ]


def one_value_in_force(c: Any, answers: list[Any]) -> None:
    from governance.parameters import resolve

    newest = max((a for a in answers if not isinstance(a, Exception)), key=lambda row: row.pk)
    assert resolve(c.school, day())["fund.large_threshold"] == newest.value


def adopt(c: Any) -> list[Act]:
    adopting = partial(governance.adopt_catalogue, actor=None, school=c.other_school)
    return [Act(adopting, ("catalogue.adopted",)), Act(adopting)]


def tighten(c: Any) -> list[Act]:
    pk = c.entry("G15").pk
    stricter = partial(governance.tighten_entry, actor=c.secretary, entry_id=pk, reason="从严")
    return twice(
        partial(stricter, attendance=AttendanceKind.TWO_THIRDS, notice_workdays=6), "catalogue.tightened"
    )


def join(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "新督查")
    return twice(
        partial(
            membership.admit_member,
            actor=c.security_admin,
            authority_id=c.authority.pk,
            person=who,
            role=AuthorityRole.REVIEWER,
            since=day(),
        ),
        "authority.joined",
        "member.joined",
    )


def leave(c: Any) -> list[Act]:
    member = governance.join_authority(
        actor=None,
        authority=c.authority,
        person=person(f"new{next(_serial)}", "原督查"),
        role=AuthorityRole.REVIEWER,
        since=day(-9),
    )
    return twice(
        partial(membership.leave_authority, actor=c.security_admin, member_id=member.pk),
        "authority.left",
        "member.left",
    )


# --- 三员 and accounts ------------------------------------------------------------------------------------------
def role(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "管理员人选")
    return [
        Act(partial(roles.grant_role, actor=c.security_admin, user_id=who.pk, role=one), ("role.granted",))
        for one in (AdminRole.SYSTEM, AdminRole.AUDIT)
    ]


def role_or_seat(c: Any) -> list[Act]:
    """三员 hold no office: whoever is second is refused."""
    who = person(f"new{next(_serial)}", "两难者")
    return [
        Act(
            partial(roles.grant_role, actor=c.security_admin, user_id=who.pk, role=AdminRole.AUDIT),
            ("role.granted",),
        ),
        Act(
            partial(
                governance.appoint,
                actor=c.secretary,
                body=c.admin,
                person=User.objects.get(pk=who.pk),
                role=SeatRole.ADMIN_MEMBER,
                since=day(),
            ),
            ("seat.appointed",),
        ),
    ]


def role_or_membership(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "两难者")
    return [
        Act(
            partial(roles.grant_role, actor=c.security_admin, user_id=who.pk, role=AdminRole.AUDIT),
            ("role.granted",),
        ),
        Act(
            partial(
                membership.admit_member,
                actor=c.security_admin,
                authority_id=c.authority.pk,
                person=User.objects.get(pk=who.pk),
                role=AuthorityRole.REVIEWER,
                since=day(),
            ),
            ("authority.joined", "member.joined"),
        ),
    ]


def nobody_is_both(c: Any, answers: list[Any]) -> None:
    assert not Seat.objects.active().exclude(person__admin_role="").exists()
    assert (
        not User.objects.exclude(admin_role="")
        .filter(authority_memberships__until=None)
        .exclude(authority_memberships=None)
        .exists()
    )


def administrator(role_: str) -> User:
    return person(f"admin{next(_serial)}", "管理员", admin_role=role_)


def revoke(c: Any) -> list[Act]:
    who = administrator(AdminRole.AUDIT)
    return twice(partial(roles.revoke_role, actor=c.security_admin, user_id=who.pk), "role.revoked")


def revoke_each_other(c: Any) -> list[Act]:
    """Two security administrators take each other's role at once: one is left."""
    one, two = administrator(AdminRole.SECURITY), administrator(AdminRole.SECURITY)
    return [
        Act(partial(roles.revoke_role, actor=User.objects.get(pk=a.pk), user_id=b.pk), ("role.revoked",))
        for a, b in ((one, two), (two, one))
    ]


def revoke_or_use(c: Any) -> list[Act]:
    """What is done with a role comes before it is taken back, or not at all."""
    who = administrator(AdminRole.SYSTEM)
    return [
        Act(partial(roles.revoke_role, actor=c.security_admin, user_id=who.pk), ("role.revoked",)),
        Act(
            partial(accounts.create_account, actor=who, username=f"made{next(_serial)}", display_name="新人"),
            ("account.created",),
        ),
    ]


def create(c: Any) -> list[Act]:
    name = f"Same{next(_serial)}"
    return [
        Act(
            partial(accounts.create_account, actor=c.system_admin, username=spelt, display_name="新人"),
            ("account.created",),
        )
        for spelt in (name, name, name.lower())
    ]


def disable(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "停用者")
    return twice(partial(accounts.disable_account, actor=c.system_admin, user_id=who.pk), "account.disabled")


def disable_or_reset(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "停用者")
    return [
        Act(partial(accounts.disable_account, actor=c.system_admin, user_id=who.pk), ("account.disabled",)),
        Act(partial(accounts.reset_password, actor=c.system_admin, user_id=who.pk), ("password.reset",)),
    ]


# --- Machinery ---------------------------------------------------------------------------------------------------
def append(c: Any) -> list[Act]:
    """One chain that does not exist yet, eight writers."""
    key = f"test:{next(_serial)}"

    @transaction.atomic
    def write() -> Any:
        return ledger.append(key, kind="test.done", subject="test:1", payload={})

    return twice(write, "test.done", times=8)


def sequence_is_dense(c: Any, answers: list[Any]) -> None:
    assert sorted(entry.sequence for entry in answers) == list(range(1, 9))


def close_day(c: Any) -> list[Act]:
    return twice(ledger.close_day, times=4)


def one_root(c: Any, answers: list[Any]) -> None:
    assert {root.pk for root in answers} == {DailyRoot.objects.get(day=day()).pk}


def deliver(c: Any) -> list[Act]:
    outbox.deliver_outbox()
    mail.outbox.clear()
    notify(recipients=[c.vice, c.clerk], kind="task.assigned", title="请反馈", url="/tasks/1/")
    mail.outbox.clear()
    Delivery.objects.order_by("-pk").first()
    Delivery.objects.filter(pk__in=Delivery.objects.order_by("-pk").values("pk")[:2]).update(
        state="pending", sent_at=None
    )
    return twice(outbox.deliver_outbox, times=3)


def mailed_once(c: Any, answers: list[Any]) -> None:
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([c.vice.email, c.clerk.email])


def render(c: Any) -> list[Act]:
    meeting = closed(c)
    records.sign_record(meeting.pk, actor=c.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=c.principal, is_chair=True)
    make = partial(make_pdf, IssuedDocument.objects.get(meeting=meeting, kind="meeting_record").pk)
    return [Act(make, ("document.rendered",)), Act(make)]


STALE = (StaleVersion,)
GONE = (NotPermitted, NotVisible)
TOWARDS_A_MEETING: dict[str, Race] = {
    "submit": Race(submit),
    "submit_many": Race(submit_many, wins=(5,)),
    "confirm": Race(confirm),
    "confirm_or_send_back": Race(confirm_or_send_back, wins=(1, 2), is_rivalry=True),
    "withdraw": Race(withdraw),
    "withdraw_or_list": Race(withdraw_or_list, is_rivalry=True),
    "revise_upon_one_version": Race(revise_upon_one_version, losers=STALE),
    "submit_or_revise": Race(submit_or_revise, wins=(1, 2), losers=STALE, is_rivalry=True),
    "list_in_two_meetings": Race(list_in_two_meetings),
    "plan_many": Race(plan_many, wins=(4,)),
    "notice": Race(notice),
    "notice_or_cancel": Race(notice_or_cancel, wins=(1, 2), is_rivalry=True),
    "start": Race(start),
    "start_or_cancel": Race(start_or_cancel, is_rivalry=True),
}
IN_THE_MEETING: dict[str, Race] = {
    "conclude": Race(conclude, after=conclude_says_who),
    "conclude_many": Race(conclude_many, wins=(3,)),
    "conclude_or_recuse": Race(conclude_or_recuse, wins=(1, 2), is_rivalry=True),
    "save_upon_one_version": Race(save_upon_one_version, losers=STALE),
    "conclude_or_save": Race(conclude_or_save, after=words_are_those_concluded, is_rivalry=True),
    "conclude_or_close": Race(conclude_or_close, wins=(1, 2), is_rivalry=True),
    "conclude_or_seat_ends": Race(conclude_or_vote_ends, wins=(1, 2), losers=GONE, is_rivalry=True),
    "close": Race(close),
    "close_or_attend": Race(close_or_attend, wins=(1, 2), is_rivalry=True),
    "sign": Race(sign),
    "sign_both": Race(sign_both, wins=(2,), is_rivalry=True),
    "sign_or_supplement": Race(sign_or_supplement, wins=(1, 2), is_rivalry=True),
    "draft": Race(draft, wins=(3,), after=one_draft),
    "issue": Race(issue),
    "issue_two_at_once": Race(issue_two_at_once, wins=(2,)),
    "issue_or_return": Race(issue_or_return, wins=(1, 2), is_rivalry=True),
    "issue_or_edit": Race(issue_or_edit, wins=(1, 2), after=paper_is_what_was_issued, is_rivalry=True),
    "correct": Race(correct),
}
AFTER_THE_MEETING: dict[str, Race] = {
    "complete": Race(complete),
    "complete_or_assign": Race(complete_or_assign, wins=(1, 2), losers=(NotNow, Blocked), is_rivalry=True),
    "receive": Race(receive),
    "hand_in": Race(hand_in),
    "accept": Race(accept),
    "accept_or_return": Race(accept_or_return, is_rivalry=True),
    "urge": Race(urge),
    "ask_extension": Race(ask_extension),
    "decide_extension": Race(decide_extension, is_rivalry=True),
    "ask_again": Race(ask_again),
    "second": Race(second),
    "second_by_three": Race(second_by_three, wins=(3,)),
    "decide_again": Race(decide_again, is_rivalry=True),
    "complete_or_ask_again": Race(complete_or_ask_again, wins=(1, 2), is_rivalry=True),
    "publish": Race(publish),
    "end_notice": Race(end_notice),
    "emergency": Race(emergency),
    "void_evidence": Race(void_evidence),
    "withdraw_file": Race(withdraw_file),
    "grant": Race(grant),
    "withdraw_grant": Race(withdraw_grant),
    "use_grant": Race(use_grant, wins=(3,)),
    "withdraw_then_use_grant": Race(withdraw_then_use_grant, wins=(2,)),
    "use_then_withdraw_grant": Race(use_then_withdraw_grant, wins=(2,)),
}
OFFICES_AND_MACHINERY: dict[str, Race] = {
    "finding_confirm": Race(finding_confirm),
    "finding_confirm_or_appeal": Race(finding_confirm_or_appeal, is_rivalry=True),
    "finding_submit": Race(finding_submit),
    "finding_verify": Race(finding_verify, is_rivalry=True),
    "finding_decide_appeal": Race(finding_decide_appeal, is_rivalry=True),
    "register_once": Race(register_once),
    "register_correct_or_void": Race(register_correct_or_void, is_rivalry=True),
    "register_submit": Race(register_submit),
    "register_answer": Race(register_answer, is_rivalry=True),
    "appoint": Race(appoint),
    "appoint_two_chairs": Race(appoint_two_chairs),
    "end_seat": Race(end_seat),
    "end_seat_or_submit": Race(end_seat_or_submit, wins=(1, 2), losers=GONE, is_rivalry=True),
    "employ": Race(employ),
    "portfolio": Race(portfolio),
    "parameter": Race(parameter, wins=(1, 2), after=one_value_in_force),
    "adopt": Race(adopt, wins=(2,)),
    "tighten": Race(tighten),
    "join": Race(join),
    "leave": Race(leave),
    "role": Race(role, is_rivalry=True),
    "role_or_seat": Race(role_or_seat, after=nobody_is_both, is_rivalry=True),
    "role_or_membership": Race(role_or_membership, after=nobody_is_both, is_rivalry=True),
    "revoke": Race(revoke),
    "revoke_each_other": Race(revoke_each_other, losers=GONE),
    "revoke_or_use": Race(revoke_or_use, wins=(1, 2), losers=GONE, is_rivalry=True),
    "create": Race(create),
    "disable": Race(disable),
    "disable_or_reset": Race(disable_or_reset, wins=(1, 2), is_rivalry=True),
    "append": Race(append, wins=(8,), after=sequence_is_dense),
    "close_day": Race(close_day, wins=(4,), after=one_root),
    "deliver": Race(deliver, wins=(3,), after=mailed_once),
    "render": Race(render, wins=(2,)),
}
GROUPS = {
    "towards a meeting": TOWARDS_A_MEETING,
    "in the meeting": IN_THE_MEETING,
    "after the meeting": AFTER_THE_MEETING,
    "offices and machinery": OFFICES_AND_MACHINERY,
}
