"""交接 inside the items: who is responsible for a task or an item from now on.

The caller has decided who hands over to whom and holds the locks (item before task, docs/locking.md).
"""

from typing import Any

from common.history import save_as
from decisions.access import maker_fields
from decisions.choices import MAKERS
from decisions.models import DecisionItem, Task
from decisions.services.acts import record
from governance.choices import AccessScope, GrantKind
from governance.services import grants


def reassign_item(item: DecisionItem, *, giver: Any, receiver: Any, actor: Any, reason: str) -> None:
    """Every role of the giver in the making of a locked item becomes the receiver's."""
    names = maker_fields(item, giver)
    for name in names:
        setattr(item, name, receiver)
    roles = "、".join(MAKERS[name] for name in names)
    record(
        item,
        kind="item.handed_over",
        text=f"{roles}由{giver}交接给{receiver}",
        actor=actor,
        reason=reason,
        data={"from": giver.pk, "to": receiver.pk, "roles": names},
    )


def reassign_task(task: Task, *, giver: Any, receiver: Any, actor: Any, reason: str, is_owner: bool) -> None:
    """The receiver owns (or helps with) a locked task; the right to read its item moves along.

    `task.item` is the locked item. Of a matter of scope 2 nobody gains a reading (facts.md §7).
    """
    if is_owner:
        task.owner = receiver
        task.helpers.remove(receiver)
    else:
        task.helpers.remove(giver)
        if receiver.pk != task.owner_id:
            task.helpers.add(receiver)
    task.version += 1
    save_as(task, actor, f"交接：{reason}")
    _move_reading(task.item, giver, receiver, actor)
    record(
        task.item,
        kind="task.handed_over",
        text=f"任务“{task.title}”的{'责任人' if is_owner else '协办人'}由{giver}交接给{receiver}",
        actor=actor,
        reason=reason,
        data={"task": task.pk, "from": giver.pk, "to": receiver.pk, "is_owner": is_owner},
    )


def open_item(item: DecisionItem, person: Any, *, actor: Any) -> None:
    """Who has a task of a locked item may read it as long as the task is theirs."""
    grants.give(
        GrantKind.TASK, item, school=item.school, person=person, until=None, reason="落实任务", actor=actor
    )


def _move_reading(item: DecisionItem, giver: Any, receiver: Any, actor: Any) -> None:
    """Owners and helpers may read the item; who has no task of it left may no longer."""
    left = Task.objects.filter(item=item)
    if not (left.filter(owner=giver).exists() or left.filter(helpers=giver).exists()):
        grants.end_all(GrantKind.TASK, item, person=giver, actor=actor, reason="任务已交接")
    if item.access_scope < AccessScope.RESTRICTED:
        open_item(item, receiver, actor=actor)
