"""会议记录 and 会议纪要 pages: editing, signing, issuing, correcting, and who reads them."""

import pytest
from django.urls import reverse

from meetings.models import MeetingRecord, Minutes
from meetings.services import conclusion, deliberation, invitations, sitting
from tests.meetings import scenes

SCRIPT = {"X-Desk": "1", "Accept": "application/json"}


@pytest.fixture
def meeting(cast):
    """A closed Party meeting with one passed entry."""
    entry = scenes.sitting_meeting(cast)
    scenes.say_all(cast, entry, "principal", "deputy", "vice", "vice_second", "discipline", "secretary")
    tally = entry.tallies.get()
    deliberation.save_tally(
        tally.pk, actor=cast.clerk, version=1, votes_for=6, votes_against=0, abstentions=0
    )
    entry = deliberation.save_entry(entry.pk, actor=cast.clerk, version=1, decision_text="会议同意该计划。")
    conclusion.conclude_entry(entry.pk, actor=cast.clerk, outcome="passed", version=entry.version)
    return sitting.close_meeting(entry.meeting_id, actor=cast.clerk)


def record(meeting, key: str = "") -> str:
    return (
        reverse("meetings:record_act", args=[meeting.pk, key])
        if key
        else reverse("meetings:record", args=[meeting.pk])
    )


def minutes(meeting, key: str = "") -> str:
    return (
        reverse("meetings:minutes_act", args=[meeting.pk, key])
        if key
        else reverse("meetings:minutes", args=[meeting.pk])
    )


def sign(cast, client, meeting) -> None:
    for person, key in ((cast.clerk, "sign-recorder"), (cast.secretary, "sign-chair")):
        client.force_login(person)
        assert client.post(record(meeting, key)).status_code == 302


def test_the_record_is_supplemented_then_signed_by_both(cast, client, meeting):
    client.force_login(cast.clerk)
    client.post(record(meeting, "supplement"), {"text": "会后补充附件说明。"})
    page = client.get(record(meeting)).content.decode()
    assert "会后补充附件说明。" in page and "会议同意该计划。" in page and "应到7人，实到6人" in page
    assert "记录人签字" in page and 'data-confirm="主持人签字' not in page
    assert client.post(record(meeting, "sign-chair")).status_code == 403
    sign(cast, client, meeting)
    kept = MeetingRecord.objects.get()
    assert (kept.recorder_signed_by, kept.chair_signed_by) == (cast.clerk, cast.secretary)
    assert client.post(record(meeting, "supplement"), {"text": "晚了"}).status_code == 409
    assert client.post(record(meeting, "shred")).status_code == 404
    assert "记录已签字" in client.get(record(meeting)).content.decode()


def test_no_record_before_the_meeting(cast, client):
    planned = scenes.planned(cast)
    client.force_login(cast.clerk)
    assert client.get(record(planned)).status_code == 409
    assert client.get(minutes(planned)).status_code == 200


def test_minutes_save_themselves_and_guard_their_version(cast, client, meeting):
    client.force_login(cast.clerk)
    assert client.post(minutes(meeting, "save"), {"version": 1}).status_code == 409
    client.post(minutes(meeting, "draft"))
    block = Minutes.objects.get().entries[0]["entry"]
    sent = {"version": 1, "preamble": "开头", "copy_to": "区教育工委", f"text_{block}": "会议听取了汇报。"}
    answer = client.post(minutes(meeting, "save"), sent, headers=SCRIPT)
    assert answer.json()["version"] == 2
    stale = client.post(minutes(meeting, "save"), {**sent, "preamble": "另一开头"}, headers=SCRIPT)
    assert stale.status_code == 409
    assert stale.json()["current"]["fields"]["preamble"] == "开头"
    assert stale.json()["current"]["changes"] == [{"label": "开头", "before": "另一开头", "after": "开头"}]
    long = client.post(minutes(meeting, "save"), {**sent, "version": 2, "copy_to": "长" * 201})
    assert long.status_code == 422 and "抄送不超过 200 字。" in long.content.decode()
    assert "会议听取了汇报。" in client.get(minutes(meeting)).content.decode()


def test_minutes_are_submitted_returned_issued_and_corrected(
    cast, client, meeting, django_capture_on_commit_callbacks
):
    client.force_login(cast.clerk)
    client.post(minutes(meeting, "draft"))
    client.post(minutes(meeting, "submit"))
    assert client.post(minutes(meeting, "issue")).status_code == 403
    client.force_login(cast.secretary)
    refused = client.post(minutes(meeting, "issue"))
    assert refused.status_code == 422 and "规则 R61" in refused.content.decode()
    assert client.post(minutes(meeting, "return"), {"reason": ""}).status_code == 422
    client.post(minutes(meeting, "return"), {"reason": "补写讨论情况"})
    assert Minutes.objects.get().state == "draft"
    sign(cast, client, meeting)
    page = client.get(minutes(meeting)).content.decode()
    assert 'data-confirm="签发党总支会议第1次纪要"' in page
    assert client.post(minutes(meeting, "issue")).status_code == 302
    issued = Minutes.objects.get()
    assert (issued.state, issued.issued_by) == ("issued", cast.secretary)
    page = client.get(minutes(meeting)).content.decode()
    assert "PDF 正在生成" in page and "<textarea" not in page
    assert client.post(minutes(meeting, "save"), {"version": issued.edit_version}).status_code == 409
    client.force_login(cast.clerk)
    assert client.post(minutes(meeting, "correct"), {"reason": ""}).status_code == 422
    client.post(minutes(meeting, "correct"), {"reason": "时限有误"})
    page = client.get(minutes(meeting)).content.decode()
    assert "第 2 版（更正）" in page and issued.number_text in page


def test_papers_are_hidden_from_observers_and_strangers(cast, client, meeting):
    other = scenes.planned(cast)
    invitations.add_observer(other.pk, actor=cast.clerk, name="", person=cast.finance)
    for person in (
        cast.finance,
        cast.teacher,
        cast.inspector,
        cast.other_secretary,
        cast.outsider,
        cast.ended,
    ):
        client.force_login(person)
        assert client.get(record(meeting)).status_code == 404
        assert client.get(minutes(meeting)).status_code == 404
        assert client.post(minutes(meeting, "draft")).status_code == 404
    client.force_login(cast.finance)
    assert client.get(record(other)).status_code == 404
    assert not Minutes.objects.exists()
