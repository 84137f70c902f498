"""整改 and registers."""

from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from compliance.services import rectification
from registers import services as registers
from tests.factories.files import PDF
from tests.factories.findings import make_finding
from tests.factories.registers import entered
from tests.robustness.races.kit import _serial, day, twice
from tests.robustness.racing import Act


def confirming(c: Any, pk: int) -> Any:
    return partial(rectification.confirm, pk, actor=c.secretary, measures="重开", owner=c.vice, due_on=day(9))


def finding_confirm(c: Any) -> list[Act]:
    return twice(confirming(c, make_finding(c.school).pk), "finding.confirm")


def finding_confirm_or_appeal(c: Any) -> list[Act]:
    pk = make_finding(c.school).pk
    return [
        Act(confirming(c, pk), ("finding.confirm",)),
        Act(partial(rectification.appeal, pk, actor=c.principal, reason="有误"), ("finding.appeal",)),
    ]


def finding_submit(c: Any) -> list[Act]:
    pk = make_finding(c.school).pk
    confirming(c, pk)()
    paper = SimpleUploadedFile("签到表.pdf", PDF)
    rectification.report_progress(pk, actor=c.vice, text="已重开", files=[paper])
    return twice(partial(rectification.submit, pk, actor=c.secretary, text="自评"), "finding.submit")


def finding_verify(c: Any) -> list[Act]:
    pk = make_finding(c.school).pk
    confirming(c, pk)()
    paper = SimpleUploadedFile("签到表.pdf", PDF)
    rectification.submit(pk, actor=c.secretary, text="自评", files=[paper])
    return [
        Act(partial(rectification.close, pk, actor=c.inspector, opinion="通过"), ("finding.close",)),
        Act(
            partial(rectification.send_back, pk, actor=c.inspector, opinion="不足", due_on=day(9)),
            ("finding.send_back",),
        ),
    ]


def finding_decide_appeal(c: Any) -> list[Act]:
    pk = make_finding(c.school).pk
    rectification.appeal(pk, actor=c.principal, reason="有误")
    decide = partial(rectification.decide_appeal, pk, actor=c.inspector, answer="答复")
    return [
        Act(partial(decide, is_upheld=True), ("finding.uphold",)),
        Act(partial(decide, is_upheld=False), ("finding.reject",)),
    ]


def register_once(c: Any) -> list[Act]:
    """One report of 党费 a year."""
    return twice(partial(entered, c, "party_funds"), "party_funds.recorded")


def register_correct_or_void(c: Any) -> list[Act]:
    made = entered(c, "loan")
    return [
        Act(
            partial(
                registers.correct,
                "loan",
                made.pk,
                actor=c.clerk,
                version=made.version,
                reason="补",
                values={"borrower": "食堂"},
            ),
            ("loan.corrected",),
        ),
        Act(
            partial(registers.void, "loan", made.pk, actor=c.clerk, version=made.version, reason="误"),
            ("loan.voided",),
        ),
    ]


def register_submit(c: Any) -> list[Act]:
    made = entered(c, "term_report")
    send = partial(registers.submit_report, made.pk, actor=c.secretary, version=made.version)
    return twice(send, "term_report.submitted")


def register_answer(c: Any) -> list[Act]:
    made = entered(c, "policy_filing", title=f"规则{next(_serial)}")
    answer = partial(registers.answer_filing, made.pk, actor=c.inspector, version=made.version)
    return [
        Act(partial(answer, accepted=True), ("policy_filing.approved",)),
        Act(partial(answer, accepted=False, opinion="补"), ("policy_filing.returned",)),
    ]
