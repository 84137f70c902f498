"""组织 rules."""

from datetime import date

import pytest

from compliance.registry import VERSIONS
from governance.choices import PartyOrgKind, SeatRole
from governance.models import PartyOrg, Seat
from registers.choices import ApprovalMatter
from registers.models import SuperiorApproval
from tests.compliance.kit import admin_body, party_body, rows, sentence, verdicts


def approve(school, matter, **fields):
    """上级批复 of the authority, in force from 2026-09-01 unless said otherwise."""
    SuperiorApproval.objects.create(
        school=school,
        matter=matter,
        **{
            "number": "云教工委〔2026〕8号",
            "issuer": "云川区教育工委",
            "approved_on": "2026-09-01",
            **fields,
        },
    )


def organized(school, **fields):
    PartyOrg.objects.filter(school=school).update(**fields)
    return school


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
    school = kit.school(kind=PartyOrgKind.COMMITTEE, dual=True)
    assert sentence("R02", school) == (
        "党委学校书记、校长应分设，现由 1 人兼任 2 个岗位，上级批复 0 件 ＜ 1 件。"
    )
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


def test_separate_posts_unless_approved(kit):
    lasting, last_day, ended, void, other = (
        kit.school(kind=PartyOrgKind.COMMITTEE, dual=True) for _ in range(5)
    )
    approve(lasting, ApprovalMatter.DUAL_ROLE)
    approve(last_day, ApprovalMatter.DUAL_ROLE, until="2026-11-20")
    approve(ended, ApprovalMatter.DUAL_ROLE, until="2026-11-19")
    approve(void, ApprovalMatter.DUAL_ROLE, is_void=True)
    approve(other, ApprovalMatter.TERM_EXTENSION)
    assert verdicts("R02", lasting, last_day, ended, void, other) == dict.fromkeys(
        (ended.pk, void.pk, other.pk), "violating"
    )
    # What a finding of the first version stored is still answered by the first version.
    stored = {"org_kind": "party_committee", "secretary": 1, "principal": 1, "as_of": "2026-11-20"}
    assert VERSIONS["R02", 1].verdict_of(stored) == "violating"


def test_kind_fits_the_number_of_members(kit):
    fits = kit.school()
    few = kit.school(kind=PartyOrgKind.COMMITTEE, members=80)
    granted = kit.school(kind=PartyOrgKind.COMMITTEE, members=80)
    approve(granted, ApprovalMatter.ORG_EXCEPTION)
    many = kit.school(kind=PartyOrgKind.BRANCH, members=51)
    no_board = kit.school(kind=PartyOrgKind.BRANCH, members=7, committee=False)
    small = kit.school(kind=PartyOrgKind.BRANCH, members=6, committee=False)
    blank = kit.school(members=0)
    unknown = kit.school()
    PartyOrg.objects.filter(school=unknown).delete()
    found = rows("R01", fits, few, granted, many, no_board, small, blank, unknown)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        **dict.fromkeys((few.pk, many.pk, no_board.pk), "violating"),
        **dict.fromkeys((blank.pk, unknown.pk), "unknown"),
    }
    assert found[few.pk]["sentence"] == "党委正式党员 80 名：80 ＜ 101，上级批复 0 件。"
    assert found[no_board.pk]["sentence"] == "党支部正式党员 7 名：不设支部委员会，7 ≥ 7，上级批复 0 件。"
    assert found[blank.pk]["missing"] == ["正式党员数"]
    assert found[unknown.pk]["missing"] == ["党组织类型", "正式党员数"]


def test_posts_are_held_crosswise(kit):
    def split(role=None, *, vices_known=True, member=False):
        """A split school: its principal in the committee with a role, or outside it and a Party member or not."""
        school = kit.school()
        principal = admin_body(school).seats.filter(role=SeatRole.PRINCIPAL)
        principal.update(is_party_member=member)
        if role:
            kit.seat(party_body(school), principal.get().person, role)
        if vices_known:
            admin_body(school).seats.filter(role=SeatRole.VICE_PRINCIPAL).update(is_party_member=False)
        return school

    good, lay = split(SeatRole.DEPUTY_SECRETARY), split()
    low, out = split(SeatRole.MEMBER), split(member=True)
    asked, open_vices = split(member=None), split(vices_known=False)
    vice_out, vice_in = split(), split()
    for school in (vice_out, vice_in):
        vice = admin_body(school).seats.filter(role=SeatRole.VICE_PRINCIPAL).first()
        Seat.objects.filter(pk=vice.pk).update(is_party_member=True)
    kit.seat(party_body(vice_in), vice.person, SeatRole.MEMBER)
    busy, was_busy = split(), split()
    for school, until in ((busy, None), (was_busy, "2026-11-19")):
        secretary = party_body(school).seats.get(role=SeatRole.SECRETARY).person
        kit.seat(admin_body(school), secretary, SeatRole.ADMIN_MEMBER, until=until)
    dual, small = kit.school(dual=True), kit.school(committee=False)
    schools = (good, lay, low, out, asked, open_vices, vice_out, vice_in, busy, was_busy, dual, small)
    found = rows("R04", *schools)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        **dict.fromkeys((low.pk, out.pk, vice_out.pk, busy.pk), "violating"),
        **dict.fromkeys((asked.pk, open_vices.pk), "unknown"),
    }
    assert found[low.pk]["sentence"] == "书记、校长分设的学校，党员校长任委员，未任副书记。"
    assert found[busy.pk]["sentence"] == "书记、校长分设的学校，书记兼任行政班子职务 1 个 ＞ 0。"
    assert found[asked.pk]["missing"] == ["校长是否党员"]
    assert found[open_vices.pk]["missing"] == ["副校长是否党员"]


def test_board_size_and_term(kit):
    def board(seats=7, since="2025-09-01", kind=PartyOrgKind.GENERAL_BRANCH, **fields):
        return organized(kit.school(kind=kind, party=seats, **fields), term_started_on=since)

    good, five = board(), board(5)
    big, small = board(8), board(4)
    over, soon, extended = board(since="2023-11-20"), board(since="2024-02-18"), board(since="2023-09-01")
    approve(extended, ApprovalMatter.TERM_EXTENSION, until="2027-03-01")
    branch = board(5, kind=PartyOrgKind.BRANCH)
    assembly = board(9, kind=PartyOrgKind.BRANCH, committee=False)
    undated = board(since=None)
    empty = board(0)
    found = rows("R05", good, five, big, small, over, soon, extended, branch, assembly, undated, empty)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        **dict.fromkeys((big.pk, small.pk, over.pk, soon.pk), "violating"),
        **dict.fromkeys((undated.pk, empty.pk), "unknown"),
    }
    assert [found[school.pk]["level"] for school in (big, over, soon)] == ["W", "W", "I"]
    assert found[big.pk]["sentence"] == "党总支班子 8 人，职数 5 至 7 人：8 ＞ 7。"
    assert found[over.pk]["sentence"] == "本届 2026年11月20日届满，今日到期未换届，延期批复 0 件。"
    assert found[soon.pk]["sentence"] == "本届 2027年2月18日届满，还有 90 日：90 ≤ 90。"
    assert found[undated.pk]["missing"] == ["本届起始日期"]
    assert found[empty.pk]["missing"] == ["党组织班子任职"]
    assert set(rows("R05", soon, as_of=date(2026, 11, 19))) == set()
