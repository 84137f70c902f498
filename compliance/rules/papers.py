"""文书: R60–R67. Working days are Mondays to Fridays; public holidays are not known to the platform."""

from datetime import date
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Case, ExpressionWrapper, When
from django.db.models.fields import BooleanField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import Exact, GreaterThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.subjects import PARTY_BODIES, MeetingRule, meeting_label, narrowest_scope
from compliance.words import Workdays, counted, day, exists, pinned_int, workdays
from governance.choices import BodyKind, SeatRole
from governance.models import School, Seat
from ledger.models import LedgerEntry
from meetings.choices import EntryKind, EntryState, MeetingMode, MinutesState
from meetings.models import AgendaEntry, Attendance, MeetingRecord, Minutes, Statement


def _on(value: str) -> str:
    when = date.fromisoformat(value)
    return f"{when.month}月{when.day}日"


def _flag(condition: Any) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


@register
class RecordComplete(MeetingRule):
    """R60: somebody other than the chair records; times, place, decisions and what was said are written down."""

    code = "R60"
    group = RuleGroup.PAPERS
    title = "会议有专人记录，记录要素齐全"
    level = Level.BREACH
    body = "P/A"
    trigger = ("meeting.closed", "record.signed")
    clauses = ("W11", "S1.6", "W34")
    link = "meetings:record"
    mend = "由记录人补充起止时间、地点、发言要点和决定；确实没有记录的，在补充说明中写明原因。"
    note = "记录要素取自会议记录规范；“专人”按记录人不是主持人本人判定。"
    cases = (
        ("合规", "秘书记录，起止时间、地点齐全，每项议题有发言和决定。"),
        ("违规", "主持人自己记录，或某项议题没有写下决定。"),
        ("边界", "只学习第一议题、没有审议议题的会议：不要求发言和决定。"),
        ("无法判定", "会议没有出席名单，或补录会议的纸质发言记录未录入。"),
    )

    def facts(self) -> dict[str, Any]:
        decided = AgendaEntry.objects.filter(
            meeting=OuterRef("pk"), kind=EntryKind.ITEM, state=EntryState.CONCLUDED
        )
        expected = Attendance.objects.filter(meeting=OuterRef("pk"))
        spoken = Statement.objects.filter(entry=OuterRef("pk"))
        return {
            "has_times": _flag(Q(ended_at__isnull=False)),
            "has_place": _flag(Q(place__gt="")),
            "chair_records": _flag(Q(recorder=F("chair"))),
            "has_list": exists(expected),
            "topics": counted(decided),
            "undecided": counted(decided.filter(decision_text="")),
            "unspoken": counted(decided.filter(~Exists(spoken))),
            "is_paper": _flag(Exact(F("mode"), MeetingMode.RETROSPECTIVE)),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "出席名单": Q(has_list=False),
            "补录会议的纸质发言记录": Q(is_paper=True) & Q(unspoken__gt=0),
        }

    def breach(self) -> Any:
        return (
            Q(has_times=False)
            | Q(has_place=False)
            | Q(chair_records=True)
            | Q(undecided__gt=0)
            | Q(unspoken__gt=0)
        )

    def sentence(self, e: Facts) -> str:
        parts = []
        if e["chair_records"]:
            parts.append("记录人就是主持人，专人记录 0 人 ＜ 1 人")
        lacking = [w for w, key in (("起止时间", "has_times"), ("地点", "has_place")) if not e[key]]
        if lacking:
            parts.append(f"缺{'、'.join(lacking)}")
        if e["undecided"]:
            parts.append(f"审议 {e['topics']} 项，没有写下决定的 {e['undecided']} 项：{e['undecided']} ＞ 0")
        if e["unspoken"]:
            parts.append(f"审议 {e['topics']} 项，没有发言记录的 {e['unspoken']} 项：{e['unspoken']} ＞ 0")
        return "；".join(parts) + "。"


@register
class RecordSigned(MeetingRule):
    """R61: chair and recorder sign the record, within the days minutes may take."""

    code = "R61"
    group = RuleGroup.PAPERS
    title = "会议记录由主持人、记录人签字确认"
    level = Level.BREACH
    body = "P/A"
    trigger = ("meeting.closed", "record.signed")
    clauses = ("W34", "W11", "X.suggest")
    parameters = ("minutes.days",)
    link = "meetings:record"
    mend = "请主持人和记录人在会议记录页签字确认。"
    note = "签字见于通行的会议记录规范；签字期限参照纪要签发时限，属建议值。节假日未扣除。"
    cases = (
        ("合规", "散会次日记录人、主持人均已签字。"),
        ("违规", "散会已 4 个工作日，主持人未签字。"),
        ("边界", "散会后第 3 个工作日未签字：尚在时限内。"),
        ("无法判定", "会议没有固定纪要签发时限。"),
    )

    def facts(self) -> dict[str, Any]:
        record = MeetingRecord.objects.filter(meeting=OuterRef("pk"))
        # A meeting held on paper can be signed here only once it has been entered.
        return {
            "closed_day": Case(
                When(mode=MeetingMode.RETROSPECTIVE, then=day("created_at")),
                default=Coalesce(day("ended_at"), day("started_at")),
            ),
            "recorder_day": Subquery(record.annotate(on=day("recorder_signed_at")).values("on")[:1]),
            "chair_day": Subquery(record.annotate(on=day("chair_signed_at")).values("on")[:1]),
            "limit_days": pinned_int(self.pinned, "minutes.days"),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "散会时间": Q(closed_day__isnull=True),
            "会议固定的纪要签发时限": Q(limit_days__isnull=True),
        }

    def breach(self) -> Any:
        unsigned = Q(recorder_day__isnull=True) | Q(chair_day__isnull=True)
        return unsigned & Q(GreaterThan(Workdays(F("closed_day"), F("as_of")), F("limit_days")))

    def sentence(self, e: Facts) -> str:
        who = [w for w, key in (("记录人", "recorder_day"), ("主持人", "chair_day")) if e[key] is None]
        passed = workdays(date.fromisoformat(e["closed_day"]), date.fromisoformat(e["as_of"]))
        return (
            f"{_on(e['closed_day'])}散会，至 {_on(e['as_of'])}已 {passed} 个工作日，"
            f"{'、'.join(who)}未签字：{passed} ＞ {e['limit_days']}。"
        )


