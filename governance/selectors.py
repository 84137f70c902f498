"""What screens and rules need to know of institutions."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from governance.choices import BodyKind, SeatRole
from governance.models import Body, School, Seat, Staff


def deciding_body(school: School) -> Body:
    """The body that decides for the Party organisation: its committee, or the 支部党员大会 of a small branch."""
    return Body.objects.get(school=school, kind=school.party_org.deciding_kind)


def admin_body(school: School) -> Body:
    """校长办公会议 of the school."""
    return Body.objects.get(school=school, kind=BodyKind.ADMIN)


def voting_seats(body: Body, on: date | None = None) -> QuerySet[Seat]:
    """Voting seats of a body on a day with their persons: the base of quorum and votes (R33)."""
    return Seat.objects.active(on).voting().filter(body=body).select_related("person").order_by("order", "id")


def holders(school: School, *roles: str) -> QuerySet[User]:
    """Persons who hold one of the roles in the school today."""
    return User.objects.filter(
        pk__in=Seat.objects.active().filter(school=school, role__in=roles).values("person")
    )


def chairs_of(body: Body) -> QuerySet[User]:
    """The person who chairs the body by office, if any."""
    return User.objects.filter(
        pk__in=Seat.objects.active().filter(body=body, role=body.chair_role).values("person")
    )


def clerks_of(body: Body) -> QuerySet[User]:
    """Clerks of one body today."""
    return User.objects.filter(
        pk__in=Seat.objects.active().filter(body=body, role=SeatRole.CLERK).values("person")
    )


def people_of(school: School) -> QuerySet[User]:
    """Everyone who serves in the school today, for choosing presenters, owners and persons concerned."""
    return User.objects.filter(
        Exists(Seat.objects.active().filter(school=school, person=OuterRef("pk")))
        | Exists(Staff.objects.active().filter(school=school, person=OuterRef("pk")))
    ).order_by("display_name")


def leaders_of(school: School) -> QuerySet[User]:
    """领导班子 of the school today (R10)."""
    seats = Seat.objects.active().leadership().filter(school=school)
    return User.objects.filter(pk__in=seats.values("person")).order_by("display_name")


def departments_of(school: School) -> list[str]:
    """Departments that staff of the school serve in today."""
    return sorted(set(Staff.objects.active().filter(school=school).values_list("department", flat=True)))


def is_dual_role(school: School) -> bool:
    """一肩挑, computed: the same person is 书记 and 校长 today."""
    secretary = Seat.objects.active().filter(school=school, role=SeatRole.SECRETARY).values("person")
    return Seat.objects.active().filter(school=school, role=SeatRole.PRINCIPAL, person__in=secretary).exists()


def with_dual_role(schools: QuerySet[School]) -> QuerySet[School]:
    """Annotate schools with `dual_role`, computed from today's seats in the same statement."""
    secretary = Seat.objects.active().filter(
        school=OuterRef("school"), role=SeatRole.SECRETARY, person=OuterRef("person")
    )
    both = Seat.objects.active().filter(Exists(secretary), school=OuterRef("pk"), role=SeatRole.PRINCIPAL)
    return schools.annotate(dual_role=Exists(both))


def consultation_counterparts(school: School) -> QuerySet[User]:
    """Whom the secretary consults before a meeting: 校长, or in a 一肩挑 school a deputy (R17, facts.md §2)."""
    if is_dual_role(school):
        roles = [SeatRole.FULLTIME_DEPUTY_SECRETARY, SeatRole.DEPUTY_SECRETARY, SeatRole.VICE_PRINCIPAL]
        secretary = Seat.objects.active().filter(school=school, role=SeatRole.SECRETARY).values("person")
        return holders(school, *roles).exclude(pk__in=secretary).order_by("display_name")
    return holders(school, SeatRole.PRINCIPAL)


def leadership_table(school: School) -> list[dict[str, Any]]:
    """Bodies of the school with today's seats, for 班子与任职; three queries whatever the size."""
    bodies = list(Body.objects.filter(school=school).order_by("id"))
    seats = list(Seat.objects.active().filter(school=school).select_related("person").order_by("order", "id"))
    return [{"body": body, "seats": [seat for seat in seats if seat.body_id == body.pk]} for body in bodies]


def ended_seats(school: School) -> QuerySet[Seat]:
    """Seats that ended, newest first: offices are dated, never deleted."""
    return (
        Seat.objects.filter(school=school)
        .exclude(pk__in=Seat.objects.active().values("pk"))
        .select_related("person", "body")
        .order_by("-until", "order")
    )
