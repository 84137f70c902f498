"""组织 rules."""

import pytest

from governance.choices import PartyOrgKind, SeatRole
from governance.models import PartyOrg
from tests.compliance.kit import party_body, rows, sentence, verdicts


@pytest.mark.parametrize(
    ("kind", "dual", "answer"),
    [
        (PartyOrgKind.COMMITTEE, False, {}),
        (PartyOrgKind.COMMITTEE, True, "violating"),
        (PartyOrgKind.GENERAL_BRANCH, True, "violating"),
        (PartyOrgKind.BRANCH, True, {}),
    ],
)
def test_separate_posts(kit, kind, dual, answer):
    school = kit.school(kind=kind, dual=dual)
    assert verdicts("R02", school) == (answer and {school.pk: answer})


def test_separate_posts_of_a_vacancy_cannot_be_judged(kit):
    school = kit.school(kind=PartyOrgKind.COMMITTEE)
    school.seats.filter(role=SeatRole.PRINCIPAL).update(until="2026-10-01")
    assert rows("R02", school)[school.pk]["missing"] == ["校长任职"]
    PartyOrg.objects.filter(school=school).delete()
    assert rows("R02", school)[school.pk]["missing"] == ["党组织类型", "校长任职"]


def test_separate_posts_are_those_of_the_day(kit):
    from datetime import date

    school = kit.school(kind=PartyOrgKind.COMMITTEE, dual=True)
    assert sentence("R02", school) == "党委学校书记、校长应分设，现由 1 人兼任 2 个岗位。"
    assert verdicts("R02", school, as_of=date(2024, 8, 31)) == {school.pk: "unknown"}


def test_fulltime_deputy(kit):
    without = kit.school(kind=PartyOrgKind.BRANCH, dual=True)
    having = kit.school(kind=PartyOrgKind.BRANCH, dual=True)
    kit.seat(party_body(having), kit.person("专职"), SeatRole.FULLTIME_DEPUTY_SECRETARY)
    ended = kit.school(kind=PartyOrgKind.JOINT_BRANCH, dual=True)
    kit.seat(party_body(ended), kit.person("离任"), SeatRole.FULLTIME_DEPUTY_SECRETARY, until="2026-11-19")
    apart = kit.school(kind=PartyOrgKind.BRANCH)
    vacant = kit.school(kind=PartyOrgKind.BRANCH, party=0)
    assert verdicts("R03", without, having, ended, apart, vacant) == {
        without.pk: "violating",
        ended.pk: "violating",
        vacant.pk: "unknown",
    }
    assert sentence("R03", without) == "书记兼任校长的党支部应有专职副书记 1 人，在任 0 人：0 ＜ 1。"
