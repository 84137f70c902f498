"""Uploads are judged by content."""

import hashlib
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from common import uploads
from common.uploads import inspect_upload, safe_name


def office(*members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            archive.writestr(member, "<x/>")
    return buffer.getvalue()


def ole(stream: str) -> bytes:
    name = stream.encode("utf-16-le")
    entry = name.ljust(64, b"\0") + (len(name) + 2).to_bytes(2, "little")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + entry


GOOD = [
    ("方案.pdf", b"%PDF-1.7\n...", uploads.PDF),
    ("纪要.docx", office("[Content_Types].xml", "word/document.xml"), uploads.DOCX),
    ("预算.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), uploads.XLSX),
    ("汇报.pptx", office("[Content_Types].xml", "ppt/presentation.xml"), uploads.PPTX),
    ("旧方案.doc", ole("WordDocument"), uploads.DOC),
    ("旧预算.xls", ole("Workbook"), uploads.XLS),
    ("旧汇报.ppt", ole("PowerPoint Document"), uploads.PPT),
    ("现场.JPG", b"\xff\xd8\xff\xe0abc", uploads.JPEG),
    ("现场.png", b"\x89PNG\r\n\x1a\nabc", uploads.PNG),
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
    ("宏.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "type"),
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
    head = b"%PDF-1.7\n"
    assert inspect_upload(SimpleUploadedFile("满.pdf", head.ljust(limit, b" "))).size == limit
    with pytest.raises(ValidationError) as caught:
        inspect_upload(SimpleUploadedFile("超.pdf", head.ljust(limit + 1, b" ")))
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
