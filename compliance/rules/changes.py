"""执行: R74–R76, and what 紧急处置 means for R13. How a decision is changed, and how haste is made good."""

from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThan, LessThanOrEqual

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.items import ProposedFirst, on_day
from compliance.rules.subjects import HELD, PARTY_BODIES, item_label
from compliance.words import (
    counted,
    day,
    days_between,
    effective_int,
    exists,
    json_int,
    pinned_word,
)
from decisions.choices import FAVOURABLE, Purpose, ReconsiderationState, ResolutionState
from decisions.models import EmergencyAction, Reconsideration, ReconsiderationSecond, Resolution
from governance.models import School, Seat
from meetings.choices import EntryState, MeetingMode
from meetings.models import AgendaEntry, Meeting

TAKEN_UP = (ReconsiderationState.ACCEPTED, ReconsiderationState.CHANGED, ReconsiderationState.UPHELD)


def _flag(condition: Any) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


@register
class ProposedFirstUnlessUrgent(ProposedFirst):
    """R13 from version 2 on: 紧急处置 of the same round stands in for 提出; R76 asks for the rest."""

    version = 2
    trigger = (*ProposedFirst.trigger, "emergency")
    clauses = (*ProposedFirst.clauses, "W1.urgent")
    cases = (
        *ProposedFirst.cases[:2],
        ("边界", "提出后恰好第 90 日决定：合规；第 91 日：不符合。书记紧急处置后直接补议：合规。"),
        ProposedFirst.cases[3],
    )

    def facts(self) -> dict[str, Any]:
        urgent = EmergencyAction.objects.filter(
            item=OuterRef("stage__item"),
            round=OuterRef("stage__round"),
            happened_at__lte=OuterRef("meeting__started_at"),
        )
        return super().facts() | {"was_urgent": exists(urgent)}

    def breach(self) -> Any:
        return Q(was_urgent=False) & super().breach()


