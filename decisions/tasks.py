"""Background work of decisions: ids in, a service does the work; running twice writes nothing twice."""

from celery import shared_task
from django.utils import timezone

from decisions.services import reminders


@shared_task(ignore_result=True)
def remind_deadlines() -> int:
    """Remind of tasks due in three days, tomorrow, today and overdue, and of topics waiting (beat, 08:00).

    Returns how many notices were written now.
    """
    today = timezone.localdate()
    written = sum(reminders.remind_task(pk, today) for pk in reminders.due_task_ids(today))
    return written + sum(reminders.remind_confirmation(pk) for pk in reminders.waiting_stage_ids())
