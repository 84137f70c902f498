"""Background work: documents, delivery of notifications, reminders. Times are Asia/Shanghai."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("school_decisions")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # The root of the day, then every chain and every sealed record.
    "verify-ledgers": {"task": "workbench.tasks.verify_ledgers", "schedule": crontab(hour=0, minute=10)},
    # Notifications are delivered on commit; this picks up what a crash in between has left.
    "deliver-outbox": {"task": "notifications.tasks.deliver_outbox", "schedule": 60.0},
    # Documents are rendered on commit; this repeats what failed.
    "render-outstanding": {"task": "documents.tasks.render_outstanding", "schedule": 300.0},
    # Uploads are scanned on commit; this repeats what the scanner did not answer (CLAMAV).
    "scan-outstanding": {"task": "documents.tasks.scan_outstanding", "schedule": 300.0},
    "remind-deadlines": {"task": "decisions.tasks.remind_deadlines", "schedule": crontab(hour=8, minute=0)},
    # Sessions, counted tries and read messages are not kept for ever (docs/security.md).
    "forget-ended": {"task": "accounts.tasks.forget", "schedule": crontab(hour=1, minute=0)},
    "forget-read": {"task": "notifications.tasks.forget", "schedule": crontab(hour=1, minute=10)},
    # After the evaluation: every figure of the board again, and the proof of the months.
    "rebuild-figures": {"task": "oversight.tasks.rebuild_all", "schedule": crontab(hour=3, minute=30)},
    "evaluate-all": {"task": "compliance.tasks.evaluate_all", "schedule": crontab(hour=2, minute=30)},
    "escalate-overdue": {
        "task": "compliance.tasks.escalate_overdue",
        "schedule": crontab(hour=8, minute=10),
    },
}