@register
class ChangedByProcedure(Rule):
    """R74: a resolution that no longer stands was reconsidered, in the body that had decided."""

    code = "R74"
    group = RuleGroup.EXECUTION
    title = "变更决议按原决策程序复议"
    level = Level.BLOCK
    body = "P"
    trigger = ("entry.concluded", "stage.concluded", "reconsideration")
    clauses = ("Z7.reconsider", "S0")
    model = Resolution
    link = "decisions:item_detail"
    link_id = "item_id"
    mend = "就变更的内容申请复议，经受理后按原程序重新审议；未经复议的变更不执行。"
    cases = (
        ("合规", "复议经受理，原决定会议重新审议通过，新决议替代原决议。"),
        ("违规", "原决议已被替代，没有经受理的复议。"),
        ("边界", "复议受理当日重新审议：合规；受理晚于变更：不符合。"),
        ("无法判定", "变更由补录的会议作出，纸质复议单未登记。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Resolution.objects.filter(
            school__in=schools, state=ResolutionState.SUPERSEDED, decided_on__lte=as_of
        )

    def facts(self) -> dict[str, Any]:
        after = Resolution.objects.filter(supersedes=OuterRef("pk"))
        taken_up = Reconsideration.objects.filter(
            resolution=OuterRef("pk"),
            decided_at__date__lte=OuterRef("changed_day"),
            state__in=[ReconsiderationState.ACCEPTED, ReconsiderationState.CHANGED],
        )
        entered = AgendaEntry.objects.filter(
            stage__resolution__supersedes=OuterRef("pk"), meeting__mode=MeetingMode.RETROSPECTIVE
        )
        return {
            "changed_day": Subquery(after.values("decided_on")[:1]),
            "reconsidered": counted(taken_up),
            "same_body": exists(after.filter(stage__body=OuterRef("stage__body"))),
            "is_paper": exists(entered),
        }

    def missing(self) -> dict[str, Any]:
        return {"补录会议的复议单": Q(is_paper=True) & Q(reconsidered=0)}

    def breach(self) -> Any:
        return Q(reconsidered=0) | Q(same_body=False)

    def label(self) -> Any:
        return item_label("item", before="决议：")

    def occurred_on(self) -> Any:
        return F("decided_on")

    def scope(self) -> Any:
        return F("item__access_scope")

    def sentence(self, e: Facts) -> str:
        when = f"{on_day(e['changed_day'])}变更" if e["changed_day"] else "已停止执行，没有新的决议"
        if not e["reconsidered"]:
            return f"原决议{when}，此前经受理的复议 0 次 ＜ 1 次。"
        return f"原决议{when}，经受理的复议 {e['reconsidered']} 次，但不是由原决定的会议变更：符合 0 项 ＜ 1 项。"


@register
class ReconsiderationThresholds(Rule):
    """R75: more than half of the members second, and the new decision meets no lower thresholds than the old."""

    code = "R75"
    group = RuleGroup.EXECUTION
    title = "复议附议过半数，门槛不低于原决定"
    level = Level.BLOCK
    body = "P"
    trigger = ("reconsideration", "entry.concluded")
    clauses = ("W12", "X.suggest")
    model = Reconsideration
    link = "decisions:item_detail"
    link_id = "item_id"
    mend = "附议未过半数的，不予受理并补征附议；门槛降低的，按原门槛重新审议。"
    note = "附议过半数参照干部任用条例的复议要求；非干部事项和门槛不低于原决定属建议做法。"
    cases = (
        ("合规", "成员 7 人，附议 4 人：4 ＞ 3.5；复议仍按三分之二到会。"),
        ("违规", "成员 7 人，附议 3 人即受理；或原按三分之二到会、复议改按半数。"),
        ("边界", "成员 6 人，附议 3 人：恰好半数，不超过半数，不符合。"),
        ("无法判定", "受理之日没有决定会议成员的任职记录。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Reconsideration.objects.filter(
            school__in=schools, state__in=TAKEN_UP, decided_at__date__lte=as_of
        )

    def facts(self) -> dict[str, Any]:
        in_force = Q(seat__until__isnull=True) | Q(seat__until__gte=OuterRef("taken_up_day"))
        seats = Seat.objects.filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef("taken_up_day")),
            body=OuterRef("resolution__stage__body"),
            is_voting=True,
            since__lte=OuterRef("taken_up_day"),
        )
        seconds = ReconsiderationSecond.objects.filter(
            in_force,
            reconsideration=OuterRef("pk"),
            at__lte=OuterRef("decided_at"),
            seat__body=OuterRef("resolution__stage__body"),
            seat__is_voting=True,
            seat__since__lte=OuterRef("taken_up_day"),
        )
        decided = AgendaEntry.objects.filter(state=EntryState.CONCLUDED, outcome__in=FAVOURABLE).order_by(
            "-pk"
        )
        old = decided.filter(stage=OuterRef("resolution__stage"))
        new = decided.filter(
            stage__item=OuterRef("item"),
            stage__round=OuterRef("round"),
            stage__purpose=OuterRef("resolution__stage__purpose"),
        )

        def of(entry: QuerySet, expression: Any) -> Subquery:
            return Subquery(entry.annotate(figure=expression).values("figure")[:1])

        share = "snapshot__quorum__share"
        return {
            "taken_up_day": day("decided_at"),
            "members": counted(seats),
            "seconded": counted(seconds),
            "decided_again": exists(new),
            "old_n": of(old, json_int(f"{share}__0")),
            "old_d": of(old, json_int(f"{share}__1")),
            "new_n": of(new, json_int(f"{share}__0")),
            "new_d": of(new, json_int(f"{share}__1")),
            "old_share": of(old, pinned_word("meeting__parameters", "vote.pass")),
            "new_share": of(new, pinned_word("meeting__parameters", "vote.pass")),
        }

    def missing(self) -> dict[str, Any]:
        return {"受理之日决定会议成员的任职": Q(members=0)}

    def breach(self) -> Any:
        few = LessThanOrEqual(F("seconded") * 2, F("members"))
        fewer_come = LessThan(F("new_n") * F("old_d"), F("old_n") * F("new_d"))
        fewer_agree = Q(old_share="two_thirds") & Q(new_share="gt_half")
        return Q(few) | (Q(decided_again=True) & (Q(fewer_come) | fewer_agree))

    def label(self) -> Any:
        return item_label("item", before="复议：")

    def occurred_on(self) -> Any:
        return day("decided_at")

    def scope(self) -> Any:
        return F("item__access_scope")

    def sentence(self, e: Facts) -> str:
        parts = []
        if e["seconded"] * 2 <= e["members"]:
            half = f"{e['members'] / 2:g}"
            parts.append(
                f"{on_day(e['taken_up_day'])}受理时附议 {e['seconded']} 人，成员 {e['members']} 人："
                f"{e['seconded']} 不大于 {e['members']}÷2 = {half}"
            )
        if e["decided_again"] and e["old_n"] and e["new_n"] * e["old_d"] < e["old_n"] * e["new_d"]:
            parts.append(
                f"原决定到会门槛 {e['old_n']}/{e['old_d']}，复议 {e['new_n']}/{e['new_d']}："
                f"{e['new_n']}/{e['new_d']} ＜ {e['old_n']}/{e['old_d']}"
            )
        if e["decided_again"] and (e["old_share"], e["new_share"]) == ("two_thirds", "gt_half"):
            parts.append("原决定须三分之二以上赞成，复议按过半数：1/2 ＜ 2/3")
        return f"{'；'.join(parts)}。"


