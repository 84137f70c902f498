"""kill -9 in the middle of saving and concluding: what was acknowledged is there, and nothing is half there.

KILLS (8) says how often; the more often, the longer.
"""

import http.client
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.urls import reverse

from decisions.models import Attachment, DecisionItem
from documents.models import IssuedDocument
from documents.tasks import render_outstanding
from meetings.models import AgendaEntry, Minutes, Statement
from notifications.models import Delivery
from notifications.tasks import deliver_outbox
from tests.factories.cast import Cast, make_cast
from tests.factories.decisions import make_item
from tests.robustness.machine import Person, WebServer, own_database
from tests.robustness.races.meetings import discussed, signed_minutes
from tests.robustness.wholeness import broken

KILLS = int(os.environ.get("KILLS", "8"))
DEAD = (OSError, http.client.HTTPException)
PATIENCE = 90  # seconds


@pytest.fixture
def address(transactional_db) -> Iterator[str]:
    """A database that may be killed, in place of the usual one."""
    with own_database(Path(settings.BASE_DIR) / ".run" / "postgres-kill") as url:
        yield url


class Writers:
    """Threads that write over HTTP until told to stop, and what was acknowledged to them."""

    def __init__(self) -> None:
        self.acknowledged: list[tuple[str, Any]] = []
        self.unexpected: list[Any] = []
        self.stopped = threading.Event()
        self.threads: list[threading.Thread] = []

    def add(self, write: Callable[["Writers"], None]) -> None:
        def run() -> None:
            try:
                write(self)
            except Exception as error:  # noqa: BLE001 - told by the test
                self.unexpected.append(error)
            finally:
                connection.close()

        self.threads.append(threading.Thread(target=run, daemon=True))

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self.threads)

    def until(self, count: int) -> None:
        """Wait until so many writes are acknowledged, or there is nothing left to write."""
        end = time.monotonic() + PATIENCE
        while len(self.acknowledged) < count and any(t.is_alive() for t in self.threads):
            assert time.monotonic() < end, "nothing is acknowledged any more"
            time.sleep(0.02)


def saying(person: Person, statement: Statement) -> Callable[[Writers], None]:
    """The recorder types into one statement, and the desk saves it again and again."""
    entry = statement.entry
    path = reverse("meetings:part_act", args=[entry.meeting_id, entry.pk, "say-save", statement.pk])

    def write(writers: Writers) -> None:
        version, number = statement.version, 0
        while not writers.stopped.is_set():
            number += 1
            data = {"text": f"第{number}稿", "stance": "agree", "version": version}
            try:
                status, body = person.post(path, data, **{"X-Desk": "1", "Accept": "application/json"})
            except DEAD:
                time.sleep(0.1)
                continue
            if status == 200:
                version = json.loads(body)["version"]
                writers.acknowledged.append(("statement", (statement.pk, version, data["text"])))
            elif status == 409:  # the save before was stored, its answer was lost
                version = json.loads(body)["current"]["version"]
            elif status < 500:
                writers.unexpected.append((path, status, body[:300]))
                return

    return write


def version_of(item: DecisionItem) -> int:
    """The stored version, asked until the database answers."""
    while True:
        try:
            return DecisionItem.objects.values_list("version", flat=True).get(pk=item.pk)
        except (OperationalError, InterfaceError):
            time.sleep(0.2)
        finally:
            connection.close()


def drafting(person: Person, item: DecisionItem) -> Callable[[Writers], None]:
    """Somebody writes a draft that saves itself."""
    path = reverse("decisions:item_autosave", args=[item.pk])

    def write(writers: Writers) -> None:
        version, number = item.version, 0
        while not writers.stopped.is_set():
            number += 1
            data = {"title": item.title, "background": f"第{number}稿", "version": version}
            try:
                status, body = person.post(path, data, Accept="application/json")
            except DEAD:
                time.sleep(0.1)
                continue
            if status == 200:
                version = json.loads(body)["version"]
                writers.acknowledged.append(("item", (item.pk, version, data["background"])))
            elif status == 409:
                version = version_of(item)
            elif status < 500:
                writers.unexpected.append((path, status, body[:300]))
                return

    return write


def uploading(person: Person, item: DecisionItem) -> Callable[[Writers], None]:
    """Files are added to an item."""
    path = reverse("decisions:attachment_add", args=[item.pk])

    def write(writers: Writers) -> None:
        number = 0
        while not writers.stopped.is_set() and number < 30:
            number += 1
            name, content = f"材料{number}.txt", f"第{number}份。".encode() * 2000
            try:
                status, body = person.post(path, {"upload-kind": "material"}, (name, content))
            except DEAD:
                time.sleep(0.1)
                continue
            if status in (200, 302):
                writers.acknowledged.append(("file", (item.pk, name, content)))
            elif status < 500:
                writers.unexpected.append((path, status, body[:300]))
                return
            time.sleep(0.2)

    return write


