"""Background work of this app: ids in, a service does the work."""

import logging

from celery import shared_task

from documents.choices import ScanState
from documents.models import IssuedDocument
from documents.services import make_pdf, outstanding, scan

logger = logging.getLogger(__name__)
SWEEP_LIMIT = 50


@shared_task(ignore_result=True)
def render(document_id: int) -> None:
    """Make one PDF. Idempotent; a failure is recorded on the document, logged, and repeated by the sweep."""
    try:
        make_pdf(document_id)
    except Exception:
        logger.exception("PDF of document %s could not be made", document_id)


@shared_task(ignore_result=True)
def render_outstanding() -> int:
    """Make the PDFs still missing, oldest first, fewest attempts first; returns how many were tried."""
    waiting = IssuedDocument.objects.outstanding().order_by("render_attempts", "issued_at")
    ids = list(waiting.values_list("pk", flat=True)[:SWEEP_LIMIT])
    for document_id in ids:
        render(document_id)
    return len(ids)


@shared_task(ignore_result=True)
def scan_file(scan_id: int) -> str:
    """Have one upload scanned for viruses. Idempotent; the sweep repeats what the scanner did not answer."""
    return scan(scan_id)


@shared_task(ignore_result=True)
def scan_outstanding() -> int:
    """Have waiting uploads scanned (beat, every five minutes), until the scanner fails; returns how many were done."""
    done = 0
    for scan_id in outstanding()[:SWEEP_LIMIT]:
        if scan(scan_id) == ScanState.PENDING:
            break
        done += 1
    return done
