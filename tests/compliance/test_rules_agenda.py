"""议题 rules from proposal to agenda: R10–R12, R14, R15, R24–R27. One world per rule."""

from datetime import timedelta

from decisions.choices import Purpose, StageState
from decisions.models import DecisionItem, Stage
from governance.choices import PrerequisiteKind, SeatRole
from governance.models import Portfolio
from meetings.choices import MeetingMode
from meetings.models import AgendaEntry, Meeting
from tests.compliance.kit import SINCE, TODAY, admin_body, at, party_body, rows, verdicts

HELD = TODAY - timedelta(days=20)  # 2026-10-31
PAPER = {"mode": MeetingMode.RETROSPECTIVE}


def ago(days):
    return TODAY - timedelta(days=days)


def found_in(code, *schools, **kw):
    found = rows(code, *schools, **kw)
    return found, {pk: row["verdict"] for pk, row in found.items()}


def test_the_proposer_is_a_leader_on_the_day(kit):
    school = kit.school()
    clerk, past, member = (kit.person(name) for name in ("罗敏", "前副校长", "党员"))
    kit.seat(party_body(school), clerk, SeatRole.CLERK)
    kit.seat(admin_body(school), past, SeatRole.VICE_PRINCIPAL, until=ago(60))
    small = kit.school(committee=False)
    kit.seat(party_body(small), member, SeatRole.PARTY_MEMBER)
    good, by_clerk, last_day, after, undated, draft = (kit.item(school) for _ in range(6))
    by_member = kit.item(small)
    DecisionItem.objects.filter(pk=by_clerk.pk).update(proposer=clerk)
    DecisionItem.objects.filter(pk=last_day.pk).update(proposer=past)
    DecisionItem.objects.filter(pk=after.pk).update(proposer=past, submitted_at=at(ago(59)))
    DecisionItem.objects.filter(pk=undated.pk).update(submitted_at=None, created_at=at(ago(50)))
    DecisionItem.objects.filter(pk=draft.pk).update(state="draft", proposer=clerk)
    DecisionItem.objects.filter(pk=by_member.pk).update(proposer=member)
    found, answer = found_in("R10", school, small)
    assert answer == {
        by_clerk.pk: "violating",
        after.pk: "violating",
        by_member.pk: "violating",
        undated.pk: "unknown",
    }
    assert good.pk not in found
    assert found[after.pk]["sentence"] == "2026年9月22日申报，提出人当日在领导班子任职 0 项 ＜ 1 项。"
    assert verdicts("R10", school, as_of=ago(70)) == {}


def test_the_chair_confirms_before_the_notice(kit):
    school = kit.school()
    secretary, other = (s.person for s in party_body(school).seats.all()[:2])
    principal = admin_body(school).seats.get(role=SeatRole.PRINCIPAL).person

    in_time = ago(24)

    def decided(code="A01", by=secretary, when=in_time, hour=9, **fields):
        item = kit.item(school, code)
        purpose = Purpose.DEPLOY if code == "G14" else Purpose.DECIDE
        moment = at(when, hour) if when else None
        item.stages.filter(purpose=purpose).update(confirmed_by=by, confirmed_at=moment)
        return kit.decide(item, on=HELD, **fields)

    ok = [
        decided(),
        decided("G14", principal),
        decided(when=ago(23)),  # with the notice, which goes out three days ahead at nine
        decided(when=ago(21), entry_fields={"is_ad_hoc": True, "ad_hoc_reason": "汛情"}),
    ]
    bad = [
        decided(by=None, when=None),
        decided(by=other),
        decided("G14"),
        decided(when=ago(23), hour=10),
        decided(when=ago(19), entry_fields={"is_ad_hoc": True, "ad_hoc_reason": "汛情"}),
    ]
    paper = decided(when=ago(1), **PAPER)
    found, answer = found_in("R11", school)
    assert answer == {**{entry.pk: "violating" for entry in bad}, paper.pk: "unknown"}
    assert not {entry.pk for entry in ok} & set(found)
    assert found[bad[3].pk]["sentence"] == "10月28日 10:00确定议题，晚于 10月28日 09:00 会议通知。"
    assert found[bad[2].pk]["sentence"] == "10月27日 09:00确定议题，确定人当日不是校长。"


