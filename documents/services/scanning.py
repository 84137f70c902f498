"""查毒: an upload is not served until clamd has found nothing in it. Without settings.CLAMAV nothing is scanned.

The scanner is asked by a task after commit. Where it does not answer the file stays 待检, and beat asks again.
"""

import logging
from functools import partial
from pathlib import Path
from typing import Any

from celery import signature
from clamav_client.clamd import ClamdError
from clamav_client.scanner import ClamdScanner
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.services.trail import record
from common.errors import NotNow
from documents.choices import ScanState
from documents.models import FileScan
from notifications.services import notify

logger = logging.getLogger(__name__)
SCAN_TASK = "documents.tasks.scan_file"  # by name: tasks lie above services
OWN_FILES = "documents/"  # made by the platform, uploaded by nobody
TIMEOUT = 60  # seconds, of each step of the talk with clamd
INFECTED = "此文件查出病毒，已隔离，不能打开。请上传人清除病毒后重新上传。"
WAITING = "文件正在查毒，通过后才能打开。请过几分钟再打开。"


def quarantine(stored: FieldFile, *, actor: Any, school: Any, url: str) -> None:
    """Keep one upload back until it is scanned; `url` is the page that shows it. In the caller's transaction."""
    if settings.CLAMAV:
        _ask(FileScan.objects.create(path=str(stored.name), school=school, uploaded_by=actor, url=url))


def _ask(waiting: FileScan) -> None:
    # robust: a broken queue must not undo the upload; beat asks again.
    transaction.on_commit(partial(signature(SCAN_TASK, args=[waiting.pk]).delay), robust=True)


def require_clean(stored: FieldFile) -> None:
    """Raise NotNow where an upload may not be served; what was found infected is never served again."""
    path = str(stored.name)
    if path.startswith(OWN_FILES):
        return
    state = _state(path)
    if state == ScanState.INFECTED:
        raise NotNow(INFECTED, current=ScanState.INFECTED.label)
    if settings.CLAMAV and state != ScanState.CLEAN:
        raise NotNow(WAITING, current=ScanState.PENDING.label)


@transaction.atomic
def _state(path: str) -> str:
    """How the scan of a file stands. One stored before there was a scanner is asked for now."""
    found = FileScan.objects.filter(path=path).first()
    if found is None and settings.CLAMAV:
        found, is_new = FileScan.objects.get_or_create(path=path)
        if is_new:
            _ask(found)
    return found.state if found else ""


def outstanding() -> list[int]:
    """Scans still to be done, those tried least first."""
    waiting = FileScan.objects.filter(state=ScanState.PENDING).order_by("attempts", "id")
    return list(waiting.values_list("pk", flat=True))


def scan(scan_id: int) -> str:
    """Have clamd look at one file and write what it found; safe to run twice. Returns the state.

    The talk with clamd happens before the row is locked. Whatever goes wrong in it leaves the file 待检.
    """
    waiting = FileScan.objects.get(pk=scan_id)
    if waiting.state != ScanState.PENDING or not settings.CLAMAV:
        return waiting.state
    state, words = _look(waiting.path)
    with transaction.atomic():
        found = FileScan.objects.select_for_update(of=("self",)).select_related("school").get(pk=scan_id)
        if found.state != ScanState.PENDING:
            return found.state
        found.state, found.words, found.attempts = state, words[:200], found.attempts + 1
        found.scanned_at = None if state == ScanState.PENDING else timezone.now()
        found.save(update_fields=["state", "words", "attempts", "scanned_at"])
        if state == ScanState.INFECTED:
            _tell(found)
    if state == ScanState.PENDING:
        logger.error("scan %s was not done: %s", scan_id, words)
    return state


def _look(path: str) -> tuple[str, str]:
    """What clamd says of a stored file: the state, and the name of the virus or of the trouble."""
    try:
        client = ClamdScanner({"backend": "clamd", "address": settings.CLAMAV, "timeout": TIMEOUT}).client
        with Path(default_storage.path(path)).open("rb") as content:
            verdict, words = client.instream(content).get("stream", ("", "no answer"))
    except (ClamdError, OSError) as error:
        return ScanState.PENDING, f"{type(error).__name__}: {error}"
    if verdict == "FOUND":
        return ScanState.INFECTED, words or ""
    return (ScanState.CLEAN, "") if verdict == "OK" else (ScanState.PENDING, words or verdict)


def _tell(found: FileScan) -> None:
    """Tell who uploaded it and the 会议秘书 of the school; write it into the security trail."""
    clerks = apps.get_model("governance", "Seat").objects.active().filter(school=found.school, role="clerk")
    people = [found.uploaded_by, *(seat.person for seat in clerks.select_related("person"))]
    notify(
        recipients=[person for person in people if person],
        kind="file.infected",
        title="上传的文件查出病毒，已隔离",
        body="文件不能打开，也不会送达参会人员。请上传人清除病毒后重新上传，并告知学校网络管理员。",
        url=found.url or "/",
        school=found.school,
    )
    record(
        SecurityKind.FILE_INFECTED,
        person=found.uploaded_by,
        actor=None,
        is_success=False,
        subject=f"documents.filescan:{found.pk}",
        virus=found.words,
    )
