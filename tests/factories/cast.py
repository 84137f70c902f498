"""The named cast of the tests (architecture.md §8): one school with its people, and the outsiders."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.choices import AdminRole
from accounts.models import User
from governance import services
from governance.choices import AuthorityRole, BodyKind, SchoolPreset, SchoolStage, SeatRole
from governance.models import Authority, Body, CatalogueEntry, School
from ledger.models import Chain
from tests.emptying import rows_as_sql
from tests.factories import governance as make
from tests.factories.people import person

NAMES = {
    "secretary": "陈立德",
    "principal": "林知远",
    "deputy": "许静",
    "vice": "赵明川",
    "vice_second": "周婉宁",
    "discipline": "孙正清",
    "organizer": "何素云",
    "vice_non_party": "郭亦凡",
    "admin_member": "沈嘉禾",
    "admin_second": "冯启新",
    "clerk": "罗敏",
    "staff": "田家和",
    "teacher": "秦书瑶",
    "finance": "韩立秋",
    "ended": "邹怀远",
    "other_secretary": "潘若兰",
    "inspector": "唐文博",
    "district_leader": "高维平",
    "outsider": "外来人",
    "archivist": "方静文",
    "guest": "贺秉公",
    "counsel": "严守正",
}
# 三员: in no school and in no authority, so not among the people the tables of rights run through.
ADMINISTRATORS = {
    "system_admin": ("系统管理员", AdminRole.SYSTEM),
    "security_admin": ("安全管理员", AdminRole.SECURITY),
    "audit_admin": ("审计管理员", AdminRole.AUDIT),
}
PARTY_SEATS = (
    ("secretary", SeatRole.SECRETARY),
    ("principal", SeatRole.DEPUTY_SECRETARY),
    ("deputy", SeatRole.FULLTIME_DEPUTY_SECRETARY),
    ("vice", SeatRole.MEMBER),
    ("vice_second", SeatRole.MEMBER),
    ("discipline", SeatRole.DISCIPLINE_MEMBER),
    ("organizer", SeatRole.ORGANIZATION_MEMBER),
    ("clerk", SeatRole.CLERK),
)
ADMIN_SEATS = (
    ("principal", SeatRole.PRINCIPAL),
    ("vice", SeatRole.VICE_PRINCIPAL),
    ("vice_second", SeatRole.VICE_PRINCIPAL),
    ("vice_non_party", SeatRole.VICE_PRINCIPAL),
    ("admin_member", SeatRole.ADMIN_MEMBER),
    ("admin_second", SeatRole.ADMIN_MEMBER),
    ("clerk", SeatRole.CLERK),
)
STAFF = (
    ("staff", "总务处", "主任"),
    ("teacher", "教务处", "主任"),
    ("finance", "财务室", "会计"),
    ("archivist", "档案室", "档案员"),
)


@dataclass
class Cast:
    """明德中学 (党总支, 分设, 7 and 6 voting seats) under 云川区教育工委, and the people around it."""

    authority: Authority
    school: School
    party: Body
    admin: Body
    congress: Body
    other_school: School
    secretary: User
    principal: User
    deputy: User
    vice: User
    vice_second: User
    discipline: User
    organizer: User
    vice_non_party: User
    admin_member: User
    admin_second: User
    clerk: User
    staff: User
    teacher: User
    finance: User
    ended: User
    other_secretary: User
    inspector: User
    district_leader: User
    outsider: User
    archivist: User
    guest: User
    counsel: User
    system_admin: User
    security_admin: User
    audit_admin: User

    def entry(self, code: str) -> CatalogueEntry:
        """The school's current catalogue entry of a code."""
        return CatalogueEntry.objects.in_force().get(school=self.school, code=code)

    @property
    def people(self) -> dict[str, User]:
        """Every member of the cast by name of the role."""
        return {name: getattr(self, name) for name in NAMES}


def make_cast() -> Cast:
    """Build the cast; needs the database."""
    people: dict[str, Any] = {name: person(name, display) for name, display in NAMES.items()}
    people |= {
        name: person(name, display, admin_role=role) for name, (display, role) in ADMINISTRATORS.items()
    }
    authority = make.authority()
    school = make.school(authority, students=1680, teachers=142)
    other = make.school(
        authority,
        code="Y02",
        name="育才小学",
        short_name="育才",
        preset=SchoolPreset.BRANCH,
        stage=SchoolStage.PRIMARY,
        party_members=21,
    )
    bodies = {body.kind: body for body in school.bodies.all()}
    for kind, seats in ((BodyKind.PARTY, PARTY_SEATS), (BodyKind.ADMIN, ADMIN_SEATS)):
        for order, (name, role) in enumerate(seats, start=1):
            make.seat(bodies[kind], people[name], role, order=order)
    make.seat(
        bodies[BodyKind.PARTY],
        people["ended"],
        SeatRole.MEMBER,
        since=date(2021, 9, 1),
        until=timezone.localdate() - timedelta(days=1),
    )
    for name, department, title in STAFF:
        services.employ(
            actor=None,
            school=school,
            person=people[name],
            department=department,
            title=title,
            since=make.SINCE,
        )
    make.seat(make.body(other, BodyKind.PARTY), people["other_secretary"], SeatRole.SECRETARY)
    for name, role in (
        ("inspector", AuthorityRole.REVIEWER),
        ("district_leader", AuthorityRole.LEADER),
    ):
        services.join_authority(
            actor=None, authority=authority, person=people[name], role=role, since=make.SINCE
        )
    services.adopt_catalogue(actor=None, school=school)
    return Cast(
        authority=authority,
        school=school,
        party=bodies[BodyKind.PARTY],
        admin=bodies[BodyKind.ADMIN],
        congress=bodies[BodyKind.STAFF_CONGRESS],
        other_school=other,
        **people,
    )


@pytest.fixture(scope="session")
def cast_once(django_db_setup, django_db_blocker) -> tuple[str, Cast]:
    """The cast made by the services once a process: its rows as SQL, and its people and bodies."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert not User.objects.exists()
        made = make_cast()
        rows = rows_as_sql()
        transaction.set_rollback(True)
    return rows, made


@pytest.fixture
def cast(cast_once, db) -> Cast:
    """The named cast, fresh for each test: a copy, which takes a tenth of the time, where nothing is stored yet."""
    if User.objects.exists() or Chain.objects.exists():
        return make_cast()
    rows, made = cast_once
    with connection.cursor() as cursor:
        cursor.execute(rows)
    return deepcopy(made)
