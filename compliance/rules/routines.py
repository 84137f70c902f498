"""文书 R67, 执行 R73: what is due once a year or a term, and stands in a register."""

from datetime import date
from typing import Any

from django.db.models import F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.items import on_day
from compliance.rules.periods import LAST_TERM_FROM, LAST_TERM_UNTIL, PeriodRule, date_of, number_of
from compliance.rules.subjects import HELD, PARTY_BODIES
from compliance.words import counted, effective_int
from decisions.models import Resolution
from meetings.models import Meeting
from registers.choices import Retention
from registers.models import ArchiveTransfer, ExecutionReport
from registers.periods import term_words

# The last year whose papers were due by 30 June.
ARCHIVED_YEAR = "extract(year from {day} - interval '6 months')::int - 1"
DEADLINE = "make_date(extract(year from {day} - interval '6 months')::int, 6, 30)"


@register
class PapersArchived(PeriodRule):
    """R67: the papers of a year's meetings are in the archive by 30 June of the next, to be kept for ever."""

    code = "R67"
    group = RuleGroup.PAPERS
    title = "会议材料次年6月底前归档，永久保管"
    level = Level.WARN
    body = "P/A"
    trigger = ("archive_transfer", "meeting.closed")
    clauses = ("W16",)
    link_words = ("archive_transfer",)
    mend = "把上一年度会议的记录和纪要移交归档，在台账登记移交日期、次数和档号；保管期限改为永久。"
    note = "8 号令适用于机关，学校参照；次年 6 月底的期限待核。保管“至少 5 年”的校内规定低于永久。"
    cases = (
        ("合规", "2025 年度会议 42 次，2026 年 5 月移交 42 次，永久保管。"),
        ("违规", "2025 年度会议 42 次，2026 年 6 月 30 日前移交 40 次；或按 10 年保管。"),
        ("边界", "6 月 30 日移交：合规；7 月 1 日移交：不符合。6 月 30 日检查，只看前一个到期的年度。"),
        ("无法判定", "归档期限过后学校才接入平台，此前的移交没有登记。"),
    )

    def facts(self) -> dict[str, Any]:
        held = Meeting.objects.filter(
            school=OuterRef("pk"), state__in=HELD, year=OuterRef("archived_year"), started_at__isnull=False
        )
        moved = ArchiveTransfer.objects.standing().filter(
            school=OuterRef("pk"), year=OuterRef("archived_year"), transferred_on__lte=OuterRef("as_of")
        )
        in_time = moved.filter(transferred_on__lte=OuterRef("deadline"))
        total = in_time.order_by().values("school").annotate(total=Sum("meetings")).values("total")
        return {
            **self.joined(),
            "archived_year": number_of(ARCHIVED_YEAR),
            "deadline": date_of(DEADLINE),
            "held": counted(held),
            "in_time": Coalesce(Subquery(total, output_field=IntegerField()), 0),
            "kept_short": counted(moved.exclude(retention=Retention.PERMANENT)),
        }

    def missing(self) -> dict[str, Any]:
        late = Q(GreaterThan(F("known_from"), F("deadline")))
        return {"接入前的归档移交登记": late & Q(LessThan(F("in_time"), F("held")))}

    def breach(self) -> Any:
        return Q(LessThan(F("in_time"), F("held"))) | Q(kept_short__gt=0)

    def occurred_on(self) -> Any:
        return F("deadline")

    def sentence(self, e: Facts) -> str:
        parts = []
        if e["in_time"] < e["held"]:
            parts.append(
                f"{e['archived_year']}年度会议 {e['held']} 次，{on_day(e['deadline'])}前移交归档 "
                f"{e['in_time']} 次：{e['in_time']} ＜ {e['held']}"
            )
        if e["kept_short"]:
            parts.append(f"{e['archived_year']}年度移交中不按永久保管的 {e['kept_short']} 次 ＞ 0 次")
        return "；".join(parts) + "。"


@register
class PrincipalReports(PeriodRule):
    """R73: the principal reports to the Party organisation how its major resolutions are carried out."""

    code = "R73"
    group = RuleGroup.EXECUTION
    title = "校长每学期报告重大决议执行情况"
    level = Level.WARN
    body = "P"
    trigger = ("execution_report", "entry.concluded")
    clauses = ("Z4.9", "X.suggest")
    parameters = ("execution_report.per_term",)
    link_words = ("execution_report",)
    period_words = "接入满一个学期的报告"
    mend = "由校长向党组织会议报告决议执行情况，在台账登记报告日期和听取报告的会议。"
    note = "报告职责见第（四）条第 9 项，频次未作规定；每学期 1 次为建议值，由参数 execution_report.per_term 设定。"
    cases = (
        ("合规", "2026春学期党组织决议 9 项，校长报告 1 次。"),
        ("违规", "2026春学期党组织决议 9 项，报告 0 次。"),
        ("边界", "学期内党组织没有形成决议：不要求报告。"),
        ("无法判定", "学校在学期中途接入，此前的报告没有登记。"),
    )

    def facts(self) -> dict[str, Any]:
        decided = Resolution.objects.filter(
            school=OuterRef("pk"),
            stage__body__kind__in=PARTY_BODIES,
            decided_on__gte=OuterRef("period_from"),
            decided_on__lte=OuterRef("period_until"),
        )
        made = ExecutionReport.objects.standing().filter(
            school=OuterRef("pk"),
            term_starts_on=OuterRef("period_from"),
            reported_on__lte=OuterRef("as_of"),
        )
        return {
            **self.joined(),
            "period_from": date_of(LAST_TERM_FROM),
            "period_until": date_of(LAST_TERM_UNTIL),
            "resolutions": counted(decided),
            "reports_due": effective_int("execution_report.per_term", school="pk"),
            "reports": counted(made),
        }

    def breach(self) -> Any:
        return Q(resolutions__gt=0) & Q(LessThan(F("reports"), F("reports_due")))

    def occurred_on(self) -> Any:
        return F("period_until")

    def sentence(self, e: Facts) -> str:
        term = term_words(date.fromisoformat(e["period_from"]))
        return (
            f"{term}学期党组织决议 {e['resolutions']} 项，校长报告执行情况 {e['reports']} 次："
            f"{e['reports']} ＜ {e['reports_due']}。"
        )