def test_matters_go_by_the_list(kit):
    school, other = kit.school(), kit.school()
    good, lacking, wrong_route, foreign, wrong_body, paper = (kit.item(school, "G01") for _ in range(6))
    for item in (good, wrong_route, foreign, wrong_body):
        kit.evidence(item, PrerequisiteKind.BUDGET)
    entries = [kit.decide(item, on=HELD) for item in (good, lacking, wrong_route, foreign)]
    DecisionItem.objects.filter(pk=wrong_route.pk).update(route="P")
    DecisionItem.objects.filter(pk=foreign.pk).update(catalogue_entry=kit.entry(other, "G01"))
    entries.append(kit.decide(wrong_body, meeting=kit.meeting(admin_body(school), on=HELD)))
    entries.append(kit.decide(paper, on=HELD, **PAPER))
    kit.conclude(kit.item(school, "G01"), Purpose.PROPOSE, on=HELD)  # only proposed: nothing asked yet
    found, answer = found_in("R12", school)
    assert answer == {
        **{entry.pk: "violating" for entry in entries[1:5]},
        entries[5].pk: "unknown",
    }
    assert found[entries[1].pk]["sentence"] == "清单要求的前置材料缺 1 种 ＞ 0。"
    assert found[entries[2].pk]["sentence"] == "清单路线为“循环议题”，实际按“党组织直接决定”办理。"
    assert found[entries[4].pk]["sentence"] == "审议的会议与“循环议题”路线不符。"


def test_decisions_are_deployed_in_time(kit):
    school = kit.school()
    good, late, waiting, reopened, paper = (kit.item(school) for _ in range(5))
    entries = [kit.conclude(item, on=HELD) for item in (good, late, waiting, reopened)]
    entries.append(kit.conclude(paper, on=HELD, **PAPER))
    kit.conclude(good, Purpose.DEPLOY, on=HELD + timedelta(days=7))
    kit.conclude(late, Purpose.DEPLOY, on=HELD + timedelta(days=8))
    kit.conclude(waiting, Purpose.DEPLOY, on=HELD + timedelta(days=3), outcome="rejected")
    DecisionItem.objects.filter(pk=reopened.pk).update(round=2)
    found, answer = found_in("R14", school)
    assert answer == {entries[1].pk: "violating", entries[2].pk: "violating", entries[4].pk: "unknown"}
    assert found[entries[1].pk]["sentence"] == (
        "2026年10月31日党组织会议决定，2026年11月8日部署，用时 8 日：8 ＞ 7。"
    )
    assert verdicts("R14", school, as_of=HELD + timedelta(days=7)) == {}
    Meeting.objects.update(parameters={})
    assert rows("R14", school)[entries[0].pk]["missing"] == ["会议固定的部署时限"]


def test_the_administration_decides_its_own_only(kit):
    school = kit.school()
    kit.decide(kit.item(school, "G14"))
    loop, taken, moved = (kit.item(school, "G03") for _ in range(3))
    for purpose in (Purpose.PROPOSE, Purpose.DEPLOY):
        kit.conclude(loop, purpose)
    short = kit.conclude(taken, meeting=kit.meeting(admin_body(school), on=HELD))
    DecisionItem.objects.filter(pk=moved.pk).update(route="A")
    aside = kit.conclude(moved, Purpose.DEPLOY, on=HELD)
    unknown = kit.conclude(kit.item(school, "G03"), Purpose.PROPOSE)
    Stage.objects.filter(pk=unknown.stage_id).update(purpose="")
    found, answer = found_in("R15", school)
    assert answer == {short.pk: "violating", aside.pk: "violating", unknown.pk: "unknown"}
    assert found[short.pk]["sentence"] == (
        "2026年10月31日校长办公会议形成决定 1 次，清单路线为“循环议题”，应由党组织会议决定：1 ＞ 0。"
    )
    assert (found[short.pk]["level"], found[unknown.pk]["missing"]) == ("B", ["环节目的"])


def test_submitted_and_sent_in_time(kit):
    school = kit.school()

    def held(sent=2, submitted=3, **fields):
        item = kit.item(school, "A01", submitted_at=at(HELD - timedelta(days=submitted), 15))
        meeting = kit.decide(item, on=HELD, **fields).meeting
        Meeting.objects.filter(pk=meeting.pk).update(materials_sent_at=at(HELD - timedelta(days=sent), 17))
        return meeting

    good, late, slow = held(), held(sent=1), held(submitted=2)
    unsent, paper = held(), held(sent=0, **PAPER)
    Meeting.objects.filter(pk=unsent.pk).update(materials_sent_at=None)
    added = held(submitted=0, entry_fields={"is_ad_hoc": True, "ad_hoc_reason": "汛情"})
    undated = held()
    DecisionItem.objects.filter(stages__agenda_entries__meeting=undated).update(submitted_at=None)
    found, answer = found_in("R24", school)
    assert answer == {
        **{meeting.pk: "violating" for meeting in (late, slow, unsent)},
        paper.pk: "unknown",
        undated.pk: "unknown",
    }
    assert not {good.pk, added.pk} & set(found)
    assert found[late.pk]["sentence"] == "2026年10月31日开会，材料提前 1 日送达：1 ＜ 2。"
    assert found[slow.pk]["sentence"] == "2026年10月31日开会，最晚的议题提前 2 日申报：2 ＜ 3。"


