"""What every change of a record has in common: version, field history and the school's ledger in one transaction."""

from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from common.errors import NotNow, StaleVersion
from common.history import save_as
from common.uploads import inspect_upload
from documents.services import quarantine
from ledger import services as ledger
from registers.models import Record
from registers.specs import Register


def seal(record: Record, register: Register, verb: str, *, actor: Any, reason: str = "") -> None:
    """Write the act into the chain of the school: what the record now says, foreign keys as numbers."""
    values = {
        name: getattr(record, register.field(name).attname) for name in (*register.fields, "note", "sha256")
    }
    extra = {
        name: getattr(record, name) for name in ("state", "submitted_on", "opinion") if hasattr(record, name)
    }
    ledger.append(
        record.school.chain_key,
        kind=f"{register.slug}.{verb}",
        subject=record.subject,
        payload={**values, **extra, "version": record.version, "reason": reason},
        actor=actor,
    )


def set_file(record: Record, file: File | None) -> None:
    """Keep an uploaded file, judged by its content. ValidationError where it is not accepted."""
    if file is None:
        return
    facts = inspect_upload(file)
    record.file_name, record.content_type, record.sha256 = facts.safe_name, facts.content_type, facts.sha256
    record.file.save(facts.safe_name, file, save=False)


def keep_back(record: Record, register: Register, file: File | None, actor: Any) -> None:
    """Serve a new file only once it is scanned, where there is a scanner."""
    if file is not None:
        quarantine(record.file, actor=actor, school=record.school, url=record_url(record, register))


def write(record: Record, actor: Any, reason: str) -> None:
    """Save with history. A breach of a database constraint that a form could not see is NotNow in its words."""
    try:
        with transaction.atomic():
            save_as(record, actor, reason)
    except IntegrityError as error:
        raise NotNow(_words(record, error)) from error


def _words(record: Record, error: IntegrityError) -> str:
    """What the broken constraint says to people."""
    cause = error.__cause__
    broken = getattr(getattr(cause, "diag", None), "constraint_name", "")
    for constraint in record._meta.constraints:
        if constraint.name == broken and constraint.violation_error_message:
            return str(constraint.violation_error_message)
    raise error


def require_fresh(record: Record, version: int) -> None:
    """Refuse where somebody else changed the record after the form was drawn, or it was made void."""
    if record.is_void:
        raise NotNow("这条登记已作废。", current=record)
    if record.version != version:
        raise StaleVersion(current=record)


def record_url(record: models.Model, register: Register) -> str:
    """The page of a record."""
    return reverse("registers:record_detail", args=[register.slug, record.pk])