@register
class EmergencyRatified(Rule):
    """R76: what the secretary disposed of in haste is put to the next Party meeting, within its days."""

    code = "R76"
    group = RuleGroup.EXECUTION
    title = "紧急处置在下次党组织会议补议"
    level = Level.BREACH
    body = "P"
    trigger = ("emergency", "entry.concluded", "meeting.closed")
    clauses = ("W1.urgent", "X.suggest")
    parameters = ("emergency.ratify_days",)
    model = EmergencyAction
    link = "decisions:item_detail"
    link_id = "item_id"
    mend = "把紧急处置的事项列入最近一次党组织会议通报补议，写明事由、时刻和措施。"
    note = "先处置后通报见于学校议事规则；补议 7 日为建议值，由参数 emergency.ratify_days 设定。"
    cases = (
        ("合规", "11 月 3 日处置，11 月 9 日党组织会议补议。"),
        ("违规", "11 月 3 日处置，至 11 月 12 日未补议；或其间开过党组织会议而没有补议。"),
        ("边界", "恰好第 7 日补议：合规；第 8 日：不符合。"),
        ("无法判定", "没有生效的补议时限参数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return EmergencyAction.objects.filter(school__in=schools, happened_at__date__lte=as_of)

    def facts(self) -> dict[str, Any]:
        heard = AgendaEntry.objects.filter(
            stage__item=OuterRef("item"),
            stage__purpose=Purpose.DECIDE,
            stage__round__gte=OuterRef("round"),
            state=EntryState.CONCLUDED,
            meeting__body__kind__in=PARTY_BODIES,
            meeting__started_at__gte=OuterRef("happened_at"),
        ).order_by("meeting__started_at")
        between = Meeting.objects.filter(
            school=OuterRef("school"),
            body__kind__in=PARTY_BODIES,
            state__in=HELD,
            started_at__gt=OuterRef("happened_at"),
            started_at__date__lt=Coalesce(OuterRef("ratified_day"), OuterRef("as_of")),
        )
        return {
            "happened_day": day("happened_at"),
            "ratified_day": Subquery(heard.annotate(on=day("meeting__started_at")).values("on")[:1]),
            "passed_over": counted(between),
            "limit_days": effective_int("emergency.ratify_days", school="school"),
        }

    def missing(self) -> dict[str, Any]:
        return {"紧急处置补议时限": Q(limit_days__isnull=True)}

    def breach(self) -> Any:
        used = days_between(F("happened_day"), Coalesce(F("ratified_day"), F("as_of")))
        return Q(passed_over__gt=0) | Q(GreaterThan(used, F("limit_days")))

    def label(self) -> Any:
        return item_label("item", before="紧急处置：")

    def occurred_on(self) -> Any:
        return day("happened_at")

    def scope(self) -> Any:
        return F("item__access_scope")

    def sentence(self, e: Facts) -> str:
        until = e["ratified_day"] or e["as_of"]
        used = (date.fromisoformat(until) - date.fromisoformat(e["happened_day"])) // timedelta(days=1)
        how = f"{on_day(until)}补议" if e["ratified_day"] else f"至 {on_day(until)}未补议"
        parts = []
        if used > e["limit_days"]:
            parts.append(f"已 {used} 日：{used} ＞ {e['limit_days']}")
        if e["passed_over"]:
            parts.append(f"其间党组织会议 {e['passed_over']} 次没有补议：{e['passed_over']} ＞ 0")
        return f"{on_day(e['happened_day'])}紧急处置，{how}，{'；'.join(parts)}。"
