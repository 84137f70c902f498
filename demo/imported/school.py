"""松山学校 and the day it came to the platform."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import User
from demo.clock import Calendar
from demo.imported.book import Book
from demo.imported.cases import IMPORTS
from governance import services as governance
from governance.choices import ParameterLevel, SchoolPreset, SchoolStage
from governance.choices import SeatRole as Role
from governance.models import Authority, School
from governance.selectors import admin_body, deciding_body
from ledger.services import verify

JOINED = -5  # working days before today
SLUG = "songshan"
SCHOOL: dict[str, Any] = {
    "preset": SchoolPreset.DUAL_ROLE,
    "code": "YC-105",
    "name": "松山学校",
    "short_name": "松山",
    "stage": SchoolStage.NINE_YEAR,
    "cluster": "城北学区",
    "party_members": 38,
    "students": 870,
    "teachers": 74,
}
PEOPLE = {
    "secretary": "申屠礼",
    "deputy": "郑向阳",
    "vice": "冯素心",
    "discipline": "骆秉直",
    "organizer": "宁远舟",
    "vice2": "关晓岚",
    "head": "盛怀谷",
    "clerk": "蓝心妍",
    "staff": "解放平",
}
LABEL = "刚接入学校书记（原系统导入）"
PARTY = (
    ("secretary", Role.SECRETARY),
    ("deputy", Role.DEPUTY_SECRETARY),
    ("vice", Role.MEMBER),
    ("discipline", Role.DISCIPLINE_MEMBER),
    ("organizer", Role.ORGANIZATION_MEMBER),
    ("clerk", Role.CLERK),
)
ADMIN = (
    ("secretary", Role.PRINCIPAL),
    ("vice", Role.VICE_PRINCIPAL),
    ("vice2", Role.VICE_PRINCIPAL),
    ("organizer", Role.ADMIN_MEMBER),
    ("head", Role.ADMIN_MEMBER),
    ("clerk", Role.CLERK),
)


def load(authority: str, calendar: Calendar, since: date, password: str) -> School:
    """Found the school under the authority of that name and import its papers; returns it.

    Must run in one transaction and in story time of `JOINED`. Everybody's office began on `since`; `password` is
    hashed already. RuntimeError where the school's ledger does not hold afterwards.
    """
    people = {
        key: User.objects.create(
            username=f"{SLUG}.{key}",
            display_name=name,
            demo_label=LABEL if key == "secretary" else "",
            password=password,
            date_joined=timezone.now(),
        )
        for key, name in PEOPLE.items()
    }
    school = _found(Authority.objects.get(name=authority), people, since)
    book = Book(school, people, calendar)
    for write in IMPORTS:
        write(book)
    for breach in verify(school.chain_key, with_rows=True):
        raise RuntimeError(f"{school}: {breach}")
    return school


def _found(authority: Authority, people: Mapping[str, Any], since: date) -> School:
    """The school with its offices, 分工 and its own stricter share for special matters, all through the services."""
    school = governance.create_school(actor=None, authority=authority, term_started_on=since, **SCHOOL)
    governance.adopt_catalogue(actor=None, school=school)
    for body, seats in ((deciding_body(school), PARTY), (admin_body(school), ADMIN)):
        for order, (key, role) in enumerate(seats, start=1):
            governance.appoint(actor=None, body=body, person=people[key], role=role, since=since, order=order)
    for key, duties, department in (
        ("organizer", "分管党务和干部工作", "党政办公室"),
        ("vice", "分管总务工作", "总务处"),
        ("vice2", "分管教学工作", "教务处"),
    ):
        governance.assign_portfolio(
            actor=None,
            school=school,
            person=people[key],
            duties=duties,
            since=since,
            departments=[department],
        )
    for key, department, title in (("staff", "教务处", "教研室主任"), ("clerk", "党政办公室", "干事")):
        governance.employ(
            actor=None, school=school, person=people[key], department=department, title=title, since=since
        )
    governance.set_parameter(
        actor=None,
        level=ParameterLevel.SCHOOL,
        school=school,
        key="vote.major_pass",
        value=[2, 3],
        source="《松山学校党支部委员会议事规则》第12条",
        since=since,
    )
    return school
