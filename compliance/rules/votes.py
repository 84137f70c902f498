"""表决: R50–R59. The base is snapshotted with the entry; the threshold is pinned on the meeting."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import BooleanField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Case, ExpressionWrapper, When
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.subjects import DECIDING, PARTY_BODIES, EntryRule, item_label, meeting_label
from compliance.words import counted, day, json_int, pinned_flag, pinned_int, pinned_word
from decisions.choices import FAVOURABLE, Outcome
from governance.arithmetic import Threshold
from governance.choices import AttendanceKind, BallotMethod
from governance.models import School
from meetings.choices import EntryState
from meetings.models import Tally

PARAMETERS = ("vote.base", "vote.pass", "vote.major_pass", "vote.recusal_reduces_base")


def vote_facts(entry: str = "") -> dict[str, Any]:
    """What base and threshold of a vote follow from; `entry` is the path of the agenda entry."""
    path = f"{entry}__" if entry else ""
    pinned = f"{path}meeting__parameters"
    major = Q(**{f"{path}attendance_kind": AttendanceKind.TWO_THIRDS})
    return {
        "due": json_int(f"{path}snapshot__due"),
        "present": json_int(f"{path}snapshot__present"),
        "recused": json_int(f"{path}snapshot__recused"),
        "is_major": ExpressionWrapper(major, output_field=BooleanField()),
        "base_kind": pinned_word(pinned, "vote.base"),
        "deducts": pinned_flag(pinned, "vote.recusal_reduces_base"),
        "share_rule": pinned_word(pinned, "vote.pass"),
        "major_n": pinned_int(pinned, "vote.major_pass", 0),
        "major_d": pinned_int(pinned, "vote.major_pass", 1),
    }


def vote_derived() -> dict[str, Any]:
    """Base and threshold: passing means `for × need_d + slack ＞ base × need_n`.

    `slack` is 0 where the share must be exceeded and 1 where it need only be reached (2/3 以上), so that one
    integer comparison serves both.
    """

    def choose(major: Any, two_thirds: int, half: int) -> Case:
        return Case(
            When(Q(is_major=True) & Q(major_n__isnull=False), then=major),
            When(share_rule="two_thirds", then=Value(two_thirds)),
            When(share_rule="gt_half", then=Value(half)),
            output_field=IntegerField(),
        )

    deducted = Case(When(deducts=True, then=F("recused")), When(deducts=False, then=Value(0)))
    return {
        "base": Case(
            When(base_kind="due", then=F("due") - deducted),
            When(base_kind="present", then=F("present") - deducted),
            output_field=IntegerField(),
        ),
        "need_n": choose(F("major_n"), 2, 1),
        "need_d": choose(F("major_d"), 3, 2),
        "slack": choose(Value(1), 1, 0),
    }


def vote_missing() -> dict[str, Any]:
    return {
        "表决基数": Q(base__isnull=True) | Q(base__lte=0),
        "会议固定的表决参数": Q(need_n__isnull=True) | Q(need_d__isnull=True) | Q(slack__isnull=True),
    }


def threshold_of(e: Facts) -> Threshold:
    return Threshold(e["need_n"], e["need_d"], is_strict=not e["slack"])


def base_words(e: Facts) -> str:
    kind = "应到" if e["base_kind"] == "due" else "实到"
    return f"{kind} {e['base']} 人" + ("（已扣除回避）" if e["deducts"] and e["recused"] else "")


class TallyRule(Rule):
    """Asked of single questions voted on; the subclass says which."""

    group = RuleGroup.VOTES
    model = Tally
    school = "entry__meeting__school"
    pinned = "entry__meeting__parameters"
    link = "meetings:meeting_detail"
    link_id = "entry__meeting_id"
    trigger = ("entry.concluded",)

    def label(self) -> Any:
        return Concat(meeting_label("entry__meeting"), Value("："), item_label("entry__stage__item"))

    def occurred_on(self) -> Any:
        return day("entry__meeting__started_at")

    def scope(self) -> Any:
        return F("entry__stage__item__access_scope")


@register
class VotePasses(TallyRule):
    """R53: what is recorded as passed got more than half of the base (or the share the rules set)."""

    code = "R53"
    title = "赞成超过应到会人数的半数方为通过"
    level = Level.BLOCK
    body = "P"
    clauses: ClassVar[tuple[str, ...]] = ("W3.pass", "W11", "W12")
    parameters: ClassVar[tuple[str, ...]] = PARAMETERS
    mend = "核对票数和签到；未达到门槛的，按未通过更正并重新审议。"
    note = "中办《意见（试行）》未规定通过票数，门槛和基数（应到或实到）由地方议事规则以参数设定。"
    cases = (
        ("合规", "应到 7 人，赞成 4 票：4 ＞ 3.5。"),
        ("违规", "应到 7 人，实到 5 人，赞成 3 票，记为通过。"),
        ("边界", "应到 6 人，赞成 3 票：恰好半数，不算过半。"),
        ("无法判定", "没有票数，或会议没有固定表决参数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Tally.objects.filter(
            entry__meeting__school__in=schools,
            entry__meeting__body__kind__in=PARTY_BODIES,
            entry__meeting__started_at__date__lte=as_of,
            entry__state=EntryState.CONCLUDED,
            entry__outcome__in=FAVOURABLE,
        ).exclude(entry__method=BallotMethod.PRINCIPAL)

    def facts(self) -> dict[str, Any]:
        return {"in_favour": Cast(F("votes_for"), IntegerField()), **vote_facts("entry")}

    def derived(self) -> dict[str, Any]:
        return vote_derived()

    def missing(self) -> dict[str, Any]:
        return {"赞成票数": Q(in_favour__isnull=True), **vote_missing()}

    def breach(self) -> Any:
        return Q(LessThanOrEqual(F("in_favour") * F("need_d") + F("slack"), F("base") * F("need_n")))

    def sentence(self, e: Facts) -> str:
        threshold = threshold_of(e)
        return (
            f"记为通过，以{base_words(e)}为基数，赞成 {e['in_favour']} 票："
            f"{threshold.formula(e['in_favour'], e['base'])}，须 {threshold.required(e['base'])} 票。"
        )


@register
class ConclusionAgrees(EntryRule):
    """R55: the recorded conclusion is the one the votes give."""

    code = "R55"
    group = RuleGroup.VOTES
    title = "记录结论与计票结论一致"
    level = Level.BREACH
    body = "P"
    trigger = ("entry.concluded",)
    clauses = ("W19", "W11")
    parameters = PARAMETERS
    outcomes_asked = DECIDING
    mend = "核对票数和记录结论，以更正版纪要说明。"
    note = "国家文件未规定，参照“三重一大”系统数据规范的采集校验。"
    cases = (
        ("合规", "2 项表决均过门槛，记为通过。"),
        ("违规", "全部过门槛记为否决，或有 1 项未过门槛记为通过。"),
        ("边界", "2 项中 1 项未过：记为否决则一致。"),
        ("无法判定", "没有表决，或有表决未计票。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        asked = super().asked(schools, as_of).filter(meeting__body__kind__in=PARTY_BODIES)
        return asked.exclude(method=BallotMethod.PRINCIPAL)

    def facts(self) -> dict[str, Any]:
        tallies = Tally.objects.filter(entry=OuterRef("pk"))
        return {
            **vote_facts(),
            "recorded": Cast(F("outcome"), TextField()),
            "questions": counted(tallies),
            "counted": counted(tallies.filter(votes_for__isnull=False)),
            "lowest": Subquery(tallies.order_by("votes_for").values("votes_for")[:1]),
        }

    def derived(self) -> dict[str, Any]:
        return vote_derived()

    def missing(self) -> dict[str, Any]:
        return {
            "表决": Q(questions=0),
            "部分票数": Q(counted__lt=F("questions")),
            **vote_missing(),
        }

    def breach(self) -> Any:
        lowest, needed = F("lowest") * F("need_d") + F("slack"), F("base") * F("need_n")
        return (Q(recorded__in=FAVOURABLE) & Q(LessThanOrEqual(lowest, needed))) | (
            Q(recorded=Outcome.REJECTED) & Q(GreaterThan(lowest, needed))
        )

    def sentence(self, e: Facts) -> str:
        threshold = threshold_of(e)
        return (
            f"{e['questions']} 项表决以{base_words(e)}为基数，最低赞成 {e['lowest']} 票："
            f"{threshold.formula(e['lowest'], e['base'])}，须 {threshold.required(e['base'])} 票；"
            f"记录结论为“{Outcome(e['recorded']).label}”，不一致。"
        )
