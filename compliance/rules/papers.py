"""文书: R60–R67. Working days are Mondays to Fridays; public holidays are not known to the platform."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Case, ExpressionWrapper, When
from django.db.models.fields import BooleanField
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.subjects import MeetingRule
from compliance.words import Workdays, day, pinned_int, workdays
from governance.models import School
from meetings.choices import EntryKind, EntryState, MeetingMode, MinutesState
from meetings.models import AgendaEntry, MeetingRecord, Minutes


def _on(value: str) -> str:
    when = date.fromisoformat(value)
    return f"{when.month}月{when.day}日"


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
        retrospective = Exact(F("mode"), MeetingMode.RETROSPECTIVE)
        return {
            "closed_day": Coalesce(day("ended_at"), day("started_at")),
            "issued_day": Subquery(issued.annotate(on=day("issued_at")).values("on")[:1]),
            "limit_days": pinned_int(self.pinned, "minutes.days"),
            "is_paper": ExpressionWrapper(Q(retrospective), output_field=BooleanField()),
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
