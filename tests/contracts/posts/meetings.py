"""POSTs of meetings: planning, the desk, and the papers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from decisions.services import items
from meetings.models import AgendaEntry, Attendance, Meeting, Minutes
from meetings.services import conclusion, deliberation, planning, records, sitting
from tests.contracts.posts.kit import (
    ADMIN_DESK,
    PARTY_DESK,
    SITTING_DESK,
    Body,
    Post,
    day,
    meeting,
    moment,
    none,
    reason,
)
from tests.contracts.world import World
from tests.factories.decisions import add_evidence, consult, make_item
from tests.factories.meetings import begin, list_item, plan


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
    "recess": Post("meetings:meeting_act", meeting("sitting", "recess"), SITTING_DESK),
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
        SITTING_DESK,
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
