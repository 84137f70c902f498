"""POSTs of registers, findings, notices, documents and exceptions; and those of the three administrators."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from compliance.models import Finding
from compliance.services import rectification
from notifications.models import Message
from registers.specs import REGISTERS
from tests.contracts.posts.kit import (
    DISTRICT,
    HEADS,
    OTHER_SCHOOL,
    Body,
    Post,
    day,
    none,
    paper,
    words,
)
from tests.contracts.world import World
from tests.factories.registers import entered, posted


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


# --- 三员 ---

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
