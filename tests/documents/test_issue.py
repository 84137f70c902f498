"""Issuing freezes the content, seals it, and makes the PDF after commit, once."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.template import TemplateDoesNotExist

from common.append_only import lifted
from common.errors import NotNow
from documents import rules, services, tasks
from documents.models import IssuedDocument, NumberCounter
from documents.rendering import render_html
from ledger.models import LedgerEntry
from ledger.rows import Touched
from ledger.services import close_day, short, verify
from tests.documents.world import MINUTES, build


def test_the_whole_effect(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        document = world.issue()
    document.refresh_from_db()
    assert len([hook for hook in callbacks if not isinstance(hook, Touched)]) == 1
    assert (document.serial, document.version, document.supersedes) == (1, 1, None)
    assert (document.issued_by, document.meeting, document.item) == (world.secretary, world.meeting, None)
    assert not document.is_rendered
    assert document.content == MINUTES | {
        "verification_code": document.verification_code,
        "verify_url": f"http://127.0.0.1:8000/documents/verify/{document.verification_code}/",
        "ledger_root": "",
    }
    assert set(document.verification_code) <= set(services.CODE_ALPHABET)
    assert len(document.verification_code) == 12
    assert rules.is_content_intact(document)
    sealed = LedgerEntry.objects.get()
    assert (sealed.kind, sealed.subject) == ("document.issued", f"documents.issueddocument:{document.pk}")
    assert (sealed.actor_id, sealed.chain_id) == (world.secretary.pk, world.school.chain_key)
    assert sealed.payload == {
        "kind": "party_minutes",
        "number": "〔2026〕第1期",
        "version": 1,
        "title": "会议纪要",
        "body_sha256": document.body_sha256,
    }


def test_the_pdf_is_made_after_commit_and_sealed(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        document = world.issue()
    document.refresh_from_db()
    data = document.file.read()
    document.file.close()
    assert data.startswith(b"%PDF-")
    assert document.file_sha256 == hashlib.sha256(data).hexdigest()
    assert (document.render_attempts, document.render_error) == (1, "")
    assert rules.is_file_intact(document) is True
    assert list(LedgerEntry.objects.values_list("kind", flat=True)) == [
        "document.issued",
        "document.rendered",
    ]
    assert LedgerEntry.objects.last().payload == {
        "number": "〔2026〕第1期",
        "file_sha256": document.file_sha256,
    }
    assert list(verify(world.school.chain_key)) == []


def test_a_failed_act_issues_nothing(world, django_capture_on_commit_callbacks):
    @transaction.atomic
    def act():
        world.issue()
        raise ValueError("the act failed")

    with (
        django_capture_on_commit_callbacks(execute=True) as callbacks,
        pytest.raises(ValueError, match="the act failed"),
    ):
        act()
    assert callbacks == []
    assert not IssuedDocument.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert not NumberCounter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_issuing_needs_a_transaction():
    world = build()
    with pytest.raises(RuntimeError, match="inside the transaction"):
        services.issue(
            school=world.school,
            kind="item",
            year=2026,
            serial=1,
            number_text="1",
            title="议题单",
            template="documents/item_sheet.html",
            context={},
            actor=world.secretary,
            access_scope=1,
        )
    assert not IssuedDocument.objects.exists()


def test_dates_and_amounts_survive_with_the_same_digest(world):
    document = world.issue(
        context=MINUTES | {"held_on": date(2026, 11, 20), "amount": Decimal("18640000.50")}
    )
    document.refresh_from_db()
    assert (document.content["held_on"], document.content["amount"]) == ("2026-11-20", "18640000.50")
    assert rules.is_content_intact(document)
    document.content["signer"] = "他人"
    assert not rules.is_content_intact(document)


def test_a_document_keeps_the_root_of_the_day_it_was_issued_on(world):
    assert world.issue().content["ledger_root"] == ""
    root = close_day()
    document = world.issue()
    assert document.content["ledger_root"] == short(root)
    assert f"存证根　{short(root)}" in render_html(document.template, document.content)
    close_day(root.day + timedelta(days=1))
    document.refresh_from_db()
    assert document.content["ledger_root"] == short(root) and rules.is_content_intact(document)


def test_a_correction_keeps_the_number_and_the_old_version(world):
    first = world.issue()
    second = world.issue(serial=first.serial, supersedes=first, context=MINUTES | {"is_correction": True})
    assert (second.version, second.serial, second.supersedes) == (2, first.serial, first)
    assert first.superseded_by == second
    first.refresh_from_db()
    assert first.content["number_text"] == MINUTES["number_text"]
    assert second.verification_code != first.verification_code


def test_only_the_latest_version_is_corrected_and_only_under_its_number(world):
    first = world.issue()
    world.issue(serial=first.serial, supersedes=first)
    entries = LedgerEntry.objects.count()
    with pytest.raises(NotNow, match="已有更正版"):
        world.issue(serial=first.serial, supersedes=first)
    other = world.issue()
    with pytest.raises(NotNow, match="沿用原文号"):
        world.issue(serial=99, supersedes=other)
    assert IssuedDocument.objects.count() == 3
    assert LedgerEntry.objects.count() == entries + 1


def test_the_database_refuses_a_number_twice(world):
    first = world.issue()
    with pytest.raises(IntegrityError, match="document_number_once_per_version"):
        world.issue(serial=first.serial)


def test_a_failure_is_recorded_and_mended_later(world, caplog):
    document = world.issue(template="documents/no_such.html")
    with pytest.raises(TemplateDoesNotExist):
        services.make_pdf(document.pk)
    tasks.render(document.pk)
    document.refresh_from_db()
    assert (document.render_attempts, document.is_rendered) == (2, False)
    assert document.render_error == "TemplateDoesNotExist: documents/no_such.html"
    assert f"PDF of document {document.pk} could not be made" in caplog.text
    with lifted():
        IssuedDocument.objects.update(template="documents/minutes.html")
    assert tasks.render_outstanding() == 1
    document.refresh_from_db()
    assert (document.render_attempts, document.is_rendered, document.render_error) == (3, True, "")
    assert tasks.render_outstanding() == 0


def test_a_failing_document_does_not_hold_up_the_others(world):
    bad, good = world.issue(template="documents/no_such.html"), world.issue()
    assert tasks.render_outstanding() == 2
    assert [IssuedDocument.objects.get(pk=pk).is_rendered for pk in (bad.pk, good.pk)] == [False, True]


def test_making_it_again_changes_nothing(world):
    document = world.issue()
    first = services.make_pdf(document.pk)
    second = services.make_pdf(document.pk)
    assert (second.rendered_at, second.file.name) == (first.rendered_at, first.file.name)
    assert LedgerEntry.objects.filter(kind="document.rendered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_pdf():
    world = build()
    with transaction.atomic():
        document = world.issue(template="documents/no_such.html")  # so that committing leaves it outstanding
    with lifted():
        IssuedDocument.objects.update(template="documents/minutes.html")
    start = Barrier(2)

    def work(_: int) -> str:
        try:
            start.wait(timeout=10)
            return services.make_pdf(document.pk).file_sha256
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        digests = set(pool.map(work, range(2)))
    document.refresh_from_db()
    assert digests == {document.file_sha256}
    assert document.render_attempts == 2  # the failure on commit, and one success
    assert LedgerEntry.objects.filter(kind="document.rendered").count() == 1
    folder = document.file.storage.path(document.file.name).rpartition("/")[0]
    assert document.file.storage.listdir(folder)[1] == [f"{document.verification_code}.pdf"]
