"""Planning, sitting, concluding, papers."""

from functools import partial
from typing import Any

from decisions.models import Resolution
from governance import services as governance
from governance.choices import SeatRole
from meetings.models import AgendaEntry
from meetings.services import conclusion, deliberation, planning, records, sitting
from tests.factories import governance as make
from tests.factories.meetings import begin, list_item, plan, take_up
from tests.factories.people import person
from tests.robustness.races.items import item, stage_of
from tests.robustness.races.kit import CANCELLED, DOCUMENT, LISTED, _serial, day, twice
from tests.robustness.racing import Act


def list_in_two_meetings(c: Any) -> list[Act]:
    stage = stage_of(item(c))
    return [
        Act(
            partial(planning.add_entry, plan(c, c.admin, days=n).pk, actor=c.clerk, stage_id=stage),
            LISTED,
        )
        for n in (5, 6)
    ]


def plan_many(c: Any) -> list[Act]:
    return [Act(partial(plan, c, c.admin, days=n), ("meeting.planned",)) for n in range(5, 9)]


def noticed(c: Any) -> Any:
    meeting = plan(c, c.admin)
    list_item(c, meeting, item(c))
    return meeting


def notice(c: Any) -> list[Act]:
    return twice(partial(planning.send_notice, noticed(c).pk, actor=c.clerk), "meeting.notified")


def notice_or_cancel(c: Any) -> list[Act]:
    pk = noticed(c).pk
    return [
        Act(partial(planning.send_notice, pk, actor=c.clerk), ("meeting.notified",)),
        Act(
            partial(planning.cancel_meeting, pk, actor=c.clerk, reason="改期"),
            CANCELLED,
        ),
    ]


def start(c: Any) -> list[Act]:
    return twice(partial(sitting.start_meeting, noticed(c).pk, actor=c.clerk), "meeting.started")


def start_or_cancel(c: Any) -> list[Act]:
    pk = noticed(c).pk
    return [
        Act(partial(sitting.start_meeting, pk, actor=c.clerk), ("meeting.started",)),
        Act(
            partial(planning.cancel_meeting, pk, actor=c.clerk, reason="改期"),
            CANCELLED,
        ),
    ]


def discussed(c: Any) -> AgendaEntry:
    """An entry of 校长办公会议 ready to be concluded."""
    meeting = plan(c, c.admin)
    entry = list_item(c, meeting, item(c))
    begin(c, meeting, present=5)
    take_up(c, entry)
    entry = AgendaEntry.objects.get(pk=entry.pk)
    return deliberation.save_entry(entry.pk, actor=c.clerk, version=entry.version, decision_text="同意。")


def concluding(c: Any, entry: AgendaEntry, who: Any = None, outcome: str = "passed") -> Act:
    seals = ("stage.concluded", "entry.concluded")
    return Act(
        partial(
            conclusion.conclude_entry,
            entry.pk,
            actor=who or c.clerk,
            outcome=outcome,
            version=entry.version,
        ),
        seals,
    )


def conclude(c: Any) -> list[Act]:
    entry = discussed(c)
    return [concluding(c, entry, c.clerk), concluding(c, entry, c.principal)]


def conclude_says_who(c: Any, answers: list[Any]) -> None:
    refused = next(a for a in answers if isinstance(a, Exception))
    winner = next(a for a in answers if not isinstance(a, Exception))
    assert str(winner.concluded_by) in refused.message
    assert "通过" in refused.message


def conclude_many(c: Any) -> list[Act]:
    return [concluding(c, discussed(c)) for _ in range(3)]


def conclude_or_recuse(c: Any) -> list[Act]:
    """The sixth member came late and spoke not yet: recused before the conclusion, or not at all."""
    entry = discussed(c)
    late = entry.meeting.attendances.get(status="expected")
    sitting.set_attendance(late.pk, actor=c.clerk, status="present", version=late.version)
    entry = AgendaEntry.objects.get(pk=entry.pk)
    recuse = partial(deliberation.recuse, entry.pk, actor=c.clerk, seat_id=late.seat_id, reason="亲属")
    return [concluding(c, entry, outcome="deferred"), Act(recuse)]


def conclude_or_save(c: Any) -> list[Act]:
    entry = discussed(c)
    save = partial(
        deliberation.save_entry, entry.pk, actor=c.clerk, version=entry.version, decision_text="改过。"
    )
    return [concluding(c, entry), Act(save)]


def save_upon_one_version(c: Any) -> list[Act]:
    entry = discussed(c)
    save = partial(deliberation.save_entry, entry.pk, actor=c.clerk, version=entry.version)
    return [Act(partial(save, decision_text=text)) for text in ("甲稿", "乙稿")]


