"""文书 rules: signatures and minutes within working days."""

from datetime import date

import pytest

from documents.models import IssuedDocument
from governance.choices import SeatRole
from ledger import services as ledger
from meetings.choices import MeetingMode
from meetings.models import Meeting, Minutes
from tests.compliance.kit import admin_body, at, party_body, rows, sentence, verdicts

FRIDAY = date(2026, 11, 6)


@pytest.mark.parametrize(
    ("as_of", "answer"),
    [(date(2026, 11, 11), {}), (date(2026, 11, 15), "violating"), (date(2026, 11, 12), "violating")],
)
def test_unsigned_record_after_three_working_days(kit, as_of, answer):
    school = kit.school()
    meeting = kit.meeting(admin_body(school), on=FRIDAY)
    kit.record(meeting, chair=False)
    assert verdicts("R61", school, as_of=as_of) == (answer and {meeting.pk: answer})


def test_signatures(kit):
    school = kit.school()
    signed, half, none = (kit.meeting(admin_body(school), on=FRIDAY) for _ in range(3))
    kit.record(signed)
    kit.record(half, recorder=False)
    assert verdicts("R61", school) == {half.pk: "violating", none.pk: "violating"}
    found = rows("R61", school)
    assert (
        found[none.pk]["sentence"]
        == "11月6日散会，至 11月20日已 10 个工作日，记录人、主持人未签字：10 ＞ 3。"
    )
    Meeting.objects.filter(pk=half.pk).update(parameters={})
    assert rows("R61", school)[half.pk]["missing"] == ["会议固定的纪要签发时限"]


def test_a_paper_meeting_is_signed_after_it_was_entered(kit):
    school = kit.school()
    meeting = kit.meeting(admin_body(school), on=date(2026, 3, 6), mode=MeetingMode.RETROSPECTIVE)
    Meeting.objects.filter(pk=meeting.pk).update(created_at=at(date(2026, 11, 17)))
    assert verdicts("R61", school, as_of=date(2026, 11, 20)) == {}
    assert verdicts("R61", school, as_of=date(2026, 11, 23)) == {meeting.pk: "violating"}


@pytest.mark.parametrize(
    ("issued", "answer"),
    [
        (date(2026, 11, 6), {}),
        (date(2026, 11, 11), {}),
        (date(2026, 11, 12), "violating"),
        (None, "violating"),
    ],
)
def test_minutes_within_three_working_days(kit, issued, answer):
    school = kit.school()
    entry = kit.decide(kit.item(school, "G14"), on=FRIDAY)
    kit.minutes(entry.meeting, issued=issued)
    assert verdicts("R62", school) == (answer and {entry.meeting_id: answer})


def test_minutes_count_from_the_first_issue_and_only_where_something_was_decided(kit):
    school = kit.school()
    kit.meeting(admin_body(school), on=FRIDAY)
    late = kit.decide(kit.item(school, "G14"), on=FRIDAY)
    assert verdicts("R62", school, as_of=date(2026, 11, 11)) == {}
    assert sentence("R62", school) == "11月6日散会，至 11月20日未签发，用时 10 个工作日：10 ＞ 3。"
    kit.minutes(late.meeting, issued=date(2026, 11, 9))
    late.meeting.minutes.create(
        version=2,
        correction_reason="更正",
        state="issued",
        issued_at=at(date(2026, 11, 19)),
        drafted_by=late.meeting.chair,
    )
    assert verdicts("R62", school) == {}


def test_minutes_of_a_paper_meeting_cannot_be_judged(kit):
    school = kit.school()
    entry = kit.decide(kit.item(school, "G14"), on=FRIDAY, mode=MeetingMode.RETROSPECTIVE)
    assert rows("R62", school)[entry.meeting_id]["missing"] == ["补录会议的纸质纪要签发日期"]
    kit.minutes(entry.meeting, issued=date(2026, 11, 9))
    assert verdicts("R62", school) == {}


