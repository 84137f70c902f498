"""What lies inside a file of an accepted type: nothing that runs, hides another file, or bursts when opened.

These are checks of structure, cheap enough for every upload. They are no virus scan; that is settings.CLAMAV.
"""

import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject

MAX_MEMBERS = 5000
MAX_UNPACKED = 300 * 1024 * 1024  # bytes, as declared
MAX_RATIO = 200  # unpacked to packed, asked above SMALL only: tables of zeros pack well
SMALL = 20 * 1024 * 1024
MAX_PIXELS = 100_000_000
MAX_PAGES = 3000
MAX_CHAIN = 20  # actions that follow one another

SAVE_AGAIN = "请在原软件中另存或打印为 PDF 后再上传。"
PROGRAMS = re.compile(
    r"\.(?:exe|dll|com|scr|pif|cpl|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|wsh|hta|jar|lnk|reg|apk)$", re.I
)
# Streams of an OLE compound file, as its directory stores them: macros, and a program packed as an object.
OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
OLE_PACKAGE = "\x01Ole10Native".encode("utf-16-le")
# Actions of a PDF that run something, send something, or open another file.
PDF_ACTS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/Movie"}
PDF_PARTS = {"/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/3D", "/Sound"}


def zip_fault(archive: zipfile.ZipFile) -> str:
    """Why an Office file (docx, xlsx, pptx) is not kept, or nothing."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        return "文件展开后过大，请拆分后再上传。"
    if unpacked > SMALL and unpacked > MAX_RATIO * max(packed, 1):
        return "文件的压缩比例异常，请在办公软件中另存后再上传。"
    for member in members:
        if PROGRAMS.search(member.filename) or member.filename.endswith("vbaProject.bin"):
            return "文件内含程序或宏，请去掉后另存再上传。"
        is_object = "embeddings/" in member.filename and member.filename.endswith(".bin")
        if is_object and OLE_PACKAGE in archive.read(member):
            return "文件内嵌了其他文件，请去掉后另存再上传。"
    return ""


def ole_fault(content: bytes) -> str:
    """Why an older Office file (doc, xls, ppt) is not kept, or nothing."""
    if OLE_MACROS in content:
        return "文件内含宏，请去掉后另存再上传。"
    return "文件内嵌了其他文件，请去掉后另存再上传。" if OLE_PACKAGE in content else ""


def image_fault(file: IO[bytes]) -> str:
    """Why a picture is not kept, or nothing."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # asked below
            with Image.open(file, formats=["JPEG", "PNG"]) as image:
                if image.width * image.height > MAX_PIXELS:
                    return "图片尺寸过大，请缩小后再上传。"
                image.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return "图片已损坏，打不开，请换一份再上传。"
    return ""


def pdf_fault(file: IO[bytes]) -> str:
    """Why a PDF is not kept, or nothing: broken, locked, running something, or hiding another file."""
    file.seek(0)
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            return f"PDF 有打开口令，他人打不开。请去掉口令，{SAVE_AGAIN.removeprefix('请')}"
        return _pdf_parts(reader)
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        # pypdf raises whatever a malformed structure leads it into.
        return f"PDF 已损坏，打不开。{SAVE_AGAIN}"


def _pdf_parts(reader: PdfReader) -> str:
    root = reader.root_object
    names = _dictionary(root.get("/Names"))
    forms = _dictionary(root.get("/AcroForm"))
    if "/EmbeddedFiles" in names or "/AF" in root or "/Collection" in root:
        return f"PDF 内嵌了其他文件。{SAVE_AGAIN}"
    if "/JavaScript" in names or "/XFA" in forms or _acts(root):
        return f"PDF 内含脚本或会自动执行的动作。{SAVE_AGAIN}"
    if len(reader.pages) > MAX_PAGES:
        return f"PDF 超过 {MAX_PAGES} 页，请拆分后再上传。"
    if not reader.pages:
        return "PDF 没有内容，请换一份再上传。"
    for page in reader.pages:
        parts = [page, *(_dictionary(part) for part in _sequence(page.get("/Annots")))]
        if any(part.get("/Subtype") in PDF_PARTS or _acts(part) for part in parts):
            return f"PDF 内含脚本、媒体或内嵌文件。{SAVE_AGAIN}"
    return ""


def _acts(part: DictionaryObject) -> bool:
    """Whether an object of a PDF carries an action that is not accepted."""
    first = [part.get("/OpenAction"), part.get("/A"), *_dictionary(part.get("/AA")).values()]
    return any(action.get("/S") in PDF_ACTS for start in first for action in _chain(start))


def _chain(action: Any) -> Iterator[DictionaryObject]:
    """An action and those that follow it."""
    waiting = [action]
    for _ in range(MAX_CHAIN):
        if not waiting:
            return
        found = _dictionary(waiting.pop())
        yield found
        following = found.get("/Next")
        waiting.extend(_sequence(following) or [following])


def _dictionary(value: Any) -> DictionaryObject:
    value = value.get_object() if value is not None else None
    return value if isinstance(value, DictionaryObject) else DictionaryObject()


def _sequence(value: Any) -> list[Any]:
    value = value.get_object() if value is not None else None
    return list(value) if isinstance(value, list) else []
