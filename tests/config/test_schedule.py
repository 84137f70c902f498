"""Beat sends tasks by name: a name nobody registered would fail only in the worker's log."""

from config.celery import app


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled
    assert scheduled - set(app.tasks) == set()
