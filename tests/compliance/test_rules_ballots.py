"""R52, R54, R56, R58: how votes were taken."""

from governance.choices import BallotMethod
from meetings.choices import Stance
from meetings.models import AgendaEntry, Ballot, Meeting, Tally
from tests.compliance.kit import party_body, rows
from tests.compliance.voices import speak


def answers(found):
    return {pk: row["verdict"] for pk, row in found.items()}


def voted(entry, method):
    AgendaEntry.objects.filter(pk=entry.pk).update(method=method)
    return entry


def test_method_fits_the_matter(kit):
    school = kit.school(party=5)
    kit.decide(kit.item(school, "A01"))
    voted(kit.decide(kit.item(school, "A01")), BallotMethod.SECRET)
    voted(kit.decide(kit.item(school, "B01")), BallotMethod.SECRET)
    raised = kit.decide(kit.item(school, "B01"))
    chair = voted(kit.decide(kit.item(school, "A01")), BallotMethod.PRINCIPAL)
    half, none, unpinned = (kit.decide(kit.item(school, "A01")) for _ in range(3))
    Tally.objects.create(entry=half, position=2, question="二")
    none.tallies.all().delete()
    Meeting.objects.filter(pk=unpinned.meeting_id).update(parameters={})
    found = rows("R52", school)
    assert answers(found) == {
        raised.pk: "violating",
        chair.pk: "violating",
        half.pk: "violating",
        none.pk: "unknown",
        unpinned.pk: "unknown" if unpinned.stage.item.major_classes else "compliant",
    }
    assert found[raised.pk]["sentence"] == "须无记名投票，实为举手表决。"
    assert found[half.pk]["sentence"] == "表决事项 2 项，计票 1 项：1 ＜ 2。"


def test_special_majority_only_where_set(kit):
    plain, strict = kit.school(party=7), kit.school(party=7)
    kit.parameter("vote.major_pass", [2, 3], school=strict)
    for school in (plain, strict):
        kit.decide(kit.item(school, "B01"), votes=(5, 2, 0))
        kit.decide(kit.item(school, "A01"), votes=(4, 3, 0))
        kit.decide(kit.item(school, "A01"), votes=(3, 4, 0))
    kit.decide(kit.item(plain, "B01"), votes=(4, 3, 0))
    low = kit.decide(kit.item(strict, "B01"), votes=(4, 3, 0)).tallies.get()
    blank = kit.decide(kit.item(strict, "B01")).tallies.get()
    Tally.objects.filter(pk=blank.pk).update(votes_for=None)
    found = rows("R54", plain, strict)
    assert answers(found) == {low.pk: "violating", blank.pk: "unknown"}
    assert found[low.pk]["sentence"] == (
        "特定事项记为通过，以应到 7 人为基数，赞成 4 票：4 ＜ 7×2/3，进位为 5，须 5 票。"
    )


def test_a_narrow_vote_had_better_wait(kit):
    school, wide = kit.school(party=7), kit.school(party=7)
    kit.parameter("vote.defer_margin", 3, school=wide)
    kit.decide(kit.item(school, "A01"), votes=(5, 1, 1))
    kit.decide(kit.item(school, "A01"), votes=(4, 3, 0), outcome="deferred")
    narrow = kit.decide(kit.item(school, "A01"), votes=(4, 2, 1))
    unclear = kit.decide(kit.item(school, "A01"))
    speak(unclear, party_body(school).seats.order_by("order")[:4], stance=Stance.DEFER)
    second = kit.decide(kit.item(school, "A01"))
    Tally.objects.create(entry=second, position=2, question="二", votes_for=3, votes_against=4, abstentions=0)
    blank = kit.decide(kit.item(school, "A01"))
    blank.tallies.update(votes_for=None)
    five = kit.decide(kit.item(wide, "A01"), votes=(5, 1, 1))
    found = rows("R56", school, wide)
    assert answers(found) == {
        narrow.pk: "violating",
        unclear.pk: "violating",
        second.pk: "violating",
        five.pk: "violating",
        blank.pk: "unknown",
    }
    assert found[narrow.pk]["sentence"] == (
        "赞成 4 票，反对、弃权 3 票，相差 1 票：1 ≤ 1，分歧较大而作出决定。"
    )
    assert "4×2 ≥ 7" in found[unclear.pk]["sentence"]


def test_secret_ballot(kit):
    school = kit.school(party=7)
    good = {"issued": 7, "invalid": 1, "votes_for": 6, "tellers": "赵明、钱华", "counter": "孙丽"}

    def ballot(**fields):
        entry = voted(kit.decide(kit.item(school, "B01")), BallotMethod.SECRET)
        entry.tallies.update(**good | fields)
        return entry.tallies.get()

    ballot()
    ballot(tellers=" 赵明，钱华 ")
    kit.decide(kit.item(school, "A01"))
    lost, alone, nobody, open_, blank = (
        ballot(invalid=0),
        ballot(tellers="赵明、"),
        ballot(counter=" "),
        ballot(),
        ballot(issued=None),
    )
    Ballot.objects.create(tally=open_, seat=party_body(school).seats.first(), choice="for")
    found = rows("R58", school)
    assert answers(found) == {
        lost.pk: "violating",
        alone.pk: "violating",
        nobody.pk: "violating",
        open_.pk: "violating",
        blank.pk: "unknown",
    }
    assert found[lost.pk]["sentence"] == "无记名投票：发出 7 张，收回 6 张：6 ＜ 7。"
    assert found[alone.pk]["sentence"] == "无记名投票：监票 1 人 ＜ 2 人。"
