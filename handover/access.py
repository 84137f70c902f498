"""Who may hand over, and fetching what a person may see."""

from typing import Any

from common.errors import NotPermitted, NotVisible
from governance.access import Offices
from handover.models import Handover

NEED = "书记、校长、会议秘书或本人"


def watches(offices: Offices | None) -> bool:
    """书记, 校长 and 会议秘书 look after what nobody looks after."""
    return bool(offices and (offices.is_secretary or offices.is_principal or offices.is_clerk))


def may_hand_over(offices: Offices, giver: Any) -> bool:
    """For anybody: 书记, 校长, 会议秘书; for oneself: who still serves."""
    return watches(offices) or (offices.belongs and offices.person.pk == giver.pk)


def require_hand_over(offices: Offices, giver: Any) -> None:
    if not may_hand_over(offices, giver):
        raise NotPermitted(f"交接由{NEED}办理。", need=NEED)


def handover_for(user: Any, pk: int) -> Handover:
    """A handover the person may see, with its people; else NotVisible."""
    found = (
        Handover.objects.visible_to(user)
        .select_related("school", "giver", "receiver", "handed_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotVisible("Handover")
    return found
