"""月度通报: the board as a printable paper, laid out like every other document of the platform."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from compliance.choices import RuleGroup
from documents.rendering import render_pdf
from ledger.services import latest_root, short
from meetings.documents import day_text, moment_text
from oversight.selectors.grid import GridRow

WORST = 40  # schools named in the paper; the workbook holds all of them


def circular(context: dict[str, Any], rows: list[GridRow]) -> dict[str, Any]:
    """What the paper says, as plain values."""
    overview, authority = context["overview"], context["authority"]
    named = [row for row in rows if row.standing.problems or row.standing.unknowns]
    total = overview.setup.total
    return {
        "issuer": authority.name,
        "number_text": "",
        "title": f"关于{context['month_words']}学校议事决策合规情况的通报",
        "date": day_text(timezone.localdate()),
        "basis": (
            f"截至{moment_text(overview.refreshed_at) or '—'}，{authority.name}所属学校 {overview.schools} 所，"
            f"未整改问题 {overview.problems} 件，其中逾期 {overview.overdue} 件；无法判定 {overview.unknowns} 件。"
        ),
        "setup": (
            f"书记、校长分设 {total.separate} 所，一肩挑 {total.dual} 所，职务空缺 {total.vacant} 所。"
            f"党委、党总支学校应分设 {total.must_separate} 所，尚有 {total.gap} 所未分设；"
            f"应核专职副书记 {total.deputies_due} 名，尚缺 {total.deputies_lacking} 名。"
        ),
        "figures": [
            {
                "title": kpi.measure.title,
                "value": kpi.value if kpi.value == "—" else f"{kpi.value}{kpi.measure.unit}",
                "change": kpi.change_words,
                "target": kpi.measure.target_words or "—",
                "definition": kpi.measure.definition,
            }
            for kpi in context["all_kpis"]
        ],
        "groups": [str(label) for label in RuleGroup.labels],
        "schools": [
            {
                "name": row.standing.name,
                "cells": [cell.number for cell in row.cells],
                "severe": row.severe,
                "warns": row.standing.warns,
                "overdue": row.standing.overdue,
            }
            for row in named[:WORST]
        ],
        "filtered": len(rows),
        "clean": len(rows) - len(named),
        "left_out": max(len(named) - WORST, 0),
        "ledger_root": short(latest_root()),
        "failed": "、".join(context["failed"]),
    }


def circular_response(context: dict[str, Any], rows: list[GridRow]) -> HttpResponse:
    """The paper as a PDF, made on the spot; nothing is stored."""
    content = circular(context, rows)
    answer = HttpResponse(render_pdf("oversight/circular.html", content), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, f"{content['title']}.pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer
