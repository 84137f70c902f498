"""R33, R35, R37, R38, R43: who counts, who came, and whether the papers agree."""

from datetime import timedelta

from governance.choices import SeatRole
from governance.models import Seat
from meetings.models import AgendaEntry, Attendance, Ballot, MeetingRecord, Observer
from tests.compliance.kit import TODAY, admin_body, party_body, rows
from tests.compliance.voices import speak


def answers(found):
    return {pk: row["verdict"] for pk, row in found.items()}


def keep(entry, **figures):
    """Change figures of the snapshot an entry kept."""
    AgendaEntry.objects.filter(pk=entry.pk).update(snapshot={**entry.snapshot, **figures})
    return entry.pk


def test_due_are_the_seats_of_the_day(kit):
    school = kit.school(party=4)
    day = TODAY - timedelta(days=20)
    leaving, later = party_body(school).seats.order_by("order")[2:4]
    Seat.objects.filter(pk=leaving.pk).update(until=day)
    kit.decide(kit.item(school, "A01"), present=3, on=day)
    Seat.objects.filter(pk=later.pk).update(since=day + timedelta(days=1))
    short = kit.decide(kit.item(school, "A01"), on=day)
    Seat.objects.filter(pk=later.pk).update(since=day)
    more = keep(kit.decide(kit.item(school, "G14")), due=9)
    blank = keep(kit.decide(kit.item(school, "G14")), due=None)
    found = rows("R33", school)
    assert answers(found) == {short.pk: "violating", more: "violating", blank: "unknown"}
    assert found[short.pk]["sentence"] == "应到记为 3 人，当日在册有表决权成员 4 人：3 ＜ 4。"


def test_observers_neither_count_nor_vote(kit):
    school = kit.school(party=3, admin=2)
    body, guest = party_body(school), admin_body(school).seats.order_by("order")[1]
    named = kit.decide(kit.item(school, "A01"))
    Ballot.objects.create(tally=named.tallies.get(), seat=body.seats.first(), choice="for")
    plain = named.meeting
    Observer.objects.create(meeting=plain, person=guest.person, name="副校长", is_present=True)
    counted = kit.meeting(body)
    Attendance.objects.create(meeting=counted, seat=guest, status="present")
    twice = kit.meeting(body)
    Observer.objects.create(meeting=twice, person=body.seats.first().person, name="委员")
    voted = kit.decide(kit.item(school, "A01"))
    for seat in (guest, body.seats.first()):
        Ballot.objects.create(tally=voted.tallies.get(), seat=seat, choice="for")
    ended = kit.meeting(body)
    Seat.objects.filter(pk=body.seats.order_by("order")[2].pk).update(until=TODAY - timedelta(days=20))
    unsigned = kit.meeting(body)
    unsigned.attendances.all().delete()
    found = rows("R35", school)
    assert answers(found) == {
        counted.pk: "violating",
        twice.pk: "violating",
        voted.meeting_id: "violating",
        unsigned.pk: "unknown",
    }
    assert ended.pk not in found
    assert found[counted.pk]["sentence"] == (
        "计入应到的非成员 1 人，非成员投票 0 张，成员又登记列席 0 人：1 ＞ 0。"
    )


def test_written_opinions_are_no_votes(kit):
    school = kit.school(party=7)
    absent = party_body(school).seats.order_by("order")[6]

    def decide(text="请注意预算。", votes=(6, 0, 0)):
        entry = kit.decide(kit.item(school, "A01"), present=6, votes=votes)
        speak(entry, [absent], is_written=True, text=text)
        return entry

    decide()
    kit.decide(kit.item(school, "A01"), present=6, votes=(7, 0, 0))
    counted, empty, named, unknown = decide(votes=(7, 0, 0)), decide(text=""), decide(), decide()
    Ballot.objects.create(tally=named.tallies.get(), seat=absent, choice="for")
    unknown.tallies.update(votes_for=None)
    found = rows("R37", school)
    assert answers(found) == {
        counted.pk: "violating",
        empty.pk: "violating",
        named.pk: "violating",
        unknown.pk: "unknown",
    }
    assert found[counted.pk]["sentence"] == "缺席者书面意见 1 份；可投票 6 人，票数合计 7 票：7 ＞ 6。"


def test_papers_agree(kit):
    school = kit.school(party=7)

    def decide(came=6, **fields):
        entry = kit.decide(kit.item(school, "A01"), present=6, **fields)
        people = [{"name": "甲", "status": "到会"}] * came + [{"name": "乙", "status": "列席"}]
        MeetingRecord.objects.create(meeting=entry.meeting, content={"people": people})
        return entry

    decide()
    left = decide()
    keep(left, present=5, voters=5)
    left.tallies.update(votes_for=5)
    left.meeting.attendances.filter(seat=left.meeting.attendances.first().seat).update(
        left_at=left.concluded_at
    )
    gone = decide()
    gone.meeting.attendances.filter(seat=gone.meeting.attendances.first().seat).update(
        left_at=gone.concluded_at
    )
    unsigned = kit.decide(kit.item(school, "A01"))
    recorded, votes, late = decide(came=7), decide(votes=(7, 0, 0)), decide()
    first = late.meeting.attendances.filter(status="present").first()
    Attendance.objects.filter(pk=first.pk).update(arrived_at=late.concluded_at + timedelta(minutes=1))
    unsigned.meeting.attendances.all().delete()
    found = rows("R38", school)
    assert answers(found) == {
        recorded.meeting_id: "violating",
        votes.meeting_id: "violating",
        late.meeting_id: "violating",
        gone.meeting_id: "violating",
        unsigned.meeting_id: "unknown",
    }
    assert found[votes.meeting_id]["sentence"] == (
        "签到 6 人，会议记录载明 6 人；实到多于签到的议题 0 项，票数与可投票人数不符的表决 1 项，应均为 0。"
    )
    assert found[late.meeting_id]["evidence"]["entries_differ"] == 1


def test_somebody_of_discipline_is_there(kit):
    school = kit.school(party=4, roles=[SeatRole.MEMBER, SeatRole.MEMBER, SeatRole.DISCIPLINE_MEMBER])
    kit.decide(kit.item(school, "B01"))
    without = kit.decide(kit.item(school, "B01"), present=3)
    guest = kit.decide(kit.item(school, "B01"), present=3)
    elsewhere = kit.decide(kit.item(school, "B01"), present=3)
    for entry, of in ((guest, guest), (elsewhere, without)):
        Observer.objects.create(
            meeting=entry.meeting, entry=of, name="钱", identity="纪检干事", is_present=True
        )
    kit.decide(kit.item(school, "A01", major_classes=[]), present=3)
    unsigned = kit.decide(kit.item(school, "B01"))
    unsigned.meeting.attendances.all().delete()
    found = rows("R43", school)
    assert answers(found) == {without.pk: "violating", elsewhere.pk: "violating", unsigned.pk: "unknown"}
    assert found[without.pk]["sentence"] == "纪检委员到会 0 人，纪检人员列席 0 人：0 ＜ 1。"
