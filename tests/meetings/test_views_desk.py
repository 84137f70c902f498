"""The recording workspace over HTTP: plain forms redirect, the script gets panels, nothing is lost."""

import json
from datetime import date

import pytest
from django.urls import reverse

from decisions.models import Task
from governance.choices import BallotMethod
from ledger.models import LedgerEntry
from meetings.models import AgendaEntry, Attendance, Recusal, Statement, Tally, TaskDraft
from meetings.services import conclusion, deliberation, invitations, planning, sitting
from tests.meetings import scenes

SCRIPT = {"X-Desk": "1", "Accept": "application/json"}


@pytest.fixture
def entry(cast) -> AgendaEntry:
    return scenes.sitting_meeting(cast)


@pytest.fixture
def clerk(cast, client):
    client.force_login(cast.clerk)
    return client


def url(entry: AgendaEntry, key: str, part: int | None = None) -> str:
    if part is None:
        return reverse("meetings:entry_act", args=[entry.meeting_id, entry.pk, key])
    return reverse("meetings:part_act", args=[entry.meeting_id, entry.pk, key, part])


def seat_of(entry: AgendaEntry, person) -> int:
    return entry.meeting.attendances.get(seat__person=person).seat_id


def desk_page(entry: AgendaEntry) -> str:
    return reverse("meetings:desk_entry", args=[entry.meeting_id, entry.pk])


def test_the_desk_shows_the_current_entry_with_its_arithmetic(clerk, entry):
    page = clerk.get(reverse("meetings:desk", args=[entry.meeting_id])).content.decode()
    assert f"议题 1　{entry.title}" in page
    assert "6<small> ／ 7 人到会</small>" in page
    assert "6 ＞ 7÷2 = 3.5" in page
    assert "尚不能形成决定" in page and "还差：表决计票、决定文字" in page
    assert "还没有发言" in page


def test_only_recorders_enter_the_desk(cast, client, entry):
    for person, status in (
        (cast.secretary, 200),
        (cast.clerk, 200),
        (cast.discipline, 403),
        (cast.teacher, 404),
    ):
        client.force_login(person)
        assert client.get(desk_page(entry)).status_code == status
    client.force_login(cast.discipline)
    answer = client.post(url(entry, "say"), {"speaker": f"s{seat_of(entry, cast.vice)}"})
    assert (answer.status_code, Statement.objects.count()) == (403, 0)


def test_an_entry_of_another_meeting_is_not_found(cast, clerk, entry):
    other = scenes.planned(cast)
    stranger = scenes.with_entry(cast, other, "A05")
    address = reverse("meetings:entry_act", args=[entry.meeting_id, stranger.pk, "open"])
    assert clerk.post(address).status_code == 404
    assert clerk.get(reverse("meetings:desk_entry", args=[entry.meeting_id, stranger.pk])).status_code == 404
    assert clerk.post(url(entry, "nothing")).status_code == 404


def test_a_statement_is_added_saved_moved_and_removed_without_script(cast, clerk, entry):
    for person in (cast.deputy, cast.vice):
        answer = clerk.post(
            url(entry, "say"),
            {"speaker": f"s{seat_of(entry, person)}", "text": f"{person}的意见", "stance": "agree"},
        )
        assert answer.status_code == 302
    first, second = Statement.objects.order_by("order")
    assert answer["Location"] == desk_page(entry) + f"#say-{second.pk}"
    assert (first.text, first.stance, second.seat.person) == ("许静的意见", "agree", cast.vice)
    clerk.post(url(entry, "say-save", first.pk), {"version": 1, "text": "改过\r\n的意见", "stance": "defer"})
    first.refresh_from_db()
    assert (first.text, first.stance, first.version, first.updated_by) == (
        "改过\r\n的意见",
        "defer",
        2,
        cast.clerk,
    )
    clerk.post(url(entry, "say-up", second.pk))
    assert list(Statement.objects.order_by("order").values_list("pk", flat=True)) == [second.pk, first.pk]
    clerk.post(url(entry, "say-remove", first.pk))
    assert list(Statement.objects.values_list("pk", flat=True)) == [second.pk]


