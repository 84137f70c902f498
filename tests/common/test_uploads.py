"""Uploads are judged by content."""

import hashlib
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from common import contents, uploads
from common.uploads import inspect_upload, safe_name
from tests.factories.files import PDF, image_bytes, pdf_bytes


def office(*members: str, **contents: bytes) -> bytes:
    """A zip with these members; `contents` names others by their path with __ for / and ending _bin or _xml."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.writestr(member, "<x/>")
        for name, content in contents.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return buffer.getvalue()


def ole(stream: str) -> bytes:
    name = stream.encode("utf-16-le")
    entry = name.ljust(64, b"\0") + (len(name) + 2).to_bytes(2, "little")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + entry


GOOD = [
    ("方案.pdf", PDF, uploads.PDF),
    ("纪要.docx", office("[Content_Types].xml", "word/document.xml"), uploads.DOCX),
    ("预算.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), uploads.XLSX),
    ("汇报.pptx", office("[Content_Types].xml", "ppt/presentation.xml"), uploads.PPTX),
    ("旧方案.doc", ole("WordDocument"), uploads.DOC),
    ("旧预算.xls", ole("Workbook"), uploads.XLS),
    ("旧汇报.ppt", ole("PowerPoint Document"), uploads.PPT),
    ("现场.JPG", image_bytes("JPEG"), uploads.JPEG),
    ("现场.png", image_bytes(), uploads.PNG),
    ("说明.txt", "请各部门按时反馈。\r\n".encode("gb18030"), uploads.TEXT),
]


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=[name for name, _, _ in GOOD])
def test_upload_accepts_the_listed_types_by_content(name, content, kind):
    file = SimpleUploadedFile(name, content, content_type="application/x-lie")
    facts = inspect_upload(file)
    assert facts == uploads.UploadFacts(kind, hashlib.sha256(content).hexdigest(), len(content), name)
    assert file.tell() == 0


BAD = [
    ("空.pdf", b"", "empty"),
    ("程序.pdf", b"MZ\x90\x00\x03\x00", "type"),
    ("页面.pdf", b"<script>alert(1)</script>", "suffix"),
    ("压缩包.docx", office("secret.exe"), "type"),
    ("断.docx", b"PK\x03\x04 broken", "type"),
    ("安装.doc", ole("MsiThing"), "type"),
    ("方案.docx", b"%PDF-1.7\n", "suffix"),
    ("方案", b"%PDF-1.7\n", "suffix"),
    ("字节.txt", b"abc\x00def", "type"),
]


@pytest.mark.parametrize(("name", "content", "code"), BAD, ids=[name for name, _, _ in BAD])
def test_upload_refuses_the_rest(name, content, code):
    with pytest.raises(ValidationError) as caught:
        inspect_upload(SimpleUploadedFile(name, content))
    assert caught.value.code == code


def test_upload_limit_is_twenty_megabytes_inclusive():
    limit = 20 * 1024 * 1024
    assert inspect_upload(SimpleUploadedFile("满.txt", b"a" * limit)).size == limit
    with pytest.raises(ValidationError) as caught:
        inspect_upload(SimpleUploadedFile("超.txt", b"a" * (limit + 1)))
    assert caught.value.messages == ["文件有 20.1 MB，超过 20 MB。请压缩或拆分后再上传。"]


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\桌面\\方案 终稿.pdf", "方案_终稿.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("...", "附件"),
        ('预算"2026"?.xlsx', "预算_2026_.xlsx"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_safe_name_keeps_only_the_plain_name(given, safe):
    assert safe_name(given) == safe


WORD = ("[Content_Types].xml", "word/document.xml")
PACKAGE = "\x01Ole10Native".encode("utf-16-le")


def fault(name: str, content: bytes) -> str:
    """What is said of a file whose type is right and whose inside is not; nothing where it is kept."""
    try:
        inspect_upload(SimpleUploadedFile(name, content))
    except ValidationError as error:
        return error.messages[0]
    return ""


def test_office_files_hide_no_program_macro_or_packed_file():
    assert fault("方案.docx", office(*WORD, word__embeddings__chart1_bin=b"figures")) == ""
    for member in ("word/vbaProject.bin", "word/embeddings/setup.EXE", "word/media/a.js"):
        assert fault("方案.docx", office(*WORD, member)) == "文件内含程序或宏，请去掉后另存再上传。"
    packed = office(*WORD, word__embeddings__oleObject1_bin=b"x" * 512 + PACKAGE)
    assert fault("方案.docx", packed) == "文件内嵌了其他文件，请去掉后另存再上传。"
    macro = ole("WordDocument") + "_VBA_PROJECT".encode("utf-16-le")
    assert fault("方案.doc", macro) == "文件内含宏，请去掉后另存再上传。"
    assert fault("方案.doc", ole("WordDocument") + PACKAGE) == "文件内嵌了其他文件，请去掉后另存再上传。"


def test_archive_bombs_are_refused_before_anything_is_unpacked(monkeypatch):
    zeros = office(*WORD, word__zeros_xml=b"0" * (contents.SMALL + 1))
    assert len(zeros) < 50_000
    assert fault("方案.docx", zeros) == "文件的压缩比例异常，请在办公软件中另存后再上传。"
    monkeypatch.setattr(contents, "MAX_RATIO", 10_000)
    assert fault("方案.docx", zeros) == ""
    monkeypatch.setattr(contents, "MAX_UNPACKED", contents.SMALL)
    assert fault("方案.docx", zeros) == "文件展开后过大，请拆分后再上传。"
    many = office(*WORD, *(f"word/{number}.xml" for number in range(contents.MAX_MEMBERS)))
    assert fault("方案.docx", many) == "文件展开后过大，请拆分后再上传。"


def action(kind: str, following: DictionaryObject | None = None) -> DictionaryObject:
    made = DictionaryObject(
        {NameObject("/S"): NameObject(kind), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    if following is not None:
        made[NameObject("/Next")] = ArrayObject([following])
    return made


def on_open(done: DictionaryObject):
    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject("/OpenAction")] = done

    return change


def on_page(done: DictionaryObject):
    def change(writer: PdfWriter) -> None:
        writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): done})

    return change


def link(done: DictionaryObject):
    def change(writer: PdfWriter) -> None:
        note = writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url="https://www.moe.gov.cn/"))
        note[NameObject("/A")] = done

    return change


def named_script(writer: PdfWriter) -> None:
    scripts = DictionaryObject(
        {NameObject("/Names"): ArrayObject([TextStringObject("a"), action("/JavaScript")])}
    )
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): scripts})


def form_of_scripts(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/XFA"): TextStringObject("x")}
    )


ACTING = {
    "script": named_script,
    "open": on_open(action("/JavaScript")),
    "launch": on_open(action("/GoTo", action("/Launch"))),
    "page": on_page(action("/SubmitForm")),
    "link": link(action("/Launch")),
    "form": form_of_scripts,
    "attached": lambda writer: writer.add_attachment("a.exe", b"MZ"),
}


@pytest.mark.parametrize("name", ACTING)
def test_pdf_that_acts_or_hides_a_file_is_refused(name):
    said = fault("方案.pdf", pdf_bytes(ACTING[name]))
    assert said.startswith("PDF 内嵌了其他文件" if name == "attached" else "PDF 内含脚本")
    assert said.endswith("请在原软件中另存或打印为 PDF 后再上传。")


def test_pdf_with_links_and_places_is_kept():
    assert fault("方案.pdf", pdf_bytes(link(action("/URI")))) == ""
    assert fault("方案.pdf", pdf_bytes(on_open(action("/GoTo", action("/Named"))))) == ""


def test_locked_broken_and_endless_pdfs_are_refused(monkeypatch):
    locked = pdf_bytes(lambda writer: writer.encrypt("secret"))
    assert (
        fault("方案.pdf", locked)
        == "PDF 有打开口令，他人打不开。请去掉口令，在原软件中另存或打印为 PDF 后再上传。"
    )
    assert fault("方案.pdf", pdf_bytes(lambda writer: writer.encrypt("", "owner"))) == ""
    for broken in (b"%PDF-1.4\n%%EOF\n", PDF[: len(PDF) // 2], b"%PDF-1.7" + b"\x00" * 500):
        assert fault("方案.pdf", broken).startswith("PDF 已损坏，打不开。")
    assert fault("方案.pdf", pdf_bytes(pages=0)) == "PDF 没有内容，请换一份再上传。"
    monkeypatch.setattr(contents, "MAX_PAGES", 2)
    assert fault("方案.pdf", pdf_bytes(pages=2)) == ""
    assert fault("方案.pdf", pdf_bytes(pages=3)) == "PDF 超过 2 页，请拆分后再上传。"


def test_pictures_open_and_are_of_a_size_to_look_at(monkeypatch):
    assert fault("现场.png", image_bytes()[:-30]) == "图片已损坏，打不开，请换一份再上传。"
    assert fault("现场.jpg", b"\xff\xd8\xff\xe0abc") == "图片已损坏，打不开，请换一份再上传。"
    monkeypatch.setattr(contents, "MAX_PIXELS", 47)
    assert fault("现场.png", image_bytes(size=(8, 6))) == "图片尺寸过大，请缩小后再上传。"
