"""议题: R24–R26. What came late, what came unannounced, and who was missing when it came."""

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Case, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.items import flag, on_day, paper
from compliance.rules.subjects import EntryRule, MeetingRule
from compliance.words import day, days_between, pinned_int, pinned_word
from decisions.choices import Outcome
from governance.choices import MajorClass
from governance.models import Portfolio, School
from meetings.choices import AttendanceStatus, EntryKind, EntryState, MeetingMode
from meetings.models import AgendaEntry, Attendance


@register
class SentInTime(MeetingRule):
    """R24: matters are submitted and papers delivered some days ahead. Asked of the meeting; days are calendar days.

    What was added after the notice is asked by R25.
    """

    code = "R24"
    group = RuleGroup.ITEMS
    title = "议题提前申报，材料提前送达"
    level = Level.WARN
    body = "P/A"
    trigger = ("meeting.closed", "meeting.started", "entry.concluded")
    clauses = ("W10", "W3.adhoc")
    parameters = ("agenda.submit_days", "agenda.material_days")
    mend = "按期申报议题，发会议通知时一并送达材料；确属紧急的，按临时动议说明理由。"
    note = "国家文件未规定天数；所见规定有 1 日至 1 周不等，由参数 agenda.submit_days、agenda.material_days 设定。"
    cases = (
        ("合规", "10 月 20 日开会，10 月 16 日申报，10 月 17 日送达材料。"),
        ("违规", "10 月 20 日开会，10 月 19 日送达材料；或有议题 10 月 18 日才申报。"),
        ("边界", "恰好提前 3 日申报、提前 2 日送达：合规。"),
        ("无法判定", "补录的会议，纸质申报和送达时间未登记。"),
    )

    def _regular(self) -> QuerySet[AgendaEntry]:
        return AgendaEntry.objects.filter(
            meeting=OuterRef("pk"), kind=EntryKind.ITEM, state=EntryState.CONCLUDED, is_ad_hoc=False
        )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(Exists(self._regular()))

    def facts(self) -> dict[str, Any]:
        last = (
            self._regular()
            .order_by()
            .values("meeting")
            .annotate(last=Max("stage__item__submitted_at"))
            .values("last")
        )
        return {
            "meeting_day": day("started_at"),
            "submitted_day": day(Subquery(last)),
            "sent_day": day("materials_sent_at"),
            "submit_days": pinned_int(self.pinned, "agenda.submit_days"),
            "material_days": pinned_int(self.pinned, "agenda.material_days"),
            "is_paper": flag(Q(mode=MeetingMode.RETROSPECTIVE)),
        }

    def derived(self) -> dict[str, Any]:
        return {
            "submitted_ahead": days_between(F("submitted_day"), F("meeting_day")),
            "sent_ahead": days_between(F("sent_day"), F("meeting_day")),
        }

    def _late(self) -> Q:
        return (
            Q(sent_day__isnull=True)
            | Q(LessThan(F("sent_ahead"), F("material_days")))
            | Q(LessThan(F("submitted_ahead"), F("submit_days")))
        )

    def missing(self) -> dict[str, Any]:
        return {
            "会议固定的申报和送达天数": Q(submit_days__isnull=True) | Q(material_days__isnull=True),
            "议题的申报时间": Q(submitted_day__isnull=True),
            "补录会议的申报和送达时间": Q(is_paper=True) & self._late(),
        }

    def breach(self) -> Any:
        return self._late()

    def sentence(self, e: Facts) -> str:
        parts = []
        if (ahead := e["submitted_ahead"]) < e["submit_days"]:
            parts.append(f"最晚的议题提前 {ahead} 日申报：{ahead} ＜ {e['submit_days']}")
        if e["sent_day"] is None:
            parts.append("材料没有送达时间")
        elif (ahead := e["sent_ahead"]) < e["material_days"]:
            parts.append(f"材料提前 {ahead} 日送达：{ahead} ＜ {e['material_days']}")
        return f"{on_day(e['meeting_day'])}开会，{'；'.join(parts)}。"