@register
class MinutesInTime(MeetingRule):
    """R62: the minutes are issued within the working days the district sets."""

    code = "R62"
    group = RuleGroup.PAPERS
    title = "会议纪要按时签发"
    level = Level.WARN
    body = "P/A"
    trigger = ("meeting.closed", "minutes.issued")
    clauses = ("W24", "W25", "X.suggest")
    parameters = ("minutes.days",)
    link = "meetings:minutes"
    mend = "起草并签发会议纪要。"
    note = "国家文件未规定期限；3 个工作日为建议值，由参数 minutes.days 设定。节假日未扣除。"
    cases = (
        ("合规", "周五散会，下周三签发：3 个工作日。"),
        ("违规", "周五散会，下周四仍未签发：4 个工作日。"),
        ("边界", "恰好第 3 个工作日签发：合规。"),
        ("无法判定", "补录的会议，纸质纪要签发日期未登记。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        decided = AgendaEntry.objects.filter(
            meeting=OuterRef("pk"), kind=EntryKind.ITEM, state=EntryState.CONCLUDED
        )
        return super().asked(schools, as_of).filter(Exists(decided))

    def facts(self) -> dict[str, Any]:
        issued = Minutes.objects.filter(meeting=OuterRef("pk"), state=MinutesState.ISSUED).order_by(
            "issued_at"
        )
        return {
            "closed_day": Coalesce(day("ended_at"), day("started_at")),
            "issued_day": Subquery(issued.annotate(on=day("issued_at")).values("on")[:1]),
            "limit_days": pinned_int(self.pinned, "minutes.days"),
            "is_paper": _flag(Exact(F("mode"), MeetingMode.RETROSPECTIVE)),
        }

    def _late(self) -> Q:
        used = Workdays(F("closed_day"), Coalesce(F("issued_day"), F("as_of")))
        return Q(GreaterThan(used, F("limit_days")))

    def missing(self) -> dict[str, Any]:
        return {
            "散会时间": Q(closed_day__isnull=True),
            "会议固定的纪要签发时限": Q(limit_days__isnull=True),
            "补录会议的纸质纪要签发日期": Q(is_paper=True) & self._late(),
        }

    def breach(self) -> Any:
        return self._late()

    def sentence(self, e: Facts) -> str:
        until = e["issued_day"] or e["as_of"]
        used = workdays(date.fromisoformat(e["closed_day"]), date.fromisoformat(until))
        how = f"{_on(until)}签发" if e["issued_day"] else f"至 {_on(until)}未签发"
        return f"{_on(e['closed_day'])}散会，{how}，用时 {used} 个工作日：{used} ＞ {e['limit_days']}。"


class MinutesRule(Rule):
    """Asked of each issued version of 会议纪要."""

    group = RuleGroup.PAPERS
    model = Minutes
    school = "meeting__school"
    pinned = "meeting__parameters"
    link = "meetings:minutes"
    link_id = "meeting_id"

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Minutes.objects.filter(
            meeting__school__in=schools, state=MinutesState.ISSUED, issued_at__date__lte=as_of
        )

    def label(self) -> Any:
        return Concat(meeting_label("meeting"), Value("纪要"), output_field=CharField())

    def occurred_on(self) -> Any:
        return day("issued_at")

    def scope(self) -> Any:
        return narrowest_scope("meeting")


@register
class MinutesIssuer(MinutesRule):
    """R63: 书记 issues Party minutes, 校长 those of 校长办公会议, or whoever chaired by a written delegation."""

    code = "R63"
    title = "纪要由书记或校长签发"
    level = Level.BREACH
    body = "P/A"
    trigger = ("minutes.issued", "seat")
    clauses = ("Z5.chair", "Z6.chair", "X.suggest")
    mend = "由书记（党组织会议）或校长（校长办公会议）另出更正版并签发；受委托主持的，写明委托说明。"
    note = "会议由书记、校长召集主持见第（五）（六）条；由主持者签发纪要是通行做法，未见国家文件明文。"
    cases = (
        ("合规", "党总支会议纪要由在任书记签发。"),
        ("违规", "副书记签发党总支会议纪要，会议并未委托其主持。"),
        ("边界", "书记书面委托副书记主持，由副书记签发：合规。"),
        ("无法判定", "没有登记签发人，或签发时书记、校长没有任职记录。"),
    )

    def facts(self) -> dict[str, Any]:
        chairing = Seat.objects.filter(
            Q(role=SeatRole.SECRETARY, body__kind__in=PARTY_BODIES)
            | Q(role=SeatRole.PRINCIPAL, body__kind=BodyKind.ADMIN),
            Q(until__isnull=True) | Q(until__gte=OuterRef("issued_day")),
            body=OuterRef("meeting__body"),
            since__lte=OuterRef("issued_day"),
        )
        return {
            "issued_day": day("issued_at"),
            "is_party": _flag(Q(meeting__body__kind__in=PARTY_BODIES)),
            "has_issuer": _flag(Q(issued_by__isnull=False)),
            "in_office": counted(chairing),
            "by_office": exists(chairing.filter(person=OuterRef("issued_by"))),
            "by_delegation": _flag(Q(issued_by=F("meeting__chair")) & Q(meeting__chair_delegation__gt="")),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "签发人": Q(has_issuer=False),
            "签发时书记或校长的任职": Q(in_office=0) & Q(by_delegation=False),
        }

    def breach(self) -> Any:
        return Q(by_office=False) & Q(by_delegation=False)

    def sentence(self, e: Facts) -> str:
        body, who = ("党组织会议", "书记") if e["is_party"] else ("校长办公会议", "校长")
        return f"{_on(e['issued_day'])}签发的{body}纪要，签发人不是在任{who}，也没有受委托主持：符合 0 项 ＜ 1 项。"


@register
class MinutesLocked(MinutesRule):
    """R64: after issue the text stands; a correction is another version with its reason, sealed like the first."""

    code = "R64"
    title = "纪要签发后锁定，更正另存版本"
    level = Level.BREACH
    body = "P/A"
    trigger = ("minutes.issued", "document.issued")
    clauses = ("X.suggest",)
    mend = "核对签发文书的核验页；内容确须更正的，另出更正版并写明原因，由签发人重新签发。"
    note = "锁定和另存版本是平台的建议做法，目的是保证纪要可核验；不是国家规定。"
    cases = (
        ("合规", "签发后内容未动；更正时另出第 2 版并写明原因。"),
        ("违规", "签发之后直接修改了纪要正文。"),
        ("边界", "签发前的草稿多次修改：不影响。"),
        ("无法判定", "签发文书没有存证，无从核对。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(document__isnull=False)

    def facts(self) -> dict[str, Any]:
        kept = Minutes.history.model.objects.filter(id=OuterRef("pk"), state=MinutesState.ISSUED)
        same = Q(
            entries=OuterRef("entries"),
            preamble=OuterRef("preamble"),
            number_text=OuterRef("number_text"),
            issued_at=OuterRef("issued_at"),
        )
        sealed = LedgerEntry.objects.filter(
            subject=Concat(
                Value("documents.issueddocument:"),
                Cast(OuterRef("document"), CharField()),
                output_field=CharField(),
            ),
            kind="document.issued",
        )
        return {
            "issued_day": day("issued_at"),
            "edition": F("version"),
            "rewritten": counted(kept.exclude(same)),
            "sealed": counted(sealed),
            "agreeing": counted(
                sealed.annotate(told=KeyTextTransform("body_sha256", "payload")).filter(
                    told=OuterRef("document__body_sha256")
                )
            ),
            "has_reason": _flag(Q(correction_reason__gt="")),
        }

    def missing(self) -> dict[str, Any]:
        return {"签发文书的存证": Q(sealed=0)}

    def breach(self) -> Any:
        return Q(rewritten__gt=0) | Q(agreeing=0) | (Q(edition__gt=1) & Q(has_reason=False))

    def sentence(self, e: Facts) -> str:
        parts = []
        if e["rewritten"]:
            parts.append(f"签发后直接改动 {e['rewritten']} 次：{e['rewritten']} ＞ 0")
        if not e["agreeing"]:
            parts.append(f"内容摘要与存证一致 0 份 ＜ {e['sealed']} 份")
        if e["edition"] > 1 and not e["has_reason"]:
            parts.append(f"第 {e['edition']} 版没有更正原因")
        return f"{_on(e['issued_day'])}签发的纪要，{'；'.join(parts)}。"
