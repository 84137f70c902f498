"""The list of items as a workbook; the columns are those of the screen, amounts are numbers in yuan."""

from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from decisions.selectors.lists import ItemRow

COLUMNS = (
    ("编号", 12),
    ("议题", 44),
    ("事项", 8),
    ("路线", 16),
    ("状态", 12),
    ("下一步", 22),
    ("说明", 34),
    ("提出人", 12),
    ("金额（元）", 16),
    ("逾期任务", 10),
    ("更新时间", 18),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is kept as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def item_workbook(school: Any, rows: list[ItemRow]) -> HttpResponse:
    """Answer with the rows as an .xlsx file."""
    book = Workbook()
    sheet = book.active
    sheet.title = "议题"
    sheet.append([name for name, _ in COLUMNS])
    for row in rows:
        item = row.item
        sheet.append(
            [
                safe_cell(value)
                for value in (
                    item.number,
                    item.title or item.catalogue_entry.title,
                    item.catalogue_entry.code,
                    item.get_route_display(),
                    row.pill.text,
                    row.verb,
                    row.note,
                    str(item.proposer),
                    item.amount,
                    item.overdue_tasks,
                    timezone.localtime(item.updated_at).replace(tzinfo=None, microsecond=0),
                )
            ]
        )
    for index, (_, width) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
        sheet.cell(1, index).font = Font(bold=True)
        sheet.cell(1, index).alignment = Alignment(vertical="center")
    sheet.freeze_panes = "C2"
    stream = BytesIO()
    book.save(stream)
    answer = HttpResponse(stream.getvalue(), content_type=XLSX)
    name = f"{school.short_name}议题{timezone.localdate():%Y%m%d}.xlsx"
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Cache-Control"] = "private, no-store"
    return answer
