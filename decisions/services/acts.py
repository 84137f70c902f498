"""What every change of an item has in common: state, event, field history, ledger and notice together."""

from typing import Any

from common.history import save_as
from decisions.models import DecisionItem, ItemEvent
from ledger import services as ledger


def record(
    item: DecisionItem,
    *,
    kind: str,
    text: str,
    actor: Any,
    reason: str = "",
    data: dict[str, Any] | None = None,
    seal: bool = True,
) -> ItemEvent:
    """Save a changed item with history, write its event, and seal the act in the school's chain.

    Must run inside the transaction that locked the item. `seal=False` only for drafts and edits that are
    not formal acts; they still get an event and field history.
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
    if seal:
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
