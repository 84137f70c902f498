"""Background work of the compliance room: ids in, a service does the work; running twice changes nothing."""

from celery import shared_task
from django.utils import timezone

from compliance import services
from compliance.services import followup
from governance.models import School


@shared_task(ignore_result=True)
def recheck_school(school_id: int, kinds: list[str]) -> None:
    """Re-check one school after acts of these kinds."""
    if services.recheck(school_id, kinds):
        services.follow_up([school_id])


@shared_task(ignore_result=True, time_limit=840, soft_time_limit=800)
def evaluate_all() -> None:
    """Every rule over every school (beat, 02:30)."""
    services.evaluate(schools=School.objects.all(), scope="每日全面检查")
    services.follow_up()


@shared_task(ignore_result=True)
def escalate_overdue() -> int:
    """Remind of overdue steps of rectifications (beat, 08:10); returns how many findings were reminded of now."""
    services.follow_up()  # what an evaluation by hand has left
    today = timezone.localdate()
    return sum(followup.escalate(pk, today) for pk in followup.overdue_ids(today))
