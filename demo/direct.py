"""A small school directly under the city's second authority, which has set no parameters yet.

Nobody has said there what a large amount is (R78), and of the year before not one topic of integrity was put to a
meeting (R83). The district next door and its people see nothing of it.
"""

from datetime import date

from accounts.models import User
from governance import services as governance
from governance.choices import AuthorityLevel, SchoolPreset, SchoolStage
from governance.choices import SeatRole as Role
from governance.models import Authority, School
from governance.selectors import admin_body, deciding_body

AUTHORITY = "云川市直属学校教育工委"
SLUG = "shiyan"
PEOPLE = {
    "secretary": "谈慕远",
    "principal": "穆清扬",
    "vice": "洛思明",
    "discipline": "蔚正行",
    "clerk": "简书宜",
}
PARTY = (
    ("secretary", Role.SECRETARY),
    ("principal", Role.DEPUTY_SECRETARY),
    ("vice", Role.MEMBER),
    ("discipline", Role.DISCIPLINE_MEMBER),
    ("clerk", Role.CLERK),
)
ADMIN = (("principal", Role.PRINCIPAL), ("vice", Role.VICE_PRINCIPAL), ("clerk", Role.CLERK))


def found(city: str, since: date, password: str) -> School:
    """Found authority and school below the city of that name; offices began on `since`, `password` is hashed.

    The school has been known since 1 January of that year, so that its last year can be judged.
    """
    authority = governance.create_authority(
        actor=None,
        name=AUTHORITY,
        level=AuthorityLevel.DISTRICT,
        parent=Authority.objects.get(name=city),
    )
    governance.publish_catalogue(actor=None, authority=authority)
    people = {
        key: User.objects.create(username=f"{SLUG}.{key}", display_name=name, password=password)
        for key, name in PEOPLE.items()
    }
    school = governance.create_school(
        actor=None,
        authority=authority,
        preset=SchoolPreset.BRANCH,
        code="YC-901",
        name="云川市实验学校",
        short_name="市实验",
        stage=SchoolStage.NINE_YEAR,
        cluster="市直属",
        party_members=28,
        students=760,
        teachers=61,
        term_started_on=since,
        joined_on=date(since.year, 1, 1),
    )
    governance.adopt_catalogue(actor=None, school=school)
    for body, seats in ((deciding_body(school), PARTY), (admin_body(school), ADMIN)):
        for order, (key, role) in enumerate(seats, start=1):
            governance.appoint(actor=None, body=body, person=people[key], role=role, since=since, order=order)
    return school
