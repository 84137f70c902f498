"""执行: R70–R79."""

from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, Rule, register
from compliance.rules.subjects import item_label
from compliance.words import day, days_between
from decisions.choices import OPEN_TASK_STATES
from decisions.models import Task
from governance.models import School


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
