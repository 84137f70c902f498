"""The security trail as a file; the columns are those of the screen, the times local."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import SecurityEvent
from common.workbook import file_answer, safe_cell, workbook_answer

FORMATS = ("csv", "xlsx")
COLUMNS = (
    ("编号", 8),
    ("时间", 20),
    ("事件", 18),
    ("结果", 8),
    ("账号", 20),
    ("姓名", 12),
    ("办理人", 12),
    ("来源地址", 18),
    ("浏览器", 30),
    ("对象", 30),
    ("说明", 30),
    ("请求编号", 36),
)


def lines(events: QuerySet[SecurityEvent]) -> Iterator[list[Any]]:
    """One row per event, oldest first; people are fetched with the events."""
    for event in events.select_related("person", "actor").order_by("id").iterator(chunk_size=2000):
        yield [
            event.pk,
            f"{timezone.localtime(event.happened_at):%Y-%m-%d %H:%M:%S}",
            event.get_kind_display(),
            "成功" if event.is_success else "失败",
            event.account,
            str(event.person or ""),
            str(event.actor or ""),
            event.address,
            event.agent,
            event.subject,
            json.dumps(event.detail, ensure_ascii=False) if event.detail else "",
            event.request_id,
        ]


def trail_file(events: QuerySet[SecurityEvent], kind: str) -> HttpResponse:
    """Answer with the events as a file of one of FORMATS."""
    name = f"安全审计{timezone.localdate():%Y%m%d}"
    if kind == "xlsx":
        return workbook_answer(name, ("安全审计", COLUMNS, lines(events)))
    text = StringIO()
    text.write("\ufeff")  # spreadsheets take UTF-8 for granted only with this mark
    writer = csv.writer(text)
    writer.writerow([head for head, _ in COLUMNS])
    writer.writerows([safe_cell(value) for value in line] for line in lines(events))
    return file_answer(f"{name}.csv", text.getvalue().encode(), "text/csv; charset=utf-8")
