"""整改台账 as a workbook; the columns are those of the screen."""

from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from compliance.selectors.lists import FindingRow
from decisions.export import XLSX, safe_cell

COLUMNS = (
    ("学校", 24),
    ("规则", 8),
    ("问题", 36),
    ("对象", 30),
    ("级别", 10),
    ("怎样判定的", 60),
    ("状态", 12),
    ("发生日期", 12),
    ("首次发现", 12),
    ("本步时限", 12),
)


def finding_workbook(rows: list[FindingRow]) -> HttpResponse:
    """Answer with the rows as an .xlsx file. Sentences are those without names."""
    book = Workbook()
    sheet = book.active
    sheet.title = "整改台账"
    sheet.append([name for name, _ in COLUMNS])
    for row in rows:
        finding = row.finding
        sheet.append(
            [
                safe_cell(value)
                for value in (
                    finding.school.name,
                    finding.rule_code,
                    row.title,
                    finding.subject_label,
                    row.level.text,
                    row.sentence,
                    row.state.text,
                    finding.occurred_on,
                    timezone.localtime(finding.first_seen_at).date(),
                    finding.due_on,
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
    name = f"整改台账{timezone.localdate():%Y%m%d}.xlsx"
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Cache-Control"] = "private, no-store"
    return answer
