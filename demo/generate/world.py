"""One generated school before its year begins: institution, people, offices, catalogue."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from demo.generate.books import Books, as_json
from demo.generate.names import DEPARTMENTS, person
from demo.generate.plan import SchoolPlan
from governance.choices import BodyKind, ParameterLevel, PartyOrgKind, SeatRole
from governance.models import (
    Body,
    CatalogueEntry,
    PartyOrg,
    Portfolio,
    ProcedureParameter,
    School,
    Seat,
    Staff,
)
from governance.services.catalogue import CARRIED
from governance.services.institutions import FORMS

ZONE = ZoneInfo("Asia/Shanghai")
PARTY_NAMES = {
    form.kind: (form.party_body, form.party_suffix) for form in FORMS.values() if form.has_committee
}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A local hour of a day."""
    return datetime.combine(day, time(hour, minute), ZONE)


@dataclass(frozen=True)
class Frame:
    """What is the same for every school; `authorities`, `parameters`, `templates` by county, the city last."""

    until: date
    months: int
    seed: int
    items: int
    moment: datetime
    base: dict[str, int]
    authorities: tuple[int, ...]
    parameters: tuple[dict[str, dict[str, Any]], ...]
    templates: tuple[list[dict[str, Any]], ...]

    @property
    def since(self) -> date:
        """The first day things happen."""
        return self.until - timedelta(days=round(self.months * 365 / 12))

    @property
    def founded(self) -> date:
        """The day offices began: a September before anything happens."""
        return date(self.since.year - 1, 9, 1)


@dataclass(frozen=True)
class Member:
    """A voting seat."""

    seat: int
    person: int
    name: str
    role: SeatRole
    since: date
    until: date | None


@dataclass
class World:
    """One school as the year needs it."""

    frame: Frame
    plan: SchoolPlan
    books: Books
    dice: Random
    prone: float  # how much more or less than others this school errs
    school: int = 0
    bodies: dict[str, int] = field(default_factory=dict)
    body_names: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[Member]] = field(default_factory=dict)
    people: dict[str, tuple[int, str]] = field(default_factory=dict)
    staff: list[tuple[int, str, str]] = field(default_factory=list)
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters_text: str = ""
    sittings: list[date] = field(default_factory=list)

    def slips(self, rate: float = 0.012) -> bool:
        """Whether something goes wrong here, at a mean rate over all schools."""
        return self.dice.random() < rate * self.prone

    def voting(self, body: str, day: date) -> list[Member]:
        """The voting seats of a body on a day."""
        return [m for m in self.members[body] if m.since <= day and (m.until is None or m.until >= day)]

    @property
    def chair(self) -> dict[str, tuple[int, str]]:
        return {"party": self.people["secretary"], "admin": self.people["principal"]}


def found(frame: Frame, plan: SchoolPlan, books: Books) -> World:
    """Put down the school, its people and its catalogue."""
    dice = Random(f"school:{frame.seed}:{plan.index}")  # noqa: S311 - the same every time is what is wanted
    books.open(plan.index)
    world = World(frame, plan, books, dice, dice.choices((0.4, 2.0, 6.0), (80, 15, 5))[0])
    _institution(world)
    _people(world)
    _offices(world)
    _catalogue(world)
    return world


def _institution(world: World) -> None:
    plan, books, frame = world.plan, world.books, world.frame
    world.school = books.add(
        School,
        authority_id=frame.authorities[plan.county],
        code=plan.code,
        name=plan.name,
        short_name=plan.short_name,
        stage=plan.stage,
        cluster=plan.cluster,
        education_group=plan.group,
        students=plan.students,
        teachers=plan.teachers,
        joined_on=frame.founded,
    )
    body, suffix = PARTY_NAMES[plan.kind] if plan.has_committee else ("支部党员大会", "支部")
    years = 5 if plan.kind == PartyOrgKind.COMMITTEE else 3
    term = frame.until - timedelta(days=world.dice.randint(60, years * 365 - 120))
    if world.slips():  # the term has run out (R05)
        term = frame.until - timedelta(days=years * 366 + world.dice.randint(20, 300))
    books.add(
        PartyOrg,
        school_id=world.school,
        kind=plan.kind,
        name=f"中共{plan.name}{suffix}",
        has_committee=plan.has_committee,
        party_members=plan.party_members,
        term_started_on=term,
    )
    party_kind = BodyKind.PARTY if plan.has_committee else BodyKind.ASSEMBLY
    for key, kind, name in (
        ("party", party_kind, body),
        ("admin", BodyKind.ADMIN, "校长办公会议"),
        ("congress", BodyKind.STAFF_CONGRESS, "教职工代表大会"),
    ):
        world.bodies[key] = books.add(Body, school_id=world.school, kind=kind.value, name=name)
        world.body_names[key] = name


def _people(world: World) -> None:
    plan = world.plan
    keys = ["secretary", "vice", "discipline", "organizer", "member", "second_vice", "clerk"]
    if not plan.is_dual:
        keys.append("principal")
    if plan.kind == PartyOrgKind.COMMITTEE or (plan.is_dual and plan.has_committee and not world.slips(0.02)):
        keys.append("deputy")
    if plan.kind != PartyOrgKind.BRANCH:
        keys.append("second_member")
    keys += [f"staff{number}" for number in range(len(DEPARTMENTS) - 1)]
    for key in keys:
        name = person(world.dice)
        pk = world.books.add(
            User,
            username=f"{plan.code.lower()}.{key}",
            display_name=name,
            password="!",  # noqa: S106 - nobody signs in with it
            date_joined=at(world.frame.founded, 8),
        )
        world.people[key] = (pk, name)
    if plan.is_dual:
        world.people["principal"] = world.people["secretary"]


