"""议题 rules: what had to happen before the meeting."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decisions.choices import Disagreement, Purpose
from governance.choices import PrerequisiteKind
from meetings.choices import MeetingMode
from meetings.models import Meeting
from tests.compliance.kit import TODAY, at, rows, sentence, verdicts

HELD = TODAY - timedelta(days=20)


def ago(days):
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(("days", "answer"), [(0, None), (90, None), (91, "violating")])
def test_proposed_not_too_long_ago(kit, days, answer):
    school = kit.school()
    item = kit.item(school)
    kit.conclude(item, Purpose.PROPOSE, on=HELD - timedelta(days=days))
    entry = kit.conclude(item, on=HELD)
    assert verdicts("R13", school) == ({entry.pk: answer} if answer else {})


def test_never_proposed_or_rejected_or_later(kit):
    school = kit.school()
    never = kit.conclude(kit.item(school))
    refused_item = kit.item(school)
    kit.conclude(refused_item, Purpose.PROPOSE, outcome="rejected", on=ago(25))
    refused = kit.conclude(refused_item)
    late_item = kit.item(school)
    late = kit.conclude(late_item, on=HELD)
    kit.conclude(late_item, Purpose.PROPOSE, on=ago(10))
    kit.conclude(kit.item(school, "A01"))  # route P needs no proposal
    assert verdicts("R13", school) == dict.fromkeys((never.pk, refused.pk, late.pk), "violating")


def test_proposal_age_is_explained(kit):
    school = kit.school()
    item = kit.item(school)
    kit.conclude(item, Purpose.PROPOSE, on=ago(120))
    kit.conclude(item, on=HELD)
    assert sentence("R13", school) == (
        "校长办公会议 2026年7月23日提出，至 2026年10月31日决定已 100 日：100 ＞ 90，应重新研究提出。"
    )


def test_proposal_cannot_be_judged_without_the_pinned_days(kit):
    school = kit.school()
    item = kit.item(school)
    kit.conclude(item, Purpose.PROPOSE, on=ago(25))
    entry = kit.conclude(item)
    Meeting.objects.update(parameters={})
    assert rows("R13", school)[entry.pk]["missing"] == ["会议固定的提出有效期"]


def test_research_and_proposal(kit):
    school = kit.school()
    good, same_day, late, void, no_text = (kit.item(school, "A01") for _ in range(5))
    bad = kit.item(school, "A01", proposal="")
    kit.evidence(good, PrerequisiteKind.RESEARCH)
    kit.evidence(same_day, PrerequisiteKind.RESEARCH, on=HELD)
    kit.evidence(late, PrerequisiteKind.RESEARCH, on=HELD + timedelta(days=1))
    kit.evidence(void, PrerequisiteKind.RESEARCH, is_void=True)
    kit.evidence(bad, PrerequisiteKind.RESEARCH)
    entries = {item.pk: kit.decide(item, on=HELD) for item in (good, same_day, late, void, no_text, bad)}
    assert verdicts("R16", school) == {
        entries[item.pk].pk: "violating" for item in (late, void, no_text, bad)
    }


def test_papers_of_a_meeting_entered_afterwards_are_asked_for(kit):
    school = kit.school()
    item = kit.item(school, "A01")
    entry = kit.decide(item, mode=MeetingMode.RETROSPECTIVE, on=HELD)
    assert rows("R16", school)[entry.pk]["missing"] == ["补录会议的调研和方案材料"]
    assert verdicts("R17", school) == {entry.pk: "unknown"}
    kit.evidence(item, PrerequisiteKind.RESEARCH)
    kit.consult(item)
    assert verdicts("R16", school) == {} == verdicts("R17", school)


def test_consulted_without_major_dispute(kit):
    school = kit.school()
    good, disputed, settled, late, never = (kit.item(school, "A01") for _ in range(5))
    kit.consult(good)
    kit.consult(disputed, disagreement=Disagreement.MAJOR)
    kit.consult(settled, on=ago(30), disagreement=Disagreement.MAJOR)
    kit.consult(settled)
    kit.consult(late, on=HELD)  # at nine, when the meeting began
    entries = [kit.decide(item, on=HELD) for item in (good, disputed, settled, late, never)]
    found = rows("R17", school)
    assert set(found) == {entries[1].pk, entries[3].pk, entries[4].pk}
    assert found[entries[1].pk]["sentence"] == (
        "2026年10月31日会议前沟通 1 次，其中有重大分歧 1 次；就上会方案取得一致的沟通 0 次 ＜ 1 次。"
    )


def test_consultation_on_an_older_proposal_does_not_count(kit):
    school = kit.school()
    item = kit.item(school, "A01")
    kit.consult(item)
    entry = kit.decide(item, on=HELD)
    type(item).objects.filter(pk=item.pk).update(proposal_version=2, proposal_revised_at=at(ago(22)))
    assert verdicts("R17", school) == {entry.pk: "violating"}
    type(item).objects.filter(pk=item.pk).update(proposal_revised_at=at(ago(1)))
    assert verdicts("R17", school) == {}


def test_consultation_with_oneself_does_not_count(kit):
    school = kit.school(dual=True)
    item = kit.item(school, "A01")
    talk = kit.consult(item)
    entry = kit.decide(item)
    assert verdicts("R17", school) == {}
    talk.counterpart = talk.secretary
    talk.save()
    assert verdicts("R17", school) == {entry.pk: "violating"}


def test_interests_heard_and_approved(kit):
    school = kit.school()
    full, heard, silent, adverse = (kit.item(school, "B08") for _ in range(4))
    for item in (full, heard, adverse):
        kit.evidence(item, PrerequisiteKind.OPINION)
    kit.evidence(full, PrerequisiteKind.CONGRESS, result="approved")
    kit.evidence(heard, PrerequisiteKind.CONGRESS, result="heard")
    kit.evidence(adverse, PrerequisiteKind.CONGRESS, result="unfavourable")
    entries = [kit.decide(item) for item in (full, heard, silent, adverse)]
    found = rows("R20", school)
    assert set(found) == {entry.pk for entry in entries[1:]}
    assert found[entries[1].pk]["sentence"] == (
        "教代会听取意见 1 次，讨论通过 0 次 ＜ 1 次，听取意见不能代替讨论通过。"
    )
    assert found[entries[2].pk]["sentence"] == "会前征求意见 0 次 ＜ 1 次；教代会程序 0 次 ＜ 1 次。"


def test_interests_on_route_a_and_on_paper(kit):
    school = kit.school()
    decided = kit.decide(kit.item(school, "F04"))
    paper = kit.decide(kit.item(school, "B11"), mode=MeetingMode.RETROSPECTIVE)
    kit.decide(kit.item(school, "G14"))
    assert verdicts("R20", school) == {decided.pk: "violating", paper.pk: "unknown"}
    assert timezone.localtime(decided.meeting.started_at).date() == HELD