def acting(acts: list[tuple[Person, str, dict[str, Any], str, int]]) -> Callable[[Writers], None]:
    """Acts that happen once, each tried until it is known to have happened."""

    def write(writers: Writers) -> None:
        for person, path, data, kind, pk in acts:
            while True:
                try:
                    status, body = person.post(path, data, Accept="text/html")
                except DEAD:
                    time.sleep(0.1)
                    continue
                if status in (302, 409):  # 409: it had happened, the answer was lost
                    writers.acknowledged.append((kind, pk))
                elif status < 500:
                    writers.unexpected.append((path, status, body[:300]))
                else:
                    time.sleep(0.2)
                    continue
                break
            time.sleep(0.3)

    return write


def prepared(cast: Cast, server: WebServer) -> Writers:
    """Who writes what: saves that go on, and acts that happen once."""
    vice, clerk, principal = (Person(server, who) for who in (cast.vice, cast.clerk, cast.principal))
    writers = Writers()
    talk = discussed(cast)
    writers.add(saying(clerk, talk.statements.order_by("pk").first()))
    writers.add(drafting(vice, make_item(cast, "G14", "draft", amount=None)))
    writers.add(uploading(vice, make_item(cast, "G14", "submitted", amount=None)))
    acts = []
    for _ in range(3):
        entry = discussed(cast)
        path = reverse("meetings:entry_act", args=[entry.meeting_id, entry.pk, "conclude"])
        acts.append((clerk, path, {"outcome": "passed", "version": entry.version}, "concluded", entry.pk))
        for _ in range(2):
            draft = make_item(cast, "G14", "draft", amount=None)
            path = reverse("decisions:item_act", args=[draft.pk, "submit"])
            acts.append((vice, path, {}, "submitted", draft.pk))
    minutes = signed_minutes(cast)
    path = reverse("meetings:minutes_act", args=[minutes.meeting_id, "issue"])
    acts.append((principal, path, {}, "issued", minutes.pk))
    writers.add(acting(acts))
    return writers


def missing(acknowledged: list[tuple[str, Any]]) -> list[Any]:
    """Every acknowledged write that is not there."""
    lost = []
    for kind, what in acknowledged:
        if kind == "statement":
            pk, version, text = what
            is_there = Statement.history.filter(id=pk, version=version, text=text).exists()
        elif kind == "item":
            pk, version, text = what
            is_there = DecisionItem.history.filter(id=pk, version=version, background=text).exists()
        elif kind == "file":
            pk, name, content = what
            found = Attachment.objects.filter(item=pk, name=name).last()
            is_there = found is not None
            if found is not None:
                with found.file.open("rb") as stored:
                    is_there = stored.read() == content
        elif kind == "concluded":
            is_there = AgendaEntry.objects.filter(pk=what, state="concluded").exists()
        elif kind == "submitted":
            is_there = DecisionItem.objects.filter(pk=what).exclude(number="").exists()
        else:
            is_there = Minutes.objects.filter(pk=what, state="issued").exists()
        if not is_there:
            lost.append((kind, what))
    return lost


def kill_a_backend() -> None:
    """SIGKILL to one process of PostgreSQL that works for the web server; it recovers as after a power cut."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        pids = [row[0] for row in cursor.fetchall()]
    connection.close()
    if pids:
        os.kill(pids[0], 9)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(address, tmp_path):
    dice = Random(4)
    server = WebServer(address, tmp_path)
    writers = prepared(make_cast(), server)
    server.start()
    try:
        writers.start()
        for number in range(KILLS):
            writers.until(len(writers.acknowledged) + 4)
            time.sleep(dice.random() * 0.3)
            if number % 4 == 2:
                server.kill()
                server.start()
            elif number % 4 == 3:
                kill_a_backend()
            else:
                server.kill_workers()
        writers.until(len(writers.acknowledged) + 4)
        writers.stop()
    finally:
        server.kill()
    assert writers.unexpected == []
    kinds = {kind for kind, _ in writers.acknowledged}
    assert kinds == {"statement", "item", "file", "submitted", "concluded", "issued"}
    assert missing(writers.acknowledged) == []
    assert broken() == []
    deliver_outbox()
    render_outstanding()
    assert not Delivery.objects.filter(state="pending").exists()
    assert not IssuedDocument.objects.outstanding().exists()
    assert broken() == []