def test_a_save_answers_the_script_with_version_and_changed_panels_only(clerk, entry):
    page = clerk.get(desk_page(entry))
    known = ",".join(f"{name}:{digest}" for name, digest in page.context["hashes"].items())
    answer = clerk.post(
        url(entry, "save"),
        {"version": 1, "decision_text": "会议同意。"},
        headers={**SCRIPT, "X-Desk-Known": known},
    ).json()
    assert answer["version"] == 2
    assert set(answer["panels"]) == {"p-vote", "p-decision", "p-checks", "p-foot"}
    assert "还差：表决计票<" in answer["panels"]["p-foot"]["html"]
    assert answer["stamp"] != page.context["desk"].stamp


def test_a_stale_save_gets_what_is_stored_and_changes_nothing(cast, clerk, entry):
    seat = seat_of(entry, cast.deputy)
    statement = deliberation.add_statement(
        entry.pk, actor=cast.clerk, seat_id=seat, text="原来", stance="agree"
    )
    deliberation.save_statement(
        statement.pk, actor=cast.secretary, text="书记改的", stance="agree", version=1
    )
    sent = {"version": 1, "text": "秘书改的", "stance": "agree"}
    answer = clerk.post(url(entry, "say-save", statement.pk), sent, headers=SCRIPT)
    assert answer.status_code == 409
    current = answer.json()["current"]
    assert current["fields"] == {"text": "书记改的", "stance": "agree"}
    assert (current["version"], current["by"]) == (2, "陈立德")
    assert current["changes"] == [{"label": "发言要点", "before": "秘书改的", "after": "书记改的"}]
    statement.refresh_from_db()
    assert (statement.text, statement.version) == ("书记改的", 2)
    page = clerk.post(url(entry, "say-save", statement.pk), sent)
    assert page.status_code == 409
    assert "秘书改的" in page.content.decode() and "书记改的" in page.content.decode()


@pytest.mark.parametrize(
    "value, words",
    [
        ("两票", "请填 0 到 999 的整数。"),
        ("-1", "请填 0 到 999 的整数。"),
        ("9999", "请填 0 到 999 的整数。"),
    ],
)
def test_a_count_that_is_no_number_is_told_plainly_and_not_lost(clerk, entry, value, words):
    tally = Tally.objects.get(entry=entry)
    sent = {"version": tally.version, "votes_for": value, "votes_against": "0", "abstentions": "0"}
    answer = clerk.post(url(entry, "tally-save", tally.pk), sent, headers=SCRIPT)
    assert (answer.status_code, answer.json()["message"]) == (422, words)
    page = clerk.post(url(entry, "tally-save", tally.pk), sent)
    assert page.status_code == 422 and words in page.content.decode()
    tally.refresh_from_db()
    assert (tally.votes_for, tally.version) == (None, 1)


def test_counting_shows_the_result_at_once(cast, clerk, entry):
    scenes.say_all(cast, entry, "principal", "deputy", "vice", "vice_second", "discipline", "secretary")
    tally = Tally.objects.get(entry=entry)
    deliberation.save_entry(entry.pk, actor=cast.clerk, version=1, decision_text="会议同意。")
    sent = {"version": 1, "votes_for": "3", "votes_against": "3", "abstentions": "0"}
    foot = clerk.post(url(entry, "tally-save", tally.pk), sent, headers=SCRIPT).json()["panels"]["p-foot"][
        "html"
    ]
    assert "结论：未通过" in foot and "3 不大于 7÷2 = 3.5" in foot and "记为否决" in foot
    sent = {"version": 2, "votes_for": "4", "votes_against": "2", "abstentions": "0"}
    answer = clerk.post(url(entry, "tally-save", tally.pk), sent, headers=SCRIPT).json()
    assert "结论：通过" in answer["panels"]["p-foot"]["html"]
    assert "到会、票数、末位表态均符合规则" in answer["panels"]["p-foot"]["html"]
    assert "4 ＞ 7÷2 = 3.5" in answer["panels"]["p-vote"]["html"]


