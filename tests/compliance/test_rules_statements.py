"""R50, R51, R57, R59: what was said before the decision."""

from governance.choices import BallotMethod
from meetings.choices import Stance
from meetings.models import AgendaEntry, Meeting, Tally
from tests.compliance.kit import party_body, rows
from tests.compliance.voices import came, speak


def answers(found):
    return {pk: row["verdict"] for pk, row in found.items()}


def on_paper(entry):
    Meeting.objects.filter(pk=entry.meeting_id).update(mode="retrospective")
    return entry


def test_everybody_takes_a_stance(kit):
    school = kit.school(party=5)
    seats = list(party_body(school).seats.order_by("order"))
    speak(kit.decide(kit.item(school, "A01"), present=4))
    recused = kit.decide(kit.item(school, "A01"), recused=[seats[4]])
    speak(recused, seats[:4], stance=Stance.ABSTAIN)
    quiet = kit.decide(kit.item(school, "A01"))
    speak(quiet, seats[:4])
    speak(quiet, seats[4:], stance=Stance.NONE)
    left = kit.decide(kit.item(school, "A01"))
    speak(left, seats[:4])
    left.meeting.attendances.filter(seat=seats[4]).update(left_at=left.concluded_at)
    mute, paper = kit.decide(kit.item(school, "A01")), on_paper(kit.decide(kit.item(school, "A01")))
    found = rows("R50", school)
    assert answers(found) == {quiet.pk: "violating", mute.pk: "violating", paper.pk: "unknown"}
    assert found[quiet.pk]["sentence"] == "可表态 5 人，没有明确表态 1 人：1 ＞ 0。"
    assert found[mute.pk]["evidence"]["silent"] == 5


def test_the_chair_speaks_last(kit):
    school = kit.school(party=4)
    entries = [kit.decide(kit.item(school, "A01")) for _ in range(6)]
    last, reports, early, mute, tie, written = entries
    *members, chair = came(last)
    speak(last, [*members, chair])
    speak(reports, [chair, *members, chair])
    speak(early, [members[0], chair, *members[1:]])
    speak(mute, members)
    speak(tie, [chair, *members])
    tie.statements.update(order=0)
    speak(written, [*members, chair])
    speak(written, [members[0]], is_written=True)
    found = rows("R51", school)
    assert answers(found) == {early.pk: "violating", tie.pk: "unknown"}
    assert found[early.pk]["sentence"] == ("主持人最后一次发言为第 2 个，其他成员最后发言为第 4 个：2 ＜ 4。")


def test_the_principal_decides(kit):
    school = kit.school(admin=4)
    entries = [kit.decide(kit.item(school, "G14")) for _ in range(6)]
    heard, unheard, voted, paper, without, absent = entries
    *others, principal = came(heard)
    speak(heard, others, stance=Stance.NONE)
    speak(unheard, others[:2])
    speak(voted)
    Tally.objects.create(entry=voted, question="是否同意", votes_for=3, votes_against=1, abstentions=0)
    on_paper(paper)
    speak(without)
    without.meeting.attendances.filter(seat=principal).update(status="leave")
    absent.meeting.attendances.all().delete()
    raised = kit.decide(kit.item(school, "G14"))
    speak(raised)
    AgendaEntry.objects.filter(pk=raised.pk).update(method=BallotMethod.SHOW_OF_HANDS)
    found = rows("R57", school)
    assert answers(found) == {
        unheard.pk: "violating",
        voted.pk: "violating",
        paper.pk: "unknown",
        without.pk: "violating",
        absent.pk: "unknown",
        raised.pk: "violating",
    }
    assert found[unheard.pk]["sentence"] == "到会而意见没有记录的 1 人 ＞ 0。"
    assert found[voted.pk]["sentence"] == "方式为“听取意见后由校长决定”，票决 1 项，应由校长决定。"
    assert found[paper.pk]["missing"] == ["补录会议的意见记录"]


def test_the_minority_is_recorded(kit):
    school = kit.school(party=7)
    seats = list(party_body(school).seats.order_by("order"))

    def decide(votes, against=(), **fields):
        entry = kit.decide(kit.item(school, "A01"), votes=votes)
        AgendaEntry.objects.filter(pk=entry.pk).update(**fields)
        for stance, seat in against:
            speak(entry, [seat], stance=stance, text="测算不足。")
        return entry

    decide((7, 0, 0))
    decide((2, 5, 0), outcome="rejected")
    decide((5, 1, 1), [(Stance.DISAGREE, seats[2]), (Stance.ABSTAIN, seats[3])])
    decide((4, 3, 0), method=BallotMethod.SECRET)
    short = decide((5, 1, 1), [(Stance.DISAGREE, seats[2]), (Stance.DISAGREE, seats[2])])
    wordless = decide((6, 1, 0))
    speak(wordless, [seats[2]], stance=Stance.DISAGREE, text="")
    paper = on_paper(decide((6, 1, 0)))
    found = rows("R59", school)
    assert answers(found) == {short.pk: "violating", wordless.pk: "violating", paper.pk: "unknown"}
    assert found[short.pk]["sentence"] == "反对、弃权 2 票，记录不同意见 1 人：1 ＜ 2。"
    assert found[short.pk]["level"] == "I"
