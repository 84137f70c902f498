"""What the security administrator grants beside 三员: offices in an authority, and who must use a second factor."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.access import require_admin_still, require_other
from accounts.choices import AdminRole, SecurityKind
from accounts.services.trail import record
from common.errors import NotNow, NotVisible
from common.history import save_as
from governance.models import Authority, AuthorityMember
from governance.services.institutions import join_authority
from ledger import services as ledger


@transaction.atomic
def admit_member(*, actor: Any, authority_id: int, person: Any, role: str, since: date) -> AuthorityMember:
    """Give a person an office in an authority (join_authority), as the security administrator."""
    require_admin_still(actor, AdminRole.SECURITY)
    authority = Authority.objects.filter(pk=authority_id).first()
    if authority is None:
        raise NotVisible("Authority")
    return join_authority(actor=actor, authority=authority, person=person, role=role, since=since)


@transaction.atomic
def leave_authority(*, actor: Any, member_id: int) -> AuthorityMember:
    """End an office in an authority: its last day was yesterday, or its only day today; its rights end at once."""
    require_admin_still(actor, AdminRole.SECURITY)
    member = (
        AuthorityMember.objects.select_for_update(of=("self",))
        .select_related("authority", "person")
        .filter(pk=member_id)
        .first()
    )
    if member is None:
        raise NotVisible("AuthorityMember")
    require_other(actor, member.person)
    if not member.is_active():
        raise NotNow("这项任职已经结束。", current=member)
    member.until = max(member.since, timezone.localdate() - timedelta(days=1))
    member.ended_at = timezone.now()
    save_as(member, actor, "结束任职")
    ledger.append(
        member.authority.chain_key,
        kind="authority.left",
        subject=f"governance.authoritymember:{member.pk}",
        payload={"name": str(member.person), "role": member.role, "until": member.until},
        actor=actor,
    )
    record(SecurityKind.MEMBER_LEFT, person=member.person, actor=actor, authority=member.authority_id)
    return member


@transaction.atomic
def set_second_factor(*, actor: Any, authority_id: int, policy: str) -> Authority:
    """Say whether the people of an authority and the chairs of its schools must use a second factor."""
    require_admin_still(actor, AdminRole.SECURITY)
    authority = Authority.objects.select_for_update(of=("self",)).filter(pk=authority_id).first()
    if authority is None:
        raise NotVisible("Authority")
    if authority.second_factor == policy:
        return authority
    authority.second_factor = policy
    save_as(authority, actor, "设定两步验证要求", update_fields=["second_factor"])
    ledger.append(
        authority.chain_key,
        kind="authority.second_factor_set",
        subject=f"governance.authority:{authority.pk}",
        payload={"policy": policy},
        actor=actor,
    )
    record(SecurityKind.POLICY_SET, actor=actor, authority=authority.pk, policy=policy or "inherit")
    return authority
