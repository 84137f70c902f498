"""看板: the district at a glance; every number leads to the list behind it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.choices import RuleGroup
from governance.choices import PartyOrgKind, SchoolStage
from oversight import calendar, documents, export
from oversight.access import authority_of
from oversight.choices import PostSetup
from oversight.selectors import grid, months, urgent


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """The board of the person's authority: a fixed number of queries, whatever the number of schools.

    `?month=2026-11` chooses the month, the filters the rows of the grid; `?format=xlsx` and `?format=pdf` export
    what is shown. 404 for whoever serves in no authority.
    """
    authority = authority_of(request)
    today = timezone.localdate()
    month = calendar.parse_month(request.GET.get("month", ""), today)
    filters = grid.Filters.of(request.GET)
    figures = months.figures_of(authority, month)
    standings = grid.schools_of(authority)
    overview = grid.overview(standings)
    big, others = months.kpis(figures, month)
    context: dict[str, Any] = {
        "authority": authority,
        "month": month,
        "month_words": calendar.month_words(month),
        "is_present": month == calendar.month_of(today),
        "previous": calendar.shifted(month, -1),
        "next": calendar.shifted(month, 1) if month < calendar.month_of(today) else None,
        "big": big,
        "all_kpis": [*big, *others],
        "overview": overview,
        "trend": months.trend(figures, month),
        "urgent": urgent.urgent_findings(authority),
        "failed": urgent.failed_rules(),
        "filters": filters,
        "groups": RuleGroup.choices,
    }
    wanted = request.GET.get("format", "")
    if wanted == "xlsx":
        return export.board_workbook(context, grid.every_row(standings, filters))
    if wanted == "pdf":
        return documents.circular_response(context, grid.every_row(standings, filters))
    page: Any = grid.grid_page(standings, filters, request.GET.get("page"), overview.schools)
    query = request.GET.copy()
    query.pop("page", None)
    query.pop("format", None)
    cells, severe, warned, unknown = grid.page_sums(page.object_list)
    return render(
        request,
        "oversight/board.html",
        {
            **context,
            "page": page,
            "query": query.urlencode(),
            "sums": {"cells": cells, "severe": severe, "warned": warned, "unknown": unknown},
            "stages": SchoolStage.choices,
            "kinds": PartyOrgKind.choices,
            "setups": PostSetup.choices,
            "sorts": [(key, words) for key, (words, _) in grid.SORTS.items()],
            "needs": [(key, words) for key, (words, _) in grid.NEEDS.items()],
        },
    )
