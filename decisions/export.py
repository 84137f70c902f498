"""The list of items as a workbook; the columns are those of the screen, amounts are numbers in yuan."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from common.workbook import workbook_answer
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


def item_workbook(school: Any, rows: list[ItemRow]) -> HttpResponse:
    """Answer with the rows as an .xlsx file."""
    lines = (
        (
            row.item.number,
            row.item.title or row.item.catalogue_entry.title,
            row.item.catalogue_entry.code,
            row.item.get_route_display(),
            row.pill.text,
            row.verb,
            row.note,
            str(row.item.proposer),
            row.item.amount,
            row.item.overdue_tasks,
            timezone.localtime(row.item.updated_at).replace(tzinfo=None, microsecond=0),
        )
        for row in rows
    )
    name = f"{school.short_name}议题{timezone.localdate():%Y%m%d}"
    return workbook_answer(name, ("议题", COLUMNS, lines), frozen="C2")
