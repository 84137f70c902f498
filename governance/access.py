"""What a person is in a school today: the offices every right is derived from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.choices import AdminRole
from accounts.models import User
from common.errors import NotNow, NotPermitted, NotVisible
from governance.choices import BodyKind, SeatRole
from governance.models import Authority, AuthorityMember, Body, School, Seat, Staff


@dataclass(frozen=True)
class Offices:
    """The seats and the staff post a person holds in one school on one day.

    `acting`: the offices of 书记 or 校长 held for one matter, since its holder must keep away from it (R36).
    """

    person: Any
    school: School
    seats: tuple[Seat, ...]
    staff: Staff | None
    acting: frozenset[str] = frozenset()

    def _holds(self, *roles: str) -> bool:
        return any(seat.role in roles for seat in self.seats) or not self.acting.isdisjoint(roles)

    @property
    def is_secretary(self) -> bool:
        return self._holds(SeatRole.SECRETARY)

    @property
    def is_deputy_secretary(self) -> bool:
        return self._holds(SeatRole.FULLTIME_DEPUTY_SECRETARY, SeatRole.DEPUTY_SECRETARY)

    @property
    def is_principal(self) -> bool:
        return self._holds(SeatRole.PRINCIPAL)

    @property
    def is_clerk(self) -> bool:
        return self._holds(SeatRole.CLERK)

    @property
    def is_leader(self) -> bool:
        """Member of 领导班子 (R10)."""
        return any(
            seat.is_voting
            and (
                seat.body.kind in (BodyKind.PARTY, BodyKind.ADMIN)
                or (seat.body.kind == BodyKind.ASSEMBLY and seat.role != SeatRole.PARTY_MEMBER)
            )
            for seat in self.seats
        )

    @property
    def holds_office(self) -> bool:
        """As SeatQuerySet.office: leadership, members of a deciding assembly, and the clerks."""
        deciding = (BodyKind.PARTY, BodyKind.ADMIN, BodyKind.ASSEMBLY)
        return self.is_clerk or any(seat.is_voting and seat.body.kind in deciding for seat in self.seats)

    @property
    def belongs(self) -> bool:
        return bool(self.seats) or self.staff is not None

    def chairs(self, body: Body) -> bool:
        """Convenes and chairs the body by office (Z5, Z6), or in the place of who must keep away (R36)."""
        return any(
            seat.body_id == body.pk
            and (seat.role == body.chair_role or (seat.is_voting and body.chair_role in self.acting))
            for seat in self.seats
        )

    def clerks(self, body: Body) -> bool:
        return any(seat.body_id == body.pk and seat.role == SeatRole.CLERK for seat in self.seats)

    def sits_in(self, body: Body) -> bool:
        """Holds a voting seat in the body."""
        return any(seat.body_id == body.pk and seat.is_voting for seat in self.seats)

    @property
    def titles(self) -> str:
        """Roles in words, without repetition, e.g. 副书记、校长."""
        names = [seat.get_role_display() for seat in self.seats if seat.role != SeatRole.PARTY_MEMBER]
        if not names and self.staff:
            names = [self.staff.title or self.staff.department]
        return "、".join(dict.fromkeys(names)) or ("党员" if self.seats else "")


def offices_of(person: Any, school: School, on: date | None = None) -> Offices:
    """The offices of a person in a school on a day (today by default); two queries."""
    return Offices(
        person=person,
        school=school,
        seats=tuple(
            Seat.objects.active(on)
            .filter(person=person, school=school)
            .select_related("body")
            .order_by("order", "id")
        ),
        staff=Staff.objects.active(on).filter(person=person, school=school).first(),
    )


def school_for(user: Any, school_id: int) -> School:
    """A school the person may see, else NotVisible."""
    school = School.objects.visible_to(user).filter(pk=school_id).select_related("authority").first()
    if school is None:
        raise NotVisible("School")
    return school


def require(condition: bool, message: str) -> None:
    """Raise NotPermitted with a plain reason unless the condition holds."""
    if not condition:
        raise NotPermitted(message)


def serves_above(person: Any, authority: Authority | None) -> bool:
    """Whether the person holds an office today in the authority or in one above it."""
    if authority is None or not person.is_authenticated:
        return False
    above = [int(part) for part in authority.path.strip("/").split("/")]
    return AuthorityMember.objects.active().filter(person=person, authority__in=above).exists()


def may_administer(person: Any, school: School) -> bool:
    """Registers seats, staff and parameters of a school: 书记, 会议秘书, or a member of its 教育工委."""
    offices = offices_of(person, school)
    return offices.is_secretary or offices.is_clerk or serves_above(person, school.authority)


def require_administration(person: Any, school: School, message: str) -> None:
    """Refuse unless the person administers the school; None is the system setting it up."""
    if person is None:
        return
    school_for(person, school.pk)
    require(may_administer(person, school), message)


def require_authority(person: Any, authority: Authority | None) -> None:
    """Refuse unless the person serves in the authority or above it; None is the system setting it up."""
    if person is not None:
        require(serves_above(person, authority), "由本级或上级教育工委人员办理。")


def refuse_administrator(person: Any) -> None:
    """三员 hold no office: whoever looks after accounts sees no business (facts.md §7).

    Locks the account, so that a role granted at this moment waits and then meets the office.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.admin_role:
        raise NotNow(
            f"{person}是平台{person.get_admin_role_display()}，三员不得兼任业务职务。请用另一个账号登记。"
        )


def require_admission(actor: Any, authority: Authority, person: Any) -> None:
    """Refuse unless the actor may give the person an office there: security administrator, or serving above."""
    refuse_administrator(person)
    if actor is not None:
        require(actor.pk != person.pk, "不得为自己登记任职。")
        if actor.admin_role != AdminRole.SECURITY:
            require_authority(actor, authority)
