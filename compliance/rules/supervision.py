"""监督: R80, R82, R83, R87. What a school reports, files and answers to the levels above it."""

from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.periods import (
    LAST_TERM_FROM,
    LAST_TERM_UNTIL,
    PeriodRule,
    date_of,
)
from compliance.rules.sittings import day_words
from compliance.rules.subjects import HELD, PARTY_BODIES, SchoolRule
from compliance.words import counted, effective_int, exists
from governance.models import School
from meetings.choices import EntryState
from meetings.models import AgendaEntry, Meeting
from registers.choices import FilingState, PolicyKind, ReportState
from registers.models import InspectionRectification, PolicyFiling, TermReport
from registers.periods import term_words

REQUIRED_POLICIES = (PolicyKind.PARTY_RULES, PolicyKind.ADMIN_RULES, PolicyKind.MAJOR_LIST)


@register
class ReportsEachTerm(PeriodRule):
    """R80: by the end of each term the Party organisation reports to the one above it."""

    code = "R80"
    group = RuleGroup.SUPERVISION
    title = "党组织每学期向上级报告"
    level = Level.BREACH
    body = "D"
    trigger = ("term_report", "school", "parameter")
    clauses = ("S2.report",)
    parameters = ("term_report.per_term",)
    link_words = ("term_report",)
    period_words = "接入满一个学期的报告"
    mend = "在台账登记学期报告，由书记报送；已用纸质报送的，填实际报送日期。"
    note = "地方做法，所有学校都要求，不分分设和一肩挑。春季学期按2月至7月、秋季学期按8月至次年1月计算。"
    cases = (
        ("合规", "2026春学期应报告 1 次，7月15日已报送。"),
        ("违规", "2026春学期已结束，报告 0 次。"),
        ("边界", "草稿和被退改的报告不算已报送；新学期开始后补报的算已报送。"),
        ("无法判定", "学校在学期中途接入，此前的报告没有登记。"),
    )

    def facts(self) -> dict[str, Any]:
        sent = TermReport.objects.standing().filter(
            school=OuterRef("pk"),
            term_starts_on=OuterRef("period_from"),
            state__in=[ReportState.SUBMITTED, ReportState.REVIEWED],
            submitted_on__lte=OuterRef("as_of"),
        )
        return {
            **self.joined(),
            "period_from": date_of(LAST_TERM_FROM),
            "period_until": date_of(LAST_TERM_UNTIL),
            "reports_due": effective_int("term_report.per_term", school="pk"),
            "reports": counted(sent),
        }

    def breach(self) -> Any:
        return Q(LessThan(F("reports"), F("reports_due")))

    def occurred_on(self) -> Any:
        return F("period_until")

    def sentence(self, e: Facts) -> str:
        term = term_words(date.fromisoformat(e["period_from"]))
        return (
            f"{term}学期应向上级党组织报告 {e['reports_due']} 次，已报送 {e['reports']} 次："
            f"{e['reports']} ＜ {e['reports_due']}。"
        )


@register
class PoliciesFiled(SchoolRule):
    """R82: rules of procedure and the list of matters are approved by the authority before they are used."""

    code = "R82"
    group = RuleGroup.SUPERVISION
    title = "议事规则和事项清单经区审核备案后启用"
    level = Level.BLOCK
    body = "D"
    trigger = ("policy_filing", "meeting.closed")
    clauses = ("S2.filing",)
    link = "registers:record_list"
    link_id = ""
    link_words = ("policy_filing",)
    mend = "把党组织会议议事规则、校长办公会议议事规则和“三重一大”事项清单报区教育工委审核备案，通过后启用。"
    note = "地方做法。已开过会的学校视为已启用；学校章程的备案另按章程核准规定，本条不计。"
    cases = (
        ("合规", "三项制度都经区审核通过，启用日期不早于审核日期。"),
        ("违规", "已开过会议，“三重一大”事项清单没有报备：通过 2 项 ＜ 3 项。"),
        ("边界", "审核通过当日启用：合规；前一日启用：违规。"),
        ("无法判定", "三项都已报备，区教育工委还没有答复。"),
    )

    def facts(self) -> dict[str, Any]:
        filed = PolicyFiling.objects.standing().filter(
            school=OuterRef("pk"), kind__in=REQUIRED_POLICIES, filed_on__lte=OuterRef("as_of")
        )
        approved = filed.filter(state=FilingState.APPROVED, reviewed_on__lte=OuterRef("as_of"))
        waiting = filed.filter(state=FilingState.FILED).exclude(
            kind__in=PolicyFiling.objects.standing()
            .filter(school=OuterRef(OuterRef("pk")), state=FilingState.APPROVED)
            .values("kind")
        )
        used = filed.filter(effective_on__lte=OuterRef("as_of"))
        held = Meeting.objects.filter(
            school=OuterRef("pk"), state__in=HELD, started_at__date__lte=OuterRef("as_of")
        )
        return {
            "approved": _kinds(approved),
            "awaiting": _kinds(waiting),
            "used_early": counted(
                used.filter(~Q(state=FilingState.APPROVED) | Q(reviewed_on__gt=F("effective_on")))
            ),
            "meets": exists(held),
        }

    def missing(self) -> dict[str, Any]:
        filed_all = Q(GreaterThanOrEqual(F("approved") + F("awaiting"), Value(len(REQUIRED_POLICIES))))
        return {"区教育工委的审核结果": filed_all & Q(awaiting__gt=0, used_early=0, meets=True)}

    def breach(self) -> Any:
        return Q(used_early__gt=0) | Q(meets=True, approved__lt=len(REQUIRED_POLICIES))

    def sentence(self, e: Facts) -> str:
        if e["used_early"]:
            return f"早于区审核通过启用的制度 {e['used_early']} 件 ＞ 0 件。"
        return (
            f"应审核备案 {len(REQUIRED_POLICIES)} 项，审核通过 {e['approved']} 项，待审核 {e['awaiting']} 项："
            f"{e['approved']} ＜ {len(REQUIRED_POLICIES)}。"
        )