def test_nothing_is_added_without_reason(kit):
    school = kit.school()

    def added(code, reason, outcome="passed", **fields):
        given = {"is_ad_hoc": True, "ad_hoc_reason": reason}
        return kit.decide(kit.item(school, code), on=HELD, outcome=outcome, entry_fields=given, **fields)

    added("G11", "汛情预警")
    kit.decide(kit.item(school, "B01"), on=HELD)
    blank, cadre = added("G11", "  "), added("B01", "上级来电", "deferred")
    paper = added("G11", "", **PAPER)
    found, answer = found_in("R25", school)
    assert answer == {blank.pk: "violating", cadre.pk: "violating", paper.pk: "unknown"}
    assert (found[blank.pk]["level"], found[cadre.pk]["level"]) == ("E", "B")
    assert found[cadre.pk]["sentence"] == "通知之后增加议题，属于禁止临时动议的类别 1 类 ＞ 0。"
    Meeting.objects.filter(pk=cadre.meeting_id).update(parameters={})
    assert rows("R25", school)[cadre.pk]["missing"] == ["会议固定的禁止类别"]


def test_the_leader_in_charge_is_there(kit):
    school = kit.school(party=5)
    seats = list(party_body(school).seats.order_by("order"))

    def charge(person, *, departments=(), aspects=(), until=None):
        Portfolio.objects.create(
            school=school,
            person=person,
            duties="分管",
            departments=list(departments),
            aspects=list(aspects),
            since=SINCE,
            until=until,
        )

    charge(seats[4].person, departments=["总务处"])
    charge(seats[0].person, departments=["总务处"], until=HELD - timedelta(days=1))
    charge(seats[4].person, aspects=["E"])
    charge(seats[0].person, aspects=["E"])
    charge(admin_body(school).seats.last().person, aspects=["H"])

    def decided(code, department, present=4, **fields):
        return kit.decide(kit.item(school, code, department=department), on=HELD, present=present, **fields)

    ok = [
        decided("A01", "总务处", 5),
        decided("E01", "教务处"),  # one of two in charge is there
        decided("H04", "宣传处"),  # the person in charge is no member of this body
        decided("A01", "宣传处", 5),  # nobody is in charge, and nobody was away
    ]
    absent, nobody = decided("A01", "总务处"), decided("A01", "宣传处")
    off = decided("A01", "总务处")
    Meeting.objects.filter(pk=off.meeting_id).update(
        parameters={"agenda.absent_owner_block": {"value": "off"}}
    )
    block = decided("A01", "总务处")
    Meeting.objects.filter(pk=block.meeting_id).update(
        parameters={"agenda.absent_owner_block": {"value": "block"}}
    )
    found, answer = found_in("R26", school)
    assert answer == {absent.pk: "violating", block.pk: "violating", nobody.pk: "unknown"}
    assert not {entry.pk for entry in ok} & set(found)
    assert (found[absent.pk]["level"], found[block.pk]["level"]) == ("W", "B")
    assert found[absent.pk]["sentence"] == (
        "2026年10月31日开会，分管该事项的成员应到 1 人，到会 0 人 ＜ 1 人。"
    )
    absent.meeting.attendances.filter(seat=seats[4]).update(
        status="present", arrived_at=at(HELD), left_at=at(HELD, 10)
    )
    assert absent.pk not in rows("R26", school)
    absent.meeting.attendances.filter(seat=seats[4]).update(left_at=at(HELD))
    assert rows("R26", school)[absent.pk]["verdict"] == "violating"


def test_decisions_are_formed_in_meetings(kit):
    school = kit.school()
    met = kit.decide(kit.item(school, "A01"))
    circulated, listed = kit.item(school, "A01"), kit.item(school, "A01")
    for item in (circulated, listed):
        item.stages.update(state=StageState.CONCLUDED, outcome="passed", concluded_at=at(HELD))
    AgendaEntry.objects.create(
        meeting=kit.meeting(party_body(school), on=HELD), stage=listed.stages.get(), position=1, title="列会"
    )
    undated = kit.decide(kit.item(school, "A01"))
    Meeting.objects.filter(pk=undated.meeting_id).update(started_at=None)
    found, answer = found_in("R27", school)
    assert answer == {
        circulated.stages.get().pk: "violating",
        listed.stages.get().pk: "violating",
        undated.stage_id: "unknown",
    }
    assert met.stage_id not in found
    assert found[listed.stages.get().pk]["sentence"] == ("记为通过，列入会议 1 次，会议审议 0 次 ＜ 1 次。")
    assert found[circulated.stages.get().pk]["on"] == HELD
