"""会议: how bodies met: R34 主持, R40 会议形式, R41 两会分开, R42 第一议题."""

from datetime import date
from typing import Any

from django.db.models import (
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
)
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields import BooleanField
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact, GreaterThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.subjects import HELD, PARTY_BODIES, EntryRule, MeetingRule
from compliance.words import counted, day, exists
from governance.choices import BodyKind, SeatRole
from governance.models import School, Seat
from meetings.choices import AttendanceStatus, EntryKind, EntryState, MeetingFormat, MeetingMode
from meetings.models import AgendaEntry, Attendance, Meeting

DECISION_BODIES = (*PARTY_BODIES, BodyKind.ADMIN)
IS_BY_OFFICE = Q(role=SeatRole.SECRETARY, body__kind__in=PARTY_BODIES) | Q(
    role=SeatRole.PRINCIPAL, body__kind=BodyKind.ADMIN
)


def seats_of_the_day(body: str = "body", on: str = "held_on") -> QuerySet[Seat]:
    """Voting seats of a body in force on a day: the base of quorum and votes (R33)."""
    return Seat.objects.filter(
        Q(until__isnull=True) | Q(until__gte=OuterRef(on)),
        body=OuterRef(body),
        since__lte=OuterRef(on),
        is_voting=True,
    )


def day_words(iso: str) -> str:
    """11月20日 from a stored day."""
    found = date.fromisoformat(iso)
    return f"{found.month}月{found.day}日"


def is_retrospective(meeting: str = "") -> ExpressionWrapper:
    """Whether a meeting was entered afterwards (补录)."""
    path = f"{meeting}__mode" if meeting else "mode"
    return ExpressionWrapper(Q(**{path: MeetingMode.RETROSPECTIVE}), output_field=BooleanField())


