"""One school in the middle of its work: something of every kind that could leak, named by what it is.

Items: draft; open0/open1/open2 (submitted, by access scope); listed (on the agenda of a meeting to come);
sitting (under deliberation now); decided0 (closed meeting, no 纪要 issued); decided1 and decided2 (纪要 issued);
elsewhere (another school's). 赵明川 drafts, proposes and presents. 韩立秋 (finance) is invited to the entry of
`listed` and owns the task of decided2, which she may not read. 何素云 (organizer) and 秦书瑶 (teacher) are
concerned in open2: the one sits in the deciding body, the other does not.
方静文 (archivist) records `sitting` by delegation, 严守正 (counsel, no office) has the file of open1, 贺秉公 (guest, no
office) inspects the school: the exceptions.
Findings: finding, finding2 (of a matter of scope 2), and handed_in with its proof, owned by 赵明川.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compliance.services import rectification
from decisions.access import lock_item
from decisions.models import DecisionItem, Task
from decisions.services import evidence, followup, grants, items, outcomes, reconsideration, tasks
from governance import services as governance
from grants import services as exceptions
from meetings.models import AgendaEntry, Meeting
from meetings.services import deliberation, invitations, records, sitting
from tests.factories.cast import Cast
from tests.factories.decisions import add_evidence, make_item
from tests.factories.findings import make_finding
from tests.factories.meetings import begin, hold, list_item, plan

TITLES = {
    "draft": "甲草稿中的事项",
    "open0": "乙公开待定事项",
    "open1": "丙内部待定事项",
    "open2": "丁保密待定事项",
    "listed": "戊列会事项",
    "sitting": "己审议中事项",
    "decided0": "庚公开已定事项",
    "decided1": "辛内部已定事项",
    "decided2": "壬保密已定事项",
    "elsewhere": "癸外校事项",
}


def mark(kind: str, name: str) -> str:
    """Words that stand in one record only, so that they tell where it leaked."""
    return f"密{kind}之{name}"


def paper(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, name.encode(), "text/plain")


@dataclass
class World:
    """Everything by name."""

    cast: Cast
    items: dict[str, DecisionItem] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    entries: dict[str, AgendaEntry] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    media: Path | None = None


def _item(world: World, name: str, code: str, point: str, **fields: Any) -> DecisionItem:
    words = {"background": mark("背景", name), "proposal": mark("方案", name)}
    item = make_item(world.cast, code, point, title=TITLES[name], amount=None, **words, **fields)
    if name != "draft":
        evidence.add_attachments(item.pk, actor=world.cast.vice, files=[paper(f"{name}.txt")])
    world.items[name] = item
    return item


def _issue(world: World, name: str, chair: Any) -> None:
    meeting, clerk = world.meetings[name], world.cast.clerk
    records.sign_record(meeting.pk, actor=clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=chair, is_chair=True)
    minutes = records.draft_minutes(meeting.pk, actor=clerk)
    records.issue_minutes(minutes.pk, actor=chair)


def _decide(world: World, name: str, code: str, body: Any) -> None:
    item = _item(world, name, code, "confirmed")
    if body.is_party:
        add_evidence(world.cast, item)
        evidence.add_prerequisite(
            item.pk,
            actor=world.cast.vice,
            kind="opinion",
            held_on=timezone.localdate(),
            participants="教师代表",
            conclusion=mark("意见", name),
            result="favourable",
        )
        evidence.add_consultation(
            item.pk,
            actor=world.cast.secretary,
            held_at=timezone.now() - timedelta(hours=1),
            counterpart=world.cast.principal,
            opinions=mark("沟通", name),
            disagreement="none",
        )
    entry = hold(world.cast, body, item, text=mark("决定", name))
    world.entries[name], world.meetings[name] = entry, entry.meeting
    sitting.close_meeting(entry.meeting_id, actor=world.cast.clerk)


def _task(world: World, name: str, owner: Any, helpers: tuple[Any, ...]) -> None:
    spec = outcomes.TaskSpec(
        mark("任务", name), owner, timezone.localdate() + timedelta(days=9), helpers=helpers
    )
    task = outcomes.issue_task(
        lock_item(world.items[name].pk), spec, actor=world.cast.secretary, meeting_label="党总支会议"
    )
    tasks.report(
        task.pk, actor=owner, progress=30, text=mark("进展", name), files=[paper(f"task-{name}.txt")]
    )
    world.parts[f"extension_{name}"] = tasks.request_extension(
        task.pk, actor=owner, new_due_on=timezone.localdate() + timedelta(days=20), reason=mark("延期", name)
    )
    world.tasks[name] = task


def make_world(cast: Cast) -> World:
    """Build it; about a second."""
    world = World(cast)
    _item(world, "draft", "G14", "draft")
    _item(world, "open0", "E04", "submitted")
    _item(world, "open1", "G14", "submitted")
    restricted = _item(world, "open2", "B03", "submitted")
    items.set_concerned(
        restricted.pk, actor=cast.vice, people=[(cast.organizer, "本人"), (cast.teacher, "亲属")]
    )
    _decide(world, "decided0", "E04", cast.admin)
    records.draft_minutes(world.meetings["decided0"].pk, actor=cast.clerk)
    for name, code in (("decided1", "A01"), ("decided2", "B03")):
        _decide(world, name, code, cast.party)
        _issue(world, name, cast.secretary)
    issued = world.meetings["decided1"].minutes.get()
    records.correct_minutes(issued.pk, actor=cast.clerk, reason="列席人员漏记")
    _task(world, "decided1", cast.staff, (cast.teacher,))
    _task(world, "decided2", cast.finance, ())
    grant = grants.grant_reading(
        world.items["decided2"].pk,
        actor=cast.secretary,
        person=cast.inspector,
        until=timezone.localdate(),
        reason=mark("授权", "decided2"),
    )
    world.parts["grant"] = grants.withdraw_reading(grant.pk, actor=cast.secretary)
    world.parts["reconsideration"] = reconsideration.request_reconsideration(
        world.items["decided1"].pk,
        actor=cast.discipline,
        reason=mark("理由", "decided1"),
        change=mark("变更", "decided1"),
    )
    for name in ("decided1", "decided2"):
        world.parts[f"notice_{name}"] = followup.publish_notice(
            world.items[name].pk,
            actor=cast.clerk,
            since=timezone.localdate(),
            until=timezone.localdate() + timedelta(days=7),
            place=mark("公示", name),
            channel="纪检委员",
        )
        world.parts[f"emergency_{name}"] = followup.record_emergency(
            world.items[name].pk,
            actor=cast.clerk,
            happened_at=timezone.now() - timedelta(days=1),
            reason="险情",
            measures=mark("处置", name),
        )
    for name in ("listed", "sitting"):
        item = _item(world, name, "G14", "confirmed")
        world.meetings[name] = plan(cast, cast.admin, days=3)
        world.entries[name] = list_item(cast, world.meetings[name], item)
    world.parts["finding"] = make_finding(cast.school)
    world.parts["finding2"] = make_finding(
        cast.school, access_scope=2, subject_label=mark("问题", "finding2")
    )
    world.parts["handed_in"] = make_finding(cast.school)
    rectification.confirm(
        world.parts["handed_in"].pk,
        actor=cast.secretary,
        measures=mark("整改", "handed_in"),
        owner=cast.vice,
        due_on=timezone.localdate() + timedelta(days=9),
    )
    rectification.submit(
        world.parts["handed_in"].pk,
        actor=cast.secretary,
        text="已重新开会",
        files=[paper("handed-in.txt")],
    )
    world.parts["observer"] = invitations.add_observer(
        world.meetings["listed"].pk,
        actor=cast.clerk,
        name="韩立秋",
        person=cast.finance,
        entry_id=world.entries["listed"].pk,
    )
    begin(cast, world.meetings["sitting"])
    deliberation.open_entry(world.entries["sitting"].pk, actor=cast.clerk)
    seat = world.meetings["sitting"].attendances.first().seat
    world.parts["statement"] = deliberation.add_statement(
        world.entries["sitting"].pk,
        actor=cast.clerk,
        seat_id=seat.pk,
        text=mark("发言", "sitting"),
        stance="agree",
    )
    recused = world.meetings["sitting"].attendances.last().seat
    world.parts["recusal"] = deliberation.recuse(
        world.entries["sitting"].pk, actor=cast.clerk, seat_id=recused.pk, reason=mark("回避", "sitting")
    )
    world.parts["draft_task"] = deliberation.add_task_draft(
        world.entries["sitting"].pk,
        actor=cast.clerk,
        title=mark("草案", "sitting"),
        owner=cast.staff,
        due_on=timezone.localdate() + timedelta(days=5),
    )
    until = timezone.localdate() + timedelta(days=9)
    named = {"until": until, "reason": mark("例外", "grant")}
    world.parts["delegation"] = exceptions.delegate_recording(
        world.meetings["sitting"].pk, actor=cast.clerk, person=cast.archivist, **named
    )
    world.parts["shared"] = exceptions.share_file(
        world.items["open1"].attachments.get().pk, actor=cast.vice, person=cast.counsel, **named
    )
    (world.parts["inspection"],) = exceptions.let_inspect(
        [cast.school], actor=cast.inspector, person=cast.guest, **named
    )
    governance.adopt_catalogue(actor=None, school=cast.other_school)
    foreign = items.draft_item(
        actor=cast.other_secretary,
        school=cast.other_school,
        entry=cast.other_school.catalogue.in_force().get(code="A01"),
        fields={
            "title": TITLES["elsewhere"],
            "background": mark("背景", "elsewhere"),
            "proposal": mark("方案", "elsewhere"),
            "department": "d",
            "presenter": cast.other_secretary,
        },
    )
    world.items["elsewhere"] = items.submit(foreign.pk, actor=cast.other_secretary)
    return world
