"""Carrying out: tasks, their reports and extensions."""

from datetime import date, datetime, time, timedelta
from typing import Any

from decisions.choices import ReportKind, RequestState, TaskState
from decisions.models import Task, TaskExtension, TaskReport
from demo.generate.names import PROGRESS
from demo.generate.sitting import Sitting
from demo.generate.world import ZONE, World, at

EVERY_DAYS = 14


def give_tasks(
    world: World, matter: Any, sitting: Sitting, issued: datetime, published: date | None
) -> datetime | None:
    """One to three tasks of a concluded matter; the moment it is finished, or None while work goes on."""
    dice = world.dice
    finished = [
        _task(world, matter, sitting, issued, part)
        for part in range(dice.choices((1, 2, 3), (45, 40, 15))[0])
    ]
    if None in finished or world.slips():
        return None
    done = max(moment for moment in finished if moment is not None) + timedelta(days=1)
    if published is not None and done.date() <= published and not world.slips():  # 公示 first (R65)
        done = at(published + timedelta(days=1), 17)
    return done if done.date() < world.frame.until else None


def _task(world: World, matter: Any, sitting: Sitting, issued: datetime, part: int) -> datetime | None:
    dice, books, until = world.dice, world.books, world.frame.until
    owner, _, department = dice.choice(world.staff)
    due = sitting.day + timedelta(days=dice.randint(15, 75))
    end = due - timedelta(days=dice.randint(1, 8))
    if world.slips(0.02):  # finished late, or not yet at all (R72)
        end = due + timedelta(days=dice.randint(2, 90))
    is_done = end < until
    steps = [(issued + timedelta(hours=20), ReportKind.RECEIPT, 0, "已签收。")]
    day, step = sitting.day + timedelta(days=10), 0
    while day < min(end, until) and step < 3 and not world.slips():
        steps.append((at(day, 16), ReportKind.PROGRESS, 20 + 25 * step, PROGRESS[step]))
        day, step = day + timedelta(days=13), step + 1
    if not is_done:  # a careful owner goes on reporting until today
        while day < until and not world.slips():
            steps.append((at(day, 16), ReportKind.PROGRESS, 75, PROGRESS[2]))
            day += timedelta(days=13)
    finished = None
    if is_done:
        steps.append((at(end, 10), ReportKind.SUBMISSION, 100, "已完成，报请验收。"))
        finished = at(end, 16)
        steps.append((finished, ReportKind.ACCEPTANCE, 100, "验收通过。"))
    last = datetime.combine(until, time(9), ZONE)
    steps = [row for row in steps if row[0] < last]
    heard = [
        row for row in steps if row[1] in (ReportKind.RECEIPT, ReportKind.PROGRESS, ReportKind.SUBMISSION)
    ]
    state = TaskState.DONE if is_done else TaskState.IN_PROGRESS if steps else TaskState.ISSUED
    task = books.add(
        Task,
        school_id=world.school,
        item_id=matter.id,
        resolution_id=matter.resolution,
        title=f"{matter.entry['title']}：{['落实方案', '总结公开', '检查督促'][part]}",
        requirement="按会议决定办理。",
        owner_id=owner,
        department="" if world.slips(0.006) else department,
        due_on=due,
        report_every_days=EVERY_DAYS,
        state=state.value,
        progress=100 if is_done else max((row[2] for row in steps), default=0),
        progress_note=steps[-1][3] if steps else "",
        reported_at=heard[-1][0] if heard else None,
        deployed_at_label=sitting.label(world),
        issued_by_id=world.people["clerk"][0],
        issued_at=issued,
        finished_at=finished,
    )
    for moment, kind, progress, text in steps:
        author = world.people["clerk"][0] if kind == ReportKind.ACCEPTANCE else owner
        books.add(
            TaskReport,
            task_id=task,
            kind=kind.value,
            progress=progress,
            text=text,
            author_id=author,
            at=moment,
        )
    if dice.random() < 0.02:
        asked = at(due - timedelta(days=10), 11)
        if asked < last:
            books.add(
                TaskExtension,
                task_id=task,
                old_due_on=due - timedelta(days=10),
                new_due_on=due,
                reason="上级检查时间调整。",
                requested_by_id=owner,
                requested_at=asked,
                state=RequestState.ACCEPTED.value,
                decided_by_id=world.people["clerk"][0],
                decided_at=asked + timedelta(hours=2),
                answer="同意。",
            )
    return finished
