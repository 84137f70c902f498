"""A school in the middle of its work: items, meetings, papers and tasks in every state a page can show."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compliance.models import Finding
from decisions.choices import AttachmentKind
from decisions.models import DecisionItem, PublicNotice, Task
from decisions.services import evidence, followup, items, reconsideration, tasks
from documents.models import IssuedDocument
from meetings.models import AgendaEntry, Meeting
from meetings.services import deliberation, planning, records, sitting
from registers.models import PolicyFiling, TermReport
from tests.factories.cast import Cast
from tests.factories.decisions import SUBMITTED, add_evidence, consult, make_item
from tests.factories.files import PDF
from tests.factories.findings import make_finding
from tests.factories.meetings import begin, count, decide, hold, list_item, plan, take_up
from tests.factories.registers import entered


def draft_task(cast: Cast, entry: AgendaEntry, title: str, owner: Any, days: int = 5) -> None:
    """One 落实任务 laid down in the meeting."""
    deliberation.add_task_draft(
        entry.pk,
        actor=cast.clerk,
        title=title,
        owner=owner,
        due_on=timezone.localdate() + timedelta(days=days),
        requirement="完成后附照片。",
    )


def deployed(cast: Cast, title: str = "冬季作息调整") -> DecisionItem:
    """A 校长办公会议 matter decided and deployed with two tasks, of 田家和 and 秦书瑶."""
    item = make_item(cast, "G14", amount=None, title=title)
    meeting = plan(cast, cast.admin)
    entry = list_item(cast, meeting, item)
    begin(cast, meeting)
    entry = take_up(cast, entry)
    draft_task(cast, entry, "调整作息时间表", cast.staff)
    draft_task(cast, entry, "通知家长", cast.teacher)
    decide(cast, entry)
    return DecisionItem.objects.get(pk=item.pk)


def issued_meeting(cast: Cast, entry: AgendaEntry) -> Meeting:
    """Close the meeting of an entry, sign its record and issue its minutes."""
    meeting = sitting.close_meeting(entry.meeting_id, actor=cast.clerk)
    chair = cast.secretary if meeting.body.is_party else cast.principal
    minutes = records.draft_minutes(meeting.pk, actor=cast.clerk)
    records.submit_minutes(minutes.pk, actor=cast.clerk)
    records.sign_record(meeting.pk, actor=cast.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=chair, is_chair=True)
    records.issue_minutes(minutes.pk, actor=chair)
    return meeting


def ready_for_party(cast: Cast, code: str, **fields: Any) -> DecisionItem:
    """A matter of the Party body with everything it needs."""
    item = make_item(cast, code, **fields)
    add_evidence(cast, item)
    return consult(cast, item)


@dataclass
class World:
    """One record for every kind of page."""

    draft: DecisionItem
    blocked: DecisionItem
    returned: DecisionItem
    decided: DecisionItem
    notice: PublicNotice
    urgent: DecisionItem
    going: DecisionItem
    task: Task
    submitted_task: Task
    planned: Meeting
    empty: Meeting
    sitting: Meeting
    entry: AgendaEntry
    admin_sitting: Meeting
    closed: Meeting
    issued: Meeting
    document: IssuedDocument
    pending: IssuedDocument
    restricted: DecisionItem
    finding: Finding
    report: TermReport
    filing: PolicyFiling


def make_world(cast: Cast) -> World:
    """Build it through the services, as the people of the school would."""
    draft = make_item(cast, "D06", "draft", amount=None, title="创建文明校园")
    items.set_concerned(draft.pk, actor=cast.vice, people=[(cast.vice_second, "配偶参与评审")])
    make_item(cast, "G05", "submitted", title="教学楼屋面修缮")
    returned = make_item(cast, "G06", "submitted", title="录播教室设备更新")
    items.send_back(returned.pk, actor=cast.principal, reason="请补充三家比价。")

    blocked = make_item(cast, "G01", title="2027年度学校预算草案")
    evidence.add_attachments(
        blocked.pk, actor=cast.vice, kind=AttachmentKind.PROPOSAL, files=[upload("预算测算表.pdf")]
    )
    admin_entry = hold(cast, cast.admin, blocked, text="形成预算草案，提交党总支会议。")
    closed = sitting.close_meeting(admin_entry.meeting_id, actor=cast.clerk)
    records.draft_minutes(closed.pk, actor=cast.clerk)
    items.confirm(blocked.pk, actor=cast.secretary)
    add_evidence(cast, blocked, leave_out=("congress", "budget"))

    decided = ready_for_party(cast, "B01", amount=None, title="教务处副主任选任人选")
    meeting = plan(cast, cast.party)
    entry = list_item(cast, meeting, decided)
    begin(cast, meeting, present=6)
    entry = take_up(cast, entry)
    count(cast, entry, 5, 1)
    draft_task(cast, entry, "办理任前公示", cast.vice)
    entry = decide(cast, entry, text="同意任命。")
    issued = issued_meeting(cast, entry)
    reconsideration.request_reconsideration(
        decided.pk, actor=cast.vice, reason="公示期间收到新的反映。", change="改为另一人选。"
    )

    notice = followup.publish_notice(
        decided.pk,
        actor=cast.clerk,
        since=timezone.localdate(),
        until=timezone.localdate() + timedelta(days=2),
        place="校务公开栏、教职工大会",
        channel="纪检委员孙正清，电话 8123456；校长信箱。",
    )
    urgent = make_item(cast, "G01", "submitted", title="东侧围墙险情处置")
    followup.record_emergency(
        urgent.pk,
        actor=cast.clerk,
        happened_at=timezone.now() - timedelta(hours=20),
        reason="暴雨致东侧围墙倾斜，晚自习放学前须封闭通道，来不及召开会议。",
        measures="封闭东门，改由南门放学；通知家长；请住建部门当夜勘查。已电话报告区教育工委。",
    )

    going = deployed(cast)
    task, submitted = going.tasks.order_by("pk")
    for one in (task, submitted):
        tasks.receive(one.pk, actor=one.owner)
    tasks.report(task.pk, actor=task.owner, progress=40, text="初中部已排好。")
    tasks.request_extension(
        task.pk, actor=task.owner, new_due_on=task.due_on + timedelta(days=5), reason="等待校车公司答复。"
    )
    tasks.report(submitted.pk, actor=submitted.owner, progress=100, text="已全部通知。", is_submission=True)
    late = deployed(cast, "课桌椅更换").tasks.first()
    Task.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=4))

    planned = plan(cast, cast.party)
    list_item(cast, planned, ready_for_party(cast, "B04", amount=None, title="班子成员分工调整"))
    planning.add_first_topic(planned.pk, actor=cast.clerk, title="学习教育强国建设规划纲要")
    planning.send_notice(planned.pk, actor=cast.clerk)
    empty = plan(cast, cast.party, days=8)

    live = plan(cast, cast.party, days=1)
    person = ready_for_party(
        cast, "B01", amount=None, title="总务处主任选任人选", observers="纪检监察组联络员"
    )
    items.set_concerned(person.pk, actor=cast.vice, people=[(cast.organizer, "与人选有亲属关系")])
    entry = list_item(cast, live, person)
    list_item(cast, live, ready_for_party(cast, "A02", amount=None, title="2027年党建工作计划"))
    begin(cast, live, present=6)
    deliberation.open_entry(entry.pk, actor=cast.clerk)
    rows = {row.seat.person_id: row for row in live.attendances.select_related("seat")}
    deliberation.add_statement(
        entry.pk, actor=cast.clerk, seat_id=rows[cast.vice.pk].seat_id, text="同意人选。", stance="agree"
    )
    deliberation.add_statement(
        entry.pk,
        actor=cast.clerk,
        seat_id=rows[cast.organizer.pk].seat_id,
        text="同意，请组织部门核实档案。",
        is_written=True,
    )
    draft_task(cast, entry, "办理任职手续", cast.vice)

    admin_live = plan(cast, cast.admin, days=1)
    list_item(cast, admin_live, make_item(cast, "E04", amount=None, title="期末教学安排"))
    begin(cast, admin_live)

    document = IssuedDocument.objects.filter(kind="minutes").first() or IssuedDocument.objects.first()
    pending = IssuedDocument.objects.exclude(pk=document.pk).first()
    IssuedDocument.objects.filter(pk=pending.pk).update(rendered_at=None, file="", file_sha256="")
    return World(
        draft=draft,
        blocked=blocked,
        returned=returned,
        decided=decided,
        notice=notice,
        urgent=urgent,
        going=going,
        task=task,
        submitted_task=submitted,
        planned=planned,
        empty=empty,
        sitting=live,
        entry=entry,
        admin_sitting=admin_live,
        closed=closed,
        issued=issued,
        document=document,
        pending=pending,
        restricted=make_item(cast, "B03", SUBMITTED, title="年级组长轮岗调整"),
        finding=make_finding(cast.school),
        report=entered(cast, "term_report"),
        filing=entered(cast, "policy_filing"),
    )


def upload(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)
