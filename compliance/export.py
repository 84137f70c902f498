"""整改台账 as a workbook; the columns are those of the screen."""

from django.http import HttpResponse
from django.utils import timezone

from common.workbook import workbook_answer
from compliance.selectors.lists import FindingRow

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
    lines = (
        (
            row.finding.school.name,
            row.finding.rule_code,
            row.title,
            row.finding.subject_label,
            row.level.text,
            row.sentence,
            row.state.text,
            row.finding.occurred_on,
            timezone.localtime(row.finding.first_seen_at).date(),
            row.finding.due_on,
        )
        for row in rows
    )
    name = f"整改台账{timezone.localdate():%Y%m%d}"
    return workbook_answer(name, ("整改台账", COLUMNS, lines), frozen="C2")
