"""What the security administrator does: grants and takes back roles, never to or from the own account."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.access import account_for_update, holds_offices, require_admin, require_other
from accounts.choices import AdminRole, SecurityKind
from accounts.models import User
from accounts.services.accounts import end_sessions
from accounts.services.external import unbind_all
from accounts.services.trail import record
from common.errors import NotNow


@transaction.atomic
def grant_role(*, actor: Any, user_id: int, role: str) -> User:
    """Make an account one of 三员. It holds no other role and no office: administrators see no business.

    Its external identities are unbound: administrators sign in by password only.

    NotNow where it does, or is closed.
    """
    require_admin(actor, AdminRole.SECURITY)
    user = account_for_update(user_id, by=actor, role=AdminRole.SECURITY)
    require_other(actor, user)
    if not user.is_active:
        raise NotNow("此账号已停用，请先由系统管理员启用。")
    if user.admin_role:
        raise NotNow(f"{user}已是{user.get_admin_role_display()}。三员不得兼任，请先收回原角色。")
    if holds_offices(user):
        raise NotNow(f"{user}有在任职务。三员不接触业务内容，请另建专用账号。")
    user.admin_role = role
    user.save(update_fields=["admin_role"])
    record(SecurityKind.ROLE_GRANTED, person=user, actor=actor, role=role)
    unbind_all(actor=actor, person=user)
    return user


@transaction.atomic
def revoke_role(*, actor: Any, user_id: int) -> User:
    """Take an administrator role back; its sessions end at once."""
    require_admin(actor, AdminRole.SECURITY)
    user = account_for_update(user_id, by=actor, role=AdminRole.SECURITY)
    require_other(actor, user)
    if not user.admin_role:
        raise NotNow(f"{user}目前没有管理员角色。")
    role, user.admin_role = user.admin_role, ""
    user.save(update_fields=["admin_role"])
    record(SecurityKind.ROLE_REVOKED, person=user, actor=actor, role=role, sessions=end_sessions(user))
    return user


@transaction.atomic
def reset_second_factor(*, actor: Any, user_id: int) -> User:
    """Remove the second factor of somebody who lost phone and codes; passwords are another administrator's."""
    require_admin(actor, AdminRole.SECURITY)
    user = account_for_update(user_id, by=actor, role=AdminRole.SECURITY)
    require_other(actor, user)
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise NotNow(f"{user}没有启用两步验证。")
    record(SecurityKind.FACTOR_RESET, person=user, actor=actor, sessions=end_sessions(user))
    return user
