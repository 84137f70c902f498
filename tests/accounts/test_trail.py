"""The security trail: what it holds, that it is never changed, who reads it and how it leaves."""

import csv
import random
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import SecurityEvent
from accounts.services import trail as service
from common.where import Where, enter, leave
from decisions.choices import AttachmentKind
from decisions.services import evidence
from ledger.models import LedgerEntry
from tests.accounts.kit import trail
from tests.factories.decisions import make_item
from tests.factories.files import PDF
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(db):
    return person("auditadmin", "审计员", admin_role="audit")


@pytest.fixture
def events(db):
    """Six events of two people from two addresses."""
    people = [person("luomin", "罗敏"), person("linzhiyuan", "林知远")]
    for number in range(3):
        for one in people:
            token = enter(Where(f"10.0.0.{number}", "Chrome Windows", f"{number:032x}"))
            service.record("session.began", person=one, number=number)
            leave(token)
    return list(SecurityEvent.objects.order_by("id"))


def test_the_database_refuses_changes_and_deletions(events):
    for change in (
        lambda: SecurityEvent.objects.filter(pk=events[0].pk).update(address=""),
        lambda: SecurityEvent.objects.filter(pk=events[0].pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert list(service.verify()) == []


def test_whatever_the_owner_of_the_tables_changes_is_found(events):
    """Field by field, deletion, insertion, and the newest lines together with their seals' chain."""
    changes = {
        "kind": "'session.ended'",
        "happened_at": "now()",
        "person_id": "NULL",
        "account": "'x'",
        "actor_id": "NULL",
        "is_success": "false",
        "address": "'1.1.1.1'",
        "agent": "''",
        "request_id": "''",
        "subject": "'x'",
        "detail": "'{}'",
    }
    columns = {field.column for field in SecurityEvent._meta.fields} - {"id"}
    assert columns == set(changes), "every field is sealed"
    statements = [
        f"UPDATE accounts_securityevent SET {column} = {value} WHERE id = %s"
        for column, value in changes.items()
    ] + ["DELETE FROM accounts_securityevent WHERE id = %s"]
    chooser = random.Random(7)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_securityevent DISABLE TRIGGER security_event_append_only")
        for statement in statements:
            event = chooser.choice(events)
            point = transaction.savepoint()
            cursor.execute(statement, [event.pk])
            found = [breach.problem for breach in service.verify()]
            assert len(found) == 1 and f"事件 {event.pk} " in found[0], statement
            transaction.savepoint_rollback(point)
        cursor.execute(
            "INSERT INTO accounts_securityevent (kind, happened_at, account, is_success, address, agent,"
            " request_id, subject, detail) VALUES ('session.began', now(), '', true, '', '', '', '', '{}')"
        )
        assert [breach.problem.partition(" ")[2] for breach in service.verify()] == [
            f"{SecurityEvent.objects.latest('id').pk} 没有存证"
        ]


def test_the_trail_is_searched(events, auditor):
    client = Client()
    client.force_login(auditor)

    def count(query: str) -> str:
        page = client.get(f"/accounts/trail/{query}").content.decode()
        return page[: page.index(" 条，")].rpartition(">")[2].strip()

    assert count("") == "7"  # the auditor's own sign-in is written as well
    assert count("?account=luomin") == "3"
    assert count("?account=林知远&kind=session.began") == "3"
    assert count("?account=10.0.0.2") == "2"
    assert count("?kind=password.reset") == "0"
    assert count("?result=failed") == "0"
    assert count("?until=2020-01-01") == "0"
    assert count("?since=2020-01-01") == "7"
    assert "全部相符" in client.get("/accounts/trail/proof/").content.decode()


def test_exports_hold_what_was_found_and_are_written_down(events, auditor):
    service.record("account.created", person=person("=cmd|calc", "=1+1"), actor=auditor)
    client = Client()
    client.force_login(auditor)
    text = client.get("/accounts/trail/?format=csv&account=luomin").content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert [row[4] for row in rows] == ["账号", "luomin", "luomin", "luomin"]
    book = load_workbook(BytesIO(client.get("/accounts/trail/?format=xlsx").content)).active
    cells = [[cell.value for cell in row] for row in book.iter_rows()]
    assert len(cells) == 1 + 7 + 2  # head; events and account; sign-in and the export before this one
    assert "'=1+1" in cells[7], "no formula leaves in a cell"
    assert trail(kind="data.exported") == [("data.exported", "auditadmin", True)] * 2
    assert SecurityEvent.objects.latest("id").subject == "/accounts/trail/"
    assert list(service.verify()) == []


def test_only_the_audit_administrator_reads_it(events, auditor, cast):
    others = [*cast.people.values(), person("sys", "系统员", admin_role="system"), events[0].person]
    assert [SecurityEvent.objects.visible_to(user).count() for user in others] == [0] * len(others)
    assert SecurityEvent.objects.visible_to(auditor).count() == SecurityEvent.objects.count() > 0


def test_downloads_are_written_without_names(cast):
    """The trail names page and path, never a title: the audit administrator sees no business."""
    item = make_item(cast, "G05", "submitted", title="教学楼屋面修缮")
    file = SimpleUploadedFile("测算表.pdf", PDF)
    evidence.add_attachments(item.pk, actor=cast.vice, kind=AttachmentKind.PROPOSAL, files=[file])
    path = reverse("decisions:attachment_download", args=[item.attachments.get().pk])
    reader, stranger = Client(), Client()
    reader.force_login(cast.secretary)
    stranger.force_login(cast.outsider)
    assert stranger.get(path).status_code == 404
    assert reader.get(path).getvalue().startswith(b"%PDF")
    event = SecurityEvent.objects.get(kind="file.downloaded")
    assert (event.person, event.subject) == (cast.secretary, path)
    assert event.detail == {"view": "decisions:attachment_download"}
    assert LedgerEntry.objects.filter(chain_id="security").latest("sequence").payload["subject"] == path
