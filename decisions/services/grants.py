"""阅看授权 for the district: given and withdrawn by the secretary, each reading noted."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.errors import NotNow
from common.history import save_as
from decisions import access
from decisions.choices import ItemState
from decisions.models import DecisionItem, ItemEvent, ReadingGrant
from decisions.services.acts import record, tell
from governance.choices import AccessScope
from governance.selectors import supervisors_of
from governance.services.grants import require_period
from ledger import services as ledger

GRANT_RIGHT = "阅看授权由学校党组织书记办理。"
LONGEST = timedelta(days=31)  # 建议; a longer inspection is granted again


@transaction.atomic
def grant_reading(item_id: int, *, actor: Any, person: Any, until: date, reason: str) -> ReadingGrant:
    """Let one person of the 教育工委 read an item of scope 2 from today up to and including `until`.

    Raises NotNow for a draft, a matter that needs no grant, somebody outside the authorities above, a period in
    the past or longer than 31 days, and where a grant is standing.
    """
    item = access.item_for_update(actor, item_id)
    access.require(access.may_grant_reading, access.offices_on(actor, item), item, GRANT_RIGHT)
    today = timezone.localdate()
    if item.state == ItemState.DRAFT or item.access_scope < AccessScope.RESTRICTED:
        raise NotNow("只有已申报、知悉范围为“班子成员和指定人员”的议题需要授权。", current=item)
    if not supervisors_of(item.school).filter(pk=person.pk).exists():
        raise NotNow("只能授权给上级教育工委的在任人员。")
    require_period(until, LONGEST)
    if item.reading_grants.in_force().filter(person=person).exists():
        raise NotNow(f"{person}已有有效的阅看授权。", current=item)
    grant = save_as(
        ReadingGrant(
            school=item.school,
            item=item,
            person=person,
            since=today,
            until=until,
            reason=reason,
            granted_by=actor,
        ),
        actor,
        "阅看授权",
    )
    record(
        item,
        kind="grant.given",
        text=f"授权{person}阅看至 {until.month}月{until.day}日：{reason}",
        actor=actor,
        data={"grant": grant.pk, "person": person.pk, "until": until.isoformat()},
    )
    tell(item, recipients=[person], kind="grant.given", what=f"可阅看至 {until.month}月{until.day}日")
    return grant


@transaction.atomic
def withdraw_reading(grant_id: int, *, actor: Any) -> ReadingGrant:
    """End a grant at once; NotNow where it has ended already."""
    grant = access.grant_for(actor, grant_id)
    item = access.item_for_update(actor, grant.item_id)
    access.require(access.may_grant_reading, access.offices_on(actor, item), item, GRANT_RIGHT)
    grant.refresh_from_db()
    if not grant.is_in_force:
        raise NotNow("此项授权已经结束。", current=item)
    grant.withdrawn_at = timezone.now()
    save_as(grant, actor, "收回授权")
    record(
        item,
        kind="grant.withdrawn",
        text=f"收回{grant.person}的阅看授权",
        actor=actor,
        data={"grant": grant.pk, "person": grant.person_id},
    )
    return grant


@transaction.atomic
def note_reading(item: DecisionItem, *, actor: Any) -> None:
    """Write down that a grant was used: event and ledger, once a day and person. Nothing for other readers."""
    today = timezone.localdate()
    unread = ReadingGrant.objects.in_force().filter(item=item, person=actor).exclude(last_read_on=today)
    if not unread.exists():
        return
    access.lock_item(item.pk)  # before its grant, as whoever withdraws it does
    grant = unread.select_for_update().first()
    if grant is None:
        return
    grant.last_read_on = today
    save_as(grant, actor, "阅看")
    text = f"{actor}依授权阅看"
    ItemEvent.objects.create(
        school=item.school,
        item=item,
        round=item.round,
        kind="grant.used",
        text=text,
        actor=actor,
        data={"grant": grant.pk},
    )
    ledger.append(
        item.school.chain_key,
        kind="grant.used",
        subject=item.subject,
        payload={"number": item.number, "grant": grant.pk, "text": text},
        actor=actor,
    )
