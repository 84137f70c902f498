"""组织设置: the table of facts.md §2, as arithmetic and out of the database."""

import pytest

from accounts.models import User
from governance.choices import BodyKind, SeatRole
from governance.models import Authority, Body, PartyOrg, School, Seat, Staff
from oversight import services
from oversight.selectors import grid
from oversight.setups import SetupCount, per_mille, percent_words, setup_table
from tests.compliance.kit import SINCE

QUJING = [
    SetupCount("party_committee", "dual", 11),
    SetupCount("party_committee", "separate", 7),
    SetupCount("general_branch", "dual", 64),
    SetupCount("general_branch", "separate", 13),
    SetupCount("party_branch", "dual", 290),
    SetupCount("party_branch", "separate", 100),
]
# 类型: 校数, 一肩挑, 分设, 一肩挑率, 规则上应分设, 缺口, 应核专职副书记 (facts.md §2)
TABLE = {
    "党委": (18, 11, 7, "61.1%", 18, 11, 18),
    "党总支": (77, 64, 13, "83.1%", 77, 64, 0),
    "党支部": (390, 290, 100, "74.4%", 0, 0, 290),
    "合计": (485, 365, 120, "75.3%", 95, 75, 308),
}


def shown(table):
    return {
        row.label: (
            *(row.schools, row.dual, row.separate, row.dual_rate),
            *(row.must_separate, row.gap, row.deputies_due),
        )
        for row in (*table.rows, table.total)
    }


def test_qujing_gives_the_table_of_the_facts():
    table = setup_table(QUJING)
    assert shown(table) == TABLE
    assert not table.has_vacant
    assert [row.office_due for row in table.rows] == [18 * 5, 77 * 4, 390 * 3]
    assert table.total.office_unknown == 485 and table.total.office_staff == 0
    assert table.total.deputies_lacking == 308


def test_what_is_vacant_or_unknown_counts_as_neither():
    table = setup_table(
        [
            SetupCount("party_branch", "vacant", 2),
            SetupCount("party_branch", "dual", 3, with_deputy=1, office_known=2, office_staff=3),
            SetupCount("joint_branch", "dual", 1, with_deputy=1),
            SetupCount("", "vacant", 1),
        ]
    )
    assert [row.label for row in table.rows] == ["党委", "党总支", "党支部", "联合党支部", "未登记党组织"]
    branch = table.rows[2]
    assert (branch.vacant, branch.dual, branch.separate, branch.dual_rate) == (2, 3, 0, "60.0%")
    assert (branch.deputies_due, branch.deputies_lacking, branch.deputies_present) == (3, 2, 1)
    assert (branch.office_due, branch.office_due_known, branch.office_staff, branch.office_unknown) == (
        15,
        6,
        3,
        3,
    )
    assert (table.total.schools, table.total.vacant, table.total.deputies_due) == (7, 3, 4)


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "无法判定"), (1, 3, "33.3%"), (2, 3, "66.7%"), (1, 1, "100.0%"), (0, 5, "0.0%"), (1, 16, "6.3%")],
)
def test_rates_are_rounded_half_up_in_integers(part, whole, words):
    assert percent_words(per_mille(part, whole)) == words


@pytest.mark.django_db
def test_the_database_gives_the_same_table():
    """485 schools in the shape of Qujing, made in bulk; the standings are computed from seats and staff."""
    authority = Authority.objects.create(name="曲靖市教育工委", level="city", path="/q/")
    kinds = [(c.kind, c.setup) for c in QUJING for _ in range(c.schools)]
    schools = School.objects.bulk_create(
        School(authority=authority, code=f"Q{n:03}", name=f"第{n}学校", short_name=f"{n}校", stage="primary")
        for n in range(len(kinds))
    )
    PartyOrg.objects.bulk_create(
        PartyOrg(school=school, kind=kind, name=school.name)
        for school, (kind, _) in zip(schools, kinds, strict=True)
    )
    people = User.objects.bulk_create(
        User(username=f"q{n}", display_name=f"人{n}") for n in range(2 * len(schools))
    )
    bodies = Body.objects.bulk_create(
        Body(school=school, kind=kind, name="会议")
        for school in schools
        for kind in (BodyKind.PARTY, BodyKind.ADMIN)
    )
    seats = []
    for n, (school, (kind, setup)) in enumerate(zip(schools, kinds, strict=True)):
        party, admin = bodies[2 * n], bodies[2 * n + 1]
        principal = people[2 * n] if setup == "dual" else people[2 * n + 1]
        seats.append(
            Seat(school=school, body=party, person=people[2 * n], role=SeatRole.SECRETARY, since=SINCE)
        )
        seats.append(Seat(school=school, body=admin, person=principal, role=SeatRole.PRINCIPAL, since=SINCE))
        if kind == "party_committee":
            deputy = people[2 * n + 1]
            seats.append(
                Seat(
                    school=school,
                    body=party,
                    person=deputy,
                    role=SeatRole.FULLTIME_DEPUTY_SECRETARY,
                    since=SINCE,
                )
            )
    Seat.objects.bulk_create(seats)
    Staff.objects.bulk_create(
        Staff(school=schools[0], person=person, department="组织办", since=SINCE) for person in people[-3:]
    )
    services.refresh([school.pk for school in schools], keys=[])
    overview = grid.overview(grid.schools_of(authority))
    assert shown(overview.setup) == TABLE
    committee = overview.setup.rows[0]
    assert (committee.deputies_lacking, overview.setup.total.deputies_lacking) == (0, 290)
    assert (committee.office_known, committee.office_due_known, committee.office_staff) == (1, 5, 3)
    assert overview.schools == overview.unchecked == 485
    lists = {
        need: grid.Filters(need=need).applied(grid.schools_of(authority)).count()
        for need in ("separate", "deputy")
    }
    assert lists == {"separate": 75, "deputy": 290}
    # a post that ends leaves the school neither 一肩挑 nor 分设
    Seat.objects.filter(school=schools[0], role=SeatRole.PRINCIPAL).update(until=SINCE)
    services.refresh([schools[0].pk], keys=[])
    total = grid.overview(grid.schools_of(authority)).setup.total
    assert (total.dual, total.vacant, total.gap) == (364, 1, 74)
