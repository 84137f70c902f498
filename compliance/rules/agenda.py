"""议题: R24–R26. What came late, what came unannounced, and who was missing when it came."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Case, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.items import flag, on_day, paper
from compliance.rules.subjects import EntryRule, MeetingRule
from compliance.words import counted, day, days_between, names, pinned_int, pinned_word
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
        submitted = day("stage__item__submitted_at")
        late = self._regular().annotate(ahead=days_between(submitted, OuterRef("meeting_day")))
        return {
            "meeting_day": day("started_at"),
            "sent_day": day("materials_sent_at"),
            "submit_days": pinned_int(self.pinned, "agenda.submit_days"),
            "material_days": pinned_int(self.pinned, "agenda.material_days"),
            "late_items": counted(late.filter(ahead__lt=OuterRef("submit_days"))),
            "undated_items": counted(self._regular().filter(stage__item__submitted_at__isnull=True)),
            "is_paper": flag(Q(mode=MeetingMode.RETROSPECTIVE)),
        }

    def derived(self) -> dict[str, Any]:
        return {"sent_ahead": days_between(F("sent_day"), F("meeting_day"))}

    def _late(self) -> Q:
        return (
            Q(late_items__gt=0) | Q(sent_day__isnull=True) | Q(LessThan(F("sent_ahead"), F("material_days")))
        )

    def missing(self) -> dict[str, Any]:
        return {
            "会议固定的申报和送达天数": Q(submit_days__isnull=True) | Q(material_days__isnull=True),
            "议题的申报时间": Q(undated_items__gt=0),
            "补录会议的申报和送达时间": Q(is_paper=True) & self._late(),
        }

    def breach(self) -> Any:
        return self._late()

    def sentence(self, e: Facts) -> str:
        parts = []
        if e["late_items"]:
            parts.append(f"申报不足 {e['submit_days']} 日的议题 {e['late_items']} 项 ＞ 0")
        if e["sent_day"] is None:
            parts.append("材料没有送达时间")
        elif e["sent_ahead"] < e["material_days"]:
            sent = f"材料 {on_day(e['sent_day'])}送达，提前 {e['sent_ahead']} 日"
            parts.append(f"{sent}：{e['sent_ahead']} ＜ {e['material_days']}")
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
        away = Attendance.objects.filter(meeting=OuterRef("meeting")).exclude(status=AttendanceStatus.PRESENT)
        left = Attendance.objects.filter(meeting=OuterRef("meeting"), left_at__isnull=False)
        return super().asked(schools, as_of).filter(Exists(away) | Exists(left))

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
        due = in_charge.filter(Exists(row))
        return {
            "meeting_day": day("meeting__started_at"),
            "setting": pinned_word(self.pinned, "agenda.absent_owner_block"),
            "owners": counted(in_charge),
            "owners_due": counted(due),
            "owners_here": counted(due.filter(Exists(here))),
            "names_due": names(due, "person__display_name"),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "会议固定的分管成员缺席规定": Q(setting__isnull=True),
            "分管该事项的成员分工": Q(setting__in=["warn", "block"], owners=0),
        }

    def breach(self) -> Any:
        return Q(setting__in=["warn", "block"]) & Q(owners_due__gt=0) & Q(owners_here=0)

    def found_level(self) -> Any:
        return Case(When(setting="block", then=Value(str(Level.BLOCK))), default=Value(str(self.level)))

    def sentence(self, e: Facts) -> str:
        who = f"（{'、'.join(e['names_due'])}）" if e.get("names_due") else ""
        return (
            f"{on_day(e['meeting_day'])}开会，分管该事项的成员应到 {e['owners_due']} 人{who}，"
            f"到会 {e['owners_here']} 人 ＜ 1 人。"
        )
