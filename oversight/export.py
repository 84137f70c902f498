"""What the board shows, as a workbook: the figures with their 口径, the schools and the trend."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from compliance.choices import RuleGroup
from decisions.export import XLSX, safe_cell
from governance.models import Authority
from oversight.selectors.grid import GridRow, Overview


def _fill(sheet: Worksheet, heads: Sequence[tuple[str, int]], rows: Any) -> None:
    """Headings in bold with widths, then rows; numbers stay numbers."""
    sheet.append([name for name, _ in heads])
    for row in rows:
        sheet.append([safe_cell(value) for value in row])
    for place, (_, width) in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(1, place).alignment = Alignment(vertical="center", wrap_text=True)
    sheet.freeze_panes = "B2"


def _answer(book: Workbook, name: str) -> HttpResponse:
    stream = BytesIO()
    book.save(stream)
    answer = HttpResponse(stream.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _number(value: str) -> Any:
    """A figure as the screen shows it, as a number; nothing where nothing was asked."""
    if value == "—":
        return None
    return float(value) if "." in value else int(value)


def board_workbook(context: dict[str, Any], rows: list[GridRow]) -> HttpResponse:
    """指标, 学校与规则 (as filtered) and 月度趋势 of one month."""
    book = Workbook()
    first = book.active
    first.title = "指标"
    columns = (
        ("指标", 18),
        ("本月", 10),
        ("单位", 6),
        ("分子", 10),
        ("分母", 10),
        ("上月", 10),
        ("变化", 22),
    )
    _fill(
        first,
        (*columns, ("本学年", 10), ("目标", 8), ("口径", 80)),
        (
            (
                kpi.measure.title,
                _number(kpi.value),
                kpi.measure.unit,
                kpi.now[0] if kpi.measure.is_rate else None,
                kpi.now[1] if kpi.measure.is_rate else None,
                _number(kpi.before_value),
                kpi.change_words,
                _number(kpi.year_value),
                kpi.measure.target_words,
                kpi.measure.definition,
            )
            for kpi in context["all_kpis"]
        ),
    )
    groups = [(str(label), 8) for label in RuleGroup.labels]
    heads = (("学校", 26), ("代码", 10), ("学区", 14), ("学段", 10), ("类型", 10), ("书记校长", 10))
    _fill(
        book.create_sheet("学校与规则"),
        (*heads, *groups, ("阻断", 8), ("违规", 8), ("预警", 8), ("无法判定", 10), ("逾期", 8)),
        (
            (
                row.standing.name,
                row.standing.code,
                row.standing.cluster,
                row.standing.get_stage_display(),
                row.standing.get_kind_display(),
                row.standing.get_setup_display(),
                *(cell.number if row.standing.checked_at else None for cell in row.cells),
                row.standing.blocks,
                row.standing.breaches,
                row.standing.warns,
                row.standing.unknowns,
                row.standing.overdue,
            )
            for row in rows
        ),
    )
    trend = context["trend"]
    _fill(
        book.create_sheet("月度趋势"),
        (("月份", 14), *((f"{measure.title}（%）", 16) for measure, _ in trend.rows)),
        ((label, *(_number(value) for value in values)) for label, values in trend.table),
    )
    return _answer(book, f"{context['authority'].name}合规看板{context['month']:%Y%m}")


def setup_workbook(authority: Authority, overview: Overview) -> HttpResponse:
    """The table of 组织设置."""
    book = Workbook()
    sheet = book.active
    sheet.title = "组织设置"
    table = overview.setup
    names = (
        *("类型", "校数", "一肩挑", "分设", "职务空缺", "一肩挑率", "应分设", "缺口", "应核专职副书记"),
        *("缺专职副书记", "组织办编制", "已登记学校编制", "已登记人数", "未登记学校（无法判定）"),
    )
    _fill(
        sheet,
        [(name, 14) for name in names],
        (
            (
                *(row.label, row.schools, row.dual, row.separate, row.vacant, row.dual_rate),
                *(row.must_separate, row.gap, row.deputies_due, row.deputies_lacking),
                *(row.office_due, row.office_due_known, row.office_staff, row.office_unknown),
            )
            for row in (*table.rows, table.total)
        ),
    )
    return _answer(book, f"{authority.name}组织设置{timezone.localdate():%Y%m%d}")
