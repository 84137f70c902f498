"""The whole effect of each act on a finding, the platform's own acts, and two officers at once."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from common.checks import Check
from common.errors import Blocked, NotNow, NotPermitted, Refusal, StaleVersion
from compliance.models import BlockedAttempt, Finding, FindingStep, Rectification
from compliance.services import followup
from compliance.services import rectification as services
from compliance.tasks import escalate_overdue
from governance.choices import AccessScope
from governance.models import ProcedureParameter
from ledger.models import LedgerEntry
from ledger.services import verify
from notifications.models import Message
from tests.factories.cast import make_cast
from tests.factories.files import PDF
from tests.factories.findings import make_finding

TODAY = timezone.localdate


def days(number: int) -> date:
    return TODAY() + timedelta(days=number)


def proof(name: str = "签到表.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def confirm(cast: Any, finding: Finding, **changes: Any) -> Finding:
    plan = {"measures": "重新召开会议审议", "owner": cast.vice, "due_on": days(20)}
    return services.confirm(finding.pk, actor=cast.secretary, **{**plan, **changes})


def to_submitted(cast: Any, finding: Finding) -> Finding:
    confirm(cast, finding)
    return services.submit(finding.pk, actor=cast.principal, text="已重新开会", files=[proof()])


def told(kind: str = "finding.news") -> set[tuple[str, str]]:
    return {(str(m.recipient), m.title) for m in Message.objects.filter(kind=kind)}


@pytest.mark.django_db
def test_from_discovery_to_look_back(cast):
    finding = make_finding(cast.school)
    confirm(cast, finding)
    services.report_progress(finding.pk, actor=cast.vice, text="已发通知", files=[proof("通知.pdf")])
    services.submit(finding.pk, actor=cast.secretary, text="到会 8 人", files=[proof()])
    services.send_back(finding.pk, actor=cast.inspector, opinion="缺会议记录", due_on=days(5))
    services.submit(finding.pk, actor=cast.secretary, text="已补会议记录")
    services.close(finding.pk, actor=cast.inspector, opinion="已核第16次签到表")
    services.reopen(finding.pk, actor=cast.district_leader, opinion="又出现", due_on=days(9))
    services.submit(finding.pk, actor=cast.secretary, text="再次整改")
    services.close(finding.pk, actor=cast.inspector, opinion="已核", look_back_on=days(30))
    done = services.review(finding.pk, actor=cast.inspector, opinion="未反复")

    assert (done.state, done.due_on, done.version) == ("reviewed", None, 12)
    found = Rectification.objects.get(finding=finding)
    assert (found.owner, found.measures) == (cast.vice, "重新召开会议审议")
    assert found.look_back_on == days(30)
    steps = list(finding.steps.order_by("pk").values_list("act", "from_state", "to_state"))
    assert steps == [
        ("confirm", "found", "rectifying"),
        ("progress", "rectifying", "rectifying"),
        ("progress", "rectifying", "rectifying"),
        ("submit", "rectifying", "submitted"),
        ("send_back", "submitted", "returned"),
        ("submit", "returned", "submitted"),
        ("close", "submitted", "closed"),
        ("reopen", "closed", "rectifying"),
        ("submit", "rectifying", "submitted"),
        ("close", "submitted", "closed"),
        ("review", "closed", "reviewed"),
    ]
    assert [f.name for step in finding.steps.order_by("pk") for f in step.files.all()] == [
        "通知.pdf",
        "签到表.pdf",
    ]
    sealed = LedgerEntry.objects.filter(subject=finding.subject).order_by("pk")
    assert [entry.kind.removeprefix("finding.") for entry in sealed] == [act for act, _, _ in steps]
    assert sealed.last().payload["state"] == "reviewed"
    assert finding.history.count() == 12  # made once, eleven steps
    assert finding.history.first().history_user == cast.inspector
    title = "R31 干部任免等重要事项三分之二以上到会"
    assert {
        (str(cast.vice), f"请负责整改：{title}"),
        (str(cast.inspector), f"请验收整改：{title}"),
        (str(cast.secretary), f"整改已销号：{title}"),
        (str(cast.principal), f"回头看通过：{title}"),
    } <= told()


@pytest.mark.django_db
def test_what_is_refused(cast):
    """Wrong owner, wrong day, stale page, no proof, an unknown that stays unknown: nothing changes."""
    finding = make_finding(cast.school)
    with pytest.raises(NotNow, match="责任人"):
        confirm(cast, finding, owner=cast.staff)
    with pytest.raises(NotNow, match="30 天之内"):
        confirm(cast, finding, due_on=days(31))
    with pytest.raises(NotNow, match="30 天之内"):
        confirm(cast, finding, due_on=days(-1))
    with pytest.raises(StaleVersion):
        confirm(cast, finding, version=finding.version + 1)
    secret = make_finding(cast.school, access_scope=AccessScope.RESTRICTED)
    with pytest.raises(NotNow, match="责任人"):
        confirm(cast, secret, owner=cast.admin_member)
    assert not FindingStep.objects.exists()
    assert not Rectification.objects.exists()

    confirm(cast, finding)
    with pytest.raises(Blocked) as refused:
        services.submit(finding.pk, actor=cast.secretary, text="已改")
    assert [check.title for check in refused.value.checks] == ["整改佐证"]
    with pytest.raises(NotPermitted):  # 责任人 works on it, but does not hand it in
        services.submit(finding.pk, actor=cast.vice, text="已改", files=[proof()])
    assert finding.steps.count() == 1

    gap = make_finding(cast.school, verdict="unknown", missing=["应到人数"], evidence={})
    confirm(cast, gap)
    with pytest.raises(Blocked) as refused:
        services.submit(gap.pk, actor=cast.secretary, text="已改", files=[proof()])
    assert [check.title for check in refused.value.checks] == ["补齐判定所缺的内容"]
    assert gap.steps.count() == 1  # the proof handed in with it was undone
    Finding.objects.filter(pk=gap.pk).update(resolved_at=timezone.now())
    assert services.submit(gap.pk, actor=cast.secretary, text="已补录").state == "submitted"


@pytest.mark.django_db
def test_appeal_once_per_facts(cast):
    finding = make_finding(cast.school)
    services.appeal(finding.pk, actor=cast.secretary, reason="当天 7 人到会", files=[proof()])
    services.decide_appeal(finding.pk, actor=cast.inspector, is_upheld=False, answer="签到表为 5 人")
    finding.refresh_from_db()
    assert (finding.state, finding.due_on) == ("found", days(7))
    with pytest.raises(Blocked):
        services.appeal(finding.pk, actor=cast.secretary, reason="再次申诉")
    Finding.objects.filter(pk=finding.pk).update(inputs_sha256="1" * 64)  # other facts
    services.appeal(finding.pk, actor=cast.secretary, reason="事实已变")
    services.decide_appeal(finding.pk, actor=cast.inspector, is_upheld=True, answer="成立")
    finding.refresh_from_db()
    assert (finding.state, finding.due_on, finding.is_open) == ("dismissed", None, False)


@pytest.mark.django_db
def test_words_of_restricted_matters_stay_here(cast):
    finding = make_finding(cast.school, access_scope=AccessScope.RESTRICTED)
    confirm(cast, finding, measures="约谈某某")
    services.report_progress(finding.pk, actor=cast.secretary, text="某某已谈", files=[proof()])
    services.submit(finding.pk, actor=cast.secretary, text="某某已谈")
    assert not Message.objects.filter(body__contains="某某").exists()
    open_one = make_finding(cast.school)
    confirm(cast, open_one, measures="补签到")
    assert Message.objects.filter(body__contains="补签到").exists()


@pytest.mark.django_db
def test_what_stands_again_reopens(cast):
    """Settled for good while it merely goes on standing; reopened once it was gone and came back."""
    stands, back = (to_submitted(cast, make_finding(cast.school)) for _ in range(2))
    for one in (stands, back):
        services.close(one.pk, actor=cast.inspector, opinion="已核")
    assert followup.follow_up() == {"reopened": 0, "announced": 0}
    gone = Finding.objects.get(pk=back.pk)
    for moment in (timezone.now(), None):  # as two evaluations write it
        gone.resolved_at = moment
        gone.save()
    assert followup.follow_up([cast.other_school.pk])["reopened"] == 0
    assert followup.follow_up([cast.school.pk])["reopened"] == 1
    assert followup.follow_up()["reopened"] == 0
    back.refresh_from_db()
    stands.refresh_from_db()
    assert (back.state, back.due_on, back.is_open) == ("found", days(7), True)
    assert stands.state == "closed"
    step = back.steps.first()
    assert (step.act, step.actor, step.from_state) == ("recur", None, "closed")
    assert {who for who, title in told() if title.startswith("问题再次出现")} == {
        str(cast.secretary),
        str(cast.principal),
        str(cast.vice),
        str(cast.inspector),
    }


@pytest.mark.django_db
def test_new_breaches_are_announced_once(cast):
    found = [make_finding(cast.school) for _ in range(3)]
    secret = make_finding(cast.school, access_scope=AccessScope.RESTRICTED)
    warning = make_finding(cast.school, level="W")
    assert followup.follow_up()["announced"] == 4
    assert followup.follow_up()["announced"] == 0
    assert set(
        Finding.objects.filter(pk__in=[f.pk for f in (*found, secret)]).values_list("due_on", flat=True)
    ) == {days(7)}
    assert Finding.objects.get(pk=warning.pk).due_on is None
    assert told("finding.found") == {
        (str(cast.secretary), "系统新判定 4 个合规问题"),
        (str(cast.principal), "系统新判定 4 个合规问题"),
    }
    found[0].resolved_at = timezone.now()
    found[0].save(update_fields=["resolved_at"])
    followup.follow_up()
    found[0].refresh_from_db()
    assert found[0].due_on is None  # if it stands again, the days are counted anew


@pytest.mark.django_db
def test_days_of_answer_are_a_parameter(cast):
    ProcedureParameter.objects.create(
        level="district",
        authority=cast.authority,
        key="rectify.answer_days",
        value=3,
        source="《云川区实施办法》",
        since=date(2026, 1, 1),
    )
    from compliance.services import refresh_parameters
    from governance.models import School

    refresh_parameters(School.objects.all())
    finding = make_finding(cast.school)
    followup.follow_up()
    finding.refresh_from_db()
    assert finding.due_on == days(3)


@pytest.mark.django_db
def test_overdue_steps_escalate_once_per_level(cast, django_assert_num_queries):
    finding = make_finding(cast.school)
    followup.follow_up()
    due = Finding.objects.get(pk=finding.pk).due_on

    def reminded(late: int) -> set[str]:
        Message.objects.all().delete()
        followup.escalate(finding.pk, due + timedelta(days=late))
        return {str(m.recipient) for m in Message.objects.filter(kind="finding.news")}

    heads = {str(cast.secretary), str(cast.principal)}
    assert reminded(0) == set()
    assert reminded(1) == heads
    assert reminded(2) == set()
    assert reminded(8) == heads | {str(cast.inspector)}
    assert reminded(8) == set()
    assert reminded(30) == heads | {str(cast.inspector), str(cast.district_leader)}
    assert reminded(31) == set()
    assert list(finding.steps.order_by("pk").values_list("act", "occasion")) == [
        ("escalate", f"found:{due.isoformat()}:{level}") for level in (1, 2, 3)
    ]
    assert LedgerEntry.objects.filter(kind="finding.escalate").count() == 3

    late = to_submitted(cast, make_finding(cast.school))  # now the district is late
    Finding.objects.filter(pk=late.pk).update(due_on=days(-2))
    settled = make_finding(cast.school, state="reviewed", due_on=days(-9))
    Message.objects.all().delete()
    assert escalate_overdue() == 1
    assert escalate_overdue() == 0
    assert {who for who, _ in told()} == {str(cast.inspector)}
    assert not settled.steps.exists()


@pytest.mark.django_db
def test_refused_acts_are_counted_apart(cast, client, rf, monkeypatch):
    """A refusal of level B leaves one row; answers to findings and softer refusals leave none."""
    from compliance.hooks import refused

    def ask(view: str, level: str) -> None:
        request = rf.post("/meetings/1/")
        request.user, request.school = cast.clerk, cast.school
        request.resolver_match = type("Match", (), {"view_name": view, "app_name": view.split(":")[0]})()
        checks = [Check("R30", "到会", level, False), Check("R17", "沟通", "W", False)]
        refused(request, Blocked(checks))

    ask("meetings:entry_act", "B")
    ask("meetings:entry_act", "E")
    ask("compliance:finding_act", "B")
    (attempt,) = BlockedAttempt.objects.all()
    assert (attempt.school, attempt.actor, attempt.view) == (cast.school, cast.clerk, "meetings:entry_act")
    assert attempt.rule_codes == ["R30"]


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once():
    """One closes, the other is told that it is settled; one step, one ledger entry."""
    cast = make_cast()
    finding = to_submitted(cast, make_finding(cast.school))
    barrier, answers = threading.Barrier(2), []

    def act(officer: Any) -> None:
        barrier.wait()
        try:
            answers.append(services.close(finding.pk, actor=officer, opinion="已核").state)
        except Refusal as refusal:
            answers.append(refusal.status)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(who,)) for who in (cast.inspector, cast.district_leader)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers, key=str) == [409, "closed"]
    assert finding.steps.filter(act="close").count() == 1
    assert LedgerEntry.objects.filter(kind="finding.close").count() == 1
    assert list(verify(cast.school.chain_key, with_rows=True)) == []
