"""What the board shows, as a workbook: the figures with their 口径, the schools and the trend."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from common.workbook import workbook_answer
from compliance.choices import RuleGroup
from governance.models import Authority
from oversight.selectors.grid import GridRow, Overview


def _number(value: str) -> Any:
    """A figure as the screen shows it, as a number; nothing where nothing was asked."""
    if value == "—":
        return None
    return float(value) if "." in value else int(value)


def board_workbook(context: dict[str, Any], rows: list[GridRow]) -> HttpResponse:
    """指标, 学校与规则 (as filtered) and 月度趋势 of one month."""
    columns = (
        ("指标", 18),
        ("本月", 10),
        ("单位", 6),
        ("分子", 10),
        ("分母", 10),
        ("上月", 10),
        ("变化", 22),
    )
    figures = (
        "指标",
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
    schools = (
        "学校与规则",
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
    months = (
        "月度趋势",
        (("月份", 14), *((f"{measure.title}（%）", 16) for measure, _ in trend.rows)),
        ((label, *(_number(value) for value in values)) for label, values in trend.table),
    )
    name = f"{context['authority'].name}合规看板{context['month']:%Y%m}"
    return workbook_answer(name, figures, schools, months)


def setup_workbook(authority: Authority, overview: Overview) -> HttpResponse:
    """The table of 组织设置."""
    table = overview.setup
    names = (
        *("类型", "校数", "一肩挑", "分设", "职务空缺", "一肩挑率", "应分设", "缺口", "应核专职副书记"),
        *("缺专职副书记", "组织办编制", "已登记学校编制", "已登记人数", "未登记学校（无法判定）"),
    )
    sheet = (
        "组织设置",
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
    return workbook_answer(f"{authority.name}组织设置{timezone.localdate():%Y%m%d}", sheet)