def words_are_those_concluded(c: Any, answers: list[Any]) -> None:
    """Whatever was saved last before the conclusion is what was resolved."""
    entry = AgendaEntry.objects.get(pk=next(a for a in answers if not isinstance(a, Exception)).pk)
    if entry.state == "concluded":
        assert Resolution.objects.get(stage=entry.stage).text == entry.decision_text


def conclude_or_close(c: Any) -> list[Act]:
    entry = discussed(c)
    return [
        concluding(c, entry),
        Act(partial(sitting.close_meeting, entry.meeting_id, actor=c.clerk), ("meeting.closed",)),
    ]


def conclude_or_vote_ends(c: Any) -> list[Act]:
    """The clerk's seat ends while the clerk concludes."""
    entry = discussed(c)
    seat = make.seat(c.admin, person(f"clerk{next(_serial)}", "临时秘书"), SeatRole.CLERK, since=day(-9))
    return [
        concluding(c, entry, seat.person),
        Act(partial(governance.end_seat, actor=c.secretary, seat_id=seat.pk, until=day(-1)), ("seat.ended",)),
    ]


def concluded(c: Any) -> AgendaEntry:
    entry = discussed(c)
    return conclusion.conclude_entry(entry.pk, actor=c.clerk, outcome="passed", version=entry.version)


def close(c: Any) -> list[Act]:
    return twice(partial(sitting.close_meeting, concluded(c).meeting_id, actor=c.clerk), "meeting.closed")


def close_or_attend(c: Any) -> list[Act]:
    meeting = concluded(c).meeting
    late = meeting.attendances.get(status="expected")
    attend = partial(sitting.set_attendance, late.pk, actor=c.clerk, status="present", version=late.version)
    return [Act(partial(sitting.close_meeting, meeting.pk, actor=c.clerk), ("meeting.closed",)), Act(attend)]


def closed(c: Any) -> Any:
    return sitting.close_meeting(concluded(c).meeting_id, actor=c.clerk)


SIGNED = ("record.signed",)


def sign(c: Any) -> list[Act]:
    return twice(partial(records.sign_record, closed(c).pk, actor=c.clerk, is_chair=False), *SIGNED)


def sign_both(c: Any) -> list[Act]:
    pk = closed(c).pk
    return [
        Act(partial(records.sign_record, pk, actor=c.clerk, is_chair=False), (*SIGNED, DOCUMENT)),
        Act(partial(records.sign_record, pk, actor=c.principal, is_chair=True), SIGNED),
    ]


def sign_or_supplement(c: Any) -> list[Act]:
    pk = closed(c).pk
    return [
        Act(partial(records.sign_record, pk, actor=c.clerk, is_chair=False), SIGNED),
        Act(partial(records.save_supplement, pk, actor=c.clerk, text="补记")),
    ]


def draft(c: Any) -> list[Act]:
    return twice(partial(records.draft_minutes, closed(c).pk, actor=c.clerk), times=3)


def one_draft(c: Any, answers: list[Any]) -> None:
    assert len({minutes.pk for minutes in answers}) == 1


def signed_minutes(c: Any) -> Any:
    meeting = closed(c)
    records.sign_record(meeting.pk, actor=c.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=c.principal, is_chair=True)
    return records.draft_minutes(meeting.pk, actor=c.clerk)


def issuing(c: Any, minutes: Any) -> Act:
    return Act(
        partial(records.issue_minutes, minutes.pk, actor=c.principal), (DOCUMENT, DOCUMENT, "minutes.issued")
    )


def issue(c: Any) -> list[Act]:
    return [issuing(c, signed_minutes(c))] * 3


def issue_or_return(c: Any) -> list[Act]:
    minutes = signed_minutes(c)
    records.submit_minutes(minutes.pk, actor=c.clerk)
    back = partial(records.return_minutes, minutes.pk, actor=c.principal, reason="改")
    return [issuing(c, minutes), Act(back)]


def issue_or_edit(c: Any) -> list[Act]:
    minutes = signed_minutes(c)
    edit = partial(
        records.save_minutes,
        minutes.pk,
        actor=c.clerk,
        edit_version=minutes.edit_version,
        preamble="改过的开头。",
    )
    return [issuing(c, minutes), Act(edit)]


def paper_is_what_was_issued(c: Any, answers: list[Any]) -> None:
    minutes = next(a for a in answers if not isinstance(a, Exception))
    minutes.refresh_from_db()
    if minutes.document is not None and minutes.preamble:
        assert minutes.preamble in str(minutes.document.content)


def issue_two_at_once(c: Any) -> list[Act]:
    return [issuing(c, signed_minutes(c)) for _ in range(2)]


def correct(c: Any) -> list[Act]:
    minutes = signed_minutes(c)
    records.issue_minutes(minutes.pk, actor=c.principal)
    return twice(partial(records.correct_minutes, minutes.pk, actor=c.clerk, reason="漏记"))
