"""议题 rules on what goes before the meeting: R18, R19, R21–R23. One world per rule."""

from datetime import timedelta

from decisions.choices import Disagreement
from decisions.models import Prerequisite
from governance.choices import PrerequisiteKind
from meetings.choices import MeetingMode
from meetings.models import Observer
from tests.compliance.kit import TODAY, rows, verdicts

HELD = TODAY - timedelta(days=20)  # 2026-10-31
PAPER = {"mode": MeetingMode.RETROSPECTIVE}


def ago(days):
    return TODAY - timedelta(days=days)


def test_a_dispute_defers(kit):
    school = kit.school()
    settled, disputed, renewed, later, paper, calm = (kit.item(school, "A01") for _ in range(6))
    kit.consult(settled, on=ago(30), disagreement=Disagreement.MAJOR)
    kit.consult(settled)
    kit.consult(renewed)
    for item in (disputed, renewed, paper):
        kit.consult(item, on=ago(24), disagreement=Disagreement.MAJOR)
    kit.consult(later, on=HELD + timedelta(days=1), disagreement=Disagreement.MAJOR)
    for item in (settled, later, calm):
        kit.decide(item, on=HELD)
    bad = [kit.decide(item, on=HELD) for item in (disputed, renewed)]
    unknown = kit.decide(paper, on=HELD, **PAPER)
    deferred = kit.item(school, "A01")
    kit.consult(deferred, disagreement=Disagreement.MAJOR)
    kit.decide(deferred, on=HELD, outcome="deferred")
    found = rows("R18", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        bad[0].pk: "violating",
        bad[1].pk: "violating",
        unknown.pk: "unknown",
    }
    assert found[bad[1].pk]["sentence"] == (
        "10月27日 09:00沟通有重大分歧，其后取得一致的沟通 0 次 ＜ 1 次，2026年10月31日仍上会形成决定。"
    )
    assert found[unknown.pk]["missing"] == ["补录会议在分歧之后的沟通记录"]


def test_cadres_are_deliberated_before(kit):
    school = kit.school()
    good, none, late, uninspected, circle, paper = (kit.item(school, "B01") for _ in range(6))
    for item in (good, uninspected):
        kit.evidence(item, PrerequisiteKind.DELIBERATION, on=HELD)
    kit.evidence(late, PrerequisiteKind.DELIBERATION, on=HELD + timedelta(days=1))
    kit.evidence(circle, PrerequisiteKind.DELIBERATION)
    for item in (good, none, late, circle, paper):
        kit.evidence(item, PrerequisiteKind.INSPECTION)
    Prerequisite.objects.filter(item=circle).update(participants="")
    duties = kit.item(school, "B04")  # no cadre matter, but the list asks for 酝酿
    kit.decide(good, on=HELD)
    kit.decide(kit.item(school, "A01"), on=HELD)
    entries = [kit.decide(item, on=HELD) for item in (none, late, uninspected, circle, duties)]
    entries.append(kit.decide(paper, on=HELD, **PAPER))
    found = rows("R19", school)
    assert [found[entry.pk]["verdict"] for entry in entries] == [
        *("violating", "violating", "violating", "unknown", "violating", "unknown")
    ]
    assert len(found) == 6
    assert [found[entries[n].pk]["level"] for n in (0, 2)] == ["B", "E"]
    assert found[entries[0].pk]["sentence"] == "2026年10月31日讨论决定，会前酝酿 0 次 ＜ 1 次。"
    assert found[entries[3].pk]["missing"] == ["酝酿的范围"]


def test_experts_are_heard(kit):
    school = kit.school()
    good, legal_only, none, void, paper = (kit.item(school, "E02") for _ in range(5))
    both = kit.item(school, "C01")  # the list asks for 专家论证 and 合法性审查
    kit.evidence(good, PrerequisiteKind.EXPERT, on=HELD)
    kit.evidence(void, PrerequisiteKind.EXPERT, is_void=True)
    for item in (legal_only, both):
        kit.evidence(item, PrerequisiteKind.LEGAL)
    kit.decide(good, on=HELD)
    kit.decide(legal_only, on=HELD)
    bad = [kit.decide(item, on=HELD) for item in (none, void, both)]
    unknown = kit.decide(paper, on=HELD, **PAPER)
    kit.decide(kit.item(school, "A01"), on=HELD)
    found = rows("R21", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        **{entry.pk: "violating" for entry in bad},
        unknown.pk: "unknown",
    }
    assert found[bad[2].pk]["sentence"] == (
        "2026年10月31日决定前，专家论证 0 次 ＜ 1 次，合法性审查另有要求，不能代替。"
    )


def test_a_legal_opinion_has_a_number(kit):
    school = kit.school()
    good, adviser, absent, none, unnumbered, paper, adverse = (kit.item(school, "G08") for _ in range(7))
    kit.evidence(good, PrerequisiteKind.LEGAL, on=HELD, document_number="法审〔2026〕12号")
    kit.evidence(unnumbered, PrerequisiteKind.LEGAL)
    kit.evidence(adverse, PrerequisiteKind.LEGAL, result="unfavourable", document_number="法审〔2026〕13号")
    entries = [kit.decide(item, on=HELD) for item in (good, adviser, absent, none, unnumbered, adverse)]
    unknown = kit.decide(paper, on=HELD, **PAPER)
    for entry, came in ((entries[1], True), (entries[2], False)):
        Observer.objects.create(
            meeting=entry.meeting, entry=entry, name="何律师", identity="法律顾问", is_present=came
        )
    Observer.objects.create(meeting=entries[3].meeting, name="钱工", identity="设计单位", is_present=True)
    found = rows("R22", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        entries[2].pk: "violating",
        entries[3].pk: "violating",
        entries[4].pk: "unknown",
        entries[5].pk: "violating",
        unknown.pk: "unknown",
    }
    assert found[entries[3].pk]["sentence"] == (
        "2026年10月31日决定时，有编号的意见书 0 份，法律顾问列席 0 人：合计 0 ＜ 1。"
    )
    assert found[entries[4].pk]["missing"] == ["合法性审查意见书的编号"]


def test_risks_are_assessed(kit):
    school = kit.school()
    good, late, none, paper = (kit.item(school, "G11") for _ in range(4))
    kit.evidence(good, PrerequisiteKind.RISK, on=HELD)
    kit.evidence(late, PrerequisiteKind.RISK, on=HELD + timedelta(days=1))
    kit.decide(good, on=HELD)
    bad = [kit.decide(item, on=HELD) for item in (late, none)]
    bad.append(kit.decide(kit.item(school, "E06"), on=HELD))  # route A decides at its deployment
    unknown = kit.decide(paper, on=HELD, **PAPER)
    kit.decide(kit.item(school, "A01"), on=HELD)
    assert verdicts("R23", school) == {**{e.pk: "violating" for e in bad}, unknown.pk: "unknown"}
    assert rows("R23", school)[bad[1].pk]["sentence"] == (
        "2026年10月31日决定前，结论可行的风险评估 0 次 ＜ 1 次。"
    )
