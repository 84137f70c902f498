"""报送, 审阅 and 审核: what passes between a school and its authority."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from common.errors import NotNow
from governance.access import offices_of, require
from governance.choices import SeatRole
from governance.models import AuthorityMember, Seat
from notifications.services import notify
from registers import access
from registers.choices import FilingState, ReportState
from registers.models import PolicyFiling, Record, TermReport
from registers.services.acts import record_url, require_fresh, seal, write
from registers.specs import Register

REPORT, FILING = "term_report", "policy_filing"


@transaction.atomic
def submit_report(pk: int, *, actor: Any, version: int, submitted_on: date | None = None) -> TermReport:
    """报送 by the secretary; a day in the past for a report handed in on paper. NotNow unless 草稿 or 退改."""
    register = access.register_for(REPORT)
    report = cast(TermReport, access.record_for_update(actor, register, pk))
    require(offices_of(actor, report.school).is_secretary, "学期报告由书记报送。")
    require_fresh(report, version)
    if report.state not in (ReportState.DRAFT, ReportState.RETURNED):
        raise NotNow("这份报告已报送。", current=report)
    today = timezone.localdate()
    day = submitted_on or today
    if day > today or day < report.term_starts_on:
        raise NotNow("报送日期应在学期开始之后，不晚于今天。", current=report)
    report.state, report.submitted_on = ReportState.SUBMITTED, day
    _change(report, register, "submitted", actor, "报送")
    _tell(report, register, "submitted", _answering(report), f"{report.school}报送{report}，请审阅")
    return report


@transaction.atomic
def answer_report(pk: int, *, actor: Any, version: int, accepted: bool, opinion: str = "") -> TermReport:
    """审阅 or 退改 by 区审核 or 区督查. NotNow unless 已报送; a return needs an opinion."""
    register = access.register_for(REPORT)
    report = cast(TermReport, access.record_for_update(actor, register, pk))
    _require_answerable(report, actor, version, report.state == ReportState.SUBMITTED, accepted, opinion)
    report.state = ReportState.REVIEWED if accepted else ReportState.RETURNED
    _answered(
        report,
        register,
        actor,
        opinion,
        "reviewed" if accepted else "returned",
        "审阅" if accepted else "退改",
    )
    return report


@transaction.atomic
def answer_filing(pk: int, *, actor: Any, version: int, accepted: bool, opinion: str = "") -> PolicyFiling:
    """审核通过 or 退回修改 by 区审核 or 区督查. NotNow unless 待审核; a return needs an opinion."""
    register = access.register_for(FILING)
    filing = cast(PolicyFiling, access.record_for_update(actor, register, pk))
    _require_answerable(filing, actor, version, filing.state == FilingState.FILED, accepted, opinion)
    filing.state = FilingState.APPROVED if accepted else FilingState.RETURNED
    _answered(
        filing,
        register,
        actor,
        opinion,
        "approved" if accepted else "returned",
        "审核通过" if accepted else "退回",
    )
    return filing


def _require_answerable(
    record: Record, actor: Any, version: int, is_waiting: bool, accepted: bool, opinion: str
) -> None:
    require(access.may_answer(actor, record.school), "由区教育工委的区审核或区督查答复。")
    require_fresh(record, version)
    if not is_waiting:
        raise NotNow("这条登记当前不等待答复。", current=record)
    if not accepted and not opinion.strip():
        raise NotNow("退回须写明意见。", current=record)


def _answered(
    record: TermReport | PolicyFiling, register: Register, actor: Any, opinion: str, verb: str, words: str
) -> None:
    record.reviewed_by, record.reviewed_on, record.opinion = actor, timezone.localdate(), opinion
    _change(record, register, verb, actor, words)
    people = [seat.person for seat in _secretaries(record)]
    people += [record.recorded_by] if record.recorded_by else []
    _tell(record, register, verb, people, f"{record}：{words}", opinion)


def _change(record: Record, register: Register, verb: str, actor: Any, words: str) -> None:
    record.version += 1
    write(record, actor, words)
    seal(record, register, verb, actor=actor)


def _tell(
    record: Record, register: Register, verb: str, people: Iterable[Any], title: str, body: str = ""
) -> None:
    notify(
        recipients=people,
        kind=f"{register.slug}.{verb}",
        title=title,
        body=body,
        url=record_url(record, register),
        school=record.school,
    )


def _answering(record: Record) -> list[Any]:
    members = (
        AuthorityMember.objects.active()
        .filter(authority=record.school.authority_id, role__in=access.ANSWERING)
        .select_related("person")
    )
    return [member.person for member in members]


def _secretaries(record: Record) -> list[Seat]:
    return list(
        Seat.objects.active().filter(school=record.school, role=SeatRole.SECRETARY).select_related("person")
    )
