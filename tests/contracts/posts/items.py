"""POSTs of items, their evidence and their tasks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from decisions.models import DecisionItem, PublicNotice, Task, TaskExtension
from decisions.services import grants
from tests.contracts.posts.kit import (
    EVIDENCE,
    HEADS,
    PARTY,
    SERVING,
    Body,
    Post,
    day,
    item,
    moment,
    paper,
    part,
    reason,
    task,
)
from tests.contracts.world import World


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
