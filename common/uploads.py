"""What an uploaded file really is: judged by its content, never by its name or the browser's word."""

import hashlib
import math
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files import File

from common import contents

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME = 120
NO_SECRETS = "不得上传涉及国家秘密的文件。"
ACCEPTED = "PDF、Word、Excel、PPT、JPG、PNG 和纯文本"

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
JPEG, PNG, TEXT = "image/jpeg", "image/png", "text/plain"

SUFFIXES: dict[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    PPTX: (".pptx",),
    DOC: (".doc", ".wps"),
    XLS: (".xls", ".et"),
    PPT: (".ppt", ".dps"),
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    TEXT: (".txt",),
}
ACCEPT = ",".join(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of the main stream in the directory of an OLE compound file, as stored (UTF-16LE).
_OLE_STREAMS = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS, "PowerPoint Document": PPT}
_ZIP_MEMBERS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}


@dataclass(frozen=True, slots=True)
class UploadFacts:
    """Type by content, SHA-256 in hex, size in bytes, and a name safe to store and to send."""

    content_type: str
    sha256: str
    size: int
    safe_name: str


def inspect_upload(file: File) -> UploadFacts:
    """Judge one uploaded file; leaves it rewound.

    Raises ValidationError where it is empty, above 20 MB, of a type not accepted, where its suffix
    promises another type than its content holds, or where something lies inside that runs, hides or bursts.
    """
    size = file.size or 0
    if size == 0:
        raise ValidationError("文件是空的，请重新选择。", code="empty")
    if size > MAX_BYTES:
        shown = math.ceil(size / 1_048_576 * 10) / 10  # upwards, so that it never reads 20.0
        raise ValidationError(f"文件有 {shown} MB，超过 20 MB。请压缩或拆分后再上传。", code="too_large")
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    content_type = _content_type(file)
    if content_type is None:
        raise ValidationError(f"不支持这种文件，请上传{ACCEPTED}。", code="type")
    name = safe_name(file.name or "")
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES[content_type]:
        usual = SUFFIXES[content_type][0]
        raise ValidationError(
            f"文件名后缀是“{suffix or '无'}”，内容却是 {usual[1:].upper()}。请把后缀改为 {usual} 后再上传。",
            code="suffix",
        )
    if fault := _fault(file, content_type):
        raise ValidationError(fault, code="content")
    file.seek(0)
    return UploadFacts(content_type, digest.hexdigest(), size, name)


def _fault(file: IO[bytes], content_type: str) -> str:
    """Why a file of an accepted type is not kept, or nothing."""
    file.seek(0)
    if content_type == PDF:
        return contents.pdf_fault(file)
    if content_type in (JPEG, PNG):
        return contents.image_fault(file)
    if content_type in (DOCX, XLSX, PPTX):
        with zipfile.ZipFile(file) as archive:
            return contents.zip_fault(archive)
    if content_type in (DOC, XLS, PPT):
        return contents.ole_fault(file.read())
    return ""


def safe_name(name: str) -> str:
    """Return a file name without folders, control characters and signs that mislead, at most 120 long."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(char for char in base if unicodedata.category(char)[0] != "C")
    base = re.sub(r'[<>:"|?*\s]+', "_", base).strip("._") or "附件"
    stem, dot, suffix = base.rpartition(".")
    if not dot:
        return base[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(suffix) - 1]}.{suffix}"


def _content_type(file: IO[bytes]) -> str | None:
    file.seek(0)
    head = file.read(8)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head == b"\x89PNG\r\n\x1a\n":
        return PNG
    if head == _OLE:
        return _ole_type(file)
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(file)
    return TEXT if _is_text(file) else None


def _zip_type(file: IO[bytes]) -> str | None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = set(archive.namelist())
    except zipfile.BadZipFile:
        return None
    if "[Content_Types].xml" not in members:
        return None
    return next((kind for member, kind in _ZIP_MEMBERS.items() if member in members), None)


def _ole_type(file: IO[bytes]) -> str | None:
    file.seek(0)
    content = file.read()
    for stream, kind in _OLE_STREAMS.items():
        # A directory entry: the name in 64 bytes, then its length with the closing zero, little-endian.
        name = stream.encode("utf-16-le")
        if name.ljust(64, b"\0") + (len(name) + 2).to_bytes(2, "little") in content:
            return kind
    return None


def _is_text(file: IO[bytes]) -> bool:
    file.seek(0)
    content = file.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(unicodedata.category(char) == "Cc" and char not in "\t\n\r\f" for char in text)
    return False
