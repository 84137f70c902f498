"""文书: R65, R67. What a decision owes the public and the archive."""

from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThan, LessThan, LessThanOrEqual

from common.choices import Level
from common.workdays import workdays
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.items import on_day
from compliance.rules.subjects import item_label
from compliance.words import Workdays, day, effective_int, exists
from decisions.choices import ItemState, NoticeConclusion, ResolutionState
from decisions.models import PublicNotice, Resolution
from governance.choices import MajorClass
from governance.models import School
from meetings.choices import EntryState, MeetingMode
from meetings.models import AgendaEntry


def _day_before(fact: str) -> Func:
    return Func(F(fact), template="(%(expressions)s - 1)", output_field=DateField())


@register
class NoticeLongEnough(Rule):
    """R65: what the catalogue asks to be made public is so for its working days before anybody acts on it."""

    code = "R65"
    group = RuleGroup.PAPERS
    title = "任前公示和清单要求的公示满期"
    level = Level.WARN
    body = "P"
    trigger = ("notice", "entry.concluded", "item.completed")
    clauses = ("W12", "W26.notice", "X.suggest")
    parameters = ("notice.workdays",)
    model = Resolution
    link = "decisions:item_detail"
    link_id = "item_id"
    mend = "登记公示的起止日期、受理渠道和结论；公示不足的，补足期限后再任职或执行。"
    note = (
        "干部任前公示 5 个工作日出自干部任用条例，期限待核，地方实见 3 天，由参数 notice.workdays 设定；"
        "其他事项按事项清单。节假日未扣除。"
    )
    cases = (
        ("合规", "11 月 2 日（周一）至 6 日公示 5 个工作日，11 月 9 日任职。"),
        ("违规", "公示 4 个工作日，或公示期未满已任职、办结。"),
        ("边界", "恰好 5 个工作日，截止次日任职：合规；截止当日任职：不符合。异议成立而暂缓的：不违反本条。"),
        ("无法判定", "决定后已超过公示期限，没有登记公示；补录的会议，纸质公示未登记。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Resolution.objects.filter(
            school__in=schools,
            state=ResolutionState.IN_FORCE,
            item__catalogue_entry__notice_workdays__gt=0,
            decided_on__lte=as_of,
        )

    def facts(self) -> dict[str, Any]:
        last = PublicNotice.objects.filter(resolution=OuterRef("pk")).order_by("-since", "-pk")
        stopped = Case(
            When(conclusion=NoticeConclusion.UPHELD, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        entered = AgendaEntry.objects.filter(
            stage=OuterRef("stage"), state=EntryState.CONCLUDED, meeting__mode=MeetingMode.RETROSPECTIVE
        )
        return {
            "decided_day": F("decided_on"),
            "required": Case(
                When(
                    item__major_classes__contains=[MajorClass.CADRE],
                    then=effective_int("notice.workdays", school="school"),
                ),
                default=F("item__catalogue_entry__notice_workdays"),
                output_field=IntegerField(),
            ),
            "notice_since": Subquery(last.values("since")[:1]),
            "notice_until": Subquery(last.values("until")[:1]),
            "was_stopped": Coalesce(Subquery(last.annotate(stopped=stopped).values("stopped")[:1]), False),
            "effective_day": Subquery(last.values("effective_on")[:1]),
            "closed_day": Case(
                When(item__state=ItemState.COMPLETED, then=day("item__completed_at")),
                default=None,
                output_field=DateField(),
            ),
            "is_paper": exists(entered),
        }

    def derived(self) -> dict[str, Any]:
        return {
            "notice_days": Case(
                When(
                    notice_since__isnull=False,
                    then=Workdays(_day_before("notice_since"), F("notice_until")),
                ),
                default=Value(None),
                output_field=IntegerField(),
            ),
            "acted_day": Least(F("effective_day"), F("closed_day")),
        }

    def missing(self) -> dict[str, Any]:
        late = GreaterThan(Workdays(F("decided_day"), F("as_of")), F("required"))
        untold = Q(notice_since__isnull=True)
        return {
            "公示期限": Q(required__isnull=True),
            "公示起止日期": untold & Q(acted_day__isnull=True) & Q(late),
            "补录会议的纸质公示": untold & Q(is_paper=True),
        }

    def breach(self) -> Any:
        early = Q(notice_until__isnull=True) | Q(LessThanOrEqual(F("acted_day"), F("notice_until")))
        short = Q(notice_days__isnull=False) & Q(LessThan(F("notice_days"), F("required")))
        return Q(was_stopped=False) & ((Q(acted_day__isnull=False) & early) | short)

    def label(self) -> Any:
        return item_label("item", before="决议：")

    def occurred_on(self) -> Any:
        return F("decided_on")

    def scope(self) -> Any:
        return F("item__access_scope")

    def sentence(self, e: Facts) -> str:
        parts = []
        if e["notice_since"] is None:
            parts.append(f"{on_day(e['acted_day'])}已任职、执行或办结，公示 0 个工作日 ＜ {e['required']}")
            return f"{parts[0]}。"
        since, until = date.fromisoformat(e["notice_since"]), date.fromisoformat(e["notice_until"])
        days = workdays(since - timedelta(days=1), until)
        if days < e["required"]:
            period = f"{on_day(e['notice_since'])}至{on_day(e['notice_until'])}"
            parts.append(f"{period}公示 {days} 个工作日：{days} ＜ {e['required']}")
        acted = min(filter(None, (e["effective_day"], e["closed_day"])), default=None)
        if acted and date.fromisoformat(acted) <= until:
            parts.append(
                f"公示截止 {on_day(e['notice_until'])}，{on_day(acted)}已任职、执行或办结，不晚于截止日"
            )
        return f"{'；'.join(parts)}。"
