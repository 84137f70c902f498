"""Every POST of the site with a body that its rightful actor may send, and who else may send it.

A model instance in a body stands for its number: test_escalation also sends the number of a like record the actor has
no right to. `prepare` brings the world to the state the act starts from; it runs in the transaction of the test.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compliance.models import Finding
from compliance.services import rectification
from decisions.models import DecisionItem, PublicNotice, Task, TaskExtension
from decisions.services import grants, items
from meetings.models import AgendaEntry, Attendance, Meeting, Minutes
from meetings.services import conclusion, deliberation, planning, records, sitting
from notifications.models import Message
from registers.specs import REGISTERS
from tests.contracts.world import World
from tests.factories.decisions import add_evidence, consult, make_item
from tests.factories.meetings import begin, list_item, plan
from tests.factories.registers import entered, posted

Body = dict[str, Any]
PARTY = "secretary principal deputy vice vice_second discipline organizer"
LEADERS = f"{PARTY} vice_non_party admin_member admin_second"
SERVING = f"{LEADERS} clerk staff teacher finance"
EVIDENCE = "secretary principal deputy vice clerk"
PARTY_DESK = "secretary principal deputy clerk"
ADMIN_DESK = "principal clerk"
HEADS = "secretary principal"
DISTRICT = "inspector district_leader"
REGISTRARS = f"secretary clerk {DISTRICT}"
# The address names no school: 外校书记 changes the own one, and test_escalation sees that ours stays as it was.
OTHER_SCHOOL = "other_secretary"


def nothing(world: World) -> Body:
    return {}


def day(days: int = 0) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def moment(days: int = 0) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def reason(world: World) -> Body:
    return {"reason": "情况有变", "note": "情况有变"}


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("佐证.txt", "佐证".encode(), "text/plain")


@dataclass(frozen=True)
class Post:
    """One POST: where, who may, and what is sent. `may` are names of the cast; the first is the one who tries."""

    route: str
    args: Callable[[World], tuple[Any, ...]]
    may: str
    body: Callable[[World], Body] = nothing
    prepare: Callable[[World], Any] = field(default=lambda world: None)
    query: str = ""

    @property
    def names(self) -> list[str]:
        return self.may.split()


def item(name: str, *more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.items[name].pk, *more)


def task(name: str, *more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.tasks[name].pk, *more)


def meeting(name: str, *more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.meetings[name].pk, *more)


def part(name: str, *more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.parts[name].pk, *more)


def none(world: World) -> tuple[Any, ...]:
    return ()


def words(*args: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: args


# --- 议题 ---------------------------------------------------------------------------------------------


def item_fields(world: World) -> Body:
    return {
        "title": "校园照明改造",
        "background": "照度不足。",
        "proposal": "更换灯具。",
        "department": "总务处",
        "proposer": world.cast.vice,
        "presenter": world.cast.vice_second,
        "access_scope": "1",
        "version": DecisionItem.objects.get(pk=world.items["draft"].pk).version,
    }


def evidence_of(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.items[name].prerequisites.order_by("pk").first().pk,)


def granted(world: World) -> None:
    world.parts["new_grant"] = grants.grant_reading(
        world.items["decided2"].pk,
        actor=world.cast.secretary,
        person=world.cast.inspector,
        until=timezone.localdate(),
        reason="核实程序",
    )


def notice_over(world: World) -> None:
    notices = PublicNotice.objects.filter(pk=world.parts["notice_decided1"].pk)
    notices.update(
        since=timezone.localdate() - timedelta(days=20), until=timezone.localdate() - timedelta(days=1)
    )


def task_in(state: str) -> Callable[[World], Any]:
    def prepare(world: World) -> None:
        Task.objects.filter(pk=world.tasks["decided1"].pk).update(state=state)
        if state == "in_progress":
            TaskExtension.objects.filter(task=world.tasks["decided1"]).update(
                state="refused", answer="按期", decided_by=world.cast.principal, decided_at=timezone.now()
            )

    return prepare


ITEM_POSTS = {
    "item_create": Post("decisions:item_create", lambda w: (w.cast.entry("G14").pk,), SERVING, item_fields),
    "item_edit": Post("decisions:item_edit", item("draft"), "vice", item_fields),
    "item_autosave": Post("decisions:item_autosave", item("draft"), "vice", item_fields),
    "prerequisite_add": Post(
        "decisions:prerequisite_add",
        item("open2"),
        EVIDENCE,
        lambda w: {
            "held_on": day(-1),
            "participants": "教师代表",
            "conclusion": "可行。",
            "result": "favourable",
        },
        query="?kind=research",
    ),
    "prerequisite_void": Post("decisions:prerequisite_void", evidence_of("decided1"), EVIDENCE, reason),
    "consultation_add": Post(
        "decisions:consultation_add",
        item("open2"),
        "secretary principal deputy clerk",
        lambda w: {
            "held_at": moment(-1),
            "counterpart": w.cast.principal,
            "opinions": "同意。",
            "disagreement": "none",
        },
    ),
    "attachment_add": Post(
        "decisions:attachment_add",
        item("open2"),
        EVIDENCE,
        lambda w: {"kind": "material", "files": paper()},
    ),
    "attachment_withdraw": Post(
        "decisions:attachment_withdraw", lambda w: (w.items["open2"].attachments.get().pk,), "vice", reason
    ),
    "reconsideration_new": Post(
        "decisions:reconsideration_new",
        item("decided2"),
        PARTY,
        lambda w: {"reason": "情况有变", "change": "改为第二方案。"},
    ),
    "reconsideration_second": Post(
        "decisions:reconsideration_second",
        part("reconsideration"),
        "principal secretary deputy vice vice_second organizer",
    ),
    "reconsideration_decide": Post(
        "decisions:reconsideration_decide",
        part("reconsideration"),
        "secretary",
        lambda w: {"is_accepted": "0", "answer": "理由不足"},
    ),
    "notice_new": Post(
        "decisions:notice_new",
        item("decided0"),
        EVIDENCE,
        lambda w: {"since": day(), "until": day(7), "place": "公开栏", "channel": "纪检委员"},
    ),
    "notice_conclude": Post(
        "decisions:notice_conclude",
        part("notice_decided1"),
        EVIDENCE,
        lambda w: {"conclusion": "clear"},
        notice_over,
    ),
    "emergency_new": Post(
        "decisions:emergency_new",
        item("open2"),
        "secretary principal deputy clerk",
        lambda w: {"happened_at": moment(-1), "reason": "险情", "measures": "封闭现场"},
    ),
    "grant_new": Post(
        "decisions:grant_new",
        item("decided2"),
        "secretary",
        lambda w: {"person": w.cast.inspector, "until": day(3), "reason": "核实程序"},
    ),
    "grant_withdraw": Post(
        "decisions:grant_withdraw", lambda w: (w.parts["new_grant"].pk,), "secretary", prepare=granted
    ),
    "act_submit": Post("decisions:item_act", item("draft", "submit"), "vice"),
    "act_confirm": Post("decisions:item_act", item("open2", "confirm"), "secretary"),
    "act_send_back": Post("decisions:item_act", item("open2", "send_back"), "secretary", reason),
    "act_withdraw": Post("decisions:item_act", item("open2", "withdraw"), "vice secretary", reason),
    "act_complete": Post("decisions:item_act", item("decided0", "complete"), HEADS, reason),
    "task_receive": Post(
        "decisions:task_act", task("decided1", "receive"), "staff teacher", prepare=task_in("issued")
    ),
    "task_report": Post(
        "decisions:task_act",
        task("decided1", "report"),
        "staff teacher",
        lambda w: {"progress": "60", "text": "进行中"},
    ),
    "task_submit": Post(
        "decisions:task_act", task("decided1", "submit"), "staff teacher", lambda w: {"text": "完成"}
    ),
    "task_accept": Post(
        "decisions:task_act", task("decided1", "accept"), HEADS, prepare=task_in("submitted")
    ),
    "task_send_back": Post(
        "decisions:task_act", task("decided1", "send_back"), HEADS, reason, task_in("submitted")
    ),
    "task_urge": Post("decisions:task_act", task("decided1", "urge"), "secretary principal clerk"),
    "task_extend": Post(
        "decisions:task_act",
        task("decided1", "extend"),
        "staff teacher",
        lambda w: {"new_due_on": day(40), "reason": "缺货"},
        task_in("in_progress"),
    ),
    "extension_decide": Post(
        "decisions:extension_decide",
        part("extension_decided1"),
        HEADS,
        lambda w: {"is_accepted": "1", "answer": "同意"},
    ),
}

# --- 会议 ---------------------------------------------------------------------------------------------


def party_sitting(world: World) -> AgendaEntry:
    """A 党组织会议 in progress with one entry open, voted by name."""
    cast = world.cast
    ready = consult(cast, add_evidence(cast, make_item(cast, "A01", amount=None)))
    held = plan(cast, cast.party)
    entry = list_item(cast, held, ready)
    world.meetings["party"], world.entries["party"] = held, entry
    begin(cast, held, 6)
    return entry


def opened(world: World) -> AgendaEntry:
    entry = party_sitting(world)
    deliberation.open_entry(entry.pk, actor=world.cast.clerk)
    entry = AgendaEntry.objects.get(pk=entry.pk)
    deliberation.save_entry(entry.pk, actor=world.cast.clerk, version=entry.version, method="named")
    seats = [row.seat for row in entry.meeting.attendances.order_by("seat__order")][1:3]
    for seat in seats:
        said = deliberation.add_statement(
            entry.pk, actor=world.cast.clerk, seat_id=seat.pk, text="同意。", stance="agree"
        )
    world.parts["said"] = said
    world.parts["tally"] = entry.tallies.first()
    return entry


def with_recusal(world: World) -> None:
    entry = opened(world)
    seat = entry.meeting.attendances.order_by("seat__order")[4].seat
    world.parts["out"] = deliberation.recuse(entry.pk, actor=world.cast.clerk, seat_id=seat.pk, reason="亲属")


def with_task(world: World) -> None:
    entry = opened(world)
    world.parts["new_task"] = deliberation.add_task_draft(
        entry.pk,
        actor=world.cast.clerk,
        title="办理",
        owner=world.cast.staff,
        due_on=timezone.localdate() + timedelta(days=5),
    )


def first_topic(world: World) -> None:
    party_sitting(world)
    world.entries["topic"] = planning.add_first_topic(
        world.meetings["party"].pk, actor=world.cast.clerk, title="学习"
    )
    deliberation.open_entry(world.entries["topic"].pk, actor=world.cast.clerk)


def deferred(world: World) -> None:
    entry = AgendaEntry.objects.get(pk=opened(world).pk)
    conclusion.conclude_entry(entry.pk, actor=world.cast.clerk, outcome="deferred", version=entry.version)


def closed(world: World) -> None:
    deferred(world)
    sitting.close_meeting(world.meetings["party"].pk, actor=world.cast.clerk)


def in_recess(world: World) -> None:
    party_sitting(world)
    sitting.set_recess(world.meetings["party"].pk, actor=world.cast.clerk, is_recess=True)


def party(*more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.meetings["party"].pk, *more)


def entry(*more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.meetings["party"].pk, w.entries["party"].pk, *more)


def entry_part(key: str, name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.meetings["party"].pk, w.entries["party"].pk, key, w.parts[name].pk)


def version(world: World) -> int:
    return AgendaEntry.objects.get(pk=world.entries["party"].pk).version


def seat_of(world: World, who: str) -> Any:
    return world.meetings["party"].attendances.get(seat__person=getattr(world.cast, who)).seat


def attendance_of(world: World) -> Attendance:
    return world.meetings["party"].attendances.get(seat__person=world.cast.organizer)


def draft_minutes(world: World) -> Minutes:
    return world.meetings["decided0"].minutes.get()


def signed(world: World) -> None:
    pk = world.meetings["decided0"].pk
    records.sign_record(pk, actor=world.cast.clerk, is_chair=False)
    records.sign_record(pk, actor=world.cast.principal, is_chair=True)
    records.submit_minutes(draft_minutes(world).pk, actor=world.cast.clerk)


def another_entry(world: World) -> None:
    second = make_item(world.cast, "G14", amount=None)
    list_item(world.cast, world.meetings["listed"], second)


def order(world: World) -> Body:
    pks = world.meetings["listed"].entries.order_by("-position").values_list("pk", flat=True)
    return {"order": ",".join(map(str, pks))}


def confirmed(world: World) -> None:
    items.confirm(world.items["open1"].pk, actor=world.cast.principal)


def planned(world: World) -> Body:
    return {
        "body": world.cast.party,
        "scheduled_at": moment(9),
        "place": "301",
        "chair": world.cast.secretary,
        "recorder": world.cast.clerk,
        "mode": "live",
    }


MEETING_POSTS = {
    "meeting_new": Post("meetings:meeting_new", none, PARTY_DESK, planned),
    "meeting_edit": Post(
        "meetings:meeting_edit",
        meeting("listed"),
        ADMIN_DESK,
        lambda w: {
            "scheduled_at": moment(8),
            "place": "302",
            "chair": w.cast.principal,
            "recorder": w.cast.clerk,
            "version": Meeting.objects.get(pk=w.meetings["listed"].pk).version,
        },
    ),
    "notice": Post("meetings:meeting_act", meeting("listed", "notice"), ADMIN_DESK),
    "cancel": Post("meetings:meeting_act", meeting("listed", "cancel"), ADMIN_DESK, reason),
    "start": Post("meetings:meeting_act", meeting("listed", "start"), ADMIN_DESK),
    "recess": Post("meetings:meeting_act", meeting("sitting", "recess"), ADMIN_DESK),
    "resume": Post("meetings:meeting_act", party("resume"), PARTY_DESK, prepare=in_recess),
    "close": Post("meetings:meeting_act", party("close"), PARTY_DESK, prepare=deferred),
    "first_topic": Post(
        "meetings:meeting_act", meeting("listed", "first-topic"), ADMIN_DESK, lambda w: {"title": "学习"}
    ),
    "add_entry": Post(
        "meetings:meeting_act",
        meeting("listed", "add-entry"),
        ADMIN_DESK,
        lambda w: {"stage": w.items["open1"].current_stage},
        confirmed,
    ),
    "remove_entry": Post(
        "meetings:meeting_act",
        meeting("listed", "remove-entry"),
        ADMIN_DESK,
        lambda w: {"entry": w.entries["listed"], "reason": "材料未齐"},
    ),
    "reorder": Post("meetings:meeting_act", meeting("listed", "reorder"), ADMIN_DESK, order, another_entry),
    "move_entry": Post(
        "meetings:meeting_act",
        meeting("listed", "move-entry"),
        ADMIN_DESK,
        lambda w: {"entry": w.entries["listed"], "way": "down"},
        another_entry,
    ),
    "add_observer": Post(
        "meetings:meeting_act",
        meeting("listed", "add-observer"),
        ADMIN_DESK,
        lambda w: {"person": w.cast.teacher, "entry": w.entries["listed"]},
    ),
    "remove_observer": Post(
        "meetings:meeting_act",
        meeting("listed", "remove-observer"),
        ADMIN_DESK,
        lambda w: {"observer": w.parts["observer"]},
    ),
    "leave": Post(
        "meetings:meeting_act",
        meeting("listed", "leave"),
        "vice principal clerk",
        lambda w: {
            "attendance": w.meetings["listed"].attendances.get(seat__person=w.cast.vice),
            "version": w.meetings["listed"].attendances.get(seat__person=w.cast.vice).version,
            "reason": "出差",
        },
    ),
    "open": Post("meetings:entry_act", entry("open"), PARTY_DESK, prepare=party_sitting),
    "study": Post(
        "meetings:entry_act",
        lambda w: (w.meetings["party"].pk, w.entries["topic"].pk, "study"),
        PARTY_DESK,
        prepare=first_topic,
    ),
    "conclude": Post(
        "meetings:entry_act",
        entry("conclude"),
        PARTY_DESK,
        lambda w: {"outcome": "deferred", "version": version(w)},
        opened,
    ),
    "save": Post(
        "meetings:entry_act",
        entry("save"),
        PARTY_DESK,
        lambda w: {"decision_text": "同意。", "version": version(w)},
        opened,
    ),
    "say": Post(
        "meetings:entry_act",
        entry("say"),
        PARTY_DESK,
        lambda w: {"speaker": f"s{seat_of(w, 'secretary').pk}", "text": "同意。", "stance": "agree"},
        opened,
    ),
    "recuse": Post(
        "meetings:entry_act",
        entry("recuse"),
        PARTY_DESK,
        lambda w: {"seat": seat_of(w, "discipline"), "reason": "亲属"},
        opened,
    ),
    "tally_add": Post(
        "meetings:entry_act", entry("tally-add"), PARTY_DESK, lambda w: {"question": "人选二"}, opened
    ),
    "task_add": Post(
        "meetings:entry_act",
        entry("task-add"),
        PARTY_DESK,
        lambda w: {"title": "办理", "owner": w.cast.staff, "due_on": day(9), "report_every_days": "14"},
        opened,
    ),
    "say_save": Post(
        "meetings:part_act",
        entry_part("say-save", "said"),
        PARTY_DESK,
        lambda w: {"text": "补充意见。", "stance": "agree", "version": w.parts["said"].version},
        opened,
    ),
    "say_up": Post("meetings:part_act", entry_part("say-up", "said"), PARTY_DESK, prepare=opened),
    "say_remove": Post("meetings:part_act", entry_part("say-remove", "said"), PARTY_DESK, prepare=opened),
    "recusal_end": Post(
        "meetings:part_act", entry_part("recusal-end", "out"), PARTY_DESK, prepare=with_recusal
    ),
    "ballots": Post(
        "meetings:part_act",
        entry_part("ballots", "tally"),
        PARTY_DESK,
        lambda w: {"version": w.parts["tally"].version, f"seat_{seat_of(w, 'vice').pk}": "for"},
        opened,
    ),
    "tally_save": Post(
        "meetings:part_act",
        entry_part("tally-save", "tally"),
        PARTY_DESK,
        lambda w: {"version": w.parts["tally"].version, "question": "人选一"},
        opened,
    ),
    "task_remove": Post(
        "meetings:part_act", entry_part("task-remove", "new_task"), PARTY_DESK, prepare=with_task
    ),
    "attendance_all": Post("meetings:attendance_all", party(), PARTY_DESK, prepare=party_sitting),
    "attendance": Post(
        "meetings:attendance",
        lambda w: (w.meetings["party"].pk, attendance_of(w).pk),
        PARTY_DESK,
        lambda w: {"status": "absent", "version": attendance_of(w).version},
        party_sitting,
    ),
    "observer_add": Post(
        "meetings:observer_add",
        meeting("sitting"),
        ADMIN_DESK,
        lambda w: {"person": w.cast.teacher, "entry": w.entries["sitting"]},
    ),
    "observer_presence": Post(
        "meetings:observer_presence",
        lambda w: (w.meetings["listed"].pk, w.parts["observer"].pk),
        ADMIN_DESK,
        lambda w: {"is_present": "1"},
        lambda w: begin(w.cast, w.meetings["listed"]),
    ),
    "minutes_draft": Post("meetings:minutes_act", party("draft"), PARTY_DESK, prepare=closed),
    "minutes_save": Post(
        "meetings:minutes_act",
        meeting("decided0", "save"),
        ADMIN_DESK,
        lambda w: {"version": draft_minutes(w).edit_version, "preamble": "会议听取了汇报。"},
    ),
    "minutes_submit": Post("meetings:minutes_act", meeting("decided0", "submit"), ADMIN_DESK),
    "minutes_return": Post(
        "meetings:minutes_act", meeting("decided0", "return"), "principal", reason, signed
    ),
    "minutes_issue": Post("meetings:minutes_act", meeting("decided0", "issue"), "principal", prepare=signed),
    "minutes_correct": Post("meetings:minutes_act", meeting("decided2", "correct"), PARTY_DESK, reason),
    "supplement": Post(
        "meetings:record_act", meeting("decided0", "supplement"), ADMIN_DESK, lambda w: {"text": "补充。"}
    ),
    "sign_recorder": Post("meetings:record_act", meeting("decided0", "sign-recorder"), "clerk"),
    "sign_chair": Post("meetings:record_act", meeting("decided0", "sign-chair"), "principal"),
}

# --- 任职、清单、参数 ------------------------------------------------------------------------------------


def seat_pk(who: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (getattr(w.cast, who).seats.order_by("pk").first().pk,)


OFFICE_POSTS = {
    "appoint": Post(
        "governance:leadership_appoint",
        none,
        REGISTRARS,
        lambda w: {
            "body": w.cast.admin,
            "person": w.cast.teacher,
            "role": "admin_member",
            "is_voting": "on",
            "since": day(),
            "order": "60",
        },
    ),
    "end_seat": Post(
        "governance:leadership_end", seat_pk("vice_second"), REGISTRARS, lambda w: {"until": day()}
    ),
    "membership": Post(
        "governance:leadership_membership",
        seat_pk("vice_non_party"),
        REGISTRARS,
        lambda w: {"is_party_member": "no"},
    ),
    "party_org": Post(
        "governance:leadership_party_org",
        none,
        f"{REGISTRARS} {OTHER_SCHOOL}",
        lambda w: {"party_members": "66"},
    ),
    "portfolio": Post(
        "governance:leadership_portfolio",
        none,
        REGISTRARS,
        lambda w: {"person": w.cast.vice, "duties": "分管总务", "since": day()},
    ),
    "tighten": Post(
        "governance:catalogue_tighten",
        lambda w: (w.cast.entry("A01").pk,),
        REGISTRARS,
        lambda w: {
            "attendance": "t",
            "ballot": w.cast.entry("A01").ballot,
            "congress_mode": w.cast.entry("A01").congress_mode,
            "access_scope": w.cast.entry("A01").access_scope,
            "reason": "本校章程",
        },
    ),
    "parameter": Post(
        "governance:parameter",
        words("fund.large_threshold"),
        f"{REGISTRARS} {OTHER_SCHOOL}",
        lambda w: {"level": "school", "value": "60000", "source": "本校制度", "since": day()},
    ),
}

# --- 台账、合规、通知、文书 ---------------------------------------------------------------------------------


def register_record(slug: str) -> Callable[[World], Any]:
    def prepare(world: World) -> None:
        world.parts[slug] = entered(world.cast, slug)

    return prepare


def record(slug: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (slug, w.parts[slug].pk)


def of_record(slug: str, **more: Any) -> Callable[[World], Body]:
    return lambda w: {"version": REGISTERS[slug].model.objects.get(pk=w.parts[slug].pk).version, **more}


def finding(name: str, key: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.parts[name].pk, key)


def of_finding(name: str, prefix: str = "", **more: Any) -> Callable[[World], Body]:
    def body(world: World) -> Body:
        fields = {key: value(world) if callable(value) else value for key, value in more.items()}
        fields["version"] = Finding.objects.get(pk=world.parts[name].pk).version
        return {f"{prefix}{key}": value for key, value in fields.items()}

    return body


def appealed(world: World) -> None:
    rectification.appeal(world.parts["finding"].pk, actor=world.cast.secretary, reason="有误")


def rectifying(world: World) -> None:
    rectification.confirm(
        world.parts["finding"].pk,
        actor=world.cast.secretary,
        measures="补正",
        owner=world.cast.vice,
        due_on=timezone.localdate() + timedelta(days=9),
    )


def accepted(world: World) -> None:
    rectification.close(world.parts["handed_in"].pk, actor=world.cast.inspector, opinion="已核")


OTHER_POSTS = {
    "record_new": Post(
        "registers:record_new",
        words("loan"),
        f"clerk secretary principal {OTHER_SCHOOL}",
        lambda w: posted(w.cast)["loan"],
    ),
    "record_correct": Post(
        "registers:record_correct",
        record("loan"),
        "clerk secretary principal",
        lambda w: {**posted(w.cast)["loan"], "purpose": "垫付水电", **of_record("loan", reason="笔误")(w)},
        register_record("loan"),
    ),
    "record_void": Post(
        "registers:record_void",
        record("loan"),
        "clerk secretary principal",
        of_record("loan", reason="重复"),
        register_record("loan"),
    ),
    "record_consultation": Post(
        "registers:record_new",
        words("regular_consultation"),
        "clerk secretary principal",
        lambda w: {
            **posted(w.cast)["regular_consultation"],
            "secretary": w.cast.secretary,
            "counterpart": w.cast.principal,
        },
    ),
    "record_submit": Post(
        "registers:record_submit",
        record("term_report"),
        "secretary",
        of_record("term_report", submitted_on=day()),
        register_record("term_report"),
    ),
    "record_answer": Post(
        "registers:record_answer",
        record("policy_filing"),
        "inspector",
        of_record("policy_filing", accepted="yes", opinion="同意"),
        register_record("policy_filing"),
    ),
    "finding_confirm": Post(
        "compliance:finding_act",
        finding("finding", "confirm"),
        HEADS,
        of_finding("finding", measures="补正", owner=lambda w: w.cast.vice, due_on=day(9)),
    ),
    "finding_appeal": Post(
        "compliance:finding_act", finding("finding", "appeal"), HEADS, of_finding("finding", reason="有误")
    ),
    "finding_answer": Post(
        "compliance:finding_act",
        finding("finding", "answer"),
        DISTRICT,
        of_finding("finding", result="uphold", opinion="成立"),
        appealed,
    ),
    "finding_revise": Post(
        "compliance:finding_act",
        finding("finding", "revise"),
        HEADS,
        of_finding(
            "finding", "revise-", measures="换法", owner=lambda w: w.cast.vice, due_on=day(9), reason="换人"
        ),
        rectifying,
    ),
    "finding_progress": Post(
        "compliance:finding_act",
        finding("finding", "progress"),
        "vice secretary principal clerk",
        of_finding("finding", text="进展"),
        rectifying,
    ),
    "finding_submit": Post(
        "compliance:finding_act",
        finding("finding", "submit"),
        HEADS,
        lambda w: {**of_finding("finding", text="已整改")(w), "files": paper()},
        rectifying,
    ),
    "finding_verify": Post(
        "compliance:finding_act",
        finding("handed_in", "verify"),
        DISTRICT,
        of_finding("handed_in", result="close", opinion="已核"),
    ),
    "finding_look_back": Post(
        "compliance:finding_act",
        finding("handed_in", "look_back"),
        DISTRICT,
        of_finding("handed_in", result="review", opinion="未反复"),
        accepted,
    ),
    "message_open": Post(
        "notifications:open",
        lambda w: (Message.objects.filter(recipient=w.cast.vice).latest("pk").pk,),
        "vice",
    ),
}

# --- 三员 ---------------------------------------------------------------------------------------------

ADMIN_POSTS = {
    "account_new": Post(
        "accounts:account_new",
        none,
        "system_admin",
        lambda w: {"display_name": "新来人", "username": "new01"},
    ),
    "account_reset": Post("accounts:account_act", lambda w: (w.cast.vice.pk, "reset"), "system_admin"),
    "account_disable": Post("accounts:account_act", lambda w: (w.cast.vice.pk, "disable"), "system_admin"),
    "role_new": Post(
        "accounts:role_new",
        none,
        "security_admin",
        lambda w: {"username": w.cast.outsider.username, "act": "audit"},
    ),
    "role_revoke": Post("accounts:role_revoke", lambda w: (w.cast.audit_admin.pk,), "security_admin"),
    "member_new": Post(
        "governance:member_new",
        lambda w: (w.cast.authority.pk,),
        "security_admin",
        lambda w: {"username": w.cast.outsider.username, "role": "clerk", "since": day()},
    ),
    "member_end": Post(
        "governance:member_end",
        lambda w: (w.cast.inspector.authority_memberships.first().pk,),
        "security_admin",
    ),
    "second_factor": Post(
        "governance:second_factor",
        lambda w: (w.cast.authority.pk,),
        "security_admin",
        lambda w: {"policy": "required"},
    ),
}

POSTS: dict[str, Post] = {**ITEM_POSTS, **MEETING_POSTS, **OFFICE_POSTS, **OTHER_POSTS, **ADMIN_POSTS}

# POSTs that reach nothing but what is the sender's own, each with its reason.
OWN = {
    "workbench:ledger_check": "changes nothing but the time of the check: tests/workbench/test_ledger.py",
    "accounts:login": "nobody is known yet",
    "accounts:logout": "ends the own session",
    "accounts:password": "asks for the own present password",
    "accounts:end_session": "sessions of the signed-in person only: test_sessions_of_others",
    "account_login": "allauth's sign-in, nobody is known yet",
    "account_reauthenticate": "asks for the own password",
    "mfa_authenticate": "the own second factor",
    "mfa_reauthenticate": "the own second factor",
    "mfa_activate_totp": "the own second factor",
    "mfa_deactivate_totp": "the own second factor",
    "mfa_generate_recovery_codes": "the own second factor",
    "accounts:external_begin": "nobody is known yet; no provider is configured in this world",
    "accounts:external_bind": "binds the own account; no provider is configured in this world",
    "accounts:external_release": "releases the own binding; tests/accounts/test_external.py",
    "governance:leadership_leave": "tests/handover and tests/contracts/test_leavers.py",
    "governance:leadership_move": "tests/handover and tests/contracts/test_leavers.py",
    "handover:handover_new": "tests/handover",
    "handover:handover_receive": "tests/handover",
    "workbench:choose_school": "a choice of the session among visible schools",
    "notifications:read_all": "the own inbox",
    "documents:ask_again": "orders the same PDF again; who may is in test_urls",
}
