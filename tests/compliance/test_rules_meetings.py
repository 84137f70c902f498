"""会议 rules: facts that comply, breach, sit on the boundary, and cannot be judged."""

import pytest

from compliance.registry import RULES
from tests.compliance.kit import admin_body, party_body, rows, verdicts

# due, present, [n, d], half counts → answer
QUORUM = [
    (7, 4, (1, 2), False, "compliant"),
    (7, 3, (1, 2), False, "violating"),
    (6, 3, (1, 2), False, "violating"),
    (6, 3, (1, 2), True, "compliant"),
    (6, 2, (1, 2), True, "violating"),
    (6, 4, (1, 2), False, "compliant"),
    (7, 5, (2, 3), False, "compliant"),
    (7, 4, (2, 3), False, "violating"),
    (6, 4, (2, 3), False, "compliant"),
    (9, 6, (2, 3), False, "compliant"),
    (9, 5, (2, 3), False, "violating"),
    (1, 1, (1, 2), False, "compliant"),
    (0, 0, (1, 2), False, "unknown"),
    (None, 4, (1, 2), False, "unknown"),
    (7, None, (1, 2), False, "unknown"),
    (7, 4, (None, None), False, "unknown"),
    (7, 4, (1, 2), None, "unknown"),
]


@pytest.mark.parametrize("code", ["R30", "R31", "R32"])
@pytest.mark.parametrize(("due", "present", "share", "half", "answer"), QUORUM)
def test_quorum_arithmetic(db, code, due, present, share, half, answer):
    facts = {
        "due": due,
        "present": present,
        "share_n": share[0],
        "share_d": share[1],
        "half_inclusive": half,
    }
    assert RULES[code].verdict_of(facts) == answer


def test_party_meeting_below_half(kit):
    school = kit.school(party=7)
    kit.decide(kit.item(school, "A01"), present=4)
    low = kit.decide(kit.item(school, "A01"), present=3, votes=(3, 0, 0))
    found = rows("R30", school)
    assert {pk: (row["verdict"], row["level"]) for pk, row in found.items()} == {low.pk: ("violating", "B")}
    assert (
        found[low.pk]["sentence"]
        == "党组织会议应到 7 人，实到 3 人：3 不大于 7÷2 = 3.5，不足 4 人，不能形成决定。"
    )
    assert found[low.pk]["evidence"]["due"] == 7
    assert low.stage.item.title not in found[low.pk]["label"]


def test_exactly_half_warns(kit):
    school = kit.school(party=6)
    half = kit.decide(kit.item(school, "A01"), present=3)
    row = rows("R30", school)[half.pk]
    assert (row["verdict"], row["level"]) == ("violating", "W")
    assert "恰好半数到会" in row["sentence"]


def test_exactly_half_counts_where_the_district_says_so(kit):
    kit.parameter("quorum.half_inclusive", True)
    school = kit.school(party=6)
    kit.decide(kit.item(school, "A01"), present=3)
    assert verdicts("R30", school) == {}


def test_meeting_without_parameters_cannot_be_judged(kit):
    school = kit.school()
    entry = kit.decide(kit.item(school, "A01"))
    entry.meeting.parameters = {}
    entry.meeting.save()
    row = rows("R30", school)[entry.pk]
    assert (row["verdict"], row["missing"]) == ("unknown", ["会议固定的到会参数"])
    assert row["sentence"] == "无法判定：缺少会议固定的到会参数。"


def test_cadre_matter_needs_two_thirds_whatever_the_entry_says(kit):
    school = kit.school(party=7)
    short = kit.decide(kit.item(school, "B01"), present=4, entry_fields={})
    declared = kit.decide(kit.item(school, "B01"), present=4)
    type(declared).objects.filter(pk=declared.pk).update(attendance_kind="h")
    kit.decide(kit.item(school, "B01"), present=5)
    found = rows("R31", school)
    assert set(found) == {short.pk, declared.pk}
    assert verdicts("R30", school) == {}
    assert "4 ＜ 7×2/3，进位为 5" in found[short.pk]["sentence"]


def test_deferred_matter_asks_no_quorum(kit):
    school = kit.school(party=7)
    kit.decide(kit.item(school, "B01"), present=2, outcome="deferred")
    assert verdicts("R31", school) == {}


def test_admin_meeting_below_half(kit):
    school = kit.school(admin=6)
    low = kit.decide(kit.item(school, "G14"), meeting=kit.meeting(admin_body(school), present=2))
    half = kit.decide(kit.item(school, "G14"), present=3)
    kit.decide(kit.item(school, "G14"), present=4)
    found = rows("R32", school)
    assert {pk: row["level"] for pk, row in found.items()} == {low.pk: "B", half.pk: "W"}


def test_recusal_is_kept(kit):
    school = kit.school(party=7)
    seats = list(party_body(school).seats.order_by("order"))

    def decide(recused=(), present=7, left=None, person=None):
        item = kit.item(school, "A01")
        item.concerned.create(person=(person or seats[2]).person, relation="亲属")
        entry = kit.decide(item, recused=recused, present=present)
        if left is not None:
            entry.meeting.attendances.filter(seat=seats[2]).update(left_at=left(entry.meeting))
        return entry

    decide(recused=[seats[2]])
    decide(present=4, person=seats[6])
    decide(left=lambda meeting: meeting.started_at)
    kit.decide(kit.item(school, "A01"))
    stayed = decide()
    other = decide(recused=[seats[3]])
    unsigned = decide()
    unsigned.meeting.attendances.all().delete()
    found = rows("R36", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        stayed.pk: "violating",
        other.pk: "violating",
        unsigned.pk: "unknown",
    }
    assert found[stayed.pk]["sentence"] == "利害关系人到会 1 人，回避 0 人，未回避 1 人（委员2）：1 ＞ 0。"
    public = {
        key: value for key, value in found[stayed.pk]["evidence"].items() if not key.startswith("names")
    }
    assert RULES["R36"].sentence(public) == "利害关系人到会 1 人，回避 0 人，未回避 1 人：1 ＞ 0。"
