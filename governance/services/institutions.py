"""Founding authorities and schools."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.services.trail import record
from common.errors import NotNow
from common.history import save_as
from governance.access import require_administration, require_admission, require_authority
from governance.choices import BodyKind, PartyOrgKind, SchoolPreset
from governance.models import Authority, AuthorityMember, Body, PartyOrg, School
from ledger import services as ledger


@dataclass(frozen=True)
class Form:
    """What a preset fixes: kind of Party organisation, whether it has a committee, names of the bodies."""

    kind: str
    has_committee: bool
    party_body: str
    party_suffix: str


FORMS: dict[str, Form] = {
    SchoolPreset.COMMITTEE: Form(PartyOrgKind.COMMITTEE, True, "党委会议", "委员会"),
    SchoolPreset.GENERAL_BRANCH: Form(PartyOrgKind.GENERAL_BRANCH, True, "党总支会议", "总支部委员会"),
    SchoolPreset.BRANCH: Form(PartyOrgKind.BRANCH, True, "党支部委员会会议", "支部委员会"),
    SchoolPreset.DUAL_ROLE: Form(PartyOrgKind.BRANCH, True, "党支部委员会会议", "支部委员会"),
    SchoolPreset.ASSEMBLY: Form(PartyOrgKind.BRANCH, False, "支部党员大会", "支部"),
}


@transaction.atomic
def create_authority(*, actor: Any, name: str, level: str, parent: Authority | None = None) -> Authority:
    """Found an authority below its parent; a person may do so only as a member of the parent or above."""
    require_authority(actor, parent)
    authority = save_as(
        Authority(name=name, level=level, parent=parent, path=f"new/{name}"), actor, "设立教育工委"
    )
    authority.path = f"{parent.path if parent else '/'}{authority.pk}/"
    save_as(authority, actor, "登记路径", update_fields=["path"])
    ledger.append(
        authority.chain_key,
        kind="authority.created",
        subject=f"governance.authority:{authority.pk}",
        payload={"name": name, "level": level, "path": authority.path},
        actor=actor,
    )
    return authority


@transaction.atomic
def join_authority(
    *, actor: Any, authority: Authority, person: Any, role: str, since: date
) -> AuthorityMember:
    """Give a person an office in an authority from a day; it covers every school below (facts.md §2)."""
    require_admission(actor, authority, person)
    Authority.objects.select_for_update().get(pk=authority.pk)
    if AuthorityMember.objects.filter(authority=authority, person=person, until__isnull=True).exists():
        raise NotNow(f"{person}已在{authority}任职。")
    member = save_as(
        AuthorityMember(authority=authority, person=person, role=role, since=since), actor, "登记任职"
    )
    ledger.append(
        authority.chain_key,
        kind="authority.joined",
        subject=f"governance.authoritymember:{member.pk}",
        payload={"person": person.pk, "name": str(person), "role": role, "since": since},
        actor=actor,
    )
    record(SecurityKind.MEMBER_JOINED, person=person, actor=actor, authority=authority.pk)
    return member


@transaction.atomic
def create_school(
    *,
    actor: Any,
    authority: Authority,
    preset: str,
    code: str,
    name: str,
    short_name: str,
    stage: str,
    party_org_name: str = "",
    party_members: int = 0,
    term_started_on: date | None = None,
    cluster: str = "",
    education_group: str = "",
    is_legal_person: bool = True,
    students: int = 0,
    teachers: int = 0,
    joined_on: date | None = None,
) -> School:
    """Found a school with its Party organisation and bodies, named as the preset says (W13).

    一肩挑 or 分设 is not set here: it follows from who is appointed 书记 and 校长. `joined_on` (today by default)
    is the day from which the platform knows the school: duties of earlier periods cannot be judged.
    """
    require_authority(actor, authority)
    if School.objects.filter(code=code).exists():
        raise NotNow(f"代码 {code} 已有学校使用。")
    form = FORMS[preset]
    school = save_as(
        School(
            authority=authority,
            code=code,
            name=name,
            short_name=short_name,
            stage=stage,
            cluster=cluster,
            education_group=education_group,
            is_legal_person=is_legal_person,
            students=students,
            teachers=teachers,
            joined_on=joined_on or timezone.localdate(),
        ),
        actor,
        "登记学校",
    )
    save_as(
        PartyOrg(
            school=school,
            kind=form.kind,
            name=party_org_name or f"中共{name}{form.party_suffix}",
            has_committee=form.has_committee,
            party_members=party_members,
            term_started_on=term_started_on,
        ),
        actor,
        "登记党组织",
    )
    party_kind = BodyKind.PARTY if form.has_committee else BodyKind.ASSEMBLY
    for kind, label in (
        (party_kind, form.party_body),
        (BodyKind.ADMIN, "校长办公会议"),
        (BodyKind.STAFF_CONGRESS, "教职工代表大会"),
    ):
        save_as(Body(school=school, kind=kind, name=label), actor, "设立议事机构")
    ledger.append(
        school.chain_key,
        kind="school.created",
        subject=f"governance.school:{school.pk}",
        payload={"code": code, "name": name, "authority": authority.pk, "preset": preset},
        actor=actor,
    )
    return school


@transaction.atomic
def update_party_org(
    *, actor: Any, school: School, party_members: int, term_started_on: date | None
) -> PartyOrg:
    """Bring the number of 正式党员 and the beginning of the present term up to date (R01, R05)."""
    require_administration(actor, school, "党组织情况由书记、会议秘书或区教育工委登记。")
    org = PartyOrg.objects.select_for_update().get(school=school)
    if (org.party_members, org.term_started_on) == (party_members, term_started_on):
        return org
    org.party_members, org.term_started_on = party_members, term_started_on
    save_as(org, actor, "登记党组织情况")
    ledger.append(
        school.chain_key,
        kind="school.party_org_updated",
        subject=f"governance.partyorg:{org.pk}",
        payload={"party_members": party_members, "term_started_on": term_started_on},
        actor=actor,
    )
    return org
