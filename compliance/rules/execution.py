"""执行: R70–R79."""

from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.subjects import SchoolRule, item_label
from compliance.words import counted, day, days_between, effective_int
from decisions.choices import OPEN_TASK_STATES, ItemState, ResolutionState, TaskState
from decisions.models import Resolution, Task
from governance.choices import MajorClass
from governance.models import CatalogueEntry, School


@register
class ResolutionBrokenDown(Rule):
    """R70: a resolution under implementation has tasks, each with person, department and day.

    Person and day are required columns of a task; what can be lacking is any task, or its department.
    """

    code = "R70"
    group = RuleGroup.EXECUTION
    title = "决议分解到责任人、部门和时限"
    level = Level.BREACH
    body = "A"
    trigger = ("entry.concluded", "task", "item.completed")
    clauses = ("S1.4",)
    model = Resolution
    link = "decisions:item_detail"
    link_id = "item_id"
    mend = "为决议下达落实任务，写明责任人、责任部门和时限。"
    note = "来自地方巡察整改做法，国家文件未作规定。"
    cases = (
        ("合规", "决议下达任务 2 项，责任人、部门、时限齐全。"),
        ("违规", "进入落实的决议没有任务，或任务没有责任部门。"),
        ("边界", "循环议题尚未部署：不作要求；部署后即须有任务。"),
        ("无法判定", "任务数据缺失，通常由数据库约束排除。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Resolution.objects.filter(
            school__in=schools,
            state=ResolutionState.IN_FORCE,
            item__state__in=[ItemState.IMPLEMENTING, ItemState.COMPLETED],
            decided_on__lte=as_of,
        )

    def facts(self) -> dict[str, Any]:
        given = Task.objects.filter(item=OuterRef("item")).exclude(state=TaskState.CANCELLED)
        return {"given": counted(given), "without_department": counted(given.filter(department=""))}

    def breach(self) -> Any:
        return Q(given=0) | Q(without_department__gt=0)

    def label(self) -> Any:
        return item_label("item", before="决议：")

    def occurred_on(self) -> Any:
        return F("decided_on")

    def scope(self) -> Any:
        return F("item__access_scope")

    def sentence(self, e: Facts) -> str:
        if not e["given"]:
            return "决议已进入落实，落实任务 0 项 ＜ 1 项。"
        return f"落实任务 {e['given']} 项，其中 {e['without_department']} 项没有责任部门：{e['without_department']} ＞ 0。"


@register
class TaskOverdue(Rule):
    """R72: an open task past its day, or longer without a report than its frequency allows."""

    code = "R72"
    group = RuleGroup.EXECUTION
    title = "落实任务按期反馈、按期办结"
    level = Level.WARN
    body = "A"
    trigger = ("task", "extension")
    clauses = ("S1.4", "X.suggest")
    model = Task
    link = "decisions:task_detail"
    mend = "由责任人反馈进展或报请验收；确需延期的，申请延期。"
    note = "反馈频次由每项任务自行约定，按期办结的时限来自会议决定。"
    cases = (
        ("合规", "时限 11 月 30 日，11 月 21 日检查，10 日前反馈过，约定 14 日一次。"),
        ("违规", "时限 11 月 18 日，11 月 21 日检查，尚未办结：超期 3 日。"),
        ("边界", "时限当日检查不算超期；距上次反馈恰好 14 日不算未反馈。"),
        ("无法判定", "任务没有约定反馈频次（0 日），且尚未到期。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Task.objects.filter(school__in=schools, state__in=OPEN_TASK_STATES, issued_at__date__lte=as_of)

    def facts(self) -> dict[str, Any]:
        return {
            "due_day": F("due_on"),
            "last_heard": Coalesce(day("reported_at"), day("issued_at")),
            "every_days": F("report_every_days"),
        }

    def missing(self) -> dict[str, Any]:
        return {"反馈频次": Q(every_days__lte=0) & Q(due_day__gte=F("as_of"))}

    def breach(self) -> Any:
        silent = GreaterThan(days_between(F("last_heard"), F("as_of")), F("every_days"))
        return Q(LessThan(F("due_day"), F("as_of"))) | Q(silent)

    def label(self) -> Any:
        return item_label("item", before="落实任务：")

    def scope(self) -> Any:
        return F("item__access_scope")

    def occurred_on(self) -> Any:
        return F("due_on")

    def sentence(self, e: Facts) -> str:
        seen, due = date.fromisoformat(e["as_of"]), date.fromisoformat(e["due_day"])
        heard = date.fromisoformat(e["last_heard"])
        if due < seen:
            late = f"红牌：时限 {due.month}月{due.day}日，至 {seen.month}月{seen.day}日尚未办结，超期 {(seen - due).days} 日"
            return f"{late}。"
        silent = (seen - heard).days
        return f"黄牌：已 {silent} 日未反馈，约定每 {e['every_days']} 日反馈一次：{silent} ＞ {e['every_days']}。"


@register
class LargeAmountSet(SchoolRule):
    """R78: no fund matter may be decided where nobody has said what a large amount is."""

    code = "R78"
    group = RuleGroup.EXECUTION
    title = "设定大额资金起点"
    level = Level.BREACH
    body = "D"
    trigger = ("parameter", "catalogue", "school")
    clauses = ("W26.fund",)
    parameters = ("fund.large_threshold",)
    link = "governance:parameters"
    mend = "由学校或区教育工委设定大额资金起点，写明依据。"
    note = "起点金额由地方或学校规定，实见 5000 元、3 万元等；本平台没有默认值。"
    cases = (
        ("合规", "区设定 300,000 元，学校清单启用资金类事项。"),
        ("违规", "区、校都未设定起点，清单已启用资金类事项 6 项。"),
        ("边界", "未设定起点，清单没有资金类事项：不违反本条。"),
        ("无法判定", "学校尚未采用事项清单。"),
    )

    def facts(self) -> dict[str, Any]:
        entries = CatalogueEntry.objects.filter(school=OuterRef("pk"), is_current=True)
        return {
            "threshold": effective_int("fund.large_threshold", school="pk"),
            "entries": counted(entries),
            "fund_entries": counted(entries.filter(major_classes__contains=[MajorClass.FUND])),
        }

    def missing(self) -> dict[str, Any]:
        return {"事项清单": Q(entries=0)}

    def breach(self) -> Any:
        return Q(threshold__isnull=True) & Q(fund_entries__gt=0)

    def sentence(self, e: Facts) -> str:
        return f"清单启用资金类事项 {e['fund_entries']} 项，大额资金起点 0 项已设定 ＜ 1 项。"
