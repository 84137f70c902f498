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


def account_for_update(user_id: int) -> User:
    """One account, locked; NotVisible where there is none. Call inside a transaction, after require_admin."""
    found = User.objects.select_for_update(of=("self",)).filter(pk=user_id).first()
    if found is None:
        raise NotVisible("User")
    return found


def holds_offices(person: User) -> bool:
    """Whether the person holds a seat, a staff post or a membership today (reverse relations of governance)."""
    return any(
        offices.active().exists()
        for offices in (person.seats, person.staff_posts, person.authority_memberships)
    )
