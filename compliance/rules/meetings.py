"""会议: R30–R43. Figures are those the entry kept when it was concluded; thresholds are pinned on the meeting."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Case, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.subjects import PARTY_BODIES, EntryRule
from compliance.words import counted, json_int, names, pinned_flag, pinned_int
from decisions.models import ConcernedPerson
from governance.arithmetic import quorum_threshold
from governance.choices import AttendanceKind, BodyKind, MajorClass
from governance.models import School
from meetings.choices import AttendanceStatus
from meetings.models import Attendance, Recusal

IS_MAJOR = Q(attendance_kind=AttendanceKind.TWO_THIRDS) | Q(
    stage__item__major_classes__contains=[MajorClass.CADRE]
)


class QuorumRule(EntryRule):
    """实到 of 应到 against a share. “半数以上” is read strictly unless `quorum.half_inclusive`; exactly half warns."""

    group = RuleGroup.MEETINGS
    level = Level.BLOCK
    trigger = ("entry.concluded",)
    key: str
    who: str

    def facts(self) -> dict[str, Any]:
        return {
            "due": json_int("snapshot__due"),
            "present": json_int("snapshot__present"),
            "share_n": pinned_int(self.pinned, self.key, 0),
            "share_d": pinned_int(self.pinned, self.key, 1),
            "half_inclusive": pinned_flag(self.pinned, "quorum.half_inclusive"),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "应到人数": Q(due__isnull=True) | Q(due__lte=0),
            "实到人数": Q(present__isnull=True),
            "会议固定的到会参数": Q(share_n__isnull=True)
            | Q(share_d__isnull=True)
            | Q(half_inclusive__isnull=True),
        }

    def breach(self) -> Any:
        reached, needed = F("present") * F("share_d"), F("due") * F("share_n")
        is_half = Exact(F("share_n") * 2, F("share_d"))
        return Q(LessThan(reached, needed)) | (
            Q(half_inclusive=False) & Q(is_half) & Q(Exact(reached, needed))
        )

    def found_level(self) -> Any:
        exactly = Exact(F("present") * F("share_d"), F("due") * F("share_n"))
        return Case(When(exactly, then=Value(str(Level.WARN))), default=Value(str(self.level)))

    def sentence(self, e: Facts) -> str:
        threshold = quorum_threshold([e["share_n"], e["share_d"]], e["half_inclusive"])
        text = f"{self.who}应到 {e['due']} 人，实到 {e['present']} 人：{threshold.formula(e['present'], e['due'])}"
        if e["present"] * e["share_d"] == e["due"] * e["share_n"]:
            return f"{text}。恰好半数到会，“半数以上”是否含本数由区教育工委规定，按预警处理。"
        return f"{text}，不足 {threshold.required(e['due'])} 人，不能形成决定。"


@register
class PartyQuorum(QuorumRule):
    """R30: half of the Party body must come."""

    code = "R30"
    title = "党组织会议半数以上到会"
    body = "P"
    clauses = ("Z5.quorum",)
    parameters = ("party.quorum", "quorum.half_inclusive")
    key, who = "party.quorum", "党组织会议"
    mend = "核对签到；确属人数不足的，说明情况并重新召开会议审议。"
    note = "旧制有要求三分之二到会的；“半数以上”是否含本数由参数 quorum.half_inclusive 决定，默认从严。"
    cases = (
        ("合规", "应到 7 人，实到 4 人：4 ＞ 3.5。"),
        ("违规", "应到 7 人，实到 3 人，仍作出决定。"),
        ("边界", "应到 6 人，实到 3 人：恰好半数，记为预警；参数设为含本数则合规。"),
        ("无法判定", "会议没有固定到会参数，或没有应到人数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(~IS_MAJOR, meeting__body__kind__in=PARTY_BODIES)


@register
class PartyQuorumMajor(QuorumRule):
    """R31: two thirds for 干部任免 and what the catalogue marks; a cadre matter cannot be declared ordinary."""

    code = "R31"
    title = "干部任免等重要事项三分之二以上到会"
    body = "P"
    clauses = ("Z5.quorum", "W12", "W1.absent")
    parameters = ("party.quorum_major", "quorum.half_inclusive")
    key, who = "party.quorum_major", "讨论干部任免等重要事项的党组织会议"
    mend = "核对签到；确属人数不足的，按缓议处理，重新召开会议审议。"
    note = "“等重要事项”的范围为 K 类事项和事项清单标明三分之二到会的事项，可由区、校清单扩大。"
    cases = (
        ("合规", "应到 7 人，实到 5 人：5 ≥ 7×2/3，进位为 5。"),
        ("违规", "应到 7 人，实到 4 人：4 ＜ 7×2/3，进位为 5。"),
        ("边界", "应到 6 人，实到 4 人：恰好三分之二，合规。"),
        ("无法判定", "会议没有固定到会参数，或没有应到人数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(IS_MAJOR, meeting__body__kind__in=PARTY_BODIES)


@register
class AdminQuorum(QuorumRule):
    """R32: half of the administration must come."""

    code = "R32"
    title = "校长办公会议半数以上到会"
    body = "A"
    clauses = ("Z6.quorum",)
    parameters = ("admin.quorum", "quorum.half_inclusive")
    key, who = "admin.quorum", "校长办公会议"
    mend = "核对签到；确属人数不足的，重新召开会议审议。"
    note = "旧制有三分之二或三分之一的规定，三分之一不符合第（六）条。"
    cases = (
        ("合规", "应到 6 人，实到 4 人：4 ＞ 3。"),
        ("违规", "应到 6 人，实到 2 人，仍作出决定。"),
        ("边界", "应到 6 人，实到 3 人：恰好半数，记为预警。"),
        ("无法判定", "会议没有固定到会参数，或没有应到人数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(meeting__body__kind=BodyKind.ADMIN)


@register
class RecusalKept(EntryRule):
    """R36: whoever the matter touches left the room; figures from attendance and recusals, not from the snapshot."""

    code = "R36"
    group = RuleGroup.MEETINGS
    title = "涉及本人及亲属的成员回避离席"
    level = Level.BLOCK
    body = "P/A"
    trigger = ("entry.concluded", "item.concerned")
    clauses = ("W2.recuse", "W11")
    mend = "核对利害关系和回避记录；确未回避的，重新审议该议题。"
    note = "回避见于学校议事制度；表决基数是否扣除回避者由参数 vote.recusal_reduces_base 设定。"
    cases = (
        ("合规", "利害关系人 1 人到会，已离席回避。"),
        ("违规", "利害关系人 1 人到会，没有回避记录，参加了审议。"),
        ("边界", "利害关系人请假，或审议前已离会：不违反本条。"),
        ("无法判定", "会议没有签到记录，不知利害关系人是否在场。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        concerned = ConcernedPerson.objects.filter(item=OuterRef("stage__item"))
        return super().asked(schools, as_of).filter(Exists(concerned))

    def facts(self) -> dict[str, Any]:
        expected = Attendance.objects.filter(meeting=OuterRef("meeting"))
        began = Coalesce(OuterRef("opened_at"), OuterRef("meeting__started_at"))
        there = expected.filter(
            Q(left_at__isnull=True) | Q(left_at__gt=began),
            status=AttendanceStatus.PRESENT,
            seat__person__concerned_in__item=OuterRef("stage__item"),
        )
        away = Recusal.objects.filter(entry=OuterRef(OuterRef("pk")), seat=OuterRef("seat"))
        stayed = there.filter(~Exists(away))
        return {
            "expected": counted(expected),
            "concerned_present": counted(there),
            "stayed": counted(stayed),
            "names_stayed": names(stayed, "seat__person__display_name"),
        }

    def missing(self) -> dict[str, Any]:
        return {"签到记录": Q(expected=0)}

    def breach(self) -> Any:
        return Q(stayed__gt=0)

    def sentence(self, e: Facts) -> str:
        who = f"（{'、'.join(e['names_stayed'])}）" if e.get("names_stayed") else ""
        return (
            f"利害关系人到会 {e['concerned_present']} 人，回避 {e['concerned_present'] - e['stayed']} 人，"
            f"未回避 {e['stayed']} 人{who}：{e['stayed']} ＞ 0。"
        )
