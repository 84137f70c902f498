"""Uploads wait for the scanner: 待检 until clean, never served when infected, whatever room they lie in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.choices import SecurityKind
from accounts.models import SecurityEvent
from compliance.models import FindingFile
from compliance.services import rectification
from decisions.choices import AttachmentKind
from decisions.services import evidence
from documents import tasks
from documents.choices import ScanState
from documents.models import FileScan
from notifications.models import Message
from registers import services as registers
from registers.specs import REGISTERS
from tests.documents.clamd import EICAR, running_scanner
from tests.factories.decisions import make_item
from tests.factories.findings import make_finding
from tests.factories.registers import entered

pytestmark = pytest.mark.django_db

CLEAN = "请各部门按时反馈。".encode()
WAITING = "文件正在查毒，通过后才能打开。请过几分钟再打开。"
INFECTED = "此文件查出病毒，已隔离，不能打开。请上传人清除病毒后重新上传。"


@pytest.fixture
def scanner(settings):
    with running_scanner() as running:
        settings.CLAMAV = running.address
        yield running


@pytest.fixture
def nobody_answers(settings):
    settings.CLAMAV = "127.0.0.1:1"


def upload(cast, content: bytes = CLEAN):
    item = make_item(cast, "G05", "submitted")
    [stored] = evidence.add_attachments(
        item.pk,
        actor=cast.vice,
        kind=AttachmentKind.MATERIAL,
        files=[SimpleUploadedFile("方案.txt", content)],
    )
    return stored


def answer(person, address: str):
    client = Client()
    client.force_login(person)
    return client.get(address)


def page(stored) -> str:
    return reverse("decisions:attachment_download", args=[stored.pk])


def the_scan() -> tuple[str, str, int]:
    found = FileScan.objects.get()
    return found.state, found.words, found.attempts


def test_without_a_scanner_nothing_waits(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        stored = upload(cast)
    assert answer(cast.secretary, page(stored)).getvalue() == CLEAN
    assert not FileScan.objects.exists()
    assert tasks.scan_outstanding() == 0


def test_a_clean_file_opens_after_its_scan(cast, scanner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        stored = upload(cast)
    refused = answer(cast.secretary, page(stored))
    assert refused.status_code == 409 and WAITING in refused.content.decode()
    assert not SecurityEvent.objects.filter(kind=SecurityKind.DOWNLOADED).exists()
    for done in waiting:
        done()
    assert scanner.seen == [CLEAN]
    assert the_scan() == (ScanState.CLEAN, "", 1)
    assert answer(cast.secretary, page(stored)).getvalue() == CLEAN
    assert tasks.scan_file(FileScan.objects.get().pk) == ScanState.CLEAN
    assert scanner.seen == [CLEAN]  # scanned once


def test_an_infected_file_is_kept_told_and_never_served(
    cast, scanner, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        stored = upload(cast, b"note " + EICAR)
    assert the_scan() == (ScanState.INFECTED, "Eicar-Test-Signature", 1)
    told = Message.objects.filter(kind="file.infected")
    assert {message.recipient for message in told} == {cast.vice, cast.clerk}
    assert {message.url for message in told} == {reverse("decisions:item_detail", args=[stored.item_id])}
    event = SecurityEvent.objects.get(kind=SecurityKind.FILE_INFECTED)
    assert (event.person, event.actor, event.is_success) == (cast.vice, None, False)
    assert event.detail_words == "病毒 Eicar-Test-Signature"
    for address in (settings.CLAMAV, ""):  # nor when the scanner is taken away later
        settings.CLAMAV = address
        refused = answer(cast.vice, page(stored))
        assert refused.status_code == 409 and INFECTED in refused.content.decode()
    assert stored.file.storage.exists(stored.file.name)


@pytest.mark.parametrize(
    "trouble", [b"INSTREAM size limit exceeded. ERROR\n", b"stream: no memory ERROR\n", b"\n"]
)
def test_a_scanner_in_trouble_leaves_the_file_waiting(
    cast, scanner, django_capture_on_commit_callbacks, trouble
):
    scanner.trouble = trouble
    with django_capture_on_commit_callbacks(execute=True):
        stored = upload(cast)
    state, words, attempts = the_scan()
    assert (state, attempts) == (ScanState.PENDING, 1) and words
    assert answer(cast.secretary, page(stored)).status_code == 409
    scanner.trouble = b""
    assert tasks.scan_outstanding() == 1
    assert the_scan() == (ScanState.CLEAN, "", 2)


def test_a_scanner_that_is_down_is_asked_once_a_sweep(
    cast, nobody_answers, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        first, second = upload(cast), upload(cast, b"another")
    assert tasks.scan_outstanding() == 0
    assert sorted(FileScan.objects.values_list("state", "attempts")) == [("pending", 1), ("pending", 2)]
    for stored in (first, second):
        assert answer(cast.secretary, page(stored)).status_code == 409


def test_a_file_older_than_the_scanner_is_scanned_when_first_asked_for(
    cast, settings, scanner, django_capture_on_commit_callbacks
):
    settings.CLAMAV = ""
    stored = upload(cast)
    settings.CLAMAV = scanner.address
    assert answer(cast.outsider, page(stored)).status_code == 404  # who may not see it asks for nothing
    assert not FileScan.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert answer(cast.secretary, page(stored)).status_code == 409
    assert answer(cast.secretary, page(stored)).getvalue() == CLEAN


def test_evidence_of_findings_and_registers_waits_too(cast, nobody_answers):
    finding = make_finding(cast.school)
    proof = SimpleUploadedFile("说明.txt", CLEAN)
    rectification.appeal(finding.pk, actor=cast.secretary, reason="不属实", files=[proof])
    kept = FindingFile.objects.get()
    loan = entered(cast, "loan")
    version = REGISTERS["loan"].model.objects.get(pk=loan.pk).version
    proof = SimpleUploadedFile("借据.txt", CLEAN)
    registers.correct(
        "loan", loan.pk, actor=cast.clerk, version=version, reason="补传", values={}, file=proof
    )
    assert FileScan.objects.count() == 2
    for address in (
        reverse("compliance:finding_file", args=[finding.pk, kept.pk]),
        reverse("registers:record_file", args=["loan", loan.pk]),
    ):
        refused = answer(cast.secretary, address)
        assert refused.status_code == 409 and WAITING in refused.content.decode()
