"""Files as people upload them."""

import io
from collections.abc import Callable

from PIL import Image
from pypdf import PdfWriter


def pdf_bytes(change: Callable[[PdfWriter], object] | None = None, pages: int = 1) -> bytes:
    """A small PDF of blank A4 pages, the same bytes each time; `change` is done to the writer first."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if change:
        change(writer)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def image_bytes(kind: str = "PNG", size: tuple[int, int] = (8, 6)) -> bytes:
    """A small picture, PNG or JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", size, "white").save(stream, kind)
    return stream.getvalue()


PDF = pdf_bytes()
