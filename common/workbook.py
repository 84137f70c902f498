"""Tables as .xlsx files: headings, widths, numbers of persons masked, no text taken for a formula."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from common.masking import masked
from common.uploads import XLSX

Sheet = tuple[str, Sequence[tuple[str, int]], Iterable[Iterable[Any]]]  # title, (heading, width)…, rows


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is kept as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def workbook_answer(name: str, *sheets: Sheet, frozen: str = "B2") -> HttpResponse:
    """Answer with a workbook called `name`.xlsx; numbers stay numbers, `frozen` is the first cell that scrolls."""
    book = Workbook()
    book.remove(book.active)
    for title, heads, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.append([head for head, _ in heads])
        for row in rows:
            sheet.append([safe_cell(masked(value)) for value in row])
        for place, (_, width) in enumerate(heads, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
            sheet.cell(1, place).font = Font(bold=True)
            sheet.cell(1, place).alignment = Alignment(vertical="center", wrap_text=True)
        sheet.freeze_panes = frozen
    stream = BytesIO()
    book.save(stream)
    return file_answer(f"{name}.xlsx", stream.getvalue(), XLSX)


def file_answer(name: str, content: bytes, content_type: str) -> HttpResponse:
    """Answer with a file made for one person: offered for saving, kept by no cache."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Cache-Control"] = "private, no-store"
    return answer
