"""例外授权 on any record: given, used and ended, each sealed in the chain of the school.

Whether somebody may have it is decided by the caller, who holds the lock on the record.
"""

from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from common.errors import NotNow
from common.history import save_as
from governance.choices import GrantKind
from governance.models import ObjectGrant, School
from ledger import services as ledger


def require_period(until: date, longest: timedelta) -> None:
    """NotNow unless the last day lies between today and the longest period."""
    today = timezone.localdate()
    if not today <= until <= today + longest:
        raise NotNow(f"授权期限为今天起 {longest.days} 日以内，期满需要再用的重新授权。")


def give(
    kind: GrantKind,
    record: Model,
    *,
    school: School,
    person: Any,
    until: date | None,
    reason: str,
    actor: Any,
) -> ObjectGrant | None:
    """Open a locked record to a person from today up to and including `until`; None where it is open already."""
    if ObjectGrant.objects.of(person, kind).filter(object_pk=record.pk).exists():
        return None
    of = ContentType.objects.get_for_model(record)
    return save_as(
        ObjectGrant(
            user=person,
            permission=Permission.objects.get(codename=kind, content_type=of),
            content_type=of,
            object_pk=record.pk,
            school=school,
            since=timezone.localdate(),
            until=until,
            reason=reason,
            granted_by=actor,
        ),
        actor,
        reason,
    )


def seal(grant: ObjectGrant, what: str, text: str, *, actor: Any) -> None:
    """Write exception.given, .used or .withdrawn into the chain."""
    ledger.append(
        grant.school.chain_key,
        kind=f"exception.{what}",
        subject=grant.subject,
        payload={
            "kind": grant.permission.codename,
            "record": f"{grant.content_type.app_label}.{grant.content_type.model}:{grant.object_pk}",
            "person": str(grant.user),
            "until": grant.until.isoformat() if grant.until else "",
            "text": text,
        },
        actor=actor,
    )


def end_all(kind: GrantKind, record: Model, *, person: Any, actor: Any, reason: str) -> None:
    """End what is open of a record to a person in one way; the caller's act seals it."""
    for grant in ObjectGrant.objects.select_for_update(of=("self",)).filter(
        pk__in=ObjectGrant.objects.of(person, kind).filter(object_pk=record.pk).values("pk")
    ):
        grant.withdrawn_at = timezone.now()
        save_as(grant, actor, reason)


def end(grant_id: int, *, actor: Any) -> ObjectGrant:
    """Withdraw one exception at once; NotNow where it has ended already. The caller decided who may."""
    grant = _locked(grant_id)
    if not grant.is_in_force:
        raise NotNow("此项授权已经结束。", current=grant)
    grant.withdrawn_at = timezone.now()
    save_as(grant, actor, "收回授权")
    seal(grant, "withdrawn", f"收回{grant.user}的{grant.kind.label}", actor=actor)
    return grant


def _locked(grant_id: int) -> ObjectGrant:
    return (
        ObjectGrant.objects.select_for_update(of=("self",))
        .select_related("school", "user", "permission", "content_type")
        .get(pk=grant_id)
    )


def note_use(actor: Any, *opened: tuple[GrantKind, Model]) -> None:
    """Write down that a person uses exceptions: each once a day, sealed. Nothing for who needs none; one query."""
    today = timezone.localdate()
    asked = [Q(permission__codename=kind, object_pk=str(record.pk)) for kind, record in opened]
    unused = ObjectGrant.objects.in_force().filter(reduce(or_, asked), user=actor)
    for pk in unused.exclude(last_used_on=today).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            grant = _locked(pk)
            if grant.is_in_force and grant.last_used_on != today:
                grant.last_used_on = today
                save_as(grant, actor, "使用授权")
                seal(grant, "used", f"{actor}依{grant.kind.label}阅看", actor=actor)
