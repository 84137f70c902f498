"""Locks are taken in one order: meeting, item, number counter, ledger chain (docs/locking.md)."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from decisions.access import lock_item
from decisions.services.acts import record
from ledger.services import verify
from meetings.models import Meeting
from meetings.services import planning, sitting
from tests.factories.cast import make_cast
from tests.factories.decisions import make_item
from tests.factories.meetings import begin, list_item, plan

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until_blocked(backend: int) -> None:
    """Return once the other connection waits for a lock; fails after ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [backend])
            row = cursor.fetchone()
        if row and row[0] == "Lock":
            return
        time.sleep(0.02)
    pytest.fail("the other transaction never waited for the item")


@pytest.mark.parametrize("act", ["cancel", "close"])
def test_a_meeting_lets_go_of_its_items_without_deadlock(act):
    """Somebody records evidence on the last item while the meeting releases all of them: both end well."""
    cast = make_cast()
    meeting = plan(cast, cast.admin)
    listed = [make_item(cast, "G14", amount=None) for _ in range(2)]
    for item in listed:
        list_item(cast, meeting, item)
    if act == "close":
        begin(cast, meeting)
    backend: list[int] = []
    known = threading.Event()
    errors: list[Exception] = []

    def release() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend.append(cursor.fetchone()[0])
            known.set()
            if act == "cancel":
                planning.cancel_meeting(meeting.pk, actor=cast.clerk, reason="主持人外出")
            else:
                sitting.close_meeting(
                    meeting.pk, actor=cast.clerk, ended_at=timezone.now() + timedelta(minutes=1)
                )
        except Exception as error:  # noqa: BLE001 - handed to the main thread, which asserts there is none
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=release)
    with transaction.atomic():
        last = lock_item(listed[-1].pk)
        thread.start()
        assert known.wait(10)
        wait_until_blocked(backend[0])
        record(last, kind="test.act", text="登记材料", actor=cast.vice)
    thread.join(30)
    assert errors == []
    assert Meeting.objects.get(pk=meeting.pk).state in ("cancelled", "closed")
    assert not meeting.entries.exists()
    assert list(verify(cast.school.chain_key, with_rows=True)) == []
