"""表决: what was said: R50 逐一表态, R51 末位表态, R57 校长决定, R59 少数意见."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact, LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.attendance import in_room
from compliance.rules.sittings import is_retrospective
from compliance.rules.subjects import PARTY_BODIES, EntryRule
from compliance.words import counted, json_int
from decisions.choices import FAVOURABLE
from governance.choices import BallotMethod, BodyKind, SeatRole
from governance.models import School
from meetings.choices import Stance
from meetings.models import Attendance, Recusal, Statement, Tally

OPEN_METHODS = (BallotMethod.ORAL, BallotMethod.SHOW_OF_HANDS, BallotMethod.NAMED)


def spoken() -> QuerySet[Statement]:
    """What members said in the meeting on one entry, in order; no observers, nothing in writing."""
    return Statement.objects.filter(entry=OuterRef("pk"), seat__isnull=False, is_written=False)


def unheard(**said: Any) -> QuerySet[Attendance]:
    """Members in the room when the entry was concluded, not recused, of whom no such statement is recorded."""
    statements = Statement.objects.filter(
        entry=OuterRef(OuterRef("pk")), seat=OuterRef("seat"), is_written=False, **said
    )
    recused = Recusal.objects.filter(entry=OuterRef(OuterRef("pk")), seat=OuterRef("seat"))
    here = in_room(OuterRef("meeting"), OuterRef("concluded_at"))
    return here.filter(~Exists(statements), ~Exists(recused))


class PartyEntryRule(EntryRule):
    """Asked of decisions of the Party body."""

    group = RuleGroup.VOTES
    body = "P"
    trigger = ("entry.concluded",)

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(meeting__body__kind__in=PARTY_BODIES)


@register
class EverybodyStates(PartyEntryRule):
    """R50: every member present and not recused takes a clear stance."""

    code = "R50"
    title = "到会成员逐一明确表态"
    level = Level.BREACH
    clauses = ("W12",)
    mend = "补记到会成员的表态；确未表态的，重新审议。"
    note = "见于《干部任用条例》讨论决定章，其他事项参照执行。"
    cases = (
        ("合规", "可表态 6 人，6 人明确表态。"),
        ("违规", "可表态 6 人，1 人没有表态。"),
        ("边界", "表态弃权也是明确表态；回避者、请假者不要求表态。"),
        ("无法判定", "补录的会议没有一人的发言记录。"),
    )

    def facts(self) -> dict[str, Any]:
        stances = [Stance.AGREE, Stance.DISAGREE, Stance.ABSTAIN, Stance.DEFER]
        silent = unheard(stance__in=stances)
        return {
            "voters": json_int("snapshot__voters"),
            "statements_made": counted(spoken()),
            "silent": counted(silent),
            "is_retro": is_retrospective("meeting"),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "可表态人数": Q(voters__isnull=True),
            "补录会议的发言记录": Q(is_retro=True) & Q(statements_made__lte=0),
        }

    def breach(self) -> Any:
        return Q(silent__gt=0)

    def sentence(self, e: Facts) -> str:
        return f"可表态 {e['voters']} 人，没有明确表态 {e['silent']} 人：{e['silent']} ＞ 0。"


@register
class ChairLast(PartyEntryRule):
    """R51: the last member to speak is who presides. Asked where the chair and another member spoke."""

    code = "R51"
    title = "主持人末位表态"
    level = Level.BREACH
    clauses = ("W11", "W12")
    mend = "核对发言次序；确未末位表态的，在今后的会议改正并说明。"
    note = "《党组工作条例》规定主要负责人最后表态，学校参照执行；国家文件未对学校作规定。"
    cases = (
        ("合规", "7 人发言，主持人第 7 个发言。"),
        ("违规", "7 人发言，主持人第 3 个发言，其后还有 4 人。"),
        ("边界", "主持人先汇报、末位再表态：以最后一次发言为准，合规。"),
        ("无法判定", "导入的发言没有次序，主持人与他人序号相同。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        own = spoken().filter(seat__person=OuterRef("meeting__chair"))
        others = spoken().exclude(seat__person=OuterRef("meeting__chair"))
        return super().asked(schools, as_of).filter(Exists(own), Exists(others))

    def facts(self) -> dict[str, Any]:
        mine = Q(seat__person=OuterRef("meeting__chair"))
        return {
            "chair_order": _last(spoken().filter(mine)),
            "others_order": _last(spoken().filter(~mine)),
        }

    def missing(self) -> dict[str, Any]:
        same = Q(Exact(F("chair_order"), F("others_order")))
        return {"发言次序": Q(chair_order__isnull=True) | Q(others_order__isnull=True) | same}

    def breach(self) -> Any:
        return Q(LessThan(F("chair_order"), F("others_order")))

    def sentence(self, e: Facts) -> str:
        return (
            f"主持人最后一次发言为第 {e['chair_order']} 个，其他成员最后发言为第 {e['others_order']} 个："
            f"{e['chair_order']} ＜ {e['others_order']}。"
        )


def _last(statements: QuerySet[Statement]) -> Subquery:
    found = statements.order_by().values("entry").annotate(last=Max("order")).values("last")
    return Subquery(found, output_field=IntegerField())


@register
class PrincipalDecides(EntryRule):
    """R57: in 校长办公会议 everybody present is heard and the principal, present, decides; nothing is voted on."""

    code = "R57"
    group = RuleGroup.VOTES
    title = "校长在听取意见后作出决定，不票决"
    level = Level.BREACH
    body = "A"
    trigger = ("entry.concluded",)
    clauses = ("Z6.decide",)
    mend = "补记与会人员意见；以票决代替校长决定的，由校长重新作出决定。"
    cases = (
        ("合规", "到会 5 人，除校长外 4 人意见入记录，校长决定通过。"),
        ("违规", "以 3 票赞成、2 票反对作出决定；或 1 人意见没有记录。"),
        ("边界", "主持人的意见即所作决定，不要求另记发言。"),
        ("无法判定", "没有签到，或补录的会议没有意见记录。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(meeting__body__kind=BodyKind.ADMIN)

    def facts(self) -> dict[str, Any]:
        rows = Attendance.objects.filter(meeting=OuterRef("meeting"))
        silent = unheard().exclude(seat__person=OuterRef("meeting__chair"))
        principal = in_room(OuterRef("meeting"), OuterRef("concluded_at"))
        return {
            "expected": counted(rows),
            "principals": counted(principal.filter(seat__role=SeatRole.PRINCIPAL)),
            "opinions": counted(spoken()),
            "unheard": counted(silent),
            "tallies_counted": counted(Tally.objects.filter(entry=OuterRef("pk"), votes_for__isnull=False)),
            "decided_how": Cast(F("method"), TextField()),
            "is_retro": is_retrospective("meeting"),
        }

    def missing(self) -> dict[str, Any]:
        by_principal = Q(tallies_counted__lte=0) & Q(decided_how=BallotMethod.PRINCIPAL)
        return {
            "签到记录": Q(expected__lte=0),
            "补录会议的意见记录": Q(is_retro=True) & Q(opinions__lte=0) & by_principal,
        }

    def breach(self) -> Any:
        voted = Q(tallies_counted__gt=0) | Q(decided_how__in=[*OPEN_METHODS, BallotMethod.SECRET])
        return voted | Q(unheard__gt=0) | Q(principals__lte=0)

    def sentence(self, e: Facts) -> str:
        faults = []
        if e["tallies_counted"] or e["decided_how"] != BallotMethod.PRINCIPAL:
            how = BallotMethod(e["decided_how"]).label
            faults.append(f"方式为“{how}”，票决 {e['tallies_counted']} 项，应由校长决定")
        if e["unheard"]:
            faults.append(f"到会而意见没有记录的 {e['unheard']} 人 ＞ 0")
        if not e["principals"]:
            faults.append("校长到会 0 人 ＜ 1 人")
        return f"{'；'.join(faults)}。"


@register
class MinorityRecorded(PartyEntryRule):
    """R59: where an open vote carried, whoever was against or abstained has that opinion in the record."""

    code = "R59"
    outcomes_asked = FAVOURABLE
    title = "少数意见如实记载"
    level = Level.INFO
    clauses = ("W12", "X.suggest")
    mend = "在会议记录中补记反对、弃权成员的意见。"
    note = "条文待核；无记名投票不得对应到人，不作要求。"
    cases = (
        ("合规", "反对 1 票，记录不同意见 1 人。"),
        ("违规", "反对 1 票、弃权 1 票，只记录不同意见 1 人。"),
        ("边界", "记录的不同意见多于反对、弃权票：合规；议题被否决的，不作要求。"),
        ("无法判定", "补录的会议没有发言记录。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        contested = Tally.objects.filter(
            Q(votes_against__gt=0) | Q(abstentions__gt=0), entry__method__in=OPEN_METHODS
        )
        return super().asked(schools, as_of).filter(pk__in=contested.values("entry"))

    def facts(self) -> dict[str, Any]:
        tallies = Tally.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
        against = F("votes_against") + F("abstentions")
        other = [Stance.DISAGREE, Stance.ABSTAIN, Stance.DEFER]
        dissent = spoken().filter(stance__in=other).exclude(text="")
        return {
            "minority": Subquery(
                tallies.annotate(most=Max(against)).values("most"), output_field=IntegerField()
            ),
            "recorded_minority": Coalesce(
                Subquery(
                    dissent.order_by()
                    .values("entry")
                    .annotate(seats=Count("seat", distinct=True))
                    .values("seats"),
                    output_field=IntegerField(),
                ),
                0,
            ),
            "statements_made": counted(spoken()),
            "is_retro": is_retrospective("meeting"),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "票数": Q(minority__isnull=True),
            "补录会议的发言记录": Q(is_retro=True) & Q(statements_made__lte=0),
        }

    def breach(self) -> Any:
        return Q(LessThan(F("recorded_minority"), F("minority")))

    def sentence(self, e: Facts) -> str:
        return (
            f"反对、弃权 {e['minority']} 票，记录不同意见 {e['recorded_minority']} 人："
            f"{e['recorded_minority']} ＜ {e['minority']}。"
        )
