"""What the system administrator does: accounts, and nothing of what they may do (三员分立)."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction

from accounts.access import account_for_update, require_admin, require_admin_still, require_other
from accounts.choices import AdminRole, SecurityKind
from accounts.models import User
from accounts.services.external import unbind_all
from accounts.services.passwords import initial_password, store_password
from accounts.services.trail import record
from common.errors import NotNow


@transaction.atomic
def create_account(
    *, actor: Any, username: str, display_name: str, email: str = "", role: str = ""
) -> tuple[User, str]:
    """A new account with an initial password, which is returned once and must be changed at first sign-in.

    `role` is for the first set-up (actor None) only: whoever creates accounts grants nothing. NotNow where the
    name is taken.
    """
    require_admin_still(actor, AdminRole.SYSTEM)
    if role and actor is not None:
        raise ValueError("roles are granted by the security administrator")
    taken = f"账号“{username}”已存在，请换一个。"
    if User.objects.filter(username__iexact=username).exists():
        raise NotNow(taken)
    password = initial_password()
    user = User(username=username, display_name=display_name, email=email, admin_role=role)
    try:
        with transaction.atomic():
            store_password(user, password, is_initial=True)
    except IntegrityError as error:  # somebody else made it at the same moment
        raise NotNow(taken) from error
    record(SecurityKind.ACCOUNT_CREATED, person=user, actor=actor)
    if role:
        record(SecurityKind.ROLE_GRANTED, person=user, actor=actor, role=role)
    return user, password


def _ordinary(actor: Any, user_id: int) -> User:
    """A locked account the system administrator may act on: not the own, and none of 三员."""
    require_admin(actor, AdminRole.SYSTEM)
    user = account_for_update(user_id, by=actor, role=AdminRole.SYSTEM)
    require_other(actor, user)
    if actor is not None and user.admin_role:
        raise NotNow(f"{user}是{user.get_admin_role_display()}，请先由安全管理员收回角色。")
    return user


def end_sessions(user: User) -> int:
    """End every session of an account at once; returns how many."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def disable_account(*, actor: Any, user_id: int) -> User:
    """Close an account; its open sessions end at once, its records stay."""
    user = _ordinary(actor, user_id)
    if not user.is_active:
        raise NotNow("此账号已经停用。")
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(SecurityKind.ACCOUNT_DISABLED, person=user, actor=actor, sessions=end_sessions(user))
    return user


@transaction.atomic
def enable_account(*, actor: Any, user_id: int) -> User:
    """Open a closed account again; its rights are those of its seats today."""
    user = _ordinary(actor, user_id)
    if user.is_active:
        raise NotNow("此账号正在使用，无须启用。")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(SecurityKind.ACCOUNT_ENABLED, person=user, actor=actor)
    return user


@transaction.atomic
def reset_password(*, actor: Any, user_id: int) -> tuple[User, str]:
    """A new initial password for somebody who forgot the own, or whose account is in wrong hands.

    Sessions end and external identities are unbound; the second factor stays.
    """
    user = _ordinary(actor, user_id)
    if not user.is_active:
        raise NotNow("此账号已停用，请先启用。")
    password = initial_password()
    store_password(user, password, is_initial=True)
    record(SecurityKind.PASSWORD_RESET, person=user, actor=actor, sessions=end_sessions(user))
    unbind_all(actor=actor, person=user)
    return user, password


@transaction.atomic
def release_identities(*, actor: Any, user_id: int) -> User:
    """Unbind the external identities of an account whose phone or identity is lost; sessions end."""
    user = _ordinary(actor, user_id)
    if not unbind_all(actor=actor, person=user):
        raise NotNow("此账号没有绑定外部账号。")
    end_sessions(user)
    return user


@transaction.atomic
def end_own_session(*, actor: Any, session_id: int) -> None:
    """Sign out one of the own sessions elsewhere; NotNow where it is gone already."""
    session = UserSession.objects.filter(user_id=actor.pk, pk=session_id).first()
    if session is None:
        raise NotNow("这次登录已经结束。")
    session.end()
    record(SecurityKind.SESSION_REVOKED, person=actor, from_address=session.ip)
