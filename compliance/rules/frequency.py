"""会议: R39, how often bodies meet within a term."""

from datetime import date
from typing import Any

from django.db.models import DateField, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Case, Func, When, Window
from django.db.models.functions import Cast, Coalesce, ExtractMonth, ExtractYear, Greatest, Lag, Least
from django.db.models.lookups import GreaterThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.sittings import day_words
from compliance.rules.subjects import HELD
from compliance.words import counted, day, days_between, effective_int
from governance.choices import BodyKind
from governance.models import Body, School
from meetings.models import Meeting


def _day(year: Any, month: int, of_month: int) -> Func:
    return Func(year, Value(month), Value(of_month), function="make_date", output_field=DateField())


@register
class MeetsOften(Rule):
    """R39: within the term neither body lets more days pass between meetings than its rules say.

    Asked of each body over the teaching weeks of the present or, in the holidays, the last term; from the first
    meeting on the platform. The 支部党员大会 has its own rhythm (R84).
    """

    code = "R39"
    group = RuleGroup.MEETINGS
    title = "党组织会议、校长办公会议按期召开"
    level = Level.WARN
    body = "P/A"
    trigger = ("meeting.closed", "parameter")
    clauses = ("W2.monthly", "X.suggest")
    parameters = ("meeting.party_interval_days", "meeting.admin_interval_days")
    model = Body
    link = "meetings:meeting_list"
    link_id = ""
    mend = "按议事规则安排会议；已开过的纸质会议请补录。"
    note = (
        "会期见于地方议事规则：党组织会议每月一次以上，校长办公会议每两周一次，区、校可另定。"
        "只看学期内（9月1日至次年1月15日，3月1日至6月30日）的间隔，寒暑假不计；国庆等法定假日未扣除。"
    )
    cases = (
        ("合规", "党组织会议 10月9日、11月5日召开，间隔 27 日 ≤ 31 日。"),
        ("违规", "党组织会议 9月20日、11月5日召开，间隔 46 日 ＞ 31 日。"),
        ("边界", "间隔恰好 31 日：合规。"),
        ("无法判定", "平台上还没有该机构开过的会议。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Body.objects.filter(school__in=schools, kind__in=[BodyKind.PARTY, BodyKind.ADMIN])

    def facts(self) -> dict[str, Any]:
        held = Meeting.objects.filter(
            body=OuterRef("pk"),
            state__in=HELD,
            started_at__isnull=False,
            started_at__date__lte=OuterRef("as_of"),
        ).order_by()
        in_term = held.filter(
            started_at__date__gte=OuterRef("counted_from"), started_at__date__lte=OuterRef("counted_until")
        )
        before = Window(Lag(day("started_at")), order_by=F("started_at").asc())
        gap = days_between(Coalesce(F("before"), OuterRef("counted_from")), F("on"))
        gaps = in_term.annotate(on=day("started_at"), before=before).annotate(gap=gap).order_by("-gap", "on")
        year, month = Cast(ExtractYear("as_of"), IntegerField()), ExtractMonth("as_of")
        return {
            "limit_days": Case(
                When(kind=BodyKind.PARTY, then=effective_int("meeting.party_interval_days")),
                default=effective_int("meeting.admin_interval_days"),
                output_field=IntegerField(),
            ),
            "first_held": _edge(held, Min),
            "counted_from": Greatest(
                Case(
                    When(GreaterThan(month, 8), then=_day(year, 9, 1)),
                    When(GreaterThan(month, 2), then=_day(year, 3, 1)),
                    default=_day(year - 1, 9, 1),
                ),
                F("first_held"),
                output_field=DateField(),
            ),
            "counted_until": Case(
                When(GreaterThan(month, 8), then=_day(year + 1, 1, 15)),
                When(GreaterThan(month, 2), then=_day(year, 6, 30)),
                default=_day(year, 1, 15),
            ),
            "meetings_held": counted(in_term),
            "last_held": _edge(in_term, Max),
            "longest_days": Coalesce(Subquery(gaps.values("gap")[:1]), 0, output_field=IntegerField()),
            "longest_until": Subquery(gaps.values("on")[:1]),
        }

    def missing(self) -> dict[str, Any]:
        return {"已开过的会议": Q(first_held__isnull=True), "会议间隔": Q(limit_days__isnull=True)}

    def breach(self) -> Any:
        seen = Least(F("as_of"), F("counted_until"))
        waiting = days_between(Coalesce(F("last_held"), F("counted_from")), seen)
        return Q(GreaterThan(F("longest_days"), F("limit_days"))) | Q(GreaterThan(waiting, F("limit_days")))

    def occurred_on(self) -> Any:
        return Coalesce(F("last_held"), F("counted_from"))

    def sentence(self, e: Facts) -> str:
        seen = min(e["as_of"], e["counted_until"])
        since = e["last_held"] or e["counted_from"]
        waiting = (date.fromisoformat(seen) - date.fromisoformat(since)).days
        head = f"{day_words(e['counted_from'])}起召开 {e['meetings_held']} 次"
        if waiting > e["limit_days"]:
            return (
                f"{head}，{day_words(since)}以后至{day_words(seen)}已 {waiting} 日未召开："
                f"{waiting} ＞ {e['limit_days']}。"
            )
        return (
            f"{head}，{day_words(e['longest_until'])}的会议距上一次 {e['longest_days']} 日："
            f"{e['longest_days']} ＞ {e['limit_days']}。"
        )


def _edge(meetings: QuerySet[Meeting], pick: Any) -> Subquery:
    """Day of the first or the last of some meetings of one body."""
    return Subquery(
        meetings.values("body").annotate(edge=day(pick("started_at"))).values("edge"),
        output_field=DateField(),
    )
