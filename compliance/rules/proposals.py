"""议题: R10–R12. Who proposed the matter, who confirmed it, and where the catalogue sends it."""

from datetime import date
from typing import Any

from django.db.models import BooleanField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Case, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.items import FORMS, evidence, flag, on_day, paper
from compliance.rules.preparation import DEMANDS, moment
from compliance.rules.subjects import PARTY_BODIES, PRINCIPAL, SECRETARY, EntryRule, item_label
from compliance.words import counted, day
from decisions.choices import ItemState, Purpose
from decisions.models import DecisionItem
from governance.choices import BodyKind, PrerequisiteKind, Route
from governance.models import School, Seat


@register
class ProposedByLeader(Rule):
    """R10: the proposer served in the leadership on the day of submission."""

    code = "R10"
    group = RuleGroup.ITEMS
    title = "议题由领导班子成员提出"
    level = Level.BREACH
    body = "P/A"
    trigger = ("item.submitted", "item.revised", "seat")
    clauses = ("Z5.topic", "Z6.topic", "W25")
    model = DecisionItem
    link = "decisions:item_detail"
    mend = "由分管领导作为提出人；部门的事项经分管领导提出。"
    note = "部门议题经分管领导代提，参照学校会议流程。"
    cases = (
        ("合规", "副校长 9 月 12 日申报，当日在任。"),
        ("违规", "中层干部自行申报，当日不在领导班子任职。"),
        ("边界", "任职当日、离任当日申报均算在任；离任次日不算。"),
        ("无法判定", "议题已进入审议，没有申报时间。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return DecisionItem.objects.filter(
            Q(submitted_at__isnull=True, created_at__date__lte=as_of) | Q(submitted_at__date__lte=as_of),
            school__in=schools,
        ).exclude(state=ItemState.DRAFT)

    def facts(self) -> dict[str, Any]:
        serving = Seat.objects.leadership().filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef("submitted_day")),
            school=OuterRef("school"),
            person=OuterRef("proposer"),
            since__lte=OuterRef("submitted_day"),
        )
        return {"submitted_day": day("submitted_at"), "offices": counted(serving)}

    def missing(self) -> dict[str, Any]:
        return {"申报时间": Q(submitted_day__isnull=True)}

    def breach(self) -> Any:
        return Q(offices=0)

    def label(self) -> Any:
        return item_label("")

    def occurred_on(self) -> Any:
        return day("submitted_at")

    def scope(self) -> Any:
        return F("access_scope")

    def sentence(self, e: Facts) -> str:
        return f"{on_day(e['submitted_day'])}申报，提出人当日在领导班子任职 {e['offices']} 项 ＜ 1 项。"


@register
class ConfirmedByChair(EntryRule):
    """R11: 书记 confirms Party topics and 校长 those of 校长办公会议, before the notice goes out.

    A matter added after the notice (R25) must be confirmed before its deliberation begins.
    """

    code = "R11"
    group = RuleGroup.ITEMS
    title = "议题由书记或校长确定，早于会议通知"
    level = Level.BREACH
    body = "P/A"
    trigger = ("entry.concluded", "stage.confirmed", "seat")
    clauses = ("Z5.topic", "Z6.topic")
    mend = "由书记（校长）先确定议题，再发会议通知；已开的会，说明情况并纳入整改。"
    note = "有的学校要求书记、校长共同同意，不作要求；临时动议应在审议前确定。"
    cases = (
        ("合规", "10 月 15 日书记确定，10 月 17 日发会议通知。"),
        ("违规", "没有确定议题，或由其他人确定，或发出通知之后才确定。"),
        ("边界", "确定与通知同时：合规；临时动议在通知之后、审议之前确定：合规。"),
        ("无法判定", "补录的会议，纸质的议题确定记录未登记。"),
    )

    def facts(self) -> dict[str, Any]:
        office = Q(role=PRINCIPAL, body__kind=BodyKind.ADMIN) | Q(role=SECRETARY, body__kind__in=PARTY_BODIES)
        chair = Seat.objects.filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef("confirmed_day")),
            office,
            body=OuterRef("stage__body"),
            person=OuterRef("stage__confirmed_by"),
            since__lte=OuterRef("confirmed_day"),
        )
        # Where the chair must keep away from the matter (R36), another voting member of the body confirms it.
        member = Seat.objects.filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef("confirmed_day")),
            body=OuterRef("stage__body"),
            person=OuterRef("stage__confirmed_by"),
            is_voting=True,
            since__lte=OuterRef("confirmed_day"),
        )
        kept_away = Seat.objects.filter(
            office, body=OuterRef("stage__body"), person__concerned_in__item=OuterRef("stage__item")
        )
        began = Coalesce(F("opened_at"), F("meeting__started_at"))
        return {
            "is_party": flag(Q(meeting__body__kind__in=PARTY_BODIES)),
            "confirmed_at": F("stage__confirmed_at"),
            "confirmed_day": day("stage__confirmed_at"),
            "by_chair": flag(Exists(chair) | Exists(member) & Exists(kept_away)),
            "was_added": F("is_ad_hoc"),
            "due_at": Case(
                When(is_ad_hoc=True, then=began),
                default=Coalesce(F("meeting__notified_at"), F("meeting__started_at")),
            ),
            "is_paper": paper(),
        }

    def derived(self) -> dict[str, Any]:
        return {"is_late": flag(GreaterThan(F("confirmed_at"), F("due_at")))}

    def missing(self) -> dict[str, Any]:
        return {"补录会议的议题确定记录": Q(is_paper=True) & (Q(confirmed_at__isnull=True) | Q(is_late=True))}

    def breach(self) -> Any:
        return Q(confirmed_at__isnull=True) | Q(by_chair=False) | Q(is_late=True)

    def sentence(self, e: Facts) -> str:
        who = "书记" if e["is_party"] else "校长"
        if e["confirmed_at"] is None:
            return f"议题应由{who}确定，没有确定记录：0 次 ＜ 1 次。"
        parts = []
        if not e["by_chair"]:
            parts.append(f"确定人当日不是{who}")
        if e["is_late"]:
            parts.append(f"晚于 {moment(e['due_at'])} {'开始审议' if e['was_added'] else '会议通知'}")
        return f"{moment(e['confirmed_at'])}确定议题，{'，'.join(parts)}。"


