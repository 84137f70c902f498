"""One set of pages and services for every register."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.errors import NotNow, NotPermitted, NotVisible, StaleVersion
from governance.access import offices_of
from ledger.models import LedgerEntry
from ledger.services import verify
from notifications.models import Message
from registers import selectors, services
from registers.models import PolicyFiling, TermReport
from registers.periods import Period
from registers.specs import REGISTERS
from tests.factories.files import PDF
from tests.factories.registers import entered, posted


def page(name, *args):
    return reverse(f"registers:{name}", args=args)


def test_every_register_is_recorded_corrected_and_voided(client, cast):
    """The whole effect of the three acts, through the pages, on each register."""
    client.force_login(cast.clerk)
    forms = posted(cast)
    assert set(forms) == set(REGISTERS)
    for slug, register in REGISTERS.items():
        data = forms[slug] | {"note": "据原件登记"}
        assert client.get(page("record_new", slug)).status_code == 200
        pdf = SimpleUploadedFile("原件.pdf", PDF, content_type="text/html")
        answer = client.post(page("record_new", slug), data | {"file": pdf})
        assert answer.status_code == 302, (slug, answer.context["form"].errors)
        record = register.model.objects.get(school=cast.school)
        assert (record.recorded_by, record.version, record.content_type) == (cast.clerk, 1, "application/pdf")
        assert client.get(page("record_file", slug, record.pk)).getvalue() == PDF
        shown = client.get(page("record_detail", slug, record.pk)).content.decode()
        assert "据原件登记" in shown and "原件.pdf" in shown and "罗敏" in shown

        corrected = data | {"note": "据复印件登记", "reason": "原件已退回", "version": 1}
        assert client.get(page("record_correct", slug, record.pk)).status_code == 200
        answer = client.post(page("record_correct", slug, record.pk), corrected)
        assert answer.status_code == 302, (slug, answer.context["form"].errors)
        answer = client.post(page("record_correct", slug, record.pk), corrected)
        assert answer.status_code == 409, slug  # drawn for version 1
        shown = client.get(page("record_detail", slug, record.pk)).content.decode()
        assert "说明：据原件登记 → 据复印件登记" in shown and "原件已退回" in shown

        answer = client.post(
            page("record_void", slug, record.pk), {"reason": "重复登记", "version": 2}, follow=True
        )
        assert "重复登记" in answer.content.decode() and "作废，不再计入" in answer.content.decode()
        record.refresh_from_db()
        assert (record.is_void, record.void_reason, record.version) == (True, "重复登记", 3)
        kinds = LedgerEntry.objects.filter(subject=record.subject).order_by("sequence")
        assert [entry.kind for entry in kinds] == [
            f"{slug}.{verb}" for verb in ("recorded", "corrected", "voided")
        ]
        assert record.history.count() == 3
    assert list(verify(cast.school.chain_key, with_rows=True)) == []


def test_a_report_goes_up_is_returned_and_goes_up_again(client, cast):
    report = entered(cast, "term_report")
    with pytest.raises(NotPermitted):
        services.submit_report(report.pk, actor=cast.clerk, version=1)
    client.force_login(cast.secretary)
    today = timezone.localdate()
    client.post(page("record_submit", "term_report", report.pk), {"submitted_on": today, "version": 1})
    report.refresh_from_db()
    assert (report.state, report.submitted_on, report.version) == ("submitted", today, 2)
    assert Message.objects.get(recipient=cast.inspector).title == f"明德中学报送{report}，请审阅"
    for act in (services.correct, services.void):
        extra = {"values": {"part": 2}} if act is services.correct else {}
        with pytest.raises(NotNow):
            act("term_report", report.pk, actor=cast.clerk, version=2, reason="改", **extra)

    client.force_login(cast.inspector)
    assert "等待答复" in client.get(page("register_list")).content.decode()
    answer = page("record_answer", "term_report", report.pk)
    refused = client.post(answer, {"accepted": "no", "opinion": " ", "version": 2})
    assert refused.status_code == 422 and "请写明需要修改的内容" in refused.content.decode()
    client.post(answer, {"accepted": "no", "opinion": "请补充任务办结情况。", "version": 2})
    report.refresh_from_db()
    assert (report.state, report.opinion, report.reviewed_by) == (
        "returned",
        "请补充任务办结情况。",
        cast.inspector,
    )
    assert Message.objects.filter(recipient=cast.clerk, kind="term_report.returned").count() == 1
    services.correct(
        "term_report", report.pk, actor=cast.clerk, version=3, reason="补充", values={"summary": "已补充。"}
    )
    services.submit_report(report.pk, actor=cast.secretary, version=4)
    services.answer_report(report.pk, actor=cast.inspector, version=5, accepted=True)
    report.refresh_from_db()
    assert (report.state, report.version) == ("reviewed", 6)
    assert "等待答复" not in client.get(page("register_list")).content.decode()
    with pytest.raises(NotNow):
        services.answer_report(report.pk, actor=cast.inspector, version=6, accepted=False, opinion="再改")


def test_a_filing_is_answered_by_those_who_review(cast):
    filing = entered(cast, "policy_filing")
    with pytest.raises(NotPermitted):
        services.answer_filing(filing.pk, actor=cast.secretary, version=1, accepted=True)
    with pytest.raises(NotPermitted):
        services.answer_filing(filing.pk, actor=cast.district_leader, version=1, accepted=True)
    with pytest.raises(NotNow, match="写明意见"):
        services.answer_filing(filing.pk, actor=cast.inspector, version=1, accepted=False)
    services.answer_filing(filing.pk, actor=cast.inspector, version=1, accepted=False, opinion="到会人数有误")
    # A corrected filing waits again.
    services.correct(
        "policy_filing", filing.pk, actor=cast.clerk, version=2, reason="已改", values={"edition": "二稿"}
    )
    assert PolicyFiling.objects.get(pk=filing.pk).state == "filed"
    services.answer_filing(filing.pk, actor=cast.inspector, version=3, accepted=True)
    # Of an approved rule only its first day is still open.
    values = {"effective_on": timezone.localdate(), "title": "另一件"}
    services.correct("policy_filing", filing.pk, actor=cast.clerk, version=4, reason="启用", values=values)
    filing.refresh_from_db()
    assert (filing.state, filing.effective_on, filing.title) == (
        "approved",
        timezone.localdate(),
        "明德中学党总支会议议事规则",
    )
    with pytest.raises(NotNow):
        services.void("policy_filing", filing.pk, actor=cast.clerk, version=5, reason="误")


def test_refusals_leave_nothing_behind(cast):
    entered(cast, "term_report")
    before = LedgerEntry.objects.count(), TermReport.history.count()
    values = {"term_starts_on": TermReport.objects.get().term_starts_on, "part": 1, "summary": "又一份"}
    with pytest.raises(NotNow, match="已登记"):
        services.record("term_report", actor=cast.clerk, school=cast.school, values=values)
    with pytest.raises(NotPermitted):
        services.record("term_report", actor=cast.principal, school=cast.school, values=values)
    for stranger in (cast.staff, cast.ended, cast.other_secretary, cast.outsider):
        with pytest.raises(NotVisible):
            services.record("term_report", actor=stranger, school=cast.school, values=values)
    report = TermReport.objects.get()
    with pytest.raises(StaleVersion):
        services.void("term_report", report.pk, actor=cast.clerk, version=2, reason="旧页")
    assert (LedgerEntry.objects.count(), TermReport.history.count()) == before


def test_forms_say_what_is_wrong(client, cast):
    client.force_login(cast.clerk)
    entered(cast, "term_report")
    data = posted(cast)
    tomorrow = timezone.localdate() + timedelta(days=1)
    wrong = {
        "term_report": (data["term_report"], "本学期的这一次报告已登记"),
        "org_life": (data["org_life"] | {"present": 22}, "实到不得多于应到"),
        "staff_congress_session": (
            data["staff_congress_session"] | {"votes_for": 53},
            "同意票不得多于到会代表",
        ),
        "loan": (data["loan"] | {"lent_on": tomorrow}, "这一天还没有到"),
        "regular_consultation": (
            data["regular_consultation"] | {"counterpart": cast.secretary.pk},
            "沟通双方不能是同一人",
        ),
        "appraisal": (data["appraisal"] | {"average_tenths": "100.1"}, "100"),
    }
    for slug, (form, words) in wrong.items():
        answer = client.post(page("record_new", slug), form)
        assert answer.status_code == 422 and words in answer.content.decode(), slug
    assert TermReport.objects.count() == 1


def test_pages_ask_the_same_at_one_and_three_entries(client, cast):
    client.force_login(cast.clerk)
    offices = offices_of(cast.clerk, cast.school)
    register = REGISTERS["regular_consultation"]
    pages, asked = [], []
    for turn in range(3):
        for slug in ("regular_consultation", "loan", "expenditure"):
            entered(cast, slug, note=f"第 {turn + 1} 条")
        with CaptureQueriesContext(connection) as overview:
            selectors.overview(cast.clerk, cast.school, offices)
        with CaptureQueriesContext(connection) as listed:
            selectors.lines(register, selectors.records(cast.clerk, cast.school, register))
        asked.append((len(overview), len(listed)))
        counts = []
        for url in (page("register_list"), page("record_list", register.slug)):
            with CaptureQueriesContext(connection) as drawn:
                assert client.get(url).status_code == 200
            counts.append(len(drawn))
        pages.append(counts)
    assert asked[0] == asked[2] == (len(REGISTERS), 1)
    assert pages[0] == pages[2]


def test_overview_says_what_is_due(client, cast):
    client.force_login(cast.clerk)
    shown = client.get(page("register_list")).content.decode()
    assert "上学期和本学期都没有登记" in shown and "还没有登记" in shown
    last = Period.TERM.before(timezone.localdate())[0]
    entered(cast, "term_report", term_starts_on=last)
    assert "本学期尚未登记" in client.get(page("register_list")).content.decode()
    entered(cast, "term_report")
    assert "本学期已登记 1 条" in client.get(page("register_list")).content.decode()
