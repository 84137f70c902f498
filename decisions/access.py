"""Fetch, lock, and may this person know it exists; and the rights on items that offices give."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from common.errors import NotPermitted, NotVisible
from common.reading import seen
from decisions.choices import MAKERS
from decisions.models import DecisionItem, PublicNotice, ReadingGrant, Reconsideration, Task, TaskExtension
from governance.access import Offices, offices_of
from governance.choices import BodyKind, SeatRole
from governance.models import Body
from governance.selectors import admin_body, consultation_counterparts, voting_seats


def item_for(user: Any, item_id: int) -> DecisionItem:
    """An item the person may see, with what its page needs; else NotVisible."""
    item = (
        seen(DecisionItem, user, item_id)
        .select_related(
            "school",
            "school__authority",
            "school__party_org",
            "catalogue_entry",
            "current_stage__body",
            "proposer",
            "presenter",
            "created_by",
        )
        .first()
    )
    if item is None:
        raise NotVisible("DecisionItem")
    return item


def item_for_update(user: Any, item_id: int) -> DecisionItem:
    """The same item, its row locked until the transaction ends. Every change of an item starts here."""
    if not seen(DecisionItem, user, item_id).exists():
        raise NotVisible("DecisionItem")
    return lock_item(item_id)


def lock_item(item_id: int) -> DecisionItem:
    """Lock an item for a service that has already decided who acts (a meeting concluding its entry).

    Read only once locked: whoever waited for the lock would see the joined stage as it was before the wait.
    """
    DecisionItem.objects.select_for_update().only("pk").get(pk=item_id)
    return DecisionItem.objects.select_related(
        "school", "school__authority", "catalogue_entry", "current_stage__body"
    ).get(pk=item_id)


def task_for_update(user: Any, task_id: int) -> Task:
    """A visible task, locked; its item is locked first, so that tasks and items never deadlock."""
    task = seen(Task, user, task_id).values("item_id").first()
    if task is None:
        raise NotVisible("Task")
    lock_item(task["item_id"])
    return (
        Task.objects.select_for_update(of=("self",))
        .select_related(
            "school", "item__school", "item__current_stage__body", "owner", "resolution__stage__body"
        )
        .get(pk=task_id)
    )


def extension_for(user: Any, extension_id: int) -> TaskExtension:
    """A visible extension request, else NotVisible."""
    extension = TaskExtension.objects.visible_to(user).filter(pk=extension_id).first()
    if extension is None:
        raise NotVisible("TaskExtension")
    return extension


def reconsideration_for(user: Any, reconsideration_id: int) -> Reconsideration:
    """A visible reconsideration, else NotVisible."""
    found = (
        Reconsideration.objects.visible_to(user)
        .filter(pk=reconsideration_id)
        .select_related("resolution__stage__body", "item")
        .first()
    )
    if found is None:
        raise NotVisible("Reconsideration")
    return found


def notice_for(user: Any, notice_id: int) -> PublicNotice:
    """A visible 公示 with its item, else NotVisible."""
    found = PublicNotice.objects.visible_to(user).filter(pk=notice_id).select_related("item").first()
    if found is None:
        raise NotVisible("PublicNotice")
    return found


def grant_for(user: Any, grant_id: int) -> ReadingGrant:
    """A visible reading grant, else NotVisible."""
    grant = ReadingGrant.objects.visible_to(user).filter(pk=grant_id).select_related("person").first()
    if grant is None:
        raise NotVisible("ReadingGrant")
    return grant


def maker_fields(item: DecisionItem, person: Any) -> list[str]:
    """The roles a person has in the making of an item: names of fields, in order."""
    return [name for name in MAKERS if getattr(item, f"{name}_id") == person.pk]


_CHAIRED = (BodyKind.PARTY, BodyKind.ADMIN, BodyKind.ASSEMBLY)

# --- Rights ------------------------------------------------------------------------------------------
# Each right is one function (offices, item) -> bool; services and buttons call the same function.


def may_draft(offices: Offices) -> bool:
    """Anyone serving in the school may draft; who proposes must be a leader (R10)."""
    return offices.belongs


def may_edit(offices: Offices, item: DecisionItem) -> bool:
    return offices.belongs and offices.person.pk in (item.created_by_id, item.proposer_id)


def may_submit(offices: Offices, item: DecisionItem) -> bool:
    return offices.belongs and offices.person.pk in (item.created_by_id, item.proposer_id)


def may_add_evidence(offices: Offices, item: DecisionItem) -> bool:
    makers = (item.created_by_id, item.proposer_id, item.presenter_id)
    return offices.belongs and (
        offices.person.pk in makers
        or offices.is_clerk
        or offices.is_secretary
        or offices.is_deputy_secretary
        or offices.is_principal
    )


def may_share(offices: Offices, item: DecisionItem) -> bool:
    """Who registers evidence shares a file of the item with one more person; of scope 2 only 书记 (R66)."""
    return offices.is_secretary if item.is_restricted else may_add_evidence(offices, item)


def may_record_consultation(offices: Offices, item: DecisionItem) -> bool:
    """书记、校长、副书记, or the clerk of the Party body on their behalf."""
    return (
        offices.is_secretary
        or offices.is_principal
        or offices.is_deputy_secretary
        or any(
            seat.body.kind in (BodyKind.PARTY, BodyKind.ASSEMBLY)
            for seat in offices.seats
            if not seat.is_voting
        )
    )


def may_publish_notice(offices: Offices, item: DecisionItem) -> bool:
    """公示 is registered and concluded by whoever may register evidence of the item."""
    return may_add_evidence(offices, item)


def may_record_emergency(offices: Offices, item: DecisionItem) -> bool:
    """书记 disposed; 书记, 副书记 or the clerk of the Party body writes it down (R76)."""
    return (
        offices.is_secretary
        or offices.is_deputy_secretary
        or any(seat.body.is_party and offices.clerks(seat.body) for seat in offices.seats)
    )


def may_grant_reading(offices: Offices, item: DecisionItem) -> bool:
    """书记 opens a matter of scope 2 to the district."""
    return offices.is_secretary


def may_confirm(offices: Offices, item: DecisionItem) -> bool:
    """P agenda by 书记, A agenda by 校长 (R11)."""
    return item.current_stage is not None and offices.chairs(item.current_stage.body)


def may_withdraw(offices: Offices, item: DecisionItem) -> bool:
    return may_edit(offices, item) or may_confirm(offices, item)


def may_complete(offices: Offices, item: DecisionItem) -> bool:
    """校长 reports completion; 书记 for matters the Party decided directly."""
    return offices.is_principal or offices.is_secretary


def may_report(offices: Offices, task: Task) -> bool:
    return offices.belongs and (
        offices.person.pk == task.owner_id
        or any(helper.pk == offices.person.pk for helper in task.helpers.all())
    )


def may_accept(offices: Offices, task: Task) -> bool:
    """校长 or 书记 accepts work; one's own only where both offices are one person's (一肩挑)."""
    if offices.person.pk == task.owner_id:
        return offices.is_principal and offices.is_secretary
    return offices.is_principal or offices.is_secretary


def may_urge(offices: Offices, task: Task) -> bool:
    return offices.is_principal or offices.is_secretary or offices.is_clerk


def may_request_reconsideration(offices: Offices, item: DecisionItem) -> bool:
    return offices.is_leader


def require(right: Callable[..., bool], offices: Offices, record: Any, message: str) -> None:
    """Raise NotPermitted with a plain reason unless the right is held."""
    if not right(offices, record):
        raise NotPermitted(message)


# --- Who must keep away, and who acts then (R36) -------------------------------------------------------

DEPUTIES = (SeatRole.FULLTIME_DEPUTY_SECRETARY, SeatRole.DEPUTY_SECRETARY, SeatRole.VICE_PRINCIPAL)


def barred_people(item: DecisionItem) -> set[int]:
    """Whom `barred_to` keeps away from one item; one query."""
    recused = item.stages.filter(agenda_entries__recusals__isnull=False).order_by()
    rows = item.concerned.values_list("person_id").union(
        recused.values_list("agenda_entries__recusals__seat__person_id")
    )
    return {person for (person,) in rows}


def chairs_on(item: DecisionItem, body: Body, barred: set[int] | None = None) -> list[User]:
    """Who chairs a body for one item: by office; where that person must keep away, its deputies, else its members.

    Nobody where the office is vacant.
    """
    barred = barred_people(item) if barred is None else barred
    seats = list(voting_seats(body))
    heads = [seat for seat in seats if seat.role == body.chair_role]
    if heads and all(seat.person_id in barred for seat in heads):
        others = [seat for seat in seats if seat.person_id not in barred]
        heads = [seat for seat in others if seat.role in DEPUTIES] or others
    return list({seat.person_id: seat.person for seat in heads if seat.person_id not in barred}.values())


def counterparts_on(item: DecisionItem) -> QuerySet[User]:
    """Whom the secretary consults about an item (R17): as everywhere, but who acts for a 校长 that must keep away."""
    barred = barred_people(item)
    usual = consultation_counterparts(item.school)
    if not barred or usual.exclude(pk__in=barred).exists():
        return usual.exclude(pk__in=barred)
    acting = chairs_on(item, admin_body(item.school), barred)
    return User.objects.filter(pk__in=[person.pk for person in acting]).order_by("display_name")


def offices_on(user: Any, item: DecisionItem) -> Offices:
    """The offices of a person in the item's school today, with those held for somebody who must keep away."""
    offices = offices_of(user, item.school)
    bodies = {seat.body for seat in offices.seats if seat.is_voting and seat.body.kind in _CHAIRED}
    barred = barred_people(item) if bodies else set()
    if not barred:
        return offices
    acting = {body.chair_role for body in bodies if user in chairs_on(item, body, barred)}
    return replace(offices, acting=frozenset(acting))
