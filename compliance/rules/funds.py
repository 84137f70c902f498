"""监督 and 执行: R77, R79, R89. Money; amounts in 分 where payments have cents, else in 元."""

from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.periods import ACCOUNTED_YEAR, number_of
from compliance.rules.sittings import day_words
from compliance.rules.subjects import SchoolRule
from compliance.words import counted, effective_denominator, effective_int, months_later
from governance.models import School
from registers.models import Expenditure, Loan, PartyFunds


def yuan(fen: int) -> str:
    """An amount in 分 as people read it, e.g. 98,000.50 元; without cents where there are none."""
    whole, cents = divmod(fen, 100)
    return f"{whole:,}.{cents:02d} 元" if cents else f"{whole:,} 元"


@register
class NoSplitting(Rule):
    """R77: payments below the threshold do not reach it together, by project or by supplier, within the window."""

    code = "R77"
    group = RuleGroup.EXECUTION
    title = "大额支出不得拆分"
    level = Level.WARN
    body = "A"
    trigger = ("expenditure", "parameter")
    clauses = ("S1.4", "X.suggest")
    parameters = ("fund.large_threshold", "fund.split_window_days")
    model = Expenditure
    link = "registers:record_detail"
    link_words = ("expenditure",)
    mend = "把同一项目的支出合并，按大额资金提请集体决策；已有决策议题的，在登记中选择该议题。"
    note = "“拆小规避招标”见于巡察反馈；窗口默认 90 日，由议事参数设定。已选择决策议题的支出不计。"
    cases = (
        ("合规", "90 日内同一项目支出 2 笔，累计 180,000 元，起点 300,000 元。"),
        ("违规", "90 日内同一供应商 4 笔，累计 392,000 元 ≥ 300,000 元，每笔都低于起点。"),
        ("边界", "累计恰好 300,000 元：违规；第 91 日的支出不再累计。"),
        ("无法判定", "没有设定大额资金起点。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Expenditure.objects.standing().filter(
            school__in=schools, item__isnull=True, spent_on__lte=as_of
        )

    def facts(self) -> dict[str, Any]:
        window = Cast(OuterRef("window_days"), IntegerField())
        near = Expenditure.objects.standing().filter(
            school=OuterRef("school"),
            item__isnull=True,
            spent_on__gt=ExpressionWrapper(OuterRef("spent_on") - window, DateField()),
            spent_on__lte=OuterRef("spent_on"),
        )
        by_project = near.filter(project=OuterRef("project"))
        by_supplier = near.filter(supplier=OuterRef("supplier")).exclude(supplier="")
        return {
            "threshold": effective_int("fund.large_threshold"),
            "window_days": effective_int("fund.split_window_days"),
            "amount_fen": _fen(F("amount")),
            "project_fen": _sum(by_project),
            "project_payments": counted(by_project),
            "supplier_fen": _sum(by_supplier),
            "supplier_payments": counted(by_supplier),
        }

    def derived(self) -> dict[str, Any]:
        return {"limit_fen": F("threshold") * Value(100)}

    def missing(self) -> dict[str, Any]:
        return {"大额资金起点": Q(threshold__isnull=True)}

    def breach(self) -> Any:
        return Q(LessThan(F("amount_fen"), F("limit_fen"))) & (
            Q(GreaterThanOrEqual(F("project_fen"), F("limit_fen")))
            | Q(GreaterThanOrEqual(F("supplier_fen"), F("limit_fen")))
        )

    def label(self) -> Any:
        return Concat(Value("支出："), F("project"), output_field=CharField())

    def occurred_on(self) -> Any:
        return F("spent_on")

    def sentence(self, e: Facts) -> str:
        by_project = e["project_fen"] >= e["limit_fen"]
        who, fen, count = (
            ("同一项目", e["project_fen"], e["project_payments"])
            if by_project
            else ("同一供应商", e["supplier_fen"], e["supplier_payments"])
        )
        return (
            f"本笔 {yuan(e['amount_fen'])}，{e['window_days']} 日内{who} {count} 笔累计 {yuan(fen)} ≥ "
            f"{yuan(e['limit_fen'])}，未见集体决策。"
        )


def _fen(amount: Any) -> Cast:
    return Cast(amount * 100, BigIntegerField())


def _sum(payments: QuerySet[Expenditure]) -> Coalesce:
    total = payments.order_by().values("school").annotate(fen=_fen(Sum("amount"))).values("fen")
    return Coalesce(Subquery(total), 0, output_field=BigIntegerField())


@register
class LoansSettled(Rule):
    """R79: what was lent is settled within six months."""

    code = "R79"
    group = RuleGroup.EXECUTION
    title = "借款按期核销"
    level = Level.WARN
    body = "A"
    trigger = ("loan", "parameter")
    clauses = ("S1.4", "X.suggest")
    parameters = ("loan.settle_months",)
    model = Loan
    link = "registers:record_detail"
    link_words = ("loan",)
    mend = "清理并核销借款，在台账补上核销日期。"
    note = "巡察反馈要求清理长期未核销借款；期限默认 6 个月，由议事参数设定。"
    cases = (
        ("合规", "3月10日借出，9月8日核销。"),
        ("违规", "3月10日借出，至11月20日未核销，期限 9月10日。"),
        ("边界", "9月10日当日核销：合规；9月11日核销：超期 1 日。"),
        ("无法判定", "没有核销期限的参数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Loan.objects.standing().filter(school__in=schools, lent_on__lte=as_of)

    def facts(self) -> dict[str, Any]:
        return {
            "lent_day": F("lent_on"),
            "settled_day": Case(When(settled_on__lte=F("as_of"), then=F("settled_on"))),
            "settle_months": effective_int("loan.settle_months"),
            "loan_fen": _fen(F("amount")),
        }

    def derived(self) -> dict[str, Any]:
        return {"limit_day": months_later(F("lent_day"), F("settle_months"))}

    def missing(self) -> dict[str, Any]:
        return {"借款核销期限": Q(settle_months__isnull=True)}

    def breach(self) -> Any:
        return GreaterThan(Coalesce(F("settled_day"), F("as_of")), F("limit_day"))

    def label(self) -> Any:
        return Concat(Value("借款："), F("purpose"), output_field=CharField())

    def occurred_on(self) -> Any:
        return F("limit_day")

    def sentence(self, e: Facts) -> str:
        end = e["settled_day"] or e["as_of"]
        late = (date.fromisoformat(end) - date.fromisoformat(e["limit_day"])).days
        what = "才核销" if e["settled_day"] else "尚未核销"
        return (
            f"{day_words(e['lent_day'])}借出 {yuan(e['loan_fen'])}，应在 {e['settle_months']} 个月内"
            f"（{day_words(e['limit_day'])}前）核销，至{day_words(end)}{what}，超期 {late} 日。"
        )


@register
class PartyFundsProvided(SchoolRule):
    """R89: money for Party building by member and by payroll."""

    code = "R89"
    group = RuleGroup.SUPERVISION
    title = "党建经费按标准安排"
    level = Level.INFO
    body = "D"
    trigger = ("party_funds", "parameter")
    clauses = ("S2.fund",)
    parameters = ("fund.per_member", "fund.payroll_ratio")
    link = "registers:record_list"
    link_id = ""
    link_words = ("party_funds",)
    mend = "按标准补足经费安排，并更正台账。"
    note = "曲靖做法：每名党员每年 200 元，工资总额 1.5%；各地标准不同，由议事参数设定。4月起看当年。"
    cases = (
        ("合规", "党员 62 人，安排 12,400 元；工资总额 9,000,000 元，列支 135,000 元。"),
        ("违规", "党员 62 人，安排 12,000 元 ＜ 62 × 200 元。"),
        ("边界", "恰好 135,000 元：135,000 × 200 ＝ 9,000,000 × 3，合规。"),
        ("无法判定", "没有登记本年度党建经费。"),
    )

    def facts(self) -> dict[str, Any]:
        funds = PartyFunds.objects.standing().filter(school=OuterRef("pk"), year=OuterRef("judged_year"))
        return {
            "judged_year": number_of(f"{ACCOUNTED_YEAR} + 1"),
            "party_members_paid": Subquery(funds.values("members")[:1]),
            "payroll_yuan": Subquery(funds.values("payroll")[:1]),
            "for_members": Subquery(funds.values("allocated_members")[:1]),
            "from_payroll": Subquery(funds.values("allocated_payroll")[:1]),
            "per_member": effective_int("fund.per_member", school="pk"),
            "share_n": effective_int("fund.payroll_ratio", school="pk"),
            "share_d": effective_denominator("fund.payroll_ratio", school="pk"),
        }

    def missing(self) -> dict[str, Any]:
        return {"本年度党建经费": Q(payroll_yuan__isnull=True)}

    def breach(self) -> Any:
        return Q(LessThan(F("for_members"), F("party_members_paid") * F("per_member"))) | Q(
            LessThan(F("from_payroll") * F("share_d"), F("payroll_yuan") * F("share_n"))
        )

    def sentence(self, e: Facts) -> str:
        parts = []
        due = e["party_members_paid"] * e["per_member"]
        if e["for_members"] < due:
            parts.append(
                f"按党员应安排 {e['party_members_paid']} × {e['per_member']} = {due:,} 元，"
                f"已安排 {e['for_members']:,} 元 ＜ {due:,} 元"
            )
        if e["from_payroll"] * e["share_d"] < e["payroll_yuan"] * e["share_n"]:
            parts.append(
                f"工资总额 {e['payroll_yuan']:,} 元，列支 {e['from_payroll']:,} 元："
                f"{e['from_payroll']:,} × {e['share_d']} ＜ {e['payroll_yuan']:,} × {e['share_n']}"
            )
        return f"{e['judged_year']}年度" + "；".join(parts) + "。"
