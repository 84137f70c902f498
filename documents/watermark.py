"""阅看水印: who reads a copy and when, over every page of a PDF or picture of 知悉范围 2. What is stored stays as it is."""

import io
import math
import subprocess
from functools import lru_cache
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
)
from weasyprint import HTML

from common.errors import NotNow
from common.masking import mask_account

SIDE = 1200  # points; larger pages get larger words
NAME = NameObject("/ReadingMark")
BROKEN = "此 PDF 已损坏或有口令，无法加阅看水印，不能打开。请上传人在原软件中另存或打印为 PDF 后重新上传。"
BROKEN_IMAGE = "此图片已损坏，无法加阅看水印，不能打开。请上传人换一份重新上传。"
MALFORMED = (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


def words_for(user: Any) -> str:
    """What the mark says: name, end of the account, minute; enough to find the line in the security trail."""
    return f"{user} · {mask_account(user.username)} · {timezone.localtime():%Y-%m-%d %H:%M}"


@lru_cache(maxsize=16)
def _sheet(words: str) -> bytes:
    """One square page full of the words."""
    html = render_to_string("documents/watermark.html", {"words": words, "rows": range(13), "side": SIDE})
    return HTML(string=html).write_pdf()


def stamped_pdf(file: IO[bytes], words: str) -> bytes:
    """The PDF with the words drawn into the content of every page. NotNow where it is broken or locked.

    They are part of each page's own content, not an annotation or a layer that a reader can switch off.
    """
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise NotNow(BROKEN)
        writer = PdfWriter(clone_from=reader)
        mark = writer._add_object(_form(PdfReader(io.BytesIO(_sheet(words))).pages[0], writer))
        for page in writer.pages:
            _draw(page, mark, writer)
        stream = io.BytesIO()
        writer.write(stream)
    except MALFORMED as error:  # pypdf raises whatever a malformed structure leads it into
        raise NotNow(BROKEN) from error
    return stream.getvalue()


def _form(sheet: PageObject, writer: PdfWriter) -> DecodedStreamObject:
    """The sheet as one object that pages draw."""
    form = DecodedStreamObject()
    form.set_data(_drawing(sheet))
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject([FloatObject(number) for number in sheet.mediabox]),
            NameObject("/Resources"): sheet["/Resources"].clone(writer),
        }
    )
    return form.flate_encode()


def _draw(page: PageObject, mark: IndirectObject, writer: PdfWriter) -> None:
    """Draw the mark over a page, upright as the page is shown, in one stream with what the page draws itself."""
    box = page.mediabox
    width, height = float(box.width), float(box.height)
    scale = max(1.0, math.hypot(width, height) / SIDE)
    turn = math.radians(page.rotation)
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    # The middle of the sheet comes upon the middle of the page.
    middle_x, middle_y = float(box.left) + width / 2, float(box.bottom) + height / 2
    x = middle_x - SIDE / 2 * (cos - sin)
    y = middle_y - SIDE / 2 * (sin + cos)
    matrix = f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {x:.3f} {y:.3f}"
    stream = DecodedStreamObject()
    stream.set_data(
        b"q\n" + _drawing(page) + b"\nQ\nq " + matrix.encode() + b" cm " + NAME.encode() + b" Do Q\n"
    )
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    resources = _own(page, "/Resources", _inherited(page))
    _own(resources, "/XObject", resources.get("/XObject"))[NAME] = mark


def _drawing(page: DictionaryObject) -> bytes:
    """What a page draws; it may lie in several streams, of which an operator may begin in one and end in the next."""
    found = page.get("/Contents")
    found = found.get_object() if found is not None else []
    streams = found if isinstance(found, list) else [found]
    return b"\n".join(stream.get_object().get_data() for stream in streams)


def _inherited(page: DictionaryObject) -> Any:
    """The resources of a page, or of the nearest node above it that has some."""
    node: Any = page
    while node is not None:
        if "/Resources" in node:
            return node["/Resources"]
        node = node.get("/Parent")
    return None


def _own(holder: DictionaryObject, name: str, found: Any) -> DictionaryObject:
    """A copy of a dictionary that belongs to this holder alone."""
    copy = DictionaryObject(found.get_object() if found is not None else {})
    holder[NameObject(name)] = copy
    return copy


def stamped_image(file: IO[bytes], words: str) -> bytes:
    """The picture, upright, with the words over it, in the format it has. NotNow where it is broken."""
    try:
        with Image.open(file, formats=["JPEG", "PNG"]) as picture:
            kind = picture.format or "PNG"
            shown = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotNow(BROKEN_IMAGE) from error
    size = max(12, max(shown.size) // 45)
    side = int(math.hypot(*shown.size))
    mark = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen, font = ImageDraw.Draw(mark), ImageFont.truetype(_font_file(), size)
    step = int(pen.textlength(words, font=font)) + 4 * size
    for row, y in enumerate(range(0, side, 8 * size)):
        for x in range(-(row % 2) * step // 2, side, step):
            pen.text(
                (x, y),
                words,
                font=font,
                fill=(40, 40, 40, 90),
                stroke_width=1,
                stroke_fill=(255, 255, 255, 60),
            )
    left, top = (side - shown.width) // 2, (side - shown.height) // 2
    mark = mark.rotate(28)
    shown.alpha_composite(mark.crop((left, top, left + shown.width, top + shown.height)))
    stream = io.BytesIO()
    shown.convert("RGB").save(stream, kind, quality=90)
    return stream.getvalue()


@lru_cache(maxsize=1)
def _font_file() -> str:
    """A font file with Chinese signs, as fontconfig finds it."""
    found = subprocess.run(
        ["fc-match", "-f", "%{file}", "Noto Sans CJK SC:lang=zh-cn"],
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout
