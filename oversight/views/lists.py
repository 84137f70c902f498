"""组织设置, 未报送 and the lists behind the numbers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.errors import NotVisible
from common.fields import whole_number
from governance.models import School
from oversight import calendar, export
from oversight.access import authority_of
from oversight.measures import MEASURES, OpenFindings
from oversight.selectors import drill, grid, missing, months


@require_safe
@login_required
def setup(request: HttpRequest) -> HttpResponse:
    """组织设置: 党委, 党总支 and 党支部 by 一肩挑 and 分设, against the norms (facts.md §2)."""
    authority = authority_of(request)
    overview = grid.overview(grid.schools_of(authority))
    if request.GET.get("format") == "xlsx":
        return export.setup_workbook(authority, overview)
    context = {"authority": authority, "overview": overview, "table": overview.setup}
    return render(request, "oversight/setup.html", context)


@require_safe
@login_required
def missing_list(request: HttpRequest) -> HttpResponse:
    """未报送: meetings of the last six months and term reports of two terms, school by school."""
    authority = authority_of(request)
    today = timezone.localdate()
    standings = grid.schools_of(authority)
    lacking = request.GET.get("lacking", "")
    if lacking not in missing.conditions(today):
        lacking = ""
    context = {
        "authority": authority,
        "tiles": missing.tiles(standings, today),
        "lacking": lacking,
        "matrix": missing.matrix(standings, today, lacking, request.GET.get("page")),
        "query": f"lacking={lacking}",
    }
    return render(request, "oversight/missing.html", context)


@require_safe
@login_required
def measure(request: HttpRequest, key: str) -> HttpResponse:
    """One measure in one month: schools by value; with `?school=` its subjects and their evidence."""
    authority = authority_of(request)
    chosen = OpenFindings() if key == OpenFindings.key else MEASURES.get(key)
    if chosen is None:
        raise NotVisible("Measure")
    month = calendar.parse_month(request.GET.get("month", ""), timezone.localdate())
    figures = months.figures_of(authority, month)
    context = {
        "authority": authority,
        "measure": chosen,
        "kpi": months.kpi(chosen, figures, month),
        "month": month,
        "month_words": calendar.month_words(month),
        "query": f"month={month:%Y-%m}",
    }
    wanted = request.GET.get("school", "")
    if wanted:
        school = School.objects.all().supervised_by(request.user).filter(pk=whole_number(wanted)).first()
        if school is None:
            raise NotVisible("School")
        page = drill.subjects(request.user, chosen, school, month, request.GET.get("page"))
        context |= {"school": school, "page": page, "query": f"month={month:%Y-%m}&school={school.pk}"}
        return render(request, "oversight/measure_school.html", context)
    page, total = drill.school_values(grid.schools_of(authority), chosen, month, request.GET.get("page"))
    return render(request, "oversight/measure.html", {**context, "page": page, "total": total})
