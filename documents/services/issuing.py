"""Numbering, issuing and rendering formal documents."""

import hashlib
import json
import secrets
from functools import partial
from typing import Any

from celery import signature
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.errors import NotNow
from documents.models import IssuedDocument, NumberCounter
from documents.rendering import render_pdf
from documents.rules import content_sha256
from ledger import services as ledger

# No 0 O 1 I L: the code is read aloud and typed from paper.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12
RENDER_TASK = "documents.tasks.render"  # by name: tasks lie above services


def next_number(school: Any, kind: str, year: int) -> int:
    """Allocate the next number of one series (school, kind, year), counting from 1 without gaps.

    Must run in the transaction of the act that uses the number: a rollback gives it back. Locks one row of
    this series until commit; take it before the ledger entry, so that all acts lock in the same order.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("next_number must run inside the transaction that uses the number")
    NumberCounter.objects.get_or_create(school=school, kind=kind, year=year)
    counter = NumberCounter.objects.select_for_update().get(school=school, kind=kind, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def issue(
    *,
    school: Any,
    kind: str,
    year: int,
    serial: int,
    number_text: str,
    title: str,
    template: str,
    context: dict[str, Any],
    actor: Any,
    access_scope: int,
    supersedes: IssuedDocument | None = None,
    meeting: Any = None,
    item: Any = None,
) -> IssuedDocument:
    """Freeze one document in the caller's transaction and have its PDF made after commit.

    ``context`` is one of documents.contexts; verification code, address and the latest root of the ledger are put
    in here. A correction
    (R64) passes the previous version as ``supersedes`` and keeps its number. The act is sealed in the
    school's ledger. Raises NotNow when that version was already corrected, or when the numbers differ.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("issue must run inside the transaction of the act it documents")
    version = 1
    if supersedes is not None:
        previous = IssuedDocument.objects.select_for_update().get(pk=supersedes.pk)
        if IssuedDocument.objects.filter(supersedes=previous).exists():
            raise NotNow(f"{previous.number_text}已有更正版，请在最新一版上更正。", current=previous)
        if (previous.school_id, previous.kind, previous.year, previous.serial) != (
            school.pk,
            kind,
            year,
            serial,
        ):
            raise NotNow("更正版须沿用原文号。", current=previous)
        version = previous.version + 1
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    address = settings.SITE_URL.rstrip("/") + reverse("documents:verify", args=[code])
    # As it will be read back, so that the digest can be recomputed from what is stored.
    root = ledger.short(ledger.latest_root())
    added = {"verification_code": code, "verify_url": address, "ledger_root": root}
    content = json.loads(ledger.canonical({**context, **added}))
    document = IssuedDocument.objects.create(
        school=school,
        kind=kind,
        year=year,
        serial=serial,
        version=version,
        number_text=number_text,
        title=title,
        access_scope=access_scope,
        meeting=meeting,
        item=item,
        supersedes=supersedes,
        template=template,
        content=content,
        body_sha256=content_sha256(content),
        verification_code=code,
        issued_by=actor,
        issued_at=timezone.now(),
    )
    ledger.append(
        school.chain_key,
        kind="document.issued",
        subject=f"documents.issueddocument:{document.pk}",
        payload={
            "kind": kind,
            "number": number_text,
            "version": version,
            "title": title,
            "body_sha256": document.body_sha256,
        },
        actor=actor,
    )
    schedule(document)
    return document


def schedule(document: IssuedDocument) -> None:
    """Have the PDF made after commit. A broken queue is logged; tasks.render_outstanding makes up for it."""
    transaction.on_commit(partial(signature(RENDER_TASK, args=[document.pk]).delay), robust=True)


def make_pdf(document_id: int) -> IssuedDocument:
    """Make the PDF of one issued document, once; a second call changes nothing.

    Rendering happens before the row is locked. A failure is recorded on the row and raised again.
    """
    document = IssuedDocument.objects.get(pk=document_id)
    if document.is_rendered:
        return document
    try:
        data = render_pdf(document.template, document.content)
    except Exception as error:
        _note_failure(document_id, error)
        raise
    with transaction.atomic():
        document = IssuedDocument.objects.select_for_update().select_related("school").get(pk=document_id)
        if document.is_rendered:
            return document
        name = (
            f"documents/{document.school_id}/{document.year}/{document.kind}/{document.verification_code}.pdf"
        )
        document.file.save(name, ContentFile(data), save=False)
        document.file_sha256 = hashlib.sha256(data).hexdigest()
        document.rendered_at = timezone.now()
        document.render_attempts += 1
        document.render_error = ""
        document.save(update_fields=["file", "file_sha256", "rendered_at", "render_attempts", "render_error"])
        ledger.append(
            document.school.chain_key,
            kind="document.rendered",
            subject=f"documents.issueddocument:{document.pk}",
            payload={"number": document.number_text, "file_sha256": document.file_sha256},
        )
    return document


@transaction.atomic
def _note_failure(document_id: int, error: Exception) -> None:
    document = IssuedDocument.objects.select_for_update().get(pk=document_id)
    document.render_attempts += 1
    document.render_error = f"{type(error).__name__}: {error}"
    document.save(update_fields=["render_attempts", "render_error"])


@transaction.atomic
def ask_again(document: IssuedDocument) -> None:
    """Have a PDF made again after a failure; nothing happens where it exists already."""
    if not document.is_rendered:
        schedule(document)
