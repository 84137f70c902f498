"""Who may see a finding, who may act on it, and whom it concerns."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from common.errors import NotPermitted, NotVisible
from common.reading import seen
from compliance.models import Finding
from governance.access import Offices, offices_of
from governance.choices import AccessScope, AuthorityRole, BodyKind, SeatRole
from governance.models import AuthorityMember, School, Seat

REVIEWING = (AuthorityRole.REVIEWER, AuthorityRole.LEADER)


@dataclass(frozen=True)
class Standing:
    """What a person is to one finding today: offices in its school, and whether the district's reviewer."""

    offices: Offices
    is_reviewer: bool

    @property
    def person(self) -> Any:
        return self.offices.person

    @property
    def answers(self) -> bool:
        """书记 and 校长 answer for the school."""
        return self.offices.is_secretary or self.offices.is_principal

    def works_on(self, finding: Finding) -> bool:
        """Reports progress: 书记, 校长, the clerk, and the owner of the rectification while serving."""
        owner = finding.plan.owner_id if finding.plan else None
        return self.answers or self.offices.is_clerk or (self.offices.belongs and self.person.pk == owner)


def finding_for(user: Any, finding_id: int) -> Finding:
    """A finding the person may see, with what its page needs; else NotVisible."""
    found = (
        seen(Finding, user, finding_id)
        .select_related("school__authority", "school__party_org", "rectification__owner")
        .first()
    )
    if found is None:
        raise NotVisible("Finding")
    return found


def finding_for_update(user: Any, finding_id: int) -> Finding:
    """The same finding, its row locked until the transaction ends. Every act on a finding starts here."""
    if not seen(Finding, user, finding_id).exists():
        raise NotVisible("Finding")
    return lock_finding(finding_id)


def lock_finding(finding_id: int) -> Finding:
    """Lock a finding for the platform itself (it stands again, a step is overdue).

    Read only once locked: whoever waited for the lock would see the joined plan as it was before the wait.
    """
    Finding.objects.select_for_update().only("pk").get(pk=finding_id)
    return Finding.objects.select_related("school__authority", "rectification__owner").get(pk=finding_id)


def standing_on(user: Any, finding: Finding) -> Standing:
    """What the person is to a finding; three queries."""
    above = [int(part) for part in finding.school.authority.path.strip("/").split("/")]
    reviewer = AuthorityMember.objects.active().filter(person=user, authority__in=above, role__in=REVIEWING)
    return Standing(offices_of(user, finding.school), reviewer.exists())


def candidates(finding: Finding) -> QuerySet[User]:
    """Who may own the rectification: offices of the school that may read the finding."""
    seats = Seat.objects.active().office().filter(school=finding.school)
    if finding.access_scope == AccessScope.RESTRICTED:
        seats = seats.filter(body__kind__in=[BodyKind.PARTY, BodyKind.ASSEMBLY])
    return User.objects.filter(pk__in=seats.values("person"), is_active=True).order_by("display_name")


def responsible(finding: Finding) -> list[User]:
    """Whom the school's steps concern: 书记 and 校长 as far as they may read it, and the owner."""
    heads = Seat.objects.active().filter(
        school=finding.school, role__in=[SeatRole.SECRETARY, SeatRole.PRINCIPAL]
    )
    people = list(candidates(finding).filter(pk__in=heads.values("person")))
    owner = finding.plan.owner if finding.plan else None
    return [*people, owner] if owner and owner not in people else people


def district_people(school: School, *roles: str) -> list[User]:
    """Members of the school's authority with one of the roles today."""
    members = AuthorityMember.objects.active().filter(authority=school.authority_id, role__in=roles)
    return list(User.objects.filter(pk__in=members.values("person"), is_active=True).order_by("pk"))


def reads_findings(user: Any, school: School | None = None) -> bool:
    """Whether the person holds an office in a school, or supervises one: in this one, or (None) in any."""
    schools = School.objects.visible_to(user)
    if school is not None:
        schools = schools.filter(pk=school.pk)
    offices = Seat.objects.active().office().filter(person=user, school__in=schools)
    return offices.exists() or schools.supervised_by(user).exists()


def require_reader(user: Any, school: School | None = None) -> None:
    """NotVisible without a school one may see; NotPermitted for those who serve in it without an office."""
    schools = School.objects.visible_to(user)
    if not (schools.filter(pk=school.pk) if school else schools).exists():
        raise NotVisible("School")
    if not reads_findings(user, school):
        need = "班子成员、会议秘书或区教育工委人员"
        raise NotPermitted(f"合规情况由{need}查看。", need=need)
