"""公示, 复议 and 紧急处置: the worlds behind R13, R65 and R74–R76."""

from datetime import date, timedelta

from decisions.choices import ItemState, NoticeConclusion, Purpose, ReconsiderationState, ResolutionState
from decisions.models import (
    EmergencyAction,
    PublicNotice,
    Reconsideration,
    ReconsiderationSecond,
    Resolution,
    Stage,
)
from governance.choices import AccessScope
from meetings.choices import MeetingMode
from meetings.models import AgendaEntry
from tests.compliance.kit import at, party_body, rows, verdicts

MONDAY = date(2026, 11, 2)  # TODAY is Friday, 20 November


def notice(resolution, since, until, **fields):
    concluded = {"concluded_at": at(until + timedelta(days=1))} if fields.get("conclusion") else {}
    return PublicNotice.objects.create(
        school=resolution.school,
        item=resolution.item,
        resolution=resolution,
        since=since,
        until=until,
        place="公开栏",
        channel="纪检委员",
        published_by=resolution.item.proposer,
        **fields,
        **concluded,
    )


def resolved(kit, school, code, **fields):
    return kit.decide(kit.item(school, code), on=date(2026, 10, 30), **fields).stage.resolution


def test_notices_last_their_working_days(kit):
    school = kit.school()
    full, short, early, stopped, untold, closed, paper, award = (
        resolved(kit, school, code, mode=mode)
        for code, mode in [
            *[("B01", MeetingMode.LIVE)] * 6,
            ("B01", MeetingMode.RETROSPECTIVE),
            ("B11", MeetingMode.LIVE),
        ]
    )
    clear = NoticeConclusion.CLEAR
    notice(full, MONDAY, date(2026, 11, 6), conclusion=clear, effective_on=date(2026, 11, 7))
    notice(short, MONDAY, date(2026, 11, 5), conclusion=clear)
    notice(early, MONDAY, date(2026, 11, 6), conclusion=clear, effective_on=date(2026, 11, 6))
    notice(stopped, MONDAY, date(2026, 11, 6), conclusion=clear, effective_on=date(2026, 11, 3))
    notice(stopped, date(2026, 11, 9), date(2026, 11, 10), conclusion=NoticeConclusion.UPHELD)
    closed.item.state, closed.item.completed_at = ItemState.COMPLETED, at(date(2026, 11, 12))
    closed.item.save()
    notice(award, MONDAY, date(2026, 11, 6))
    resolved(kit, school, "G14")  # nothing to make public
    found = rows("R65", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        short.pk: "violating",
        early.pk: "violating",
        closed.pk: "violating",
        untold.pk: "unknown",
        paper.pk: "unknown",
    }
    assert found[short.pk]["sentence"] == "2026年11月2日至2026年11月5日公示 4 个工作日：4 ＜ 5。"
    assert found[early.pk]["sentence"] == (
        "公示截止 2026年11月6日，2026年11月6日已任职、执行或办结，不晚于截止日。"
    )
    assert found[closed.pk]["sentence"] == "2026年11月12日已任职、执行或办结，公示 0 个工作日 ＜ 5。"
    assert found[untold.pk]["missing"] == ["公示起止日期"]
    kit.parameter("notice.workdays", 4)  # for cadres; other matters keep the days of their entry
    assert set(verdicts("R65", school)) == {early.pk, closed.pk, untold.pk, paper.pk}


def again(
    kit, resolution, *, seconds, change=True, on=date(2026, 11, 10), taken_up=date(2026, 11, 4), **fields
):
    """A reconsideration taken up, with so many seconds, and the decision of its round."""
    item = resolution.item
    made = Reconsideration.objects.create(
        school=item.school,
        item=item,
        resolution=resolution,
        reason="情况有变",
        change="改。",
        state=ReconsiderationState.CHANGED,
        requested_by=item.proposer,
        decided_by=item.proposer,
        decided_at=at(taken_up),
        round=2,
    )
    for seat in party_body(item.school).seats.order_by("order")[:seconds]:
        row = ReconsiderationSecond.objects.create(reconsideration=made, seat=seat)
        ReconsiderationSecond.objects.filter(pk=row.pk).update(at=at(taken_up - timedelta(days=1)))
    if change:
        replace(kit, resolution, on=on, **fields)
    return made


def replace(kit, resolution, *, on=date(2026, 11, 10), **fields):
    """The next round decides anew and supersedes the resolution, with or without a reconsideration."""
    item = resolution.item
    resolution.state = ResolutionState.SUPERSEDED
    resolution.save()
    item.round = 2
    item.save()
    Stage.objects.create(
        school=item.school,
        item=item,
        body=fields.pop("body", resolution.stage.body),
        round=2,
        position=1,
        purpose=Purpose.DECIDE,
    )
    kit.conclude(item, on=on, **fields)
    later = Resolution.objects.get(item=item, state=ResolutionState.IN_FORCE)
    later.supersedes = resolution
    later.save()
    return later


