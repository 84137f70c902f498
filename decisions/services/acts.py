"""What every change of an item has in common: state, event, field history, ledger and notice together."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from common.history import save_as
from decisions.access import barred_people
from decisions.choices import ItemState
from decisions.models import DecisionItem, ItemEvent
from governance.choices import AccessScope
from ledger import services as ledger
from notifications.services import notify


def record(
    item: DecisionItem,
    *,
    kind: str,
    text: str,
    actor: Any,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> ItemEvent:
    """Save a changed item with history, write its event, and seal the act in the school's chain.

    Must run inside the transaction that locked the item. What happens to a draft is not a formal act: it gets
    event and field history only, and is sealed with 申报.
    """
    item.version += 1
    save_as(item, actor, reason or text)
    event = ItemEvent.objects.create(
        school=item.school,
        item=item,
        round=item.round,
        kind=kind,
        text=text,
        actor=actor,
        data={**(data or {}), **({"reason": reason} if reason else {})},
    )
    if item.state != ItemState.DRAFT:
        ledger.append(
            item.school.chain_key,
            kind=kind,
            subject=item.subject,
            payload={
                "number": item.number,
                "title": item.title,
                "state": item.state,
                "round": item.round,
                "version": item.version,
                "text": text,
                **event.data,
            },
            actor=actor,
        )
    return event


def item_url(item: DecisionItem) -> str:
    """The page of an item."""
    return reverse("decisions:item_detail", args=[item.pk])


def tell(
    item: DecisionItem,
    *,
    recipients: Iterable[Any],
    kind: str,
    what: str,
    about: str = "",
    body: str = "",
    url: str = "",
) -> None:
    """Notice about an item: what happened, then its title (or `about`).

    Notices leave the platform by e-mail, so one about a matter of scope 2 names only its number (R66). Nobody
    who must keep away from the item is told (R36).
    """
    barred = barred_people(item)
    is_restricted = item.access_scope >= AccessScope.RESTRICTED
    notify(
        recipients=[person for person in recipients if person.pk not in barred],
        kind=kind,
        title=f"{what}：{f'议题 {item.number}' if is_restricted else about or item.title}",
        body="" if is_restricted else body,
        url=url or item_url(item),
        school=item.school,
    )
