"""Findings live: found, changed, resolved by themselves, found again; a crash loses nothing."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from compliance import hooks, registry, services
from compliance.choices import FindingState, FindingVerdict
from compliance.models import Evaluation, Finding, RuleError
from compliance.tasks import evaluate_all, recheck_school
from decisions.choices import TaskState
from decisions.models import Task
from governance.models import School
from meetings.models import AgendaEntry
from tests.compliance.kit import Kit


def everything():
    return School.objects.all()


@pytest.fixture
def low(kit):
    """One entry decided by 3 of 7."""
    return kit.decide(kit.item(kit.school(), "A01"), present=3, votes=(3, 0, 0))


def test_a_finding_is_found_kept_resolved_and_found_again(kit, low):
    run = services.evaluate(schools=everything(), rules=["R30"])
    finding = Finding.objects.get()
    assert (finding.verdict, finding.level, finding.state) == ("violating", "B", FindingState.FOUND)
    assert finding.school == low.meeting.school
    assert (finding.subject_type, finding.subject_id) == ("meetings.agendaentry", low.pk)
    assert finding.clauses[0]["code"] == "Z5.quorum" and finding.clauses[0]["as_of"] == "2022-01-26"
    assert finding.parameters["party.quorum"]["value"] == [1, 2]
    assert finding.link == f"/meetings/{low.meeting_id}/"
    counts = run.counts["R30"]
    assert {name: counts[name] for name in ("violating", "unknown", "new", "changed", "resolved")} == {
        "violating": 1,
        "unknown": 0,
        "new": 1,
        "changed": 0,
        "resolved": 0,
    }
    first = finding.first_seen_at

    Finding.objects.update(state=FindingState.RECTIFYING)
    assert services.evaluate(schools=everything(), rules=["R30"]).counts["R30"]["changed"] == 0
    finding.refresh_from_db()
    assert finding.first_seen_at == first < finding.last_seen_at
    assert finding.history.count() == 1

    AgendaEntry.objects.filter(pk=low.pk).update(snapshot={**low.snapshot, "present": 2})
    assert services.evaluate(schools=everything(), rules=["R30"]).counts["R30"]["changed"] == 1
    finding.refresh_from_db()
    assert (finding.evidence["present"], finding.state) == (2, FindingState.RECTIFYING)

    AgendaEntry.objects.filter(pk=low.pk).update(snapshot={**low.snapshot, "present": 4})
    assert services.evaluate(schools=everything(), rules=["R30"]).counts["R30"]["resolved"] == 1
    finding.refresh_from_db()
    assert finding.resolved_at is not None and not finding.is_open
    assert services.evaluate(schools=everything(), rules=["R30"]).counts["R30"]["resolved"] == 0

    AgendaEntry.objects.filter(pk=low.pk).update(snapshot=low.snapshot)
    services.evaluate(schools=everything(), rules=["R30"])
    finding.refresh_from_db()
    assert finding.resolved_at is None and finding.first_seen_at == first
    reasons = [row.history_change_reason for row in finding.history.order_by("history_id")]
    assert reasons == ["R30 发现", "R30 有变化", "R30 已自行消除", "R30 有变化"]


def test_other_schools_are_left_alone(kit, low):
    other = kit.decide(kit.item(kit.school(), "A01"), present=3)
    services.evaluate(schools=everything(), rules=["R30"])
    AgendaEntry.objects.update(snapshot={**low.snapshot, "present": 7})
    services.evaluate(schools=School.objects.filter(pk=other.meeting.school_id), rules=["R30"])
    assert list(Finding.objects.standing().values_list("subject_id", flat=True)) == [low.pk]


def test_another_day_is_a_trial(kit, low):
    day = timezone.localdate() - timedelta(days=1)
    run = services.evaluate(schools=everything(), rules=["R30"], as_of=day)
    assert run.is_trial and run.counts["R30"]["violating"] == 1
    assert not Finding.objects.exists()


def test_a_crash_is_recorded_and_the_others_go_on(kit, low, monkeypatch):
    services.evaluate(schools=everything(), rules=["R30"])
    monkeypatch.setattr(registry.RULES["R30"], "breach", lambda: 1 / 0, raising=False)
    run = services.evaluate(schools=everything(), rules=["R30", "R32", "R72"])
    error = RuleError.objects.get()
    assert (error.rule_code, error.evaluation, error.error) == (
        "R30",
        run,
        "ZeroDivisionError: division by zero",
    )
    assert "breach" in error.trace
    assert run.finished_at is not None
    assert run.counts["R30"]["errors"] == 1 and "violating" in run.counts["R72"]
    assert Finding.objects.standing().count() == 1


def test_a_crash_in_the_database_spoils_no_other_rule(kit, low, monkeypatch):
    from django.db.models import F, Value
    from django.db.models.lookups import GreaterThan

    monkeypatch.setattr(
        registry.RULES["R32"], "breach", lambda: GreaterThan(F("due") / Value(0), Value(1)), raising=False
    )
    kit.decide(kit.item(low.meeting.school, "G14"))
    run = services.evaluate(schools=everything(), rules=["R30", "R32", "R72"])
    assert RuleError.objects.get().rule_code == "R32"
    assert run.counts["R30"]["violating"] == 1


def test_replay_says_the_same_and_sees_tampering(kit, low):
    services.evaluate(schools=everything(), rules=["R30"])
    finding = Finding.objects.get()
    # The law changes, the facts change: the stored finding answers from what it stored.
    kit.parameter("party.quorum", [1, 3], school=low.meeting.school)
    AgendaEntry.objects.filter(pk=low.pk).update(snapshot={**low.snapshot, "present": 7})
    assert services.replay(finding) == services.Replay(FindingVerdict.VIOLATING, True, True)
    finding.evidence["present"] = 7
    assert services.replay(finding) == services.Replay(FindingVerdict.COMPLIANT, False, False)


def test_unknown_becomes_violating(kit, low):
    parameters = low.meeting.parameters
    type(low.meeting).objects.update(parameters={})
    services.evaluate(schools=everything(), rules=["R30"])
    finding = Finding.objects.get()
    assert (finding.verdict, finding.missing) == ("unknown", ["会议固定的到会参数"])
    assert services.replay(finding).is_same
    type(low.meeting).objects.update(parameters=parameters)
    services.evaluate(schools=everything(), rules=["R30"])
    finding.refresh_from_db()
    assert (finding.verdict, finding.missing) == ("violating", [])


def test_recheck_runs_only_what_the_act_can_affect(kit):
    school = kit.school()
    task = kit.task(kit.item(school), due=timezone.localdate() - timedelta(days=1))
    run = services.recheck(school.pk, ["task.accepted"])
    assert "R72" in run.rules and "R30" not in run.rules
    assert Finding.objects.standing().get(rule_code="R72").subject_id == task.pk
    Task.objects.update(state=TaskState.DONE, progress=100)
    recheck_school(school.pk, ["task.accepted"])
    assert not Finding.objects.standing().filter(rule_code="R72").exists()
    assert services.recheck(school.pk, ["nothing.happened"]) is None


def test_nightly_task_runs_every_rule(kit, low):
    evaluate_all()
    run = Evaluation.objects.get()
    assert run.rules == [rule.code for rule in registry.rules()]
    assert run.errors.count() == 0


def test_a_sealed_act_asks_for_one_recheck_after_commit(
    cast, settings, monkeypatch, django_capture_on_commit_callbacks
):
    from ledger.services import append

    settings.COMPLIANCE_RECHECK = True
    asked = []
    monkeypatch.setattr(recheck_school, "delay", lambda school, kinds: asked.append((school, kinds)))
    with django_capture_on_commit_callbacks(execute=True):
        for kind in ("task.issued", "entry.concluded", "task.accepted"):
            append(cast.school.chain_key, kind=kind, subject="x", payload={})
        append(cast.other_school.chain_key, kind="seat.ended", subject="x", payload={})
        append(cast.authority.chain_key, kind="parameter.set", subject="x", payload={})
        with hooks.paused():
            append(cast.school.chain_key, kind="meeting.closed", subject="x", payload={})
        assert asked == []
    assert asked == [
        (cast.school.pk, ["entry.concluded", "task.accepted", "task.issued"]),
        (cast.other_school.pk, ["seat.ended"]),
    ]


def test_visible_to_offices_and_district(cast):
    finding = Finding(
        school=cast.school,
        rule_code="R30",
        rule_version=1,
        subject_type="meetings.agendaentry",
        subject_id=1,
        subject_label="x",
        level="B",
        verdict="violating",
        inputs_sha256="0" * 64,
        first_seen_at=timezone.now(),
        last_seen_at=timezone.now(),
    )
    finding.save()
    seeing = {name for name, person in cast.people.items() if Finding.objects.visible_to(person).exists()}
    offices = {
        "secretary",
        "principal",
        "deputy",
        "vice",
        "vice_second",
        "discipline",
        "organizer",
        "vice_non_party",
        "admin_member",
        "admin_second",
        "clerk",
    }
    assert seeing == offices | {"inspector", "district_leader"}
    Finding.objects.update(access_scope=2)
    seeing = {name for name, person in cast.people.items() if Finding.objects.visible_to(person).exists()}
    assert seeing == {
        "secretary",
        "principal",
        "deputy",
        "vice",
        "vice_second",
        "discipline",
        "organizer",
        "clerk",
        "inspector",
        "district_leader",
    }


@pytest.mark.django_db(transaction=True)
def test_two_evaluations_at_once_keep_one_finding():
    kit = Kit()
    kit.decide(kit.item(kit.school(), "A01"), present=3)
    errors = []

    def run():
        try:
            services.evaluate(schools=everything(), rules=["R30"])
        except Exception as error:  # noqa: BLE001 - handed to the main thread, which asserts there is none
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == [] and RuleError.objects.count() == 0
    assert Finding.objects.get().history.count() == 1
