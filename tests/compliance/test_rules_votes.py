"""表决 rules: thresholds over every base, and conclusions that follow the count."""

import pytest

from compliance.registry import RULES
from governance.arithmetic import MORE_THAN_HALF, TWO_THIRDS
from meetings.models import Tally
from tests.compliance.kit import party_body, rows, sentence, verdicts

PINNED = {
    "recused": 0,
    "is_major": False,
    "base_kind": "due",
    "deducts": False,
    "major_n": None,
    "major_d": None,
}
HALF = {**PINNED, "share_rule": "gt_half"}
THIRDS = {**PINNED, "share_rule": "two_thirds"}


@pytest.mark.parametrize(("share", "threshold"), [(HALF, MORE_THAN_HALF), (THIRDS, TWO_THIRDS)])
def test_every_base_up_to_nine(db, share, threshold):
    for base in (1, 2, 3, 4, 5, 6, 7, 9):
        required = threshold.required(base)
        for votes in {required - 1, required}:
            answer = "compliant" if votes >= required else "violating"
            assert RULES["R53"].verdict_of({"in_favour": votes, "due": base, **share}) == answer


@pytest.mark.parametrize("gap", ["in_favour", "due", "base_kind", "deducts", "share_rule"])
def test_vote_cannot_be_judged_without(db, gap):
    facts = {"in_favour": 5, "due": 7, **HALF, gap: None}
    assert RULES["R53"].verdict_of(facts) == "unknown"
    assert RULES["R53"].verdict_of({"in_favour": 0, "due": 0, **HALF}) == "unknown"


def tally(entry):
    return entry.tallies.get().pk


def test_votes_against_the_due_base(kit):
    school = kit.school(party=7)
    kit.decide(kit.item(school, "A01"), present=5, votes=(4, 1, 0))
    low = kit.decide(kit.item(school, "A01"), present=5, votes=(3, 1, 1))
    kit.decide(kit.item(school, "A01"), present=5, votes=(3, 1, 1), outcome="rejected")
    assert verdicts("R53", school) == {tally(low): "violating"}
    assert sentence("R53", school) == (
        "记为通过，以应到 7 人为基数，赞成 3 票：3 不大于 7÷2 = 3.5，须 4 票。"
    )


def test_votes_against_other_bases(kit):
    kit.parameter("vote.base", "present")
    kit.parameter("vote.recusal_reduces_base", True)
    school = kit.school(party=7)
    seat = party_body(school).seats.order_by("order")[1]
    kit.decide(kit.item(school, "A01"), present=5, votes=(3, 1, 1))
    half = kit.decide(kit.item(school, "A01"), present=5, votes=(2, 2, 0), recused=[seat])
    found = rows("R53", school)
    assert set(found) == {tally(half)}
    assert (
        "实到 4 人（已扣除回避）为基数，赞成 2 票：2 不大于 4÷2 = 2，须 3 票"
        in found[tally(half)]["sentence"]
    )


def test_two_thirds_and_major_pass(kit):
    kit.parameter("vote.major_pass", [3, 4])
    strict, plain = kit.school(party=7), kit.school(party=7)
    kit.parameter("vote.pass", "two_thirds", school=strict)
    four = kit.decide(kit.item(strict, "A01"), votes=(4, 3, 0))
    kit.decide(kit.item(strict, "A01"), votes=(5, 2, 0))
    five = kit.decide(kit.item(plain, "B01"), votes=(5, 2, 0))
    kit.decide(kit.item(plain, "B01"), votes=(6, 1, 0))
    assert verdicts("R53", strict, plain) == {tally(four): "violating", tally(five): "violating"}
    assert "5 ＜ 7×3/4，进位为 6" in sentence("R53", plain)


def test_an_uncounted_vote_cannot_be_judged(kit):
    school = kit.school()
    entry = kit.decide(kit.item(school, "A01"))
    Tally.objects.update(votes_for=None)
    assert rows("R53", school)[tally(entry)]["missing"] == ["赞成票数"]
    assert rows("R55", school)[entry.pk]["missing"] == ["部分票数"]
    Tally.objects.all().delete()
    assert rows("R55", school)[entry.pk]["missing"] == ["表决"]


def test_conclusion_follows_the_count(kit):
    school = kit.school(party=7)
    kit.decide(kit.item(school, "A01"), votes=(4, 3, 0))
    kit.decide(kit.item(school, "A01"), votes=(3, 4, 0), outcome="rejected")
    wrong_pass = kit.decide(kit.item(school, "A01"), votes=(3, 4, 0))
    wrong_fail = kit.decide(kit.item(school, "A01"), votes=(7, 0, 0), outcome="rejected")
    kit.decide(kit.item(school, "A01"), votes=(7, 0, 0), outcome="deferred")
    found = rows("R55", school)
    assert set(found) == {wrong_pass.pk, wrong_fail.pk}
    assert found[wrong_pass.pk]["sentence"] == (
        "1 项表决以应到 7 人为基数，最低赞成 3 票：3 不大于 7÷2 = 3.5，须 4 票；记录结论为“通过”，不一致。"
    )


@pytest.mark.parametrize(("second", "outcome", "answer"), [(3, "rejected", {}), (3, "passed", "violating")])
def test_one_of_two_questions_fails(kit, second, outcome, answer):
    school = kit.school(party=7)
    entry = kit.decide(kit.item(school, "A01"), votes=(7, 0, 0), outcome=outcome)
    Tally.objects.create(
        entry=entry, position=2, question="二", votes_for=second, votes_against=4, abstentions=0
    )
    assert verdicts("R55", school) == (answer and {entry.pk: answer})
