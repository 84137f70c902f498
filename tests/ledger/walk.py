"""The whole product in one walk, every act committed by itself; who calls it looks at the ledger after each commit."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from compliance.services import followup as automatic
from compliance.services import rectification
from decisions.access import lock_item
from decisions.models import Attachment, DecisionItem, Prerequisite, ReadingGrant, Task
from decisions.services import evidence, followup, grants, items, reconsideration, tasks
from decisions.services.outcomes import TaskSpec, issue_task
from documents.models import IssuedDocument
from documents.services import make_pdf
from governance import services as governance
from governance.choices import AttendanceKind, GrantKind, SeatRole
from governance.services import membership
from governance.services.grants import note_use
from grants import services as object_grants
from handover import services as handover
from meetings.choices import Stance
from meetings.models import AgendaEntry, Meeting
from meetings.services import deliberation, invitations, planning, records, sitting
from registers import services as registers
from registers.specs import REGISTERS
from tests.factories.cast import Cast
from tests.factories.decisions import add_evidence, consult, make_item
from tests.factories.findings import make_finding
from tests.factories.governance import SINCE
from tests.factories.meetings import begin, count, decide, hold, list_item, plan, take_up
from tests.factories.registers import entered


def paper(name: str = "材料.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, name.encode(), "text/plain")


def day(number: int) -> Any:
    return timezone.localdate() + timedelta(days=number)


def fresh(item: DecisionItem) -> DecisionItem:
    return DecisionItem.objects.get(pk=item.pk)


def institutions(cast: Cast) -> None:
    """Seats, posts, 分工, parameters, catalogue and the offices of the authority."""
    school, clerk = cast.school, cast.clerk
    seat = governance.appoint(
        actor=clerk, body=cast.congress, person=cast.teacher, role=SeatRole.CONGRESS_CHAIR, since=SINCE
    )
    governance.note_membership(actor=clerk, seat_id=seat.pk, is_party_member=True)
    governance.end_seat(actor=clerk, seat_id=seat.pk, until=day(30))
    governance.employ(
        actor=clerk, school=school, person=cast.outsider, department="教务处", since=day(0), title="干事"
    )
    for since, duties in ((SINCE, "分管教学"), (day(0), "分管教学和科研")):
        governance.assign_portfolio(actor=clerk, school=school, person=cast.vice, duties=duties, since=since)
    governance.update_party_org(actor=cast.secretary, school=school, party_members=63, term_started_on=SINCE)
    governance.set_parameter(
        actor=cast.secretary,
        level="school",
        school=school,
        key="rectify.answer_days",
        value=4,
        source="本校规定",
        since=day(0),
    )
    governance.set_parameter(
        actor=cast.district_leader,
        level="district",
        authority=cast.authority,
        key="rectify.answer_days",
        value=6,
        source="区规定",
        since=day(0),
    )
    governance.tighten_entry(
        actor=clerk, entry_id=cast.entry("E04").pk, reason="从严", attendance=AttendanceKind.TWO_THIRDS
    )
    below = governance.create_authority(
        actor=cast.district_leader, name="云川区第一学区", level="district", parent=cast.authority
    )
    governance.publish_catalogue(actor=cast.district_leader, authority=below)
    member = membership.admit_member(
        actor=cast.security_admin, authority_id=below.pk, person=cast.ended, role="clerk", since=day(-9)
    )
    membership.leave_authority(actor=cast.security_admin, member_id=member.pk)
    membership.set_second_factor(actor=cast.security_admin, authority_id=below.pk, policy="required")


def propose(cast: Cast) -> DecisionItem:
    """A draft of route L with everything that may hang on a draft, submitted, returned, revised, confirmed."""
    item = make_item(cast, "G01", "draft", title="2027年度学校预算草案", presenter=cast.principal)
    items.set_concerned(item.pk, actor=cast.vice, people=[(cast.teacher, "亲属关系")])
    evidence.add_attachments(item.pk, actor=cast.vice, files=[paper()])
    evidence.add_prerequisite(
        item.pk,
        actor=cast.vice,
        kind="research",
        held_on=day(-3),
        participants="财务室",
        conclusion="可行",
        result="favourable",
        files=[paper("调研.txt")],
    )
    evidence.add_consultation(
        item.pk,
        actor=cast.principal,
        held_at=timezone.now() - timedelta(hours=2),
        counterpart=cast.principal,
        opinions="同意。",
        disagreement="none",
    )
    items.submit(item.pk, actor=cast.vice)
    items.send_back(item.pk, actor=cast.principal, reason="补充测算")
    items.revise(item.pk, actor=cast.vice, fields={"proposal": "按新测算实施。"}, reason="测算")
    items.set_concerned(item.pk, actor=cast.vice, people=[(cast.staff, "亲属关系")])
    items.submit(item.pk, actor=cast.vice)
    items.confirm(item.pk, actor=cast.principal)
    evidence.void_prerequisite(
        Prerequisite.objects.filter(item=item).first().pk, actor=cast.vice, reason="日期有误"
    )
    add_evidence(cast, fresh(item))
    evidence.add_attachments(item.pk, actor=cast.vice, files=[paper("附表.txt"), paper("旧表.txt")])
    evidence.withdraw_attachment(
        Attachment.objects.filter(item=item).latest("pk").pk, actor=cast.vice, reason="旧版"
    )
    return fresh(item)


def propose_in_meeting(cast: Cast, item: DecisionItem) -> AgendaEntry:
    """校长办公会议 with 第一议题, observers, an ad hoc motion, recess, leave, written opinion and recusal."""
    clerk = cast.clerk
    meeting = plan(cast, cast.admin)
    entry = list_item(cast, meeting, item)
    planning.add_first_topic(meeting.pk, actor=clerk, title="学习全国教育大会精神")
    spare = list_item(cast, meeting, make_item(cast, "G14", amount=None))
    planning.remove_entry(spare.pk, actor=clerk, reason="材料未齐")
    guest = invitations.add_observer(meeting.pk, actor=clerk, name="来宾", entry_id=entry.pk)
    invitations.remove_observer(
        invitations.add_observer(meeting.pk, actor=clerk, name="误邀").pk, actor=clerk
    )
    planning.send_notice(meeting.pk, actor=clerk)
    meeting = Meeting.objects.get(pk=meeting.pk)
    planning.edit_meeting(
        meeting.pk,
        actor=clerk,
        scheduled_at=meeting.scheduled_at,
        place="行政楼 302",
        chair=cast.principal,
        recorder=clerk,
        version=meeting.version,
    )
    hasty = list_item(cast, meeting, make_item(cast, "G14", amount=None), ad_hoc_reason="上级今日通知")
    begin(cast, meeting, 5)
    absent = meeting.attendances.get(status="expected")
    sitting.set_attendance(absent.pk, actor=clerk, status="leave", reason="党校学习", version=absent.version)
    planning.reorder(
        meeting.pk,
        actor=clerk,
        entry_ids=[entry.pk, *meeting.entries.exclude(pk=entry.pk).values_list("pk", flat=True)],
    )
    sitting.set_observer_presence(guest.pk, actor=clerk, is_present=True)
    sitting.set_recess(meeting.pk, actor=clerk, is_recess=True)
    sitting.set_recess(meeting.pk, actor=clerk, is_recess=False)
    row = meeting.attendances.get(seat__person=cast.vice_second)
    for leaving in (True, False):
        row = sitting.set_presence(row.pk, actor=clerk, is_leaving=leaving, version=row.version)

    deliberation.open_entry(hasty.pk, actor=clerk)
    deliberation.open_entry(entry.pk, actor=clerk)  # the other one waits again
    recusal = deliberation.recuse(entry.pk, actor=clerk, seat_id=row.seat_id, reason="亲属关系")
    wrong = meeting.attendances.get(seat__person=cast.admin_member).seat_id
    deliberation.end_recusal(
        deliberation.recuse(entry.pk, actor=clerk, seat_id=wrong, reason="误记").pk, actor=clerk
    )
    take_up(cast, entry)
    deliberation.add_statement(
        entry.pk, actor=clerk, seat_id=absent.seat_id, text="书面同意。", stance="agree", is_written=True
    )
    said = deliberation.add_statement(entry.pk, actor=clerk, observer_id=guest.pk, text="说明情况。")
    said = deliberation.save_statement(
        said.pk, actor=clerk, text="说明测算。", stance=Stance.NONE, version=said.version
    )
    deliberation.move_statement(said.pk, actor=clerk, is_up=True)
    deliberation.remove_statement(
        deliberation.add_statement(entry.pk, actor=clerk, observer_id=guest.pk, text="误记").pk, actor=clerk
    )
    entry = decide(cast, entry, text="形成草案，提交党总支会议。")
    deliberation.end_recusal(recusal.pk, actor=clerk)
    planning.reorder(
        meeting.pk,
        actor=clerk,
        entry_ids=list(meeting.entries.order_by("-position").values_list("pk", flat=True)),
    )
    deliberation.finish_first_topic(meeting.entries.get(kind="first_topic").pk, actor=clerk)
    take_up(cast, hasty)
    decide(cast, hasty)
    return entry


def papers(cast: Cast, entry: AgendaEntry) -> None:
    """散会, 记录 signed, 纪要 issued and corrected, a PDF made."""
    meeting, clerk = entry.meeting, cast.clerk
    chair = cast.secretary if meeting.body.is_party else cast.principal
    records.save_supplement(meeting.pk, actor=clerk, text="补充说明")
    sitting.close_meeting(meeting.pk, actor=clerk)
    records.sign_record(meeting.pk, actor=clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=chair, is_chair=True)
    minutes = records.draft_minutes(meeting.pk, actor=clerk)
    minutes = records.save_minutes(
        minutes.pk, actor=clerk, edit_version=minutes.edit_version, preamble="会议开始。"
    )
    records.submit_minutes(minutes.pk, actor=clerk)
    records.return_minutes(minutes.pk, actor=chair, reason="补充出席")
    records.submit_minutes(minutes.pk, actor=clerk)
    records.issue_minutes(minutes.pk, actor=chair)
    correction = records.correct_minutes(minutes.pk, actor=clerk, reason="错别字")
    records.issue_minutes(correction.pk, actor=chair)
    make_pdf(IssuedDocument.objects.latest("pk").pk)


def vote(cast: Cast, item: DecisionItem) -> AgendaEntry:
    """The Party meeting: one matter by named vote with a second question, another by secret ballot."""
    clerk = cast.clerk
    items.confirm(item.pk, actor=cast.secretary)
    consult(cast, item)
    cadre = make_item(cast, "B01", amount=None)
    add_evidence(cast, cadre)
    consult(cast, cadre)
    meeting = plan(cast, cast.party)
    entry, secret = list_item(cast, meeting, item), list_item(cast, meeting, cadre)
    begin(cast, meeting, 7)
    entry = take_up(cast, entry)
    deliberation.save_entry(entry.pk, actor=clerk, version=entry.version, method="named")
    deliberation.add_tally(entry.pk, actor=clerk, question="分项表决")
    seats = [row.seat_id for row in meeting.attendances.all()]
    for tally in entry.tallies.all():
        choices = dict.fromkeys(seats, "for")
        tally = deliberation.save_ballots(tally.pk, actor=clerk, version=tally.version, choices=choices)
        choices[seats[0]] = "abstain"
        deliberation.save_ballots(tally.pk, actor=clerk, version=tally.version, choices=choices)
    decide(cast, entry)
    take_up(cast, secret)
    count(cast, secret, 7)
    decide(cast, secret)
    return AgendaEntry.objects.get(pk=entry.pk)


def deploy(cast: Cast, item: DecisionItem) -> None:
    """Tasks laid down, received, reported, extended, urged, returned, accepted; the item is 办结."""
    clerk = cast.clerk
    items.confirm(item.pk, actor=cast.principal)
    meeting = plan(cast, cast.admin)
    entry = list_item(cast, meeting, item)
    begin(cast, meeting)
    entry = take_up(cast, entry)
    for owner, helpers in ((cast.vice, [cast.teacher]), (cast.finance, [])):
        deliberation.add_task_draft(
            entry.pk, actor=clerk, title="办理", owner=owner, due_on=day(9), helpers=helpers
        )
    decide(cast, entry)
    for task in Task.objects.filter(item=item).order_by("pk"):
        tasks.receive(task.pk, actor=task.owner)
        tasks.report(task.pk, actor=task.owner, progress=40, text="正在办理", files=[paper("进展.txt")])
        for is_accepted in (False, True):
            extension = tasks.request_extension(task.pk, actor=task.owner, new_due_on=day(20), reason="缺货")
            tasks.decide_extension(extension.pk, actor=cast.principal, is_accepted=is_accepted, answer="阅")
        tasks.urge(task.pk, actor=clerk, text="请抓紧")
        tasks.report(task.pk, actor=task.owner, progress=100, text="完成", is_submission=True)
        tasks.send_back(task.pk, actor=cast.principal, text="补充照片")
        tasks.report(task.pk, actor=task.owner, progress=100, text="完成", is_submission=True)
        tasks.accept(task.pk, actor=cast.principal, text="")
    items.complete(item.pk, actor=cast.principal, note="预算已公开。")


def after(cast: Cast, item: DecisionItem) -> None:
    """公示, 紧急处置, 复议 (upheld, refused, changed)."""
    for conclusion in ("upheld", "upheld"):
        notice = followup.publish_notice(
            item.pk, actor=cast.clerk, since=day(0), until=day(7), place="公开栏", channel="纪检委员"
        )
        followup.conclude_notice(
            notice.pk, actor=cast.clerk, conclusion=conclusion, objections="来信一件，属实。"
        )

    def again(is_accepted: bool) -> None:
        asked = reconsideration.request_reconsideration(
            item.pk, actor=cast.discipline, reason="情况有变", change="改为第二方案。"
        )
        if is_accepted:
            for person in (cast.secretary, cast.principal, cast.deputy):
                reconsideration.second(asked.pk, actor=person)
        reconsideration.decide_reconsideration(
            asked.pk, actor=cast.secretary, is_accepted=is_accepted, answer="按规定办理"
        )

    again(False)
    again(True)
    items.withdraw(item.pk, actor=cast.discipline, reason="情况已消除")  # the resolution stands
    again(True)
    items.confirm(item.pk, actor=cast.principal)
    hold(cast, cast.admin, item)
    items.confirm(item.pk, actor=cast.secretary)
    add_evidence(cast, fresh(item))
    consult(cast, item)
    hold(cast, cast.party, item)  # a new resolution takes the place of the old one


def outcomes(cast: Cast) -> None:
    """The other ways a matter ends: 缓议, 退回, 否决, 撤回, 取消, an emergency, 补录."""
    deferred = make_item(cast, "G14", amount=None)
    hold(cast, cast.admin, deferred, outcome="deferred")
    items.confirm(deferred.pk, actor=cast.principal)
    hold(cast, cast.admin, deferred, outcome="returned")
    items.submit(deferred.pk, actor=cast.vice)
    items.confirm(deferred.pk, actor=cast.principal)
    meeting = plan(cast, cast.admin)
    list_item(cast, meeting, deferred)
    planning.cancel_meeting(meeting.pk, actor=cast.clerk, reason="停电")
    hold(cast, cast.admin, deferred, outcome="rejected")
    items.withdraw(make_item(cast, "G14", amount=None).pk, actor=cast.vice, reason="并入其他议题")
    urgent = make_item(cast, "G01")
    followup.record_emergency(
        urgent.pk,
        actor=cast.clerk,
        happened_at=timezone.now() - timedelta(hours=3),
        reason="屋面漏水",
        measures="先行抢修",
    )
    late = make_item(cast, "B01", amount=None)
    paperwork = plan(cast, cast.party, days=-10, mode="retrospective", retrospective_reason="停电")
    entry = list_item(cast, paperwork, late)
    begin(cast, paperwork, 6)
    entry = take_up(cast, entry)
    count(cast, entry, 6)
    entry = decide(cast, entry)
    sitting.close_meeting(paperwork.pk, actor=cast.clerk)
    grant = grants.grant_reading(
        late.pk, actor=cast.secretary, person=cast.inspector, until=day(3), reason="核实程序"
    )
    grants.note_reading(fresh(late), actor=cast.inspector)
    grants.withdraw_reading(grant.pk, actor=cast.secretary)
    assert ReadingGrant.objects.get().last_read_on == day(0)


def findings(cast: Cast) -> None:
    """Rectification to 回头看 and back, an appeal, a reminder by the platform."""
    pk = make_finding(cast.school).pk
    act, officer = rectification, cast.inspector
    act.appeal(pk, actor=cast.secretary, reason="7 人到会", files=[paper("签到.txt")])
    act.decide_appeal(pk, actor=officer, is_upheld=False, answer="签到表为 5 人")
    plan_of = {"measures": "重新开会", "owner": cast.vice, "due_on": day(9)}
    act.confirm(pk, actor=cast.secretary, **plan_of)
    act.revise(pk, actor=cast.secretary, reason="人手", **plan_of)
    act.report_progress(pk, actor=cast.vice, text="已发通知", files=[paper("通知.txt")])
    act.submit(pk, actor=cast.secretary, text="到会 8 人", files=[paper("记录.txt")])
    act.send_back(pk, actor=officer, opinion="缺签到", due_on=day(5))
    automatic.escalate(pk, day(6))
    act.submit(pk, actor=cast.secretary, text="已补")
    act.close(pk, actor=officer, opinion="已核")
    act.reopen(pk, actor=officer, opinion="又出现", due_on=day(9))
    act.submit(pk, actor=cast.secretary, text="再次整改")
    act.close(pk, actor=officer, opinion="已核")
    act.review(pk, actor=officer, opinion="未反复")


def entries(cast: Cast) -> None:
    """Every register: recorded, corrected, voided; a report and a filing go up, come back and are answered."""
    for slug in REGISTERS:
        record = entered(cast, slug)
        record = registers.correct(
            slug, record.pk, actor=cast.clerk, version=1, reason="笔误", values={"note": "据原件"}
        )
        registers.void(slug, record.pk, actor=cast.clerk, version=2, reason="重复")
    report, filing = entered(cast, "term_report"), entered(cast, "policy_filing")
    for accepted in (False, True):
        report = registers.submit_report(report.pk, actor=cast.secretary, version=report.version)
        report = registers.answer_report(
            report.pk, actor=cast.inspector, version=report.version, accepted=accepted, opinion="阅"
        )
    filing = registers.answer_filing(
        filing.pk, actor=cast.inspector, version=1, accepted=False, opinion="补充依据"
    )
    filing = registers.correct(
        "policy_filing", filing.pk, actor=cast.clerk, version=2, reason="补充", values={"edition": "第二稿"}
    )
    registers.answer_filing(filing.pk, actor=cast.inspector, version=3, accepted=True)


def exceptions(cast: Cast) -> None:
    """Recording by delegation, a shared file and inspection: given, used and taken back."""
    item = make_item(cast, "G14", "submitted", amount=None)
    [file] = evidence.add_attachments(
        item.pk,
        actor=cast.vice,
        files=[SimpleUploadedFile("方案.txt", b"a"), SimpleUploadedFile("b.txt", b"b")],
    )[:1]
    named = {"until": day(5), "reason": "情况有变"}
    meeting = plan(cast, cast.admin, days=3)
    for grant, kind, record in (
        (
            object_grants.delegate_recording(meeting.pk, actor=cast.clerk, person=cast.teacher, **named),
            GrantKind.RECORD,
            meeting,
        ),
        (
            object_grants.share_file(file.pk, actor=cast.vice, person=cast.outsider, **named),
            GrantKind.FILE,
            file,
        ),
        (
            *object_grants.let_inspect([cast.school], actor=cast.inspector, person=cast.guest, **named),
            GrantKind.INSPECT,
            cast.school,
        ),
    ):
        note_use(grant.user, (kind, record))
        giver = cast.inspector if kind == GrantKind.INSPECT else cast.secretary
        object_grants.withdraw(grant.pk, actor=giver)


def handovers(cast: Cast) -> None:
    """Work of every kind handed over and received; a move, and departures at once."""
    draft = make_item(cast, "G14", "draft", amount=None)
    item = make_item(cast, "G14", amount=None, title="交接中的事项")
    meeting = plan(cast, cast.admin, days=2)
    list_item(cast, meeting, item)
    task = Task.objects.filter(school=cast.school).first()
    with transaction.atomic():
        spec = TaskSpec("接手的任务", cast.finance, day(9), helpers=(cast.admin_member,))
        task = issue_task(lock_item(task.item_id), spec, actor=cast.secretary, meeting_label="党总支会议")
    finding = make_finding(cast.school)
    rectification.confirm(
        finding.pk, actor=cast.secretary, measures="补开会议", owner=cast.vice, due_on=day(9)
    )
    for giver, to in (
        (cast.finance, {("task", task.pk): cast.teacher}),
        (cast.admin_member, {("help", task.pk): cast.discipline}),
        (
            cast.vice,
            {
                ("item", draft.pk): cast.vice_second,
                ("item", item.pk): cast.vice_second,
                ("finding", finding.pk): cast.discipline,
            },
        ),
        (cast.principal, {("chair", meeting.pk): cast.vice_second}),
        (cast.clerk, {("recorder", meeting.pk): cast.vice_second}),
    ):
        made = handover.hand_over(
            actor=cast.clerk,
            school_id=cast.school.pk,
            giver_id=giver.pk,
            to={ref: receiver.pk for ref, receiver in to.items()},
            reason="分工调整",
        )
        for one in made:
            handover.receive(one.pk, actor=one.receiver)
    seat = cast.vice_non_party.seats.get(body=cast.admin)
    governance.move_seat(
        actor=cast.clerk, seat_id=seat.pk, body=cast.admin, role=SeatRole.ADMIN_MEMBER, since=day(0)
    )
    for leaver in (cast.vice, cast.finance):
        governance.leave_school(
            actor=cast.clerk, school=cast.school, person=leaver, until=day(0), at_once=True
        )


def walk(cast: Cast) -> Iterator[str]:
    """From the founding of offices to 办结, 复议 and the registers; yields the name of each chapter it has ended."""
    institutions(cast)
    yield "institutions"
    item = propose(cast)
    yield "propose"
    entry = propose_in_meeting(cast, item)
    yield "propose_in_meeting"
    papers(cast, entry)
    yield "papers"
    entry = vote(cast, item)
    papers(cast, entry)
    yield "vote"
    deploy(cast, item)
    yield "deploy"
    after(cast, item)
    yield "after"
    outcomes(cast)
    yield "outcomes"
    findings(cast)
    yield "findings"
    entries(cast)
    yield "entries"
    exceptions(cast)
    yield "exceptions"
    handovers(cast)
    yield "handovers"