def test_resolutions_change_by_reconsideration(kit):
    school = kit.school()
    kept, changed, same_day, silent, late, dropped, paper, elsewhere = (
        resolved(kit, school, "A01") for _ in range(8)
    )
    again(kit, changed, seconds=4)
    again(kit, same_day, seconds=4, taken_up=date(2026, 11, 10))
    replace(kit, silent)
    again(kit, late, seconds=4, taken_up=date(2026, 11, 11))
    dropped.state = ResolutionState.SUPERSEDED
    dropped.save()
    replace(kit, paper, mode=MeetingMode.RETROSPECTIVE)
    again(kit, elsewhere, seconds=4, body=school.bodies.get(kind="admin"))
    found = rows("R74", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        silent.pk: "violating",
        late.pk: "violating",
        dropped.pk: "violating",
        elsewhere.pk: "violating",
        paper.pk: "unknown",
    }
    assert kept.pk not in found
    assert found[silent.pk]["sentence"] == "原决议2026年11月10日变更，此前经受理的复议 0 次 ＜ 1 次。"
    assert found[dropped.pk]["sentence"] == (
        "原决议已停止执行，没有新的决议，此前经受理的复议 0 次 ＜ 1 次。"
    )


def test_reconsideration_needs_more_than_half_and_no_lower_thresholds(kit):
    school, even, empty = kit.school(), kit.school(party=6), kit.school(party=1)
    enough = again(kit, resolved(kit, school, "A01"), seconds=4)
    few = again(kit, resolved(kit, school, "A01"), seconds=3, change=False)
    half = again(kit, resolved(kit, even, "A01"), seconds=3, change=False)
    cadre = resolved(kit, school, "B03")
    stricter = resolved(kit, school, "B03")
    assert {cadre.item.catalogue_entry.attendance} == {"t"}
    fewer = again(kit, cadre, seconds=5)
    lowered = AgendaEntry.objects.get(stage__item=cadre.item, stage__round=2)
    lowered.snapshot["quorum"]["share"] = [1, 2]
    lowered.save()
    again(kit, stricter, seconds=5)
    nobody = again(kit, resolved(kit, empty, "A01"), seconds=0, change=False)
    party_body(empty).seats.update(until=date(2026, 11, 3))
    # A seat that ended before the reconsideration was taken up neither counts nor seconds.
    found = rows("R75", school, even, empty)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        few.pk: "violating",
        half.pk: "violating",
        fewer.pk: "violating",
        nobody.pk: "unknown",
    }
    assert enough.pk not in found
    assert found[half.pk]["sentence"] == ("2026年11月4日受理时附议 3 人，成员 6 人：3 不大于 6÷2 = 3。")
    assert found[fewer.pk]["sentence"] == "原决定到会门槛 2/3，复议 1/2：1/2 ＜ 2/3。"


def urgent(item, on, **fields):
    return EmergencyAction.objects.create(
        school=item.school,
        item=item,
        decided_by=item.proposer,
        happened_at=at(on, 20),
        reason="暴雨积水",
        measures="停课一天",
        recorded_by=item.proposer,
        **fields,
    )


def test_emergencies_are_put_to_the_next_party_meeting(kit):
    school, idle = kit.school(), kit.school()
    day = date(2026, 11, 3)
    prompt, last_day, too_late, forgotten = (kit.item(school, "A01") for _ in range(4))
    waiting = kit.item(idle, "A01")
    in_time = urgent(prompt, day)
    kit.conclude(prompt, on=day + timedelta(days=6))
    on_the_day = urgent(last_day, day + timedelta(days=6))
    kit.conclude(last_day, on=day + timedelta(days=13))
    slow = urgent(too_late, day + timedelta(days=8))
    kit.conclude(too_late, on=day + timedelta(days=16))
    left = urgent(forgotten, day + timedelta(days=12))
    fresh = urgent(waiting, date(2026, 11, 13))
    found = rows("R76", school, idle)
    assert {pk: row["verdict"] for pk, row in found.items()} == {slow.pk: "violating", left.pk: "violating"}
    assert {in_time.pk, on_the_day.pk, fresh.pk}.isdisjoint(found)
    assert found[slow.pk]["sentence"] == (
        "2026年11月11日紧急处置，2026年11月19日补议，已 8 日：8 ＞ 7；其间党组织会议 1 次没有补议：1 ＞ 0。"
    )
    assert found[left.pk]["sentence"] == (
        "2026年11月15日紧急处置，至 2026年11月20日未补议，其间党组织会议 2 次没有补议：2 ＞ 0。"
    )
    assert verdicts("R76", idle, as_of=date(2026, 11, 21)) == {fresh.pk: "violating"}
    assert left.item.access_scope == AccessScope.INTERNAL


def test_an_emergency_stands_in_for_the_proposal(kit):
    school = kit.school()
    plain, hurried, afterwards = (kit.item(school, "G01") for _ in range(3))
    urgent(hurried, date(2026, 10, 29))
    urgent(afterwards, date(2026, 11, 1))
    entries = [kit.decide(item, on=date(2026, 10, 30)) for item in (plain, hurried, afterwards)]
    assert verdicts("R13", school) == {entries[0].pk: "violating", entries[2].pk: "violating"}
