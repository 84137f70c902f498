"""表决: how votes were taken: R52 方式, R54 特定事项, R56 缓议, R58 无记名投票."""

from datetime import date
from typing import Any

from django.db.models import F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields import BooleanField
from django.db.models.functions import Abs, Cast
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from common.choices import Level
from compliance.registry import Facts, register
from compliance.rules.statements import OPEN_METHODS, PartyEntryRule, spoken
from compliance.rules.subjects import DECIDING
from compliance.rules.votes import TallyRule, VotePasses, base_words, threshold_of
from compliance.words import counted, json_int, pinned_int
from governance.choices import AttendanceKind, BallotMethod, MajorClass
from governance.models import School
from meetings.choices import Stance
from meetings.models import Ballot, Tally

METHODS = (*OPEN_METHODS, BallotMethod.SECRET)


def must_be_secret() -> ExpressionWrapper:
    """Whether a class of the item is among those the pinned rules put to a secret ballot."""
    pinned = "meeting__parameters__vote.secret_classes__value__contains"
    condition = Q()
    for value in MajorClass.values:
        condition |= Q(**{"stage__item__major_classes__contains": [value], pinned: [value]})
    return ExpressionWrapper(condition, output_field=BooleanField())


@register
class MethodFits(PartyEntryRule):
    """R52: one of the four methods, secret where the class demands it, and every question counted by itself."""

    code = "R52"
    title = "表决方式合规，多个事项逐项表决"
    level = Level.BREACH
    clauses = ("W11", "X.suggest")
    parameters = ("vote.secret_classes",)
    mend = "核对表决方式和逐项票数；应无记名而未无记名的，重新表决。"
    note = "参照《党组工作条例》；须无记名投票的类别由参数 vote.secret_classes 设定，默认干部任免。"
    cases = (
        ("合规", "一般事项举手表决 1 项，已计票。"),
        ("违规", "干部任免举手表决；或 2 项事项只计 1 项票数。"),
        ("边界", "一般事项采用无记名投票：合规。"),
        ("无法判定", "没有表决记录。"),
    )

    def facts(self) -> dict[str, Any]:
        tallies = Tally.objects.filter(entry=OuterRef("pk"))
        return {
            "voted_how": Cast(F("method"), TextField()),
            "must_be_secret": must_be_secret(),
            "questions": counted(tallies),
            "questions_counted": counted(tallies.filter(votes_for__isnull=False)),
        }

    def missing(self) -> dict[str, Any]:
        voted = Q(voted_how__in=METHODS)
        return {
            "会议固定的表决方式参数": Q(must_be_secret__isnull=True),
            "表决记录": voted & Q(questions_counted__lte=0),
        }

    def breach(self) -> Any:
        return (
            Q(voted_how=BallotMethod.PRINCIPAL)
            | Q(must_be_secret=True) & Q(voted_how__in=OPEN_METHODS)
            | Q(LessThan(F("questions_counted"), F("questions")))
        )

    def sentence(self, e: Facts) -> str:
        how = BallotMethod(e["voted_how"])
        faults = []
        if how == BallotMethod.PRINCIPAL:
            faults.append("党组织会议以“听取意见后由校长决定”作出决定，没有表决")
        elif e["must_be_secret"] and how != BallotMethod.SECRET:
            faults.append(f"须无记名投票，实为{how.label}")
        if e["questions_counted"] < e["questions"]:
            faults.append(
                f"表决事项 {e['questions']} 项，计票 {e['questions_counted']} 项："
                f"{e['questions_counted']} ＜ {e['questions']}"
            )
        return f"{'；'.join(faults)}。"


