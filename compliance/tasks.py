"""Background work of the compliance room: ids in, a service does the work; running twice changes nothing."""

from celery import shared_task

from compliance import services
from governance.models import School


@shared_task(ignore_result=True)
def recheck_school(school_id: int, kinds: list[str]) -> None:
    """Re-check one school after acts of these kinds."""
    services.recheck(school_id, kinds)


@shared_task(ignore_result=True, time_limit=840, soft_time_limit=800)
def evaluate_all() -> None:
    """Every rule over every school (beat, 02:30)."""
    services.evaluate(schools=School.objects.all(), scope="每日全面检查")
