"""The security trail as a file; the columns are those of the screen and the hash of nothing business."""

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
HEAD = (
    "编号",
    "时间",
    "事件",
    "结果",
    "账号",
    "姓名",
    "办理人",
    "来源地址",
    "浏览器",
    "对象",
    "说明",
    "请求编号",
)


def lines(events: QuerySet[SecurityEvent]) -> Iterator[list[Any]]:
    """One row per event, oldest first; people are fetched with the events."""
    for event in events.select_related("person", "actor").order_by("id").iterator(chunk_size=2000):
        yield [
            safe_cell(value)
            for value in (
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
            )
        ]


def trail_file(events: QuerySet[SecurityEvent], kind: str) -> HttpResponse:
    """Answer with the events as a file of one of FORMATS."""
    name = f"安全审计{timezone.localdate():%Y%m%d}"
    if kind == "csv":
        text = StringIO()
        text.write("\ufeff")  # spreadsheets take UTF-8 for granted only with this mark
        writer = csv.writer(text)
        writer.writerow(HEAD)
        writer.writerows(lines(events))
        return file_answer(f"{name}.csv", text.getvalue().encode(), "text/csv; charset=utf-8")
    return workbook_answer(name, ("安全审计", [(head, 18) for head in HEAD], lines(events)))
