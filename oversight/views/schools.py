"""The district's rooms: its schools, and one school."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.errors import NotVisible
from governance.choices import GrantKind, PartyOrgKind, SchoolStage
from governance.models import School
from governance.selectors import leadership
from governance.services.grants import note_use
from oversight.selectors import schools as selectors

SETUPS = (("separate", "分设"), ("dual", "一肩挑"))


@require_safe
@login_required
def school_list(request: HttpRequest) -> HttpResponse:
    """The schools below the person's authority with their loop counts; 404 for whoever has no such office."""
    if not School.objects.all().supervised_by(request.user).exists():
        raise NotVisible("School")
    wanted = {
        "stage": (request.GET.get("stage", ""), SchoolStage.values),
        "kind": (request.GET.get("kind", ""), PartyOrgKind.values),
        "setup": (request.GET.get("setup", ""), [key for key, _label in SETUPS]),
        "sort": (request.GET.get("sort", ""), list(selectors.SORTS)),
    }
    chosen = {name: value for name, (value, known) in wanted.items() if value in known}
    q = request.GET.get("q", "").strip()
    rows = selectors.school_rows(request.user, q=q, **chosen)
    return render(
        request,
        "oversight/school_list.html",
        {
            "rows": rows,
            "total": selectors.totals(rows),
            "steps": selectors.STEPS,
            "stages": SchoolStage.choices,
            "kinds": PartyOrgKind.choices,
            "setups": SETUPS,
            "sorts": selectors.SORTS.items(),
            "q": q,
            "chosen": chosen,
            "is_filtered": bool(q or set(chosen) - {"sort"}),
        },
    )


@require_safe
@login_required
def school_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One school: leadership, counts, meetings, and the matters the district may read."""
    school = (
        School.objects.all()
        .supervised_by(request.user)
        .filter(pk=pk)
        .select_related("authority", "party_org")
        .first()
    )
    if school is None:
        raise NotVisible("School")
    note_use(request.user, (GrantKind.INSPECT, school))
    today = timezone.localdate()
    year = today.year if today.month >= 8 else today.year - 1
    since = today.replace(year=year, month=8, day=1)
    return render(
        request,
        "oversight/school_detail.html",
        {
            "school": school,
            "leadership": leadership(school),
            "row": selectors.school_row(school),
            "meetings": selectors.meeting_counts(school, since),
            "since": since,
            "items": selectors.readable_items(request.user, school),
        },
    )
