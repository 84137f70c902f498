"""等我办理: what waits for one person in one school, and until when."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from governance.access import Offices
from governance.parameters import Parameters
from workbench.selectors.todos import items, meetings, tasks
from workbench.selectors.todos.kit import STUCK, Todo

TODAY, WEEK, NEXT_WEEK, LATER = "今天到期", "本周", "下周", "其他"


@dataclass(frozen=True)
class TodoList:
    """Todos by urgency: due today or before, by Sunday (at a weekend by the next), and all others."""

    today: list[Todo]
    week: list[Todo]
    later: list[Todo]
    week_word: str

    @property
    def groups(self) -> list[tuple[str, list[Todo]]]:
        """The groups that hold something, with their captions."""
        named = ((TODAY, self.today), (self.week_word, self.week), (LATER, self.later))
        return [(caption, found) for caption, found in named if found]

    @property
    def count(self) -> int:
        return len(self.today) + len(self.week) + len(self.later)


def todo_list(user: Any, offices: Offices, parameters: Parameters, today: date) -> TodoList:
    """Everything that waits for the person in this school, by urgency; a fixed number of queries."""
    sources = (
        meetings.minutes(user, offices, parameters),
        meetings.meetings(user, offices, today),
        items.confirmations(user, offices, parameters),
        items.consultations(user, offices),
        items.evidence(user, offices),
        items.own_items(user, offices),
        tasks.tasks_owned(user, offices, today),
        tasks.tasks_to_judge(user, offices),
        items.reconsiderations(user, offices),
        items.completions(user, offices),
        meetings.agenda_to_plan(user, offices),
        tasks.rectifications(user, offices),
        tasks.handed_over(user, offices),
        tasks.without_owner(offices),
    )
    todos = [todo for source in sources for todo in source]
    is_weekend = today.weekday() >= 5
    sunday = today + timedelta(days=(13 if is_weekend else 6) - today.weekday())
    buckets: dict[str, list[Todo]] = {TODAY: [], WEEK: [], LATER: []}
    for todo in sorted(todos, key=lambda t: (t.due is None, t.due or today)):
        buckets[_bucket(todo, today, sunday)].append(todo)
    return TodoList(buckets[TODAY], buckets[WEEK], buckets[LATER], NEXT_WEEK if is_weekend else WEEK)


def _bucket(todo: Todo, today: date, sunday: date) -> str:
    if todo.due is not None and todo.due <= today:
        return TODAY
    if todo.pill is STUCK or (todo.due is not None and todo.due <= sunday):
        return WEEK
    return LATER