def test_records_are_kept_by_somebody_and_complete(kit):
    school = kit.school()
    clerk = kit.person("秘书")

    def held(**fields):
        return kit.decide(kit.item(school, "G14"), on=FRIDAY, **{"recorder": clerk, **fields})

    full, alone, silent, undecided, placeless, paper = (
        held(),
        held(recorder=None),
        held(),
        held(text=""),
        held(),
        held(mode=MeetingMode.RETROSPECTIVE),
    )
    for entry in (full, alone, undecided, placeless):
        seat = entry.meeting.attendances.first().seat
        entry.statements.create(seat=seat, order=1, text="同意。", updated_by=clerk)
    Meeting.objects.filter(pk=placeless.meeting_id).update(place="")
    study = kit.meeting(admin_body(school), on=FRIDAY, recorder=clerk)
    unlisted = kit.meeting(admin_body(school), on=FRIDAY, recorder=clerk)
    unlisted.attendances.all().delete()
    found = rows("R60", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        alone.meeting_id: "violating",
        silent.meeting_id: "violating",
        undecided.meeting_id: "violating",
        placeless.meeting_id: "violating",
        paper.meeting_id: "unknown",
        unlisted.pk: "unknown",
    }
    assert study.pk not in found
    assert found[alone.meeting_id]["sentence"] == "记录人就是主持人，专人记录 0 人 ＜ 1 人。"
    assert found[silent.meeting_id]["sentence"] == "审议 1 项，没有发言记录的 1 项：1 ＞ 0。"
    assert found[placeless.meeting_id]["sentence"] == "缺地点。"


def test_minutes_are_issued_by_who_may(kit):
    school = kit.school()
    party, admin = party_body(school), admin_body(school)
    deputy = party.seats.order_by("order")[1].person

    def issued(body, by, **fields):
        minutes = kit.minutes(kit.meeting(body, on=FRIDAY, **fields), issued=date(2026, 11, 9))
        minutes.issued_by = by
        minutes.save()
        return minutes

    secretary = party.seats.get(role=SeatRole.SECRETARY).person
    principal = admin.seats.get(role=SeatRole.PRINCIPAL).person
    issued(party, secretary)
    issued(admin, principal)
    crossed = issued(party, principal)
    usurped = issued(admin, deputy)
    delegated = issued(party, deputy)
    chaired = issued(party, deputy)
    nobody = issued(party, None)
    for minutes, words in ((delegated, "书记外出，委托主持"), (chaired, "")):
        Meeting.objects.filter(pk=minutes.meeting_id).update(chair=deputy, chair_delegation=words)
    found = rows("R63", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        crossed.pk: "violating",
        usurped.pk: "violating",
        chaired.pk: "violating",
        nobody.pk: "unknown",
    }
    assert found[usurped.pk]["sentence"] == (
        "11月9日签发的校长办公会议纪要，签发人不是在任校长，也没有受委托主持：符合 0 项 ＜ 1 项。"
    )
    party.seats.filter(role=SeatRole.SECRETARY).update(until=date(2026, 11, 8))
    assert rows("R63", school)[crossed.pk]["missing"] == ["签发时书记或校长的任职"]


def document(minutes, serial, *, sealed="a" * 64):
    school = minutes.meeting.school
    made = IssuedDocument.objects.create(
        school=school,
        kind="party_minutes",
        year=2026,
        serial=serial,
        number_text=f"〔2026〕第{serial}期",
        title="纪要",
        access_scope=1,
        meeting=minutes.meeting,
        template="documents/minutes.html",
        content={},
        body_sha256="a" * 64,
        verification_code=f"CODE{serial}",
        issued_by=minutes.issued_by,
        issued_at=minutes.issued_at,
    )
    if sealed:
        ledger.append(
            school.chain_key,
            kind="document.issued",
            subject=f"documents.issueddocument:{made.pk}",
            payload={"body_sha256": sealed},
            actor=minutes.issued_by,
        )
    minutes.document = made
    minutes.save()
    return minutes


def test_issued_minutes_stand_as_they_were(kit):
    school = kit.school()

    def issued():
        return kit.minutes(kit.meeting(party_body(school), on=FRIDAY), issued=date(2026, 11, 9))

    kept = document(issued(), 1)
    changed = document(issued(), 2)
    slipped = document(issued(), 3)
    forged = document(issued(), 4, sealed="b" * 64)
    unsealed = document(issued(), 5, sealed="")
    issued()  # on paper only: nothing of the platform to compare
    changed.preamble = "改过的开头"
    changed.save()
    Minutes.objects.filter(pk=slipped.pk).update(entries=[{"entry": 1, "title": "事项", "text": "悄悄改动"}])
    found = rows("R64", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        changed.pk: "violating",
        slipped.pk: "violating",
        forged.pk: "violating",
        unsealed.pk: "unknown",
    }
    assert kept.pk not in found
    assert found[forged.pk]["sentence"] == "11月9日签发的纪要，内容摘要与存证一致 0 份 ＜ 1 份。"
    assert found[changed.pk]["evidence"]["rewritten"] == 2  # issued with a document, then changed