def test_a_refused_conclusion_names_every_blocker_in_place_and_writes_nothing(clerk, entry):
    before = LedgerEntry.objects.count()
    answer = clerk.post(
        url(entry, "conclude"),
        {"outcome": "passed", "version": 1},
        headers={"X-Desk": "1", "HX-Request": "true", "Accept": "text/html"},
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "表决计票" in text and "决定文字" in text and "规则 R53" in text and "规则 R60" in text
    entry.refresh_from_db()
    assert (entry.state, entry.outcome, LedgerEntry.objects.count()) == ("deliberating", "", before)


def test_conclusion_goes_on_with_the_next_entry(cast, clerk):
    meeting = scenes.planned(cast)
    first, second = (scenes.with_entry(cast, meeting, code) for code in ("A02", "A05"))
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    scenes.sign_in(cast, meeting, *scenes.PARTY_SIX)
    deliberation.open_entry(first.pk, actor=cast.clerk)
    answer = clerk.post(url(first, "conclude"), {"outcome": "deferred", "version": 1}, headers=SCRIPT).json()
    assert answer == {"go": desk_page(second)}
    assert list(AgendaEntry.objects.order_by("position").values_list("state", "outcome")) == [
        ("concluded", "deferred"),
        ("deliberating", ""),
    ]
    shown = clerk.get(desk_page(first)).content.decode()
    assert "结论：缓议" in shown and "内容已固定" in shown and "data-save" not in shown


def test_a_second_recorder_sees_who_concluded(cast, clerk, entry):
    conclusion.conclude_entry(entry.pk, actor=cast.secretary, outcome="deferred", version=1)
    answer = clerk.post(url(entry, "conclude"), {"outcome": "deferred", "version": 1})
    assert answer.status_code == 409
    assert "已由陈立德于" in answer.content.decode()
    late = clerk.post(url(entry, "save"), {"version": 1, "decision_text": "迟到的文字"}, headers=SCRIPT)
    assert late.status_code == 409 and "现为“已审议”，由陈立德结束，不能修改记录" in late.json()["message"]


def test_recusal_with_one_press_and_no_vote_afterwards(cast, clerk, entry):
    seat = seat_of(entry, cast.vice)
    assert clerk.post(url(entry, "recuse"), {"seat": seat, "reason": ""}, headers=SCRIPT).status_code == 422
    answer = clerk.post(
        url(entry, "recuse"), {"seat": seat, "reason": "与人选有亲属关系"}, headers=SCRIPT
    ).json()
    assert "赵明川已回避" in answer["panels"]["p-head"]["html"]
    assert "回避中" in answer["panels"]["p-roll"]["html"]
    refused = clerk.post(url(entry, "say"), {"speaker": f"s{seat}"}, headers=SCRIPT)
    assert refused.status_code == 409 and refused.json()["message"] == "赵明川已回避，不参加讨论。"
    clerk.post(url(entry, "recusal-end", Recusal.objects.get().pk))
    assert not Recusal.objects.exists()


def test_attendance_marks_are_guarded_by_version_and_reason(cast, clerk, entry):
    row = Attendance.objects.get(meeting=entry.meeting, seat__person=cast.organizer)
    address = reverse("meetings:attendance", args=[entry.meeting_id, row.pk])
    sent = {"entry": entry.pk, "version": row.version, "status": "leave", "reason": ""}
    assert (
        clerk.post(address, sent, headers=SCRIPT).json()["message"] == "请填写请假原因，例如“市委党校学习”。"
    )
    answer = clerk.post(address, {**sent, "reason": "市委党校学习"}, headers=SCRIPT).json()
    assert "何素云请假：市委党校学习。" in answer["panels"]["p-roll"]["html"]
    stale = clerk.post(address, {**sent, "status": "present"}, headers=SCRIPT)
    assert stale.status_code == 409 and stale.json()["current"]["fields"]["status"] == "leave"
    assert clerk.post(address, {**sent, "status": "asleep"}, headers=SCRIPT).status_code == 422
    row.refresh_from_db()
    assert (row.status, row.reason, row.version) == ("leave", "市委党校学习", 2)
    written = {"speaker": f"s{row.seat_id}", "is_written": "1", "text": "书面同意"}
    clerk.post(url(entry, "say"), written)
    assert Statement.objects.get().is_written
    present = {"entry": entry.pk, "version": 2, "status": "present", "at": "14:52"}
    clerk.post(address, present, headers=SCRIPT)
    row.refresh_from_db()
    assert row.status == "present"
    left = clerk.post(address, {"entry": entry.pk, "version": 3, "status": "leave_room"}, headers=SCRIPT)
    assert left.status_code == 200


def test_everybody_signs_in_at_once(cast, clerk):
    meeting = scenes.planned(cast)
    scenes.with_entry(cast, meeting)
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    clerk.post(reverse("meetings:attendance_all", args=[meeting.pk]))
    assert set(meeting.attendances.values_list("status", flat=True)) == {"present"}


def test_named_vote_counts_itself(cast, clerk, entry):
    clerk.post(url(entry, "save"), {"version": 1, "method": BallotMethod.NAMED})
    tally = Tally.objects.get(entry=entry)
    page = clerk.get(desk_page(entry)).content.decode()
    assert f'name="seat_{seat_of(entry, cast.vice)}"' in page
    sent = {"version": 1} | {
        f"seat_{seat_of(entry, getattr(cast, name))}": "for" if name != "vice" else "against"
        for name in scenes.PARTY_SIX
    }
    answer = clerk.post(url(entry, "ballots", tally.pk), sent, headers=SCRIPT)
    assert answer.json()["version"] == 2
    tally.refresh_from_db()
    assert (tally.votes_for, tally.votes_against, tally.abstentions) == (5, 1, 0)
    absent = {"version": 2, f"seat_{seat_of(entry, cast.organizer)}": "for"}
    assert clerk.post(url(entry, "ballots", tally.pk), absent, headers=SCRIPT).status_code == 409


def test_questions_are_voted_one_by_one(clerk, entry):
    assert clerk.post(url(entry, "tally-add"), {"question": ""}, headers=SCRIPT).status_code == 422
    clerk.post(url(entry, "tally-add"), {"question": "第二项"})
    page = clerk.get(desk_page(entry)).content.decode()
    assert "逐项表决" in page and "2. 第二项" in page


def test_a_task_without_owner_comes_back_with_what_was_typed(cast, clerk, entry):
    sent = {
        "title": "发布公示",
        "owner": "",
        "due_on": "2020-01-01",
        "report_every_days": "14",
        "requirement": "五个工作日",
    }
    page = clerk.post(url(entry, "task-add"), sent)
    text = page.content.decode()
    assert page.status_code == 422
    assert "时限不能早于今天。" in text and "发布公示" in text and "五个工作日" in text
    assert not TaskDraft.objects.exists()
    clerk.post(
        url(entry, "task-add"),
        {**sent, "owner": cast.organizer.pk, "due_on": "2099-01-01", "helpers": [cast.vice.pk]},
    )
    draft = TaskDraft.objects.get()
    assert (draft.owner, list(draft.helpers.all())) == (cast.organizer, [cast.vice])
    clerk.post(url(entry, "task-remove", draft.pk))
    assert not TaskDraft.objects.exists()


@pytest.mark.parametrize(("outcome", "issued"), [("deferred", 1), ("returned", 1), ("withdrawn", 0)])
def test_tasks_follow_unless_the_matter_ends(cast, clerk, entry, outcome, issued):
    """缓议 may ask for work before the matter comes back; a withdrawn matter asks for none."""
    sent = {
        "title": "发布公示",
        "owner": cast.organizer.pk,
        "due_on": "2099-01-01",
        "report_every_days": "14",
    }
    clerk.post(url(entry, "task-add"), sent)
    clerk.post(url(entry, "conclude"), {"outcome": outcome, "version": 1})
    assert (TaskDraft.objects.count(), Task.objects.count()) == (1, issued)


def test_polling_is_silent_while_nothing_changes(cast, clerk, entry):
    page = clerk.get(desk_page(entry))
    address = reverse("meetings:desk_changes_entry", args=[entry.meeting_id, entry.pk])
    stamp = page.context["desk"].stamp
    assert clerk.get(address, {"stamp": stamp}).status_code == 304
    known = ",".join(f"{name}:{digest}" for name, digest in page.context["hashes"].items())
    scenes.say_all(cast, entry, "deputy")
    changed = clerk.get(address, {"stamp": stamp}, headers={"X-Desk-Known": known}).json()
    assert "p-talk" in changed["panels"] and "p-decision" not in changed["panels"]
    draft = deliberation.add_task_draft(
        entry.pk, actor=cast.clerk, title="任务", owner=cast.vice, due_on=date(2099, 1, 1)
    )
    assert clerk.get(address, {"stamp": changed["stamp"]}).status_code == 200
    deliberation.remove_task_draft(draft.pk, actor=cast.clerk)
    observer = invitations.add_observer(entry.meeting_id, actor=cast.clerk, name="周律师")
    latest = clerk.get(address, {"stamp": "none"}).json()["stamp"]
    clerk.post(
        reverse("meetings:observer_presence", args=[entry.meeting_id, observer.pk]), {"is_present": "1"}
    )
    assert clerk.get(address, {"stamp": latest}).status_code == 200


def test_the_page_leaves_when_the_meeting_is_closed_elsewhere(cast, clerk, entry):
    conclusion.conclude_entry(entry.pk, actor=cast.clerk, outcome="deferred", version=1)
    sitting.close_meeting(entry.meeting_id, actor=cast.clerk)
    detail = reverse("meetings:meeting_detail", args=[entry.meeting_id])
    changed = clerk.get(reverse("meetings:desk_changes", args=[entry.meeting_id]))
    assert changed.json() == {"gone": detail}
    assert clerk.get(desk_page(entry))["Location"] == detail


def test_principal_decides_without_vote_boxes(cast, clerk):
    meeting = scenes.planned(cast, "admin")
    item = scenes.make_item(cast, "G03")
    entry = planning.add_entry(meeting.pk, actor=cast.clerk, stage_id=item.current_stage_id)
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    clerk.post(reverse("meetings:attendance_all", args=[meeting.pk]))
    clerk.post(url(entry, "open"))
    page = clerk.get(desk_page(entry)).content.decode()
    assert "校长决定" in page and "赞成票数" not in page and "听取意见后由校长作出，不票决" in page


def test_a_restricted_entry_does_not_leak_to_an_observer(cast, client):
    meeting = scenes.planned(cast)
    secret = scenes.with_entry(cast, meeting, "B01", title="保密人选")
    invitations.add_observer(meeting.pk, actor=cast.clerk, name="", person=cast.finance, entry_id=None)
    client.force_login(cast.finance)
    page = client.get(reverse("meetings:meeting_detail", args=[meeting.pk]))
    assert page.status_code == 200
    assert "保密人选" not in page.content.decode()
    assert client.get(desk_page(secret)).status_code == 403


def test_panels_carry_no_other_token_into_their_hash(clerk, entry):
    first, second = (clerk.get(desk_page(entry)).context["hashes"] for _ in range(2))
    assert first == second
    assert json.dumps(first)