def _offices(world: World) -> None:
    plan, people, since = world.plan, world.people, world.frame.founded
    party: list[tuple[str, SeatRole]] = [("secretary", SeatRole.SECRETARY)]
    if not plan.has_committee:
        others = ("discipline", "vice", "organizer", "member", "second_vice")
        party += [(key, SeatRole.PARTY_MEMBER) for key in others[: plan.party_members - 1]]
        party[1] = ("discipline", SeatRole.DISCIPLINE_MEMBER)
    else:
        if not plan.is_dual:
            party.append(("principal", SeatRole.DEPUTY_SECRETARY))
        if "deputy" in people:
            party.append(("deputy", SeatRole.FULLTIME_DEPUTY_SECRETARY))
        party += [("vice", SeatRole.MEMBER), ("discipline", SeatRole.DISCIPLINE_MEMBER)]
        party.append(("organizer", SeatRole.ORGANIZATION_MEMBER))
        if plan.kind != PartyOrgKind.BRANCH:
            party += [("member", SeatRole.MEMBER), ("second_member", SeatRole.MEMBER)]
            party = party[: 7 if plan.index % 2 else 6]
    admin: list[tuple[str, SeatRole]] = [
        ("principal", SeatRole.PRINCIPAL),
        ("vice", SeatRole.VICE_PRINCIPAL),
        ("second_vice", SeatRole.VICE_PRINCIPAL),
        ("organizer", SeatRole.ADMIN_MEMBER),
        ("member", SeatRole.ADMIN_MEMBER),
    ]
    for body, seats in (("party", party), ("admin", admin)):
        world.members[body] = [
            _seat(world, body, key, role, order, since) for order, (key, role) in enumerate(seats, 1)
        ]
        _seat(world, body, "clerk", SeatRole.CLERK, len(seats) + 1, since)
    if world.slips(0.04):
        _successor(world)
    for number, department in enumerate(DEPARTMENTS):
        key = "clerk" if department == "办公室" else f"staff{number if number < 3 else number - 1}"
        pk, name = people[key]
        title = "干事" if key == "clerk" else "主任"
        world.books.add(
            Staff, school_id=world.school, person_id=pk, department=department, title=title, since=since
        )
        if key != "clerk":
            world.staff.append((pk, name, department))
    for key, duties, aspects, departments in (
        ("secretary", "主持党组织全面工作", ["A", "B"], []),
        ("vice", "分管教学、教师发展", ["C", "E", "F"], ["教务处"]),
        ("second_vice", "分管总务、安全、德育", ["D", "G", "H"], ["总务处", "德育处"]),
    ):
        world.books.add(
            Portfolio,
            school_id=world.school,
            person_id=people[key][0],
            duties=duties,
            aspects=aspects,
            departments=departments,
            since=since,
        )


def _seat(
    world: World, body: str, key: str, role: SeatRole, order: int, since: date, until: date | None = None
) -> Member:
    pk, name = world.people[key]
    seat = world.books.add(
        Seat,
        school_id=world.school,
        body_id=world.bodies[body],
        person_id=pk,
        role=role.value,
        is_voting=role != SeatRole.CLERK,
        is_party_member=True if body == "party" else key not in ("second_vice", "member"),
        order=order,
        since=since,
        until=until,
    )
    return Member(seat, pk, name, role, since, until)


def _successor(world: World) -> None:
    """In the middle of the period one member of the administration is followed by a new one."""
    change = world.frame.since + (world.frame.until - world.frame.since) / 2
    old = world.members["admin"].pop()
    sheet = world.books.sheets[Seat]
    row = next(row for row in reversed(sheet.rows) if row[sheet.place["id"]] == old.seat)
    row[sheet.place["until"]] = change - timedelta(days=1)
    world.members["admin"].append(
        Member(old.seat, old.person, old.name, old.role, old.since, change - timedelta(days=1))
    )
    world.members["admin"].append(_seat(world, "admin", "staff0", SeatRole.ADMIN_MEMBER, 9, change))


def _catalogue(world: World) -> None:
    frame, plan = world.frame, world.plan
    authority = frame.authorities[plan.county]
    for template in frame.templates[plan.county]:
        fields = {name: template[name] for name in CARRIED}
        pk = world.books.add(
            CatalogueEntry,
            authority_id=authority,
            school_id=world.school,
            template_id=template["id"],
            **fields,
        )
        world.entries.setdefault(template["route"], []).append({**fields, "id": pk})
    world.parameters = frame.parameters[plan.county]
    if world.slips(0.01):  # the school lifted the threshold without a new one (R78)
        row = {"value": None, "source": "本校正在修订“三重一大”清单", "level": ParameterLevel.SCHOOL.value}
        world.books.add(
            ProcedureParameter,
            level=row["level"],
            school_id=world.school,
            key="fund.large_threshold",
            value=None,
            source=row["source"],
            since=frame.founded,
        )
        since = {"since": frame.founded.isoformat()}
        world.parameters = {**world.parameters, "fund.large_threshold": {**row, **since}}
    world.parameters_text = as_json(world.parameters)