@register
class NotAdHoc(EntryRule):
    """R25: nothing is added after the notice without a reason; what the school forbids, not at all."""

    code = "R25"
    group = RuleGroup.ITEMS
    title = "不得临时动议"
    level = Level.BREACH
    body = "P/A"
    trigger = ("entry.concluded",)
    clauses = ("W3.adhoc", "W23")
    parameters = ("agenda.adhoc_forbidden",)
    outcomes_asked = tuple(Outcome.values)
    mend = "补写主持人同意的紧急理由；禁止临时动议的事项，重新列入下次会议审议。"
    note = "国家文件未规定；干部、资金类一律禁止属建议，由参数 agenda.adhoc_forbidden 设定，按阻断处理。"
    cases = (
        ("合规", "发出通知后因汛情增加安全预案，写明理由，主持人同意。"),
        ("违规", "临时增加议题没有写理由；或临时增加干部任免。"),
        ("边界", "参数未列入的类别，写明理由：合规。"),
        ("无法判定", "会议没有固定禁止类别；或补录的会议，纸质理由未登记。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(is_ad_hoc=True)

    def facts(self) -> dict[str, Any]:
        forbidden: Any = Value(0)
        for kind in MajorClass.values:
            touched = Q(
                **{
                    f"{self.pinned}__agenda.adhoc_forbidden__value__contains": [kind],
                    "stage__item__major_classes__contains": [kind],
                }
            )
            forbidden = forbidden + Case(When(touched, then=1), default=0, output_field=IntegerField())
        return {
            "forbidden_classes": pinned_word(self.pinned, "agenda.adhoc_forbidden"),
            "forbidden": forbidden,
            "has_reason": flag(Q(ad_hoc_reason__regex=r"\S")),
            "is_paper": paper(),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "会议固定的禁止类别": Q(forbidden_classes__isnull=True),
            "补录会议的临时动议理由": Q(is_paper=True, has_reason=False, forbidden=0),
        }

    def breach(self) -> Any:
        return Q(forbidden__gt=0) | Q(has_reason=False)

    def found_level(self) -> Any:
        return Case(When(forbidden__gt=0, then=Value(str(Level.BLOCK))), default=Value(str(self.level)))

    def sentence(self, e: Facts) -> str:
        if e["forbidden"]:
            return f"通知之后增加议题，属于禁止临时动议的类别 {e['forbidden']} 类 ＞ 0。"
        return "通知之后增加议题，写明的理由 0 条 ＜ 1 条。"


# A person in charge of a matter, at one meeting.
NOT_DUE, DUE, HERE = 0, 1, 2


@register
class OwnerPresent(EntryRule):
    """R26: the leader in charge of the matter was there. Asked where a member due at the meeting stayed away.

    In charge is whose 分工 names the department that carries the matter or its aspect. Of several, one must be there.
    """

    code = "R26"
    group = RuleGroup.ITEMS
    title = "分管成员缺席的议题不上会"
    level = Level.WARN
    body = "P/A"
    trigger = ("entry.concluded", "portfolio")
    clauses = ("W1.absent", "W23")
    parameters = ("agenda.absent_owner_block",)
    mend = "改在分管成员到会时审议；确须审议的，由分管成员书面说明意见。"
    note = "参照学校议事规则；是否不上会由参数 agenda.absent_owner_block 设定，设为不限制的不检查。"
    cases = (
        ("合规", "总务工作由副校长王某分管，王某到会。"),
        ("违规", "分管副校长请假，所分管的议题仍作出决定。"),
        ("边界", "两人分管，一人到会：合规；分管成员不是该会成员：不要求。"),
        ("无法判定", "有成员缺席，而分工没有登记谁分管该事项。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        away = Attendance.objects.filter(
            ~Q(status=AttendanceStatus.PRESENT) | Q(left_at__isnull=False), meeting=OuterRef("meeting")
        )
        return super().asked(schools, as_of).filter(Exists(away))

    def facts(self) -> dict[str, Any]:
        in_charge = Portfolio.objects.filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef("meeting_day")),
            Q(departments__contains=[OuterRef("stage__item__department")])
            | Q(aspects__contains=[OuterRef("stage__item__catalogue_entry__aspect")]),
            school=OuterRef("meeting__school"),
            since__lte=OuterRef("meeting_day"),
        )
        began = Coalesce(OuterRef(OuterRef("opened_at")), OuterRef(OuterRef("meeting__started_at")))
        row = Attendance.objects.filter(
            meeting=OuterRef(OuterRef("meeting")), seat__person=OuterRef("person")
        )
        here = row.filter(Q(left_at__isnull=True) | Q(left_at__gt=began), status=AttendanceStatus.PRESENT)
        # One look at 分工 for each matter: for everybody in charge, whether due at this meeting, and whether there.
        found = in_charge.annotate(
            found=Case(
                When(Exists(here), then=HERE),
                When(Exists(row), then=DUE),
                default=NOT_DUE,
                output_field=IntegerField(),
            )
        )
        return {
            "meeting_day": day("meeting__started_at"),
            "setting": pinned_word(self.pinned, "agenda.absent_owner_block"),
            "owners": ArraySubquery(found.order_by("person", "pk").values("found")),
        }

    def derived(self) -> dict[str, Any]:
        return {
            "is_away": flag(Q(owners__contains=[DUE])),
            "is_there": flag(Q(owners__contains=[HERE])),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "会议固定的分管成员缺席规定": Q(setting__isnull=True),
            "分管该事项的成员分工": Q(setting__in=["warn", "block"], owners__len=0),
        }

    def breach(self) -> Any:
        return Q(setting__in=["warn", "block"]) & Q(is_away=True) & Q(is_there=False)

    def found_level(self) -> Any:
        return Case(When(setting="block", then=Value(str(Level.BLOCK))), default=Value(str(self.level)))

    def sentence(self, e: Facts) -> str:
        due = sum(owner == DUE for owner in e["owners"])
        return f"{on_day(e['meeting_day'])}开会，分管该事项的成员应到 {due} 人，到会 0 人 ＜ 1 人。"