# What the list may demand beyond the kinds that have rules of their own (R16, R19–R23).
FURTHER = (PrerequisiteKind.DISCIPLINE, PrerequisiteKind.BUDGET, PrerequisiteKind.PARENTS)
RIGHT_PLACE = (
    Q(stage__purpose=Purpose.DECIDE, stage__item__route__in=[Route.LOOP, Route.PARTY])
    & Q(meeting__body__kind__in=PARTY_BODIES)
    | Q(stage__purpose=Purpose.DEPLOY, stage__item__route__in=[Route.LOOP, Route.ADMIN])
    & Q(meeting__body__kind=BodyKind.ADMIN)
    | Q(stage__purpose=Purpose.PROPOSE, stage__item__route=Route.LOOP, meeting__body__kind=BodyKind.ADMIN)
)


@register
class ByTheList(EntryRule):
    """R12: the matter is on the school's list, goes the list's route, meets in the route's body, brings what it asks.

    Of the evidence the list demands, 纪检意见, 预算来源确认 and 家委会意见 are asked here; the others have their own rules.
    """

    code = "R12"
    group = RuleGroup.ITEMS
    title = "议题挂清单编码，按清单路线上会"
    level = Level.BREACH
    body = "P/A"
    trigger = ("entry.concluded", "prerequisite", "catalogue")
    clauses = ("S1.5", "W19")
    link = "decisions:item_detail"
    link_id = "stage__item_id"
    mend = "按事项清单重新选择事项、路线和会议；补齐清单要求的纪检意见、预算来源确认、家委会意见。"
    note = "国家文件未规定事项编码；清单由区发布、学校采用，未列事项由书记确认后按相近事项办理。"
    cases = (
        ("合规", "G01 年度预决算走循环路线，党总支会议决定，会前有预算来源确认。"),
        ("违规", "清单为循环路线的事项按校长办公会议路线决定；或清单要求的预算来源确认没有登记。"),
        ("边界", "清单升版前已申报、路线相同的议题：合规。"),
        ("无法判定", "补录的会议，清单要求的纸质前置材料尚未登记。"),
    )

    def facts(self) -> dict[str, Any]:
        entry = "stage__item__catalogue_entry"
        lacking: Any = Value(0)
        for kind in FURTHER:
            without = FORMS & Q(**{DEMANDS: [kind]}) & ~Q(Exists(evidence(kind)))
            lacking = lacking + Case(When(without, then=1), default=0, output_field=IntegerField())
        return {
            "decided_day": day("meeting__started_at"),
            "listed_route": F(f"{entry}__route"),
            "taken_route": F("stage__item__route"),
            "is_own": flag(Exact(F(f"{entry}__school"), F("meeting__school"))),
            "is_same_route": flag(Exact(F(f"{entry}__route"), F("stage__item__route"))),
            "is_right_body": Case(When(RIGHT_PLACE, then=True), default=False, output_field=BooleanField()),
            "lacking": lacking,
            "is_paper": paper(),
        }

    def _misplaced(self) -> Q:
        return Q(is_own=False) | Q(is_same_route=False) | Q(is_right_body=False)

    def missing(self) -> dict[str, Any]:
        return {"补录会议的清单前置材料": Q(is_paper=True, lacking__gt=0)}

    def breach(self) -> Any:
        return self._misplaced() | Q(lacking__gt=0)

    def sentence(self, e: Facts) -> str:
        listed, taken = Route(e["listed_route"]).label, Route(e["taken_route"]).label
        parts = []
        if not e["is_own"]:
            parts.append("事项不在本校清单内")
        if not e["is_same_route"]:
            parts.append(f"清单路线为“{listed}”，实际按“{taken}”办理")
        if not e["is_right_body"]:
            parts.append(f"审议的会议与“{taken}”路线不符")
        if e["lacking"]:
            parts.append(f"清单要求的前置材料缺 {e['lacking']} 种 ＞ 0")
        return "；".join(parts) + "。"
