"""What the pages of accounts show."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.choices import AdminRole
from accounts.models import SecurityEvent, User
from accounts.policy import has_second_factor
from accounts.words import VALUE_WORDS, agent_words
from common.errors import NotVisible


def demo_accounts() -> QuerySet[User]:
    """The accounts shown on the sign-in page of a demo, in the order they were made; none elsewhere."""
    if settings.APP_ENV != "demo":
        return User.objects.none()
    return User.objects.filter(is_active=True).exclude(demo_label="").order_by("pk")


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One open session of mine."""

    pk: int
    browser: str
    address: str
    began: datetime
    seen: datetime
    is_current: bool


def own_sessions(user: Any, session_key: str | None) -> list[OwnSession]:
    """My sessions that can still be used, the newest activity first; two queries."""
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at"))
    alive = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    idle = timezone.now() - timedelta(minutes=settings.IDLE_MINUTES)
    return [
        OwnSession(
            pk=row.pk,
            browser=agent_words(row.user_agent),
            address=row.ip,
            began=row.created_at,
            seen=row.last_seen_at,
            is_current=row.session_key == session_key,
        )
        for row in rows
        if row.session_key in alive and (row.last_seen_at > idle or row.session_key == session_key)
    ]


def configured_apps() -> list[SocialApp]:
    """The providers of the settings; rows in the database never make one."""
    return [
        SocialApp(provider=kind, **one)
        for kind, parts in settings.SOCIALACCOUNT_PROVIDERS.items()
        for one in parts["APPS"]
    ]


@dataclass(frozen=True, slots=True)
class Identity:
    """One provider of identities on 登录与安全, and the own identity there, if bound."""

    key: str
    name: str
    is_offered: bool
    bound: SocialAccount | None = None

    @property
    def shown_name(self) -> str:
        """How the identity is called there; may be empty."""
        return self.bound.extra_data.get("name", "") if self.bound else ""


def identities(user: Any) -> list[Identity]:
    """The configured providers with the own identities, then bound ones of providers no longer configured; one query."""
    bound = {one.provider: one for one in SocialAccount.objects.filter(user=user)}
    offered = [
        Identity(app.provider_id, app.name, True, bound.pop(app.provider_id, None))
        for app in configured_apps()
        if not user.admin_role or app.provider_id in bound
    ]
    return offered + [Identity(key, VALUE_WORDS.get(key, key), False, one) for key, one in bound.items()]


ACCOUNT_STATES = {
    "open": Q(is_active=True),
    "closed": Q(is_active=False),
    "initial": Q(is_active=True, must_change_password=True),
}


def accounts(words: str, state: str) -> QuerySet[User]:
    """Accounts whose name or account name holds the words, by name."""
    found = User.objects.filter(ACCOUNT_STATES.get(state, Q()))
    if words:
        found = found.filter(Q(username__icontains=words) | Q(display_name__icontains=words))
    return found.order_by("display_name", "pk")


def account_page(actor: Any, pk: int) -> dict[str, Any]:
    """One account for the system administrator, and why an act is closed; NotVisible where there is none."""
    account = User.objects.filter(pk=pk).first()
    if account is None:
        raise NotVisible("User")
    why = ""
    if account.pk == actor.pk:
        why = "这是您自己的账号，须由另一名系统管理员办理。"
    elif account.admin_role:
        why = f"{account.get_admin_role_display()}的账号，须先由安全管理员收回角色。"
    return {
        "account": account,
        "has_factor": has_second_factor(account),
        "identities": [one for one in identities(account) if one.bound],
        "closed_because": why,
    }


@dataclass(frozen=True, slots=True)
class RoleGroup:
    """The holders of one administrator role, the viewer's own account marked."""

    role: AdminRole
    duty: str
    people: list[User]


DUTIES = {
    AdminRole.SYSTEM: "建立、停用账号，重设密码；不授予任何权限",
    AdminRole.SECURITY: "授予和收回角色，规定谁须两步验证；不建账号",
    AdminRole.AUDIT: "查阅、核验、导出安全审计；不改动任何内容",
}


def administrators(actor: Any) -> list[RoleGroup]:
    """三员 by role; one query."""
    held: dict[str, list[User]] = {role: [] for role in AdminRole}
    for user in User.objects.exclude(admin_role="").order_by("display_name", "pk"):
        held[user.admin_role].append(user)
    return [RoleGroup(role, DUTIES[role], held[role]) for role in AdminRole]


def narrowed(events: QuerySet[SecurityEvent], wanted: dict[str, Any]) -> QuerySet[SecurityEvent]:
    """Events by kind, account name, address, result and day (local time, both days included)."""
    if kind := wanted.get("kind"):
        events = events.filter(kind=kind)
    if words := wanted.get("account"):
        events = events.filter(
            Q(account__icontains=words) | Q(person__display_name__icontains=words) | Q(address=words)
        )
    if result := wanted.get("result"):
        events = events.filter(is_success=result == "ok")
    if since := wanted.get("since"):
        events = events.filter(happened_at__gte=timezone.make_aware(datetime.combine(since, time.min)))
    if until := wanted.get("until"):
        events = events.filter(
            happened_at__lt=timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
        )
    return events
