"""What screens and rules need to know of institutions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from governance import parameters
from governance.arithmetic import quorum_threshold
from governance.choices import Aspect, BodyKind, ParameterLevel, SeatRole
from governance.models import (
    AuthorityMember,
    Body,
    CatalogueEntry,
    Portfolio,
    ProcedureParameter,
    School,
    Seat,
    Staff,
)


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


def supervisors_of(school: School) -> QuerySet[User]:
    """Everyone who serves today in an authority above the school."""
    above = [int(part) for part in school.authority.path.strip("/").split("/")]
    members = AuthorityMember.objects.active().filter(authority__in=above)
    return User.objects.filter(pk__in=members.values("person")).order_by("display_name")


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


def held_words(person: User, school: School) -> str:
    """What a person holds in a school today, in words, e.g. 党总支会议委员、总务处主任."""
    seats = Seat.objects.active().filter(school=school, person=person).select_related("body")
    posts = Staff.objects.active().filter(school=school, person=person)
    words = [f"{seat.body.name}{seat.get_role_display()}" for seat in seats]
    return "、".join([*words, *(f"{post.department}{post.title or '教职工'}" for post in posts)])


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


@dataclass(frozen=True)
class BodyRow:
    """One body with today's seats, and how many of them must come."""

    body: Body
    seats: list[Seat]
    due: int
    needs: list[tuple[str, int]]  # words and the number of persons
    outside: frozenset[
        int
    ]  # seats of 校长 and 副校长 not in the Party committee: are they Party members? (R04)


@dataclass(frozen=True)
class Leadership:
    """班子与任职 of a school today."""

    rows: list[BodyRow]
    secretary: Seat | None
    principal: Seat | None
    portfolios: list[Portfolio]

    @property
    def is_dual_role(self) -> bool:
        """一肩挑: the same person holds both chairs."""
        return bool(
            self.secretary and self.principal and self.secretary.person_id == self.principal.person_id
        )


QUORUM_KEYS: dict[str, list[tuple[str, str]]] = {
    BodyKind.PARTY: [("一般事项", "party.quorum"), ("干部任免等重要事项", "party.quorum_major")],
    BodyKind.ASSEMBLY: [("一般事项", "party.quorum"), ("干部任免等重要事项", "party.quorum_major")],
    BodyKind.ADMIN: [("各类事项", "admin.quorum")],
}


def leadership(school: School) -> Leadership:
    """Bodies with today's seats and the attendance they need (R30–R33), and 分工; four queries."""
    values = parameters.resolve(school, timezone.localdate())
    bodies = Body.objects.filter(school=school).order_by("id")
    seats = list(Seat.objects.active().filter(school=school).select_related("person").order_by("order", "id"))
    board = {body.pk for body in bodies if body.kind == BodyKind.PARTY}
    in_board = {seat.person_id for seat in seats if seat.body_id in board and seat.is_voting}
    heads = (SeatRole.PRINCIPAL, SeatRole.VICE_PRINCIPAL)
    outside = frozenset(
        seat.pk for seat in seats if board and seat.role in heads and seat.person_id not in in_board
    )
    rows = []
    for body in bodies:
        own = [seat for seat in seats if seat.body_id == body.pk]
        due = sum(seat.is_voting for seat in own)
        needs = [
            (label, quorum_threshold(values[key], values["quorum.half_inclusive"]).required(due))
            for label, key in QUORUM_KEYS.get(body.kind, [])
            if due
        ]
        rows.append(BodyRow(body, own, due, needs, outside))
    return Leadership(
        rows=rows,
        secretary=next((seat for seat in seats if seat.role == SeatRole.SECRETARY), None),
        principal=next((seat for seat in seats if seat.role == SeatRole.PRINCIPAL), None),
        portfolios=list(
            Portfolio.objects.active().filter(school=school).select_related("person").order_by("id")
        ),
    )


def known_people(school: School) -> QuerySet[User]:
    """Everyone who serves or has served in the school: whom an office may be given."""
    return User.objects.filter(
        Exists(Seat.objects.filter(school=school, person=OuterRef("pk")))
        | Exists(Staff.objects.filter(school=school, person=OuterRef("pk"))),
        is_active=True,
    ).order_by("display_name")


def catalogue(entries: QuerySet[CatalogueEntry], *, q: str = "", route: str = "", major: str = ""):
    """Entries of one list narrowed by words, route and class (`-` is none), grouped by aspect in order."""
    for word in q.split():
        entries = entries.filter(Q(title__icontains=word) | Q(code__iexact=word) | Q(note__icontains=word))
    if route:
        entries = entries.filter(route=route)
    if major == "-":
        entries = entries.filter(major_classes__len=0)
    elif major:
        entries = entries.filter(major_classes__contains=[major])
    rows = list(entries.order_by("code"))
    return [
        (aspect, found) for aspect in Aspect if (found := [entry for entry in rows if entry.aspect == aspect])
    ]


def entry_versions(entry: CatalogueEntry) -> QuerySet[CatalogueEntry]:
    """All versions of an entry in its own list, newest first."""
    return CatalogueEntry.objects.filter(
        authority=entry.authority_id, school=entry.school_id, code=entry.code
    ).order_by("-version")


def stricter_fields(entry: CatalogueEntry) -> list[str]:
    """Names of what the school tightened against the district's template; empty for a template."""
    template = entry.template
    if template is None:
        return []
    names = ("attendance", "ballot", "congress_mode", "access_scope", "notice_workdays", "prerequisites")
    labels = {field.name: str(field.verbose_name) for field in CatalogueEntry._meta.fields}
    return [labels[name] for name in names if getattr(entry, name) != getattr(template, name)]


def parameter_rows(school: School) -> list[dict[str, Any]]:
    """Every procedure parameter with the value in force today, in words; one query."""
    values = parameters.resolve(school, timezone.localdate()).values
    return [
        {
            "key": key,
            "words": parameters.words(key.key, values[key.key]["value"]),
            "is_missing": key.kind == "money" and values[key.key]["value"] is None,
            "level": _level_word(values[key.key]),
            "source": values[key.key]["source"],
            "since": values[key.key]["since"],
        }
        for key in parameters.KEYS.values()
    ]


def _level_word(value: dict[str, Any]) -> str:
    """Where a value comes from: the level that set it; 默认 for a default no national document lays down."""
    if value["since"] is None and not value["source"].startswith("中办"):
        return "默认"
    return str(ParameterLevel(value["level"]).label)


def parameter_history(school: School, key: str) -> list[dict[str, Any]]:
    """All values of one key that concern a school, newest first, in words."""
    above = [int(part) for part in school.authority.path.strip("/").split("/")]
    rows = (
        ProcedureParameter.objects.filter(
            Q(school=school) | Q(school__isnull=True, authority__in=above), key=key
        )
        .select_related("school", "authority")
        .order_by("-since", "-id")
    )
    return [{"row": row, "words": parameters.words(key, row.value)} for row in rows]


def ended_seats(school: School) -> QuerySet[Seat]:
    """Seats that ended, newest first: offices are dated, never deleted."""
    return (
        Seat.objects.filter(school=school)
        .exclude(pk__in=Seat.objects.active().values("pk"))
        .select_related("person", "body")
        .order_by("-until", "order")
    )