def _kinds(filings: QuerySet[PolicyFiling]) -> Coalesce:
    """How many kinds of rules a correlated queryset holds."""
    kinds = filings.order_by().values("school").annotate(kinds=Count("kind", distinct=True))
    return Coalesce(Subquery(kinds.values("kinds")), 0, output_field=IntegerField())


@register
class IntegrityStudied(PeriodRule):
    """R83: the Party body studies 从严治党 and integrity (A06) some times a year."""

    code = "R83"
    group = RuleGroup.SUPERVISION
    title = "每年专题研究党风廉政建设"
    level = Level.WARN
    body = "P"
    trigger = ("entry.concluded", "parameter", "school")
    clauses = ("S1.4", "X.suggest")
    parameters = ("integrity_topic.per_year",)
    link = "decisions:item_list"
    link_id = ""
    period_words = "接入满一个年度的会议"
    mend = "把从严治党、廉政专题（事项 A06）列入党组织会议议程；已开过的纸质会议请补录。"
    note = "巡察反馈指出专题研究偏少；每年次数由议事参数设定，默认 2 次。按上一自然年度计算。"
    cases = (
        ("合规", "2025年党组织会议审议廉政专题 2 次，应 2 次。"),
        ("违规", "2025年审议廉政专题 1 次 ＜ 2 次。"),
        ("边界", "12月31日审议的计入当年，1月1日审议的计入下一年。"),
        ("无法判定", "学校在年度中途接入，此前的会议没有补录。"),
    )

    def facts(self) -> dict[str, Any]:
        studied = AgendaEntry.objects.filter(
            stage__item__school=OuterRef("pk"),
            stage__item__catalogue_entry__code="A06",
            stage__body__kind__in=PARTY_BODIES,
            state=EntryState.CONCLUDED,
            meeting__started_at__date__gte=OuterRef("period_from"),
            meeting__started_at__date__lte=OuterRef("period_until"),
        )
        return {
            **self.joined(),
            "period_from": date_of("(date_trunc('year', {day}) - interval '1 year')::date"),
            "period_until": date_of("date_trunc('year', {day})::date - 1"),
            "topics_due": effective_int("integrity_topic.per_year", school="pk"),
            "topics": counted(studied),
        }

    def breach(self) -> Any:
        return Q(LessThan(F("topics"), F("topics_due")))

    def occurred_on(self) -> Any:
        return F("period_until")

    def sentence(self, e: Facts) -> str:
        return (
            f"{e['period_from'][:4]}年党组织会议应专题研究党风廉政建设 {e['topics_due']} 次，"
            f"审议 {e['topics']} 次：{e['topics']} ＜ {e['topics_due']}。"
        )


@register
class InspectionAnswered(Rule):
    """R87: after an inspection the report on rectification is handed in by its day."""

    code = "R87"
    group = RuleGroup.SUPERVISION
    title = "巡察整改按期报告"
    level = Level.WARN
    body = "D"
    trigger = ("inspection_rectification", "parameter")
    clauses = ("S1.4", "X.suggest")
    parameters = ("inspection.report_days",)
    model = InspectionRectification
    link = "registers:record_detail"
    link_words = ("inspection_rectification",)
    mend = "报送整改报告，在台账补上报送日期；反馈意见另定期限的，登记期限。"
    note = "反馈意见写明期限的从其期限；未写明的按议事参数，默认 60 日（2014 年口径，新条例期限待核）。"
    cases = (
        ("合规", "9月1日反馈，期限 60 日，10月30日报送。"),
        ("违规", "9月1日反馈，期限 60 日，至11月20日尚未报送：超期 20 日。"),
        ("边界", "期限当日报送：合规；次日报送：超期 1 日。"),
        ("无法判定", "接入平台前的反馈，没有登记报送日期。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return InspectionRectification.objects.standing().filter(school__in=schools, feedback_on__lte=as_of)

    def facts(self) -> dict[str, Any]:
        return {
            "feedback_day": F("feedback_on"),
            "stated_due": F("due_on"),
            "report_days": effective_int("inspection.report_days"),
            "reported_day": Case(When(reported_on__lte=F("as_of"), then=F("reported_on"))),
            "known_from": F("school__joined_on"),
        }

    def derived(self) -> dict[str, Any]:
        by_rule = F("feedback_day") + Cast(F("report_days"), IntegerField())
        return {"limit_day": Coalesce(F("stated_due"), ExpressionWrapper(by_rule, DateField()))}

    def missing(self) -> dict[str, Any]:
        return {
            "接入前的报送日期": Q(GreaterThan(F("known_from"), F("feedback_day")))
            & Q(reported_day__isnull=True)
        }

    def breach(self) -> Any:
        return GreaterThan(Coalesce(F("reported_day"), F("as_of")), F("limit_day"))

    def label(self) -> Any:
        return Concat(Value("整改报告："), F("source"), output_field=CharField())

    def occurred_on(self) -> Any:
        return F("limit_day")

    def sentence(self, e: Facts) -> str:
        end = e["reported_day"] or e["as_of"]
        late = (date.fromisoformat(end) - date.fromisoformat(e["limit_day"])).days
        what = "报送" if e["reported_day"] else "尚未报送"
        return (
            f"{day_words(e['feedback_day'])}反馈，整改报告期限 {day_words(e['limit_day'])}，"
            f"{'' if e['reported_day'] else '至'}{day_words(end)}{what}，超期 {late} 日。"
        )