@register
class ChairByOffice(MeetingRule):
    """R34: 书记 or 校长 presided, or a voting member by recorded delegation; whoever presided was there."""

    code = "R34"
    group = RuleGroup.MEETINGS
    title = "书记、校长主持会议，委托主持留痕"
    level = Level.BREACH
    body = "P/A"
    trigger = ("meeting.closed", "seat")
    clauses = ("Z5.chair", "Z6.chair")
    mend = "核对主持人、签到和任职；确由他人主持的，补充委托主持的书面说明。"
    note = "书记、校长可以委托其他有表决权的成员主持，见于地方议事规则，须写明委托。"
    cases = (
        ("合规", "党组织会议由书记主持，书记签到。"),
        ("违规", "副书记主持党组织会议，没有委托说明。"),
        ("边界", "副书记主持，写明“书记外出学习，委托主持”：合规。"),
        ("无法判定", "没有当日任职或签到记录。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(body__kind__in=DECISION_BODIES)

    def facts(self) -> dict[str, Any]:
        seats = seats_of_the_day()
        rows = Attendance.objects.filter(meeting=OuterRef("pk"))
        chairing = seats.filter(person=OuterRef("chair"))
        return {
            "held_on": day("started_at"),
            "seats": counted(seats),
            "expected": counted(rows),
            "chair_votes": exists(chairing),
            "chair_by_office": exists(chairing.filter(IS_BY_OFFICE)),
            "chair_came": exists(
                rows.filter(status=AttendanceStatus.PRESENT, seat__person=OuterRef("chair"))
            ),
            "delegated": ExpressionWrapper(~Q(chair_delegation=""), output_field=BooleanField()),
        }

    def missing(self) -> dict[str, Any]:
        return {"当日任职": Q(seats__lte=0), "签到记录": Q(expected__lte=0)}

    def breach(self) -> Any:
        return Q(chair_votes=False) | Q(chair_came=False) | Q(chair_by_office=False) & Q(delegated=False)

    def sentence(self, e: Facts) -> str:
        faults = []
        if not e["chair_votes"]:
            faults.append("主持人不是该会议有表决权的成员")
        elif not e["chair_by_office"] and not e["delegated"]:
            faults.append("主持人不是书记（校长），委托说明 0 份 ＜ 1 份")
        if not e["chair_came"]:
            faults.append("主持人没有到会签到")
        return f"{day_words(e['held_on'])}会议：{'；'.join(faults)}。"


@register
class NoSubstitute(EntryRule):
    """R40: what was decided was decided by the body of its stage, in a meeting of its own."""

    code = "R40"
    group = RuleGroup.MEETINGS
    title = "不以联席会、专题会代替决策会"
    level = Level.BREACH
    body = "P/A"
    trigger = ("entry.concluded",)
    clauses = ("S1.6",)
    mend = "由应当决定的会议单独召开，重新审议后形成决定。"
    note = "来自地方对“一把手”监督的要求；以会前安排、补录时如实选择的会议形式判定。"
    cases = (
        ("合规", "党总支会议单独召开，作出决定。"),
        ("违规", "补录的党政联席会议形成了决定。"),
        ("边界", "联席会议只作缓议，没有形成决定：不作要求。"),
        ("无法判定", "导入的会议没有会议形式。"),
    )

    def facts(self) -> dict[str, Any]:
        own = Exact(F("stage__body"), F("meeting__body"))
        return {
            "meeting_form": Cast(F("meeting__form"), TextField()),
            "is_own_body": ExpressionWrapper(own, output_field=BooleanField()),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "会议形式": Q(meeting_form__isnull=True) | Q(meeting_form=""),
            "议题环节": Q(is_own_body__isnull=True),
        }

    def breach(self) -> Any:
        return Q(meeting_form__in=[MeetingFormat.JOINT, MeetingFormat.TOPIC]) | Q(is_own_body=False)

    def sentence(self, e: Facts) -> str:
        form = MeetingFormat(e["meeting_form"])
        if form != MeetingFormat.REGULAR:
            return f"在{form.label}上形成决定 1 项，应为 0 项，须由应当决定的会议单独召开。"
        return "作出决定的会议与议题环节的议事机构不一致：相符 0 个 ＜ 1 个。"


@register
class TwoMeetings(MeetingRule):
    """R41: where one person is 书记 and 校长, the two bodies meet apart; on one day, one after the other.

    Each has its own number, members, agenda and record by the data model; what can fail is the time.
    """

    code = "R41"
    group = RuleGroup.MEETINGS
    title = "一肩挑学校两会分开召开"
    level = Level.BREACH
    body = "P/A"
    trigger = ("meeting.closed", "seat")
    clauses = ("X.suggest",)
    mend = "核对两会的开始和散会时间；确为合并召开的，分开重新审议。"
    note = "国家文件未作规定，“一肩挑”学校的议事规则由地方探索；同日可以连开，起止不得重叠。"
    cases = (
        ("合规", "校长办公会议 9:00–10:00，党组织会议 10:00–11:00。"),
        ("违规", "校长办公会议 9:00–10:30，党组织会议 10:00–11:00，重叠 1 次。"),
        ("边界", "前一会议散会与后一会议开始同一时刻：合规。"),
        ("无法判定", "同日召开两会，其中一次没有散会时间。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        today = OuterRef("started_at__date")
        as_principal = Seat.objects.filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef(today)),
            school=OuterRef("school"),
            person=OuterRef("person"),
            role=SeatRole.PRINCIPAL,
            since__lte=OuterRef(today),
        )
        both = Seat.objects.filter(
            Exists(as_principal),
            Q(until__isnull=True) | Q(until__gte=today),
            school=OuterRef("school"),
            role=SeatRole.SECRETARY,
            since__lte=today,
        )
        return super().asked(schools, as_of).filter(Exists(both), body__kind__in=PARTY_BODIES)

    def facts(self) -> dict[str, Any]:
        other = Meeting.objects.filter(
            school=OuterRef("school"),
            body__kind=BodyKind.ADMIN,
            state__in=HELD,
            started_at__date=OuterRef("held_on"),
        )
        ended, open_end = OuterRef("ended_at"), Q(ended_at__isnull=True) | Q(ended_at=F("started_at"))
        return {
            "held_on": day("started_at"),
            "has_end": exists_end(),
            "same_day": counted(other),
            "without_end": counted(other.filter(open_end)),
            "overlapping": counted(other.filter(started_at__lt=ended, ended_at__gt=OuterRef("started_at"))),
        }

    def missing(self) -> dict[str, Any]:
        no_end = Q(has_end=False) | Q(without_end__gt=0)
        return {"散会时间": Q(same_day__gt=0) & no_end}

    def breach(self) -> Any:
        return Q(overlapping__gt=0)

    def sentence(self, e: Facts) -> str:
        return (
            f"书记、校长由一人担任，{day_words(e['held_on'])}召开校长办公会议 {e['same_day']} 次，"
            f"与本次会议起止重叠 {e['overlapping']} 次：{e['overlapping']} ＞ 0。"
        )


def exists_end() -> ExpressionWrapper:
    """Whether a meeting ended later than it began; 补录 without a time ends as it begins."""
    ends = GreaterThan(
        Coalesce(F("ended_at"), F("started_at"), output_field=DateTimeField()), F("started_at")
    )
    return ExpressionWrapper(ends, output_field=BooleanField())


@register
class FirstTopic(MeetingRule):
    """R42: meetings that must study first did so. Asked only of meetings whose pinned rules ask for it."""

    code = "R42"
    group = RuleGroup.MEETINGS
    title = "第一议题学习有记录"
    level = Level.INFO
    body = "A/P"
    trigger = ("meeting.closed", "entry.studied")
    clauses = ("W9",)
    parameters = ("meeting.first_topic",)
    mend = "会上先学习第一议题并记录；已学习未记录的，在会议记录中补充说明。"
    note = "参照学校议事规则；哪些会议须有第一议题由参数 meeting.first_topic 设定，默认党组织会议。"
    cases = (
        ("合规", "党组织会议第 1 项为第一议题，已记录学习。"),
        ("违规", "党组织会议没有第一议题，或列入后没有学习。"),
        ("边界", "参数设为不要求：不作要求。"),
        ("无法判定", "补录的会议没有第一议题，学习记录可能在纸质记录中。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        value = "parameters__meeting.first_topic__value"
        wanted = Q(body__kind__in=PARTY_BODIES, **{f"{value}__in": ["party", "all"]}) | Q(
            body__kind=BodyKind.ADMIN, **{value: "all"}
        )
        return super().asked(schools, as_of).filter(wanted)

    def facts(self) -> dict[str, Any]:
        topics = AgendaEntry.objects.filter(meeting=OuterRef("pk"), kind=EntryKind.FIRST_TOPIC)
        return {
            "listed": counted(topics),
            "studied": counted(topics.filter(state=EntryState.CONCLUDED)),
            "is_retro": is_retrospective(),
        }

    def missing(self) -> dict[str, Any]:
        return {"补录会议的学习记录": Q(is_retro=True) & Q(studied__lte=0)}

    def breach(self) -> Any:
        return Q(studied__lte=0)

    def sentence(self, e: Facts) -> str:
        return f"列入第一议题 {e['listed']} 项，已学习 {e['studied']} 项 ＜ 1 项。"
