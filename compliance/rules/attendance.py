"""会议: who counts and who came: R33 应到基数, R35 列席, R37 书面意见, R38 四者一致, R43 纪检人员."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, Func, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import GreaterThan, LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.sittings import DECISION_BODIES, seats_of_the_day
from compliance.rules.subjects import DECIDING, PARTY_BODIES, EntryRule, MeetingRule
from compliance.words import counted, day, json_int
from governance.choices import MajorClass, SeatRole
from governance.models import School
from meetings.choices import AttendanceStatus, EntryKind, EntryState
from meetings.models import (
    AgendaEntry,
    Attendance,
    Ballot,
    MeetingRecord,
    Observer,
    Statement,
    Tally,
)

CAST = F("votes_for") + F("votes_against") + F("abstentions") + F("invalid")


def in_room(meeting: Any, until: Any) -> QuerySet[Attendance]:
    """Attendance rows of those in the room at a moment, correlated with an outer row."""
    return Attendance.objects.filter(
        Q(arrived_at__isnull=True) | Q(arrived_at__lte=until),
        Q(left_at__isnull=True) | Q(left_at__gt=until),
        meeting=meeting,
        status=AttendanceStatus.PRESENT,
    )


@register
class BaseOfSeats(EntryRule):
    """R33: 应到 of a decision is the number of voting seats in force that day; leave counts, observers do not."""

    code = "R33"
    group = RuleGroup.MEETINGS
    title = "应到按在册有表决权成员计算"
    level = Level.BREACH
    body = "P/A"
    trigger = ("entry.concluded", "seat")
    clauses = ("W11", "W14")
    mend = "核对会议当天的任职和应到人数；任职登记有误的先更正任职。"
    note = "参照党内会议口径：基数为应到会成员，请假仍计应到，列席不计。"
    cases = (
        ("合规", "当日有表决权任职 7 人，应到 7 人，其中请假 1 人。"),
        ("违规", "当日有表决权任职 7 人，请假 1 人未计，应到记为 6 人。"),
        ("边界", "任职止于会议当日：仍计应到。"),
        ("无法判定", "没有应到人数，或当日没有任职登记。"),
    )

    def facts(self) -> dict[str, Any]:
        return {
            "held_on": day("meeting__started_at"),
            "due": json_int("snapshot__due"),
            "seats": counted(seats_of_the_day("meeting__body")),
        }

    def missing(self) -> dict[str, Any]:
        return {"应到人数": Q(due__isnull=True), "当日任职": Q(seats__lte=0)}

    def breach(self) -> Any:
        return Q(LessThan(F("due"), F("seats"))) | Q(GreaterThan(F("due"), F("seats")))

    def sentence(self, e: Facts) -> str:
        sign = "＜" if e["due"] < e["seats"] else "＞"
        return (
            f"应到记为 {e['due']} 人，当日在册有表决权成员 {e['seats']} 人：{e['due']} {sign} {e['seats']}。"
        )


@register
class ObserversDoNotCount(MeetingRule):
    """R35: only voting members of the body, serving that day, are counted or vote; nobody is both."""

    code = "R35"
    group = RuleGroup.MEETINGS
    title = "列席人员不计到会、不表决"
    level = Level.BREACH
    body = "P/A"
    trigger = ("meeting.closed", "entry.concluded", "seat")
    clauses = ("Z5.chair", "Z6.chair", "W34")
    mend = "把列席人员从应到和表决中移出；列席和成员身份重复登记的，更正其一。"
    note = "列席人员没有表决权见于会议记录规范；中办《意见（试行）》规定可以列席和参加的范围。"
    cases = (
        ("合规", "应到 7 人都是班子成员，副校长列席发言。"),
        ("违规", "非班子成员的副校长计入应到 1 人，或参加记名表决 1 票。"),
        ("边界", "任职止于会议当日的成员计入应到：合规。"),
        ("无法判定", "会议没有签到记录。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(body__kind__in=DECISION_BODIES)

    def facts(self) -> dict[str, Any]:
        rows = Attendance.objects.filter(meeting=OuterRef("pk"))
        outside = (
            ~Q(seat__body=OuterRef("body"))
            | Q(seat__is_voting=False)
            | Q(seat__since__gt=OuterRef("held_on"))
            | Q(seat__until__lt=OuterRef("held_on"))
        )
        due = Attendance.objects.filter(meeting=OuterRef("tally__entry__meeting"), seat=OuterRef("seat"))
        ballots = Ballot.objects.filter(~Exists(due), tally__entry__meeting=OuterRef("pk"))
        return {
            "held_on": day("started_at"),
            "expected": counted(rows),
            "outsiders": counted(rows.filter(outside)),
            "outside_votes": counted(ballots),
            "doubled": counted(
                Observer.objects.filter(
                    meeting=OuterRef("pk"), person__seats__attendances__meeting=OuterRef("pk")
                )
            ),
        }

    def missing(self) -> dict[str, Any]:
        return {"签到记录": Q(expected__lte=0)}

    def breach(self) -> Any:
        return Q(outsiders__gt=0) | Q(outside_votes__gt=0) | Q(doubled__gt=0)

    def sentence(self, e: Facts) -> str:
        wrong = e["outsiders"] + e["outside_votes"] + e["doubled"]
        return (
            f"计入应到的非成员 {e['outsiders']} 人，非成员投票 {e['outside_votes']} 张，"
            f"成员又登记列席 {e['doubled']} 人：{wrong} ＞ 0。"
        )


@register
class WrittenOpinions(EntryRule):
    """R37: what an absent member wrote stands in the record and is counted in no vote."""

    code = "R37"
    group = RuleGroup.MEETINGS
    title = "缺席者书面意见入记录、不计票"
    level = Level.BREACH
    body = "P"
    trigger = ("entry.concluded",)
    clauses = ("W2.written", "W11")
    mend = "把书面意见的内容写入记录，按到会成员核对票数。"
    note = "见于学校党组织会议制度；有的学校允许在会上宣读，均不计入票数。"
    cases = (
        ("合规", "可投票 6 人，书面意见 1 份入记录，票数合计 6 票。"),
        ("违规", "可投票 6 人，书面意见 1 份，票数合计 7 票。"),
        ("边界", "书面意见 2 份，票数合计恰好等于可投票人数：合规。"),
        ("无法判定", "有书面意见，没有票数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        written = Statement.objects.filter(is_written=True).values("entry")
        asked = super().asked(schools, as_of)
        return asked.filter(pk__in=written, meeting__body__kind__in=PARTY_BODIES)

    def facts(self) -> dict[str, Any]:
        written = Statement.objects.filter(entry=OuterRef("pk"), is_written=True)
        absent = Attendance.objects.filter(
            meeting=OuterRef("tally__entry__meeting"), seat=OuterRef("seat")
        ).exclude(status=AttendanceStatus.PRESENT)
        named = Ballot.objects.filter(Exists(absent), tally__entry=OuterRef("pk"))
        return {
            "voters": json_int("snapshot__voters"),
            "written": counted(written),
            "written_empty": counted(written.filter(text="")),
            "votes_cast": _most_cast("entry"),
            "votes_of_absent": counted(named),
        }

    def missing(self) -> dict[str, Any]:
        return {"可投票人数": Q(voters__isnull=True), "票数": Q(votes_cast__isnull=True)}

    def breach(self) -> Any:
        return (
            Q(GreaterThan(F("votes_cast"), F("voters"))) | Q(votes_of_absent__gt=0) | Q(written_empty__gt=0)
        )

    def sentence(self, e: Facts) -> str:
        faults = []
        if e["votes_cast"] > e["voters"]:
            faults.append(
                f"可投票 {e['voters']} 人，票数合计 {e['votes_cast']} 票：{e['votes_cast']} ＞ {e['voters']}"
            )
        if e["votes_of_absent"]:
            faults.append(f"缺席者记名投票 {e['votes_of_absent']} 张 ＞ 0")
        if e["written_empty"]:
            faults.append(f"没有写入内容的 {e['written_empty']} 份 ＞ 0")
        return f"缺席者书面意见 {e['written']} 份；{'；'.join(faults)}。"


def _most_cast(path: str) -> Subquery:
    """The highest number of votes returned on one question of an entry; NULL while nothing is counted."""
    tallies = Tally.objects.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Subquery(tallies.annotate(most=Max(CAST)).values("most"), output_field=IntegerField())


@register
class FourAgree(MeetingRule):
    """R38: sign-in, attendance kept with each decision, the signed record, and the votes tell the same numbers.

    Who left and came back is no longer known from the sign-in sheet, so a decision may have counted fewer than it
    shows, never more.
    """

    code = "R38"
    group = RuleGroup.MEETINGS
    title = "签到、出席、记录、票数一致"
    level = Level.BREACH
    body = "P/A"
    trigger = ("meeting.closed", "entry.concluded", "record.signed")
    clauses = ("X.suggest", "W34")
    mend = "核对签到、会议记录和票数；记录已签字的，以补充说明或更正版纪要说明。"
    note = "产品默认检查，四处数据应当互相印证；会议记录签字前不比对记录。"
    cases = (
        ("合规", "签到 6 人，记录 6 人，2 项议题实到 6 人，票数合计 6 票。"),
        ("违规", "签到 6 人，1 项表决票数合计 7 票。"),
        ("边界", "1 人中途离席，其后议题实到少 1 人、票数少 1 票：一致。"),
        ("无法判定", "会议没有签到记录。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(body__kind__in=DECISION_BODIES)

    def facts(self) -> dict[str, Any]:
        rows = Attendance.objects.filter(meeting=OuterRef("pk"))
        entries = AgendaEntry.objects.filter(
            meeting=OuterRef("pk"), kind=EntryKind.ITEM, state=EntryState.CONCLUDED
        )
        there = counted(in_room(OuterRef("meeting"), OuterRef("concluded_at")))
        differing = entries.annotate(there=there, kept=json_int("snapshot__present")).filter(
            GreaterThan(F("kept"), F("there"))
        )
        tallies = Tally.objects.filter(entry__meeting=OuterRef("pk"), entry__outcome__in=DECIDING)
        voters = tallies.annotate(returned=CAST, voters=json_int("entry__snapshot__voters"))
        miscounted = voters.filter(
            Q(GreaterThan(F("returned"), F("voters"))) | Q(LessThan(F("returned"), F("voters")))
        )
        return {
            "expected": counted(rows),
            "signed_in": counted(rows.filter(status=AttendanceStatus.PRESENT)),
            "recorded": Subquery(
                MeetingRecord.objects.filter(meeting=OuterRef("pk")).values(came=_came())[:1],
                output_field=IntegerField(),
            ),
            "entries_differ": counted(differing),
            "votes_differ": counted(miscounted),
        }

    def missing(self) -> dict[str, Any]:
        return {"签到记录": Q(expected__lte=0)}

    def breach(self) -> Any:
        record = Q(recorded__isnull=False) & (
            Q(LessThan(F("recorded"), F("signed_in"))) | Q(GreaterThan(F("recorded"), F("signed_in")))
        )
        return record | Q(entries_differ__gt=0) | Q(votes_differ__gt=0)

    def sentence(self, e: Facts) -> str:
        recorded = "尚未定稿" if e["recorded"] is None else f"载明 {e['recorded']} 人"
        return (
            f"签到 {e['signed_in']} 人，会议记录{recorded}；实到多于签到的议题 {e['entries_differ']} 项，"
            f"票数与可投票人数不符的表决 {e['votes_differ']} 项，应均为 0。"
        )


def _came() -> Func:
    """How many persons the frozen record names as 到会; NULL before it is frozen."""
    return Func(
        F("content"),
        template="jsonb_array_length(jsonb_path_query_array(%(expressions)s, "
        "'$.people[*] ? (@.status == \"到会\")'))",
        output_field=IntegerField(),
    )


IS_MAJOR_MATTER = Q(stage__item__major_classes__overlap=list(MajorClass.values))


@register
class DisciplinePresent(EntryRule):
    """R43: when the Party body decided a 三重一大 matter, a 纪检 person was there, as member or observer."""

    code = "R43"
    group = RuleGroup.MEETINGS
    title = "三重一大议题有纪检人员参加"
    level = Level.INFO
    body = "P"
    trigger = ("entry.concluded", "seat")
    clauses = ("W20", "S1.6")
    mend = "请纪检委员到会或邀请纪检人员列席，列席人员写明身份。"
    note = "见于“三重一大”台账和地方监督要求，国家文件未作规定。"
    cases = (
        ("合规", "讨论大额资金，纪检委员到会。"),
        ("违规", "讨论大额资金，纪检委员请假，也没有纪检人员列席。"),
        ("边界", "纪检委员请假，纪检干事列席：合规。"),
        ("无法判定", "会议没有签到记录。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(IS_MAJOR_MATTER, meeting__body__kind__in=PARTY_BODIES)

    def facts(self) -> dict[str, Any]:
        rows = Attendance.objects.filter(meeting=OuterRef("meeting"))
        observers = Observer.objects.filter(
            Q(entry__isnull=True) | Q(entry=OuterRef("pk")),
            meeting=OuterRef("meeting"),
            is_present=True,
            identity__contains="纪检",
        )
        members = rows.filter(seat__role=SeatRole.DISCIPLINE_MEMBER, status=AttendanceStatus.PRESENT)
        return {
            "expected": counted(rows),
            "discipline_members": counted(members),
            "discipline_observers": counted(observers),
        }

    def missing(self) -> dict[str, Any]:
        return {"签到记录": Q(expected__lte=0)}

    def breach(self) -> Any:
        return Q(discipline_members__lte=0) & Q(discipline_observers__lte=0)

    def sentence(self, e: Facts) -> str:
        there = e["discipline_members"] + e["discipline_observers"]
        return (
            f"纪检委员到会 {e['discipline_members']} 人，纪检人员列席 {e['discipline_observers']} 人："
            f"{there} ＜ 1。"
        )
