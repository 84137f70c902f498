"""Binding identities of other platforms to accounts, and undoing it; each is written to the security trail."""

import hashlib
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from accounts.access import account_for_update
from accounts.choices import SecurityKind
from accounts.models import User
from accounts.services.trail import THEMSELVES, record
from common.errors import NotNow, NotPermitted


def fingerprint(provider: str, uid: str) -> str:
    """Twelve hex digits that tell identities apart in the trail without naming anybody."""
    return hashlib.sha256(f"{provider}:{uid}".encode()).hexdigest()[:12]


def _proof(identity: SocialAccount) -> dict[str, Any]:
    return {"provider": identity.provider, "identity": fingerprint(identity.provider, identity.uid)}


@transaction.atomic
def bind(*, actor: Any, provider: str, uid: str, name: str = "") -> SocialAccount:
    """Let this identity sign in to the own account; the caller has proved both.

    NotPermitted for 三员, NotNow where the account has one of this provider or the identity belongs to another account.
    """
    person = account_for_update(actor.pk)
    if person.admin_role:
        raise NotPermitted("管理员账号只用账号和密码登录，不能绑定外部账号。")
    if SocialAccount.objects.filter(user=person, provider=provider).exists():
        raise NotNow("您的账号已经绑定过一个，请先解除再绑定。")
    identity, is_new = SocialAccount.objects.get_or_create(
        provider=provider, uid=uid, defaults={"user": person, "extra_data": {"name": name} if name else {}}
    )
    if not is_new:
        raise NotNow("这个外部账号已绑定另一个平台账号。不是您本人绑定的，请联系本校平台管理员。")
    record(SecurityKind.EXTERNAL_BOUND, person=person, **_proof(identity))
    return identity


@transaction.atomic
def unbind(*, actor: Any, identity_id: int) -> SocialAccount:
    """Undo the own binding; NotNow where there is none (any more)."""
    person = account_for_update(actor.pk)
    identity = SocialAccount.objects.filter(user=person, pk=identity_id).first()
    if identity is None:
        raise NotNow("这项绑定已经解除。")
    _remove(identity, person, THEMSELVES)
    return identity


def unbind_all(*, actor: Any, person: User) -> int:
    """Undo every binding of a locked account for another act (role granted, password reset); returns how many."""
    identities = list(SocialAccount.objects.filter(user=person))
    for identity in identities:
        _remove(identity, person, actor)
    return len(identities)


def _remove(identity: SocialAccount, person: User, actor: Any) -> None:
    proof = _proof(identity)
    identity.delete()
    record(SecurityKind.EXTERNAL_UNBOUND, person=person, actor=actor, **proof)