@register
class SpecialMajority(VotePasses):
    """R54: where the rules set a higher share for special matters, these reach it. Not asked unless set."""

    code = "R54"
    title = "特定事项赞成达到规定比例"
    clauses = ("X.suggest",)
    parameters = ("vote.major_pass", "vote.base", "vote.recusal_reduces_base")
    mend = "核对票数；未达到规定比例的，按未通过更正并重新审议。"
    note = "默认不启用；区、校以参数 vote.major_pass 设定（例如 2/3）后，对须三分之二到会的事项执行。"
    cases = (
        ("合规", "设定 2/3，应到 7 人，赞成 5 票：5 ≥ 7×2/3，进位为 5。"),
        ("违规", "设定 2/3，应到 7 人，赞成 4 票，记为通过。"),
        ("边界", "设定 2/3，应到 6 人，赞成 4 票：恰好三分之二，合规；未设定则不作要求。"),
        ("无法判定", "没有票数，或没有应到人数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        share = pinned_int("entry__meeting__parameters", "vote.major_pass", 0)
        asked = super().asked(schools, as_of).filter(GreaterThan(share, 0))
        return asked.filter(entry__attendance_kind=AttendanceKind.TWO_THIRDS)

    def sentence(self, e: Facts) -> str:
        threshold = threshold_of(e)
        return (
            f"特定事项记为通过，以{base_words(e)}为基数，赞成 {e['in_favour']} 票："
            f"{threshold.formula(e['in_favour'], e['base'])}，须 {threshold.required(e['base'])} 票。"
        )


@register
class CloseVoteDeferred(PartyEntryRule):
    """R56: a decision by a narrow count, or against half of the voters who wanted to wait, had better be deferred."""

    code = "R56"
    title = "分歧较大的事项缓议"
    level = Level.WARN
    clauses = ("W12", "X.suggest")
    parameters = ("vote.defer_margin",)
    mend = "核实意见分歧，必要时进一步沟通后按程序复议。"
    note = (
        "“分歧较大的暂缓表决”见于《干部任用条例》，学校参照；票差由参数 vote.defer_margin 设定，"
        "默认赞成与反对、弃权相差 1 票以内为分歧较大，或半数以上成员主张缓议。"
    )
    cases = (
        ("合规", "赞成 5 票，反对、弃权 2 票，相差 3 票 ＞ 1 票。"),
        ("违规", "赞成 4 票，反对、弃权 3 票，相差 1 票 ≤ 1 票，仍作出决定。"),
        ("边界", "结论为缓议：不作要求。"),
        ("无法判定", "没有票数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        margin = pinned_int("meeting__parameters", "vote.defer_margin")
        return super().asked(schools, as_of).filter(GreaterThanOrEqual(margin, 0), method__in=METHODS)

    def facts(self) -> dict[str, Any]:
        apart = Abs(F("votes_for") - F("votes_against") - F("abstentions"), output_field=IntegerField())
        closest = (
            Tally.objects.filter(entry=OuterRef("pk"), votes_for__isnull=False)
            .annotate(apart=apart, others=F("votes_against") + F("abstentions"))
            .order_by("apart", "pk")
        )
        return {
            "margin": pinned_int("meeting__parameters", "vote.defer_margin"),
            "voters": json_int("snapshot__voters"),
            "in_favour": Subquery(closest.values("votes_for")[:1], output_field=IntegerField()),
            "not_in_favour": Subquery(closest.values("others")[:1], output_field=IntegerField()),
            "for_deferring": counted(spoken().filter(stance=Stance.DEFER)),
        }

    def derived(self) -> dict[str, Any]:
        return {
            "apart": Abs(F("in_favour") - F("not_in_favour"), output_field=IntegerField()),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "票数": Q(apart__isnull=True),
            "可投票人数": Q(voters__isnull=True) | Q(voters__lte=0),
            "会议固定的票差参数": Q(margin__isnull=True),
        }

    def breach(self) -> Any:
        close = LessThanOrEqual(F("apart"), F("margin"))
        unclear = GreaterThanOrEqual(F("for_deferring") * 2, F("voters"))
        return Q(close) | Q(unclear)

    def sentence(self, e: Facts) -> str:
        if e["apart"] <= e["margin"]:
            return (
                f"赞成 {e['in_favour']} 票，反对、弃权 {e['not_in_favour']} 票，相差 {e['apart']} 票："
                f"{e['apart']} ≤ {e['margin']}，分歧较大而作出决定。"
            )
        return (
            f"主张缓议 {e['for_deferring']} 人，可投票 {e['voters']} 人："
            f"{e['for_deferring']}×2 ≥ {e['voters']}，半数以上主张缓议而作出决定。"
        )


@register
class SecretBallot(TallyRule):
    """R58: ballots given out all came back, two tellers and a counter are named, no ballot leads to a person."""

    code = "R58"
    title = "无记名投票：票数相符，监票、计票具名"
    level = Level.BREACH
    body = "P"
    clauses = ("W11", "X.suggest")
    mend = "核对发出、收回票数，补填监票人和计票人；票数不符的重新投票。"
    note = "票数相符和监票 2 人为投票通例，正式条文待核。"
    cases = (
        ("合规", "发出 7 张，收回有效 6 张、无效 1 张，监票 2 人，计票 1 人。"),
        ("违规", "发出 7 张，收回 6 张；或监票 1 人；或逐人登记选择。"),
        ("边界", "监票恰好 2 人：合规。"),
        ("无法判定", "没有发出票数，或没有计票。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Tally.objects.filter(
            entry__meeting__school__in=schools,
            entry__meeting__started_at__date__lte=as_of,
            entry__method=BallotMethod.SECRET,
            entry__outcome__in=DECIDING,
        )

    def facts(self) -> dict[str, Any]:
        returned = F("votes_for") + F("votes_against") + F("abstentions") + F("invalid")
        return {
            "given_out": Cast(F("issued"), IntegerField()),
            "returned": Cast(returned, IntegerField()),
            "teller_count": _names_in("tellers"),
            "counter_count": _names_in("counter"),
            "ballots_by_name": counted(Ballot.objects.filter(tally=OuterRef("pk"))),
        }

    def missing(self) -> dict[str, Any]:
        return {"发出票数": Q(given_out__isnull=True), "收回票数": Q(returned__isnull=True)}

    def breach(self) -> Any:
        return (
            Q(LessThan(F("returned"), F("given_out")))
            | Q(GreaterThan(F("returned"), F("given_out")))
            | Q(teller_count__lt=2)
            | Q(counter_count__lt=1)
            | Q(ballots_by_name__gt=0)
        )

    def sentence(self, e: Facts) -> str:
        faults = []
        if e["returned"] != e["given_out"]:
            sign = "＜" if e["returned"] < e["given_out"] else "＞"
            faults.append(
                f"发出 {e['given_out']} 张，收回 {e['returned']} 张：{e['returned']} {sign} {e['given_out']}"
            )
        if e["teller_count"] < 2:
            faults.append(f"监票 {e['teller_count']} 人 ＜ 2 人")
        if e["counter_count"] < 1:
            faults.append("计票 0 人 ＜ 1 人")
        if e["ballots_by_name"]:
            faults.append(f"对应到人的票 {e['ballots_by_name']} 张 ＞ 0")
        return f"无记名投票：{'；'.join(faults)}。"


def _names_in(field: str) -> Func:
    """How many names a text holds, parted by 、 , or blanks."""
    return Func(
        F(field),
        template=r"COALESCE(array_length(regexp_split_to_array("
        r"NULLIF(regexp_replace(%(expressions)s, '^[\s、,，;；]+|[\s、,，;；]+$', '', 'g'), ''),"
        r" '[\s、,，;；]+'), 1), 0)",
        output_field=IntegerField(),
    )
