"""Who is one of 三员 (facts.md §7). Their rooms do not exist for anybody else."""

from typing import Any

from accounts.choices import AdminRole
from accounts.models import User
from common.errors import NotPermitted, NotVisible


def require_admin(actor: Any, *roles: AdminRole) -> None:
    """Refuse with 404 unless the person holds one of these administrator roles; None is the system itself."""
    if actor is None:
        return
    if not (actor.is_authenticated and actor.is_active and actor.admin_role in roles):
        raise NotVisible("administration")


def require_other(actor: Any, person: User) -> None:
    """Refuse with 403 what an administrator would do to the own account."""
    if actor is not None and actor.pk == person.pk:
        raise NotPermitted("管理员不得办理自己的账号和角色。", need="另一名管理员")


def account_for_update(user_id: int, *, by: Any = None, role: AdminRole | None = None) -> User:
    """One account, locked; with that of the administrator it is done `by`, in the order of keys (docs/locking.md).

    NotVisible where there is none, or where the administrator's role was taken back since the request began.
    """
    found = _locked({user_id, by.pk} if by is not None else {user_id})
    if user_id not in found or (by is not None and by.pk not in found):
        raise NotVisible("User")
    if by is not None and role is not None:
        require_admin(found[by.pk], role)
    return found[user_id]


def require_admin_still(actor: Any, role: AdminRole) -> None:
    """require_admin of the row as it now is, which stays so until the transaction ends."""
    if actor is not None:
        account_for_update(actor.pk, by=actor, role=role)


def _locked(keys: set[int]) -> dict[int, User]:
    rows = User.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    return {user.pk: user for user in rows}


def holds_offices(person: User) -> bool:
    """Whether the person holds a seat, a staff post or a membership today (reverse relations of governance)."""
    return any(
        offices.active().exists()
        for offices in (person.seats, person.staff_posts, person.authority_memberships)
    )
