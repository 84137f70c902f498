"""R34, R39, R40, R41, R42: how bodies met."""

from datetime import date, timedelta

from meetings.choices import EntryKind, EntryState
from meetings.models import AgendaEntry, Meeting
from tests.compliance.kit import admin_body, at, party_body, rows, verdicts


def test_chair_by_office_or_delegation(kit):
    school = kit.school(party=4)
    body = party_body(school)
    deputy, clerk = body.seats.order_by("order")[1].person, kit.person("秘书")

    def meeting(present=None, **fields):
        made = kit.meeting(body, present=present)
        Meeting.objects.filter(pk=made.pk).update(**fields)
        return made.pk

    meeting()
    meeting(chair=deputy, chair_delegation="书记外出学习，委托主持")
    assert verdicts("R34", school) == {}
    alone, stranger = meeting(chair=deputy), meeting(chair=clerk)
    away = kit.meeting(body)
    away.attendances.filter(seat__person=away.chair).update(status="leave")
    unsigned = kit.meeting(body)
    unsigned.attendances.all().delete()
    before = kit.meeting(body, on=date(2024, 6, 3))
    found = rows("R34", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        alone: "violating",
        stranger: "violating",
        away.pk: "violating",
        unsigned.pk: "unknown",
        before.pk: "unknown",
    }
    assert found[alone]["sentence"] == "10月31日会议：主持人不是书记（校长），委托说明 0 份 ＜ 1 份。"
    assert "不是该会议有表决权的成员" in found[stranger]["sentence"]
    assert found[before.pk]["missing"] == ["当日任职", "签到记录"]


def test_days_between_meetings(kit):
    kit.parameter("meeting.admin_interval_days", 200)
    good, late, silent, empty = (kit.school(party=2, admin=1) for _ in range(4))
    for school in (good, late, silent):
        for day in (date(2026, 6, 20), date(2026, 9, 10), date(2026, 10, 11)):
            kit.meeting(party_body(school), on=day)
    kit.meeting(party_body(good), on=date(2026, 11, 11))  # 31 days, then 9
    kit.meeting(party_body(late), on=date(2026, 11, 12))  # 32 days
    for school in (good, late, silent, empty):
        kit.meeting(admin_body(school), on=date(2026, 11, 6))
    found = rows("R39", good, late, silent, empty)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        party_body(late).pk: "violating",
        party_body(silent).pk: "violating",
        party_body(empty).pk: "unknown",
    }
    assert found[party_body(late).pk]["sentence"] == (
        "9月1日起召开 3 次，11月12日的会议距上一次 32 日：32 ＞ 31。"
    )
    assert found[party_body(silent).pk]["sentence"] == (
        "9月1日起召开 2 次，10月11日以后至11月20日已 40 日未召开：40 ＞ 31。"
    )
    kit.parameter("meeting.party_interval_days", 32, school=late)
    assert verdicts("R39", late) == {}
    assert verdicts("R39", silent, as_of=date(2026, 11, 11)) == {}
    on_holiday = verdicts("R39", silent, as_of=date(2026, 8, 20))
    assert party_body(silent).pk not in on_holiday, "ten days of June, then the holidays"
    assert verdicts("R39", silent, as_of=date(2027, 2, 20))[party_body(silent).pk] == "violating"


def test_no_other_meeting_decides(kit):
    school = kit.school(party=3)
    kit.decide(kit.item(school, "A01"))
    joint = kit.decide(kit.item(school, "A01"), form="joint")
    kit.decide(kit.item(school, "A01"), form="joint", outcome="deferred")
    imported = kit.decide(kit.item(school, "A01"), form="")
    elsewhere = kit.decide(kit.item(school, "A01"), meeting=kit.meeting(admin_body(school)))
    found = rows("R40", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        joint.pk: "violating",
        imported.pk: "unknown",
        elsewhere.pk: "violating",
    }
    assert found[joint.pk]["sentence"] == (
        "在联席会议上形成决定 1 项，应为 0 项，须由应当决定的会议单独召开。"
    )


def test_one_person_two_meetings(kit):
    school, two = kit.school(party=2, admin=2, dual=True), kit.school(party=2, admin=2)
    day = date(2026, 10, 12)

    def meeting(body, on, begins, ends):
        made = kit.meeting(body, on=on)
        Meeting.objects.filter(pk=made.pk).update(started_at=at(on, begins), ended_at=at(on, ends))
        return made.pk

    def pair(school, days, begins, ends):
        on = day + timedelta(days=days)
        meeting(admin_body(school), on, 9, 10)
        return meeting(party_body(school), on, begins, ends)

    pair(school, 0, 10, 11)
    pair(school, 1, 8, 9)
    over = pair(school, 2, 9, 11)
    timeless = pair(school, 3, 11, 11)
    pair(two, 2, 9, 11)
    meeting(party_body(school), day + timedelta(days=4), 9, 9)
    assert verdicts("R41", school, two) == {over: "violating", timeless: "unknown"}
    assert rows("R41", school)[over]["sentence"] == (
        "书记、校长由一人担任，10月14日召开校长办公会议 1 次，与本次会议起止重叠 1 次：1 ＞ 0。"
    )


def test_first_topic_studied(kit):
    school, every, none = kit.school(party=2), kit.school(party=2), kit.school(party=2)
    kit.parameter("meeting.first_topic", "all", school=every)
    kit.parameter("meeting.first_topic", "none", school=none)

    def study(meeting, state=EntryState.CONCLUDED):
        AgendaEntry.objects.create(
            meeting=meeting,
            kind=EntryKind.FIRST_TOPIC,
            position=1,
            title="学习",
            state=state,
            snapshot={"due": 2, "present": 2},
        )
        return meeting

    study(kit.meeting(party_body(school)))
    listed = study(kit.meeting(party_body(school)), EntryState.WAITING)
    paper = kit.meeting(party_body(school), mode="retrospective", retrospective_reason="停电")
    for one in (school, every, none):
        kit.meeting(admin_body(one))
    kit.meeting(party_body(none))
    found = rows("R42", school, every, none)
    administration = every.meetings.get().pk
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        listed.pk: "violating",
        paper.pk: "unknown",
        administration: "violating",
    }
    assert found[listed.pk]["sentence"] == "列入第一议题 1 项，已学习 0 项 ＜ 1 项。"
    assert found[listed.pk]["level"] == "I"
