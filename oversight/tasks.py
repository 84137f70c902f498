"""Background work of the district's figures: ids in, a service does the work; running twice changes nothing."""

from datetime import datetime

from celery import shared_task

from oversight import services

CHUNK = 200


@shared_task(ignore_result=True)
def refresh_school(school_id: int, kinds: list[str]) -> None:
    """Bring one school up to date after acts of these kinds."""
    services.refresh_after(school_id, kinds)


@shared_task(ignore_result=True, time_limit=840, soft_time_limit=800)
def refresh_checked(school_ids: list[int], keys: list[str], checked_at: str) -> None:
    """Bring schools up to date after an evaluation; `checked_at` (ISO) where it asked every rule."""
    moment = datetime.fromisoformat(checked_at) if checked_at else None
    for start in range(0, len(school_ids), CHUNK):
        services.refresh(school_ids[start : start + CHUNK], keys=keys, checked_at=moment)


@shared_task(ignore_result=True, time_limit=840, soft_time_limit=800)
def rebuild_all() -> None:
    """Every school, and the proof of the months (beat, 03:30)."""
    services.rebuild()
