"""议题: R14, R15, R27. The route is gone in full, in the right bodies, and in meetings."""

from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.items import flag, on_day, paper
from compliance.rules.subjects import DecisionRule, EntryRule, item_label
from compliance.words import counted, day, days_between, pinned_int
from decisions.choices import FAVOURABLE, Purpose, StageState
from decisions.models import Stage
from governance.choices import BodyKind, Route
from governance.models import School
from meetings.choices import EntryState
from meetings.models import AgendaEntry


@register
class DeployedInTime(DecisionRule):
    """R14: what the Party organisation decided on route L is deployed by 校长办公会议 within days."""

    code = "R14"
    group = RuleGroup.ITEMS
    title = "循环议题决定后及时由校长办公会议部署"
    level = Level.WARN
    body = "A"
    trigger = ("entry.concluded", "reconsideration")
    clauses = ("Z6.duty", "S1.5", "X.suggest")
    parameters = ("loop.deploy_days",)
    mend = "召开校长办公会议部署落实，下达任务。"
    note = "部署出自第（六）条；天数为产品建议值，由参数 loop.deploy_days 设定。"
    cases = (
        ("合规", "10 月 20 日党组织会议决定，10 月 24 日校长办公会议部署。"),
        ("违规", "决定已 8 日，校长办公会议尚未部署。"),
        ("边界", "决定后恰好第 7 日部署：合规；第 8 日：不符合。复议中的决定不计未部署。"),
        ("无法判定", "补录的会议，其后的部署会议尚未补录；或会议没有固定部署时限。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(stage__item__route=Route.LOOP)

    def facts(self) -> dict[str, Any]:
        deployed = AgendaEntry.objects.filter(
            stage__item=OuterRef("stage__item"),
            stage__round=OuterRef("stage__round"),
            stage__purpose=Purpose.DEPLOY,
            state=EntryState.CONCLUDED,
            outcome__in=FAVOURABLE,
            meeting__started_at__gte=OuterRef("meeting__started_at"),
            meeting__started_at__date__lte=OuterRef("as_of"),
        ).order_by("meeting__started_at")
        return {
            "decided_day": day("meeting__started_at"),
            "deployed_day": Subquery(deployed.annotate(on=day("meeting__started_at")).values("on")[:1]),
            "limit_days": pinned_int(self.pinned, "loop.deploy_days"),
            # A reconsideration opens a further round: what it reopened waits for the new decision.
            "is_standing": flag(Exact(F("stage__round"), F("stage__item__round"))),
            "is_paper": paper(),
        }

    def _late(self) -> Q:
        used = days_between(F("decided_day"), Coalesce(F("deployed_day"), F("as_of")))
        return Q(GreaterThan(used, F("limit_days")))

    def missing(self) -> dict[str, Any]:
        return {
            "会议固定的部署时限": Q(limit_days__isnull=True),
            "补录会议之后的部署会议": Q(is_paper=True, deployed_day__isnull=True) & self._late(),
        }

    def breach(self) -> Any:
        return self._late() & (Q(deployed_day__isnull=False) | Q(is_standing=True))

    def sentence(self, e: Facts) -> str:
        until = e["deployed_day"] or e["as_of"]
        used = (date.fromisoformat(until) - date.fromisoformat(e["decided_day"])).days
        how = f"{on_day(until)}部署" if e["deployed_day"] else f"至 {on_day(until)}未部署"
        return (
            f"{on_day(e['decided_day'])}党组织会议决定，{how}，用时 {used} 日：{used} ＞ {e['limit_days']}。"
        )


@register
class AdminDecidesItsOwn(EntryRule):
    """R15: 校长办公会议 may propose and deploy what the list reserves to the Party organisation, never decide it."""

    code = "R15"
    group = RuleGroup.ITEMS
    title = "校长办公会议不得决定应由党组织会议决定的事项"
    level = Level.BLOCK
    body = "A"
    trigger = ("entry.concluded", "catalogue")
    clauses = ("Z5.topic", "Z6.duty")
    link = "decisions:item_detail"
    link_id = "stage__item_id"
    mend = "将该事项提交党组织会议讨论决定；已经执行的，说明情况并纳入整改。"
    note = "哪些事项由党组织会议决定，以区、校事项清单的路线为准。"
    cases = (
        ("合规", "循环议题在校长办公会议上研究提出或部署。"),
        ("违规", "校长办公会议直接决定了清单列为循环议题的大额支出。"),
        ("边界", "清单路线为校长办公会议决定的日常事项：由校长办公会议决定，合规。"),
        ("无法判定", "环节没有登记目的（提出、决定、部署）。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        reserved = (Route.LOOP, Route.PARTY)
        return (
            super()
            .asked(schools, as_of)
            .filter(
                Q(stage__item__catalogue_entry__route__in=reserved) | Q(stage__item__route__in=reserved),
                meeting__body__kind=BodyKind.ADMIN,
            )
        )

    def facts(self) -> dict[str, Any]:
        return {
            "decided_day": day("meeting__started_at"),
            "listed_route": F("stage__item__catalogue_entry__route"),
            "taken_route": F("stage__item__route"),
            "aim": F("stage__purpose"),
        }

    def missing(self) -> dict[str, Any]:
        return {"环节目的": Q(aim="") | Q(aim__isnull=True), "议题路线": Q(taken_route__isnull=True)}

    def breach(self) -> Any:
        return Q(aim=Purpose.DECIDE) | Q(taken_route=Route.ADMIN)

    def sentence(self, e: Facts) -> str:
        listed = Route(e["listed_route"]).label
        return (
            f"{on_day(e['decided_day'])}校长办公会议形成决定 1 次，清单路线为“{listed}”，"
            "应由党组织会议决定：1 ＞ 0。"
        )


@register
class DecidedInMeeting(Rule):
    """R27: a decision of the Party organisation is formed in a meeting that was held, not by circulation."""

    code = "R27"
    group = RuleGroup.ITEMS
    title = "不得以传阅、会签、个别征求意见代替会议决定"
    level = Level.BLOCK
    body = "P"
    trigger = ("entry.concluded", "stage.concluded")
    clauses = ("W1.circulate", "W11")
    model = Stage
    link = "decisions:item_detail"
    link_id = "item_id"
    mend = "将该事项提交党组织会议审议；会议确已召开的，补录会议和议程。"
    note = "参照学校党委会议事规则；集体领导、会议决定的原则出自中办《意见（试行）》第（二）条。"
    cases = (
        ("合规", "决定环节列入党总支会议第 19 次议程，已审议。"),
        ("违规", "决定环节记为通过，没有任何会议审议过。"),
        ("边界", "列入会议而未审议就记为通过：不符合。"),
        ("无法判定", "审议的会议没有开会时间。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Stage.objects.filter(
            Q(concluded_at__isnull=True) | Q(concluded_at__date__lte=as_of),
            school__in=schools,
            purpose=Purpose.DECIDE,
            state=StageState.CONCLUDED,
            outcome__in=FAVOURABLE,
        )

    def facts(self) -> dict[str, Any]:
        entries = AgendaEntry.objects.filter(stage=OuterRef("pk"))
        deliberated = entries.filter(state=EntryState.CONCLUDED)
        return {
            "listed": counted(entries),
            "deliberated": counted(deliberated),
            "undated": counted(deliberated.filter(meeting__started_at__isnull=True)),
        }

    def missing(self) -> dict[str, Any]:
        return {"审议会议的开会时间": Q(undated__gt=0)}

    def breach(self) -> Any:
        return Q(deliberated=0)

    def label(self) -> Any:
        return item_label("item", before="决定：")

    def occurred_on(self) -> Any:
        return Coalesce(day("concluded_at"), F("as_of"))

    def scope(self) -> Any:
        return F("item__access_scope")

    def sentence(self, e: Facts) -> str:
        return f"记为通过，列入会议 {e['listed']} 次，会议审议 {e['deliberated']} 次 ＜ 1 次。"
