"""文书 rules: signatures and minutes within working days."""

from datetime import date

import pytest

from meetings.choices import MeetingMode
from meetings.models import Meeting
from tests.compliance.kit import admin_body, at, rows, sentence, verdicts

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
