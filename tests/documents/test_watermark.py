"""阅看水印: on every page, for each reader, upright; what is stored stays as it was."""

import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageChops
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject
from weasyprint import HTML

from accounts.choices import SecurityKind
from accounts.models import SecurityEvent
from common.errors import NotNow
from common.masking import mask_account
from decisions.services import evidence
from documents.services import make_pdf
from documents.watermark import stamped_image, stamped_pdf, words_for
from tests.documents.world import build
from tests.factories.decisions import make_item
from tests.factories.files import image_bytes, pdf_bytes

WORDS = "陈立德 · 尾号lide · 2026-11-27 09:30"


def text_of(content: bytes, page: int = 0) -> str:
    return PdfReader(io.BytesIO(content)).pages[page].extract_text()


def stamped(content: bytes) -> bytes:
    return stamped_pdf(io.BytesIO(content), WORDS)


def test_every_page_says_who_and_when():
    marked = stamped(pdf_bytes(pages=3))
    assert len(PdfReader(io.BytesIO(marked)).pages) == 3
    for page in range(3):
        assert text_of(marked, page).count(WORDS) >= 6
        # In one stream with the page's own drawing, no annotation and no layer to switch off.
        drawn = PdfReader(io.BytesIO(marked)).pages[page]
        assert not isinstance(drawn["/Contents"], ArrayObject) and "/Annots" not in drawn
    assert "/OCProperties" not in PdfReader(io.BytesIO(marked)).root_object


def test_what_a_page_draws_stays():
    plain = HTML(string="<p>关于干部任免的决定</p><p style='page-break-before:always'>二</p>").write_pdf()
    marked = stamped(plain)
    assert "关于干部任免的决定" in text_of(marked) and WORDS in text_of(marked)
    assert "二" in text_of(marked, 1)


def split_streams(writer: PdfWriter) -> None:
    """A page whose drawing lies in two streams, the first left open."""
    parts = []
    for data in (b"q 1 0 0 1 0 0 cm", b"Q"):
        part = DecodedStreamObject()
        part.set_data(data)
        parts.append(writer._add_object(part))
    writer.pages[0][NameObject("/Contents")] = ArrayObject(parts)


def resources_above(writer: PdfWriter) -> None:
    """Resources stand on the node above the pages."""
    page = writer.pages[0]
    found = page.pop(NameObject("/Resources"), DictionaryObject())
    page["/Parent"].get_object()[NameObject("/Resources")] = found


@pytest.mark.parametrize(
    "change", [split_streams, resources_above, lambda writer: writer.pages[0].rotate(90)]
)
def test_unusual_pages_are_marked_too(change):
    assert text_of(stamped(pdf_bytes(change))).count(WORDS) >= 6


def test_a_pdf_that_only_forbids_changes_is_marked_and_a_locked_or_broken_one_refused():
    assert WORDS in text_of(stamped(pdf_bytes(lambda writer: writer.encrypt("", "owner"))))
    for content in (
        pdf_bytes(lambda writer: writer.encrypt("secret")),
        b"%PDF-1.4\n%%EOF",
        pdf_bytes()[:200],
    ):
        with pytest.raises(NotNow) as caught:
            stamped(content)
        assert "无法加阅看水印" in caught.value.message


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_pictures_are_marked_in_their_own_format(kind):
    marked = Image.open(io.BytesIO(stamped_image(io.BytesIO(image_bytes(kind, (900, 600))), WORDS)))
    assert (marked.format, marked.size) == (kind, (900, 600))
    plain = Image.new("RGB", (900, 600), "white")
    for corner in ((0, 0, 450, 300), (450, 0, 900, 300), (0, 300, 450, 600), (450, 300, 900, 600)):
        assert ImageChops.difference(marked.convert("RGB"), plain).crop(corner).getextrema()[0][1] > 40
    with pytest.raises(NotNow):
        stamped_image(io.BytesIO(b"\xff\xd8\xff broken"), WORDS)


def answer(person, address: str):
    client = Client()
    client.force_login(person)
    return client.get(address)


@pytest.mark.django_db
def test_files_of_scope_two_are_marked_for_each_reader_and_the_stored_one_is_not(cast):
    files = {"restricted": make_item(cast, "B03", "submitted"), "open": make_item(cast, "G05", "submitted")}
    assert (files["restricted"].access_scope, files["open"].is_restricted) == (2, False)
    for scope, item in files.items():
        [kept] = evidence.add_attachments(
            item.pk, actor=item.created_by, files=[SimpleUploadedFile("方案.pdf", pdf_bytes())]
        )
        address = reverse("decisions:attachment_download", args=[kept.pk])
        for reader in (cast.secretary, cast.clerk):
            read = answer(reader, address)
            assert read["Content-Type"] == "application/pdf" and "no-store" in read["Cache-Control"]
            body = read.getvalue()
            if scope == "open":
                assert hashlib.sha256(body).hexdigest() == kept.sha256
            else:
                assert f"{reader} · {mask_account(reader.username)} · 20" in text_of(body)
        with kept.file.open("rb") as stored:
            assert hashlib.sha256(stored.read()).hexdigest() == kept.sha256
    assert SecurityEvent.objects.filter(kind=SecurityKind.DOWNLOADED).count() == 4


@pytest.mark.django_db
def test_issued_documents_of_scope_two_are_marked():
    world = build()
    document = make_pdf(world.issue(access_scope=2).pk)
    read = answer(world.secretary, reverse("documents:download", args=[document.pk]))
    assert not read.has_header("ETag") and read["Content-Disposition"].startswith("inline;")
    assert (
        "Content-Security-Policy" not in read
    )  # as for unmarked ones: older browsers show PDFs by a plug-in
    assert words_for(world.secretary)[:-6] in text_of(read.getvalue())
    with document.file.open("rb") as stored:
        assert hashlib.sha256(stored.read()).hexdigest() == document.file_sha256
    assert SecurityEvent.objects.get(kind=SecurityKind.DOWNLOADED).person == world.secretary
