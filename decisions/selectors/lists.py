"""The list of items: what each waits for, in which body, at which meeting."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from common.components import Pill, pill_for
from common.templatetags.ui import cn_date, cn_datetime
from decisions.choices import ItemState, StageState
from decisions.models import DecisionItem, Task
from decisions.selectors.agenda import next_meetings, open_meetings
from governance.models import CatalogueEntry, School

STATES: dict[str, list[str]] = {
    "": [
        ItemState.DRAFT,
        ItemState.PENDING,
        ItemState.DELIBERATING,
        ItemState.DEFERRED,
        ItemState.RETURNED,
        ItemState.IMPLEMENTING,
    ],
    "draft": [ItemState.DRAFT],
    "pending": [ItemState.PENDING, ItemState.DELIBERATING],
    "mending": [ItemState.DEFERRED, ItemState.RETURNED],
    "implementing": [ItemState.IMPLEMENTING],
    "ended": [ItemState.COMPLETED, ItemState.REJECTED, ItemState.WITHDRAWN],
    "all": list(ItemState.values),
}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of the list: the verb first, then the item."""

    item: DecisionItem
    verb: str
    note: str
    pill: Pill


def item_queryset(user: Any, school: School) -> QuerySet[DecisionItem]:
    """Visible items of a school with their numbers of open and overdue tasks."""

    def count_of(tasks: Any) -> Coalesce:
        rows = tasks.order_by().filter(item=OuterRef("pk")).values("item").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(rows, output_field=IntegerField()), 0)

    return (
        DecisionItem.objects.visible_to(user)
        .filter(school=school)
        .annotate(
            open_tasks=count_of(Task.objects.all().open()),
            overdue_tasks=count_of(Task.objects.all().overdue()),
        )
    )


def narrow(items: QuerySet[DecisionItem], user: Any, chosen: dict[str, Any]) -> QuerySet[DecisionItem]:
    """Items that match the cleaned filters other than the state (forms.ItemFilterForm.chosen)."""
    if text := chosen.get("q"):
        items = items.filter(
            Q(title__icontains=text)
            | Q(number__icontains=text)
            | Q(catalogue_entry__title__icontains=text)
            | Q(catalogue_entry__code__iexact=text)
        )
    if step := chosen.get("step"):
        items = (
            items.filter(state=ItemState.IMPLEMENTING)
            if step == "implement"
            else items.filter(current_stage__purpose=step)
        )
    if route := chosen.get("route"):
        items = items.filter(route=route)
    if aspect := chosen.get("aspect"):
        items = items.filter(catalogue_entry__aspect=aspect)
    if chosen.get("mine"):
        items = items.filter(Q(proposer=user) | Q(created_by=user) | Q(presenter=user))
    return items


def in_state(items: QuerySet[DecisionItem], state: str) -> QuerySet[DecisionItem]:
    """Items of one tile, the most pressing first: overdue tasks, then the latest change."""
    counted: QuerySet[Any] = items
    if state == "overdue":
        counted = counted.filter(overdue_tasks__gt=0)
    else:
        counted = counted.filter(state__in=STATES[state])
    return counted.order_by(F("overdue_tasks").desc(), "-updated_at", "-pk")


def state_counts(items: QuerySet[DecisionItem]) -> dict[str, int]:
    """How many items each tile holds; one query."""
    counts = {key or "open": Count("pk", filter=Q(state__in=states)) for key, states in STATES.items()}
    counted: QuerySet[Any] = items
    return counted.aggregate(**counts, overdue=Count("pk", filter=Q(overdue_tasks__gt=0)))


def rows_of(user: Any, school: School, items: QuerySet[DecisionItem]) -> list[ItemRow]:
    """The lines of one page; three queries whatever its length."""
    found = list(items.select_related("catalogue_entry", "current_stage__body", "proposer"))
    held = open_meetings(user, [item.current_stage_id or 0 for item in found])
    planned = next_meetings(user, school)
    return [_row(item, held.get(item.current_stage_id or 0), planned) for item in found]


def _row(item: DecisionItem, meeting: Any, planned: dict[int, Any]) -> ItemRow:
    verb, note = waiting_for(item, meeting, planned)
    stage = item.current_stage
    state = stage if stage and item.state == ItemState.PENDING else item
    pill = pill_for(state.get_state_display())
    return ItemRow(item, verb, note, pill)


def waiting_for(item: Any, meeting: Any, planned: dict[int, Any]) -> tuple[str, str]:
    """What an item of `item_queryset` waits for as a verb, and where or when."""
    stage = item.current_stage
    match item.state:
        case ItemState.DRAFT:
            return "填写并申报", ""
        case ItemState.RETURNED:
            return "修改方案，重新申报", str(stage.body) if stage else ""
        case ItemState.IMPLEMENTING if item.open_tasks:
            late = f"，{item.overdue_tasks} 项逾期" if item.overdue_tasks else ""
            return "落实", f"{item.open_tasks} 项任务在办{late}"
        case ItemState.IMPLEMENTING:
            return "报告执行情况，办结", "任务已全部验收"
        case ItemState.COMPLETED:
            return "已办结", cn_date(item.completed_at)
        case ItemState.REJECTED | ItemState.WITHDRAWN:
            return f"已{item.get_state_display()}", ""
    if stage is None:
        return item.get_state_display(), ""
    if meeting is not None:
        when = cn_datetime(meeting.scheduled_at)
        verb = "正在审议" if item.state == ItemState.DELIBERATING else f"上会{stage.get_purpose_display()}"
        return verb, f"{meeting.label} {when}"
    upcoming = planned.get(stage.body_id)
    next_note = f"{stage.body}，最近一次 {cn_date(upcoming.scheduled_at)}" if upcoming else str(stage.body)
    if stage.state == StageState.SCHEDULED:
        return f"上会{stage.get_purpose_display()}", str(stage.body)
    if stage.state == StageState.CONFIRMED:
        return "列入会议议程", next_note
    chair = "书记" if stage.body.is_party else "校长"
    verb = "补齐条件，再次上会" if item.state == ItemState.DEFERRED else f"请{chair}确定议题"
    return verb, next_note


def entries_by_aspect(user: Any, school: School, text: str) -> list[tuple[str, str, list[CatalogueEntry]]]:
    """Current entries of a school for the words of a text, grouped (code, name, entries).

    The signs of a word need only follow one another: 预算 finds 年度预决算.
    """
    entries = CatalogueEntry.objects.visible_to(user).filter(school=school).in_force()
    for word in text.split():
        scattered = ".*".join(re.escape(sign) for sign in word)
        entries = entries.filter(
            Q(title__iregex=scattered) | Q(code__istartswith=word) | Q(note__icontains=word)
        )
    groups: dict[str, tuple[str, str, list[CatalogueEntry]]] = {}
    for entry in entries.order_by("aspect", "code"):
        groups.setdefault(entry.aspect, (entry.aspect, entry.get_aspect_display(), []))[2].append(entry)
    return list(groups.values())
