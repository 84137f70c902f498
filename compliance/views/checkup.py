"""合规体检: one school's picture."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.errors import NotVisible
from common.fields import whole_number
from compliance import access
from compliance.selectors.checkup import CHART_HEIGHT
from compliance.selectors.checkup import checkup as picture
from governance.access import school_for
from ledger.services import latest_root, short


@require_safe
@login_required
def checkup(request: HttpRequest) -> HttpResponse:
    """The school one works in, or the one asked for (`?school=`) where it may be seen."""
    visit: Any = request  # SchoolMiddleware adds the school
    user = visit.user
    wanted = request.GET.get("school", "")
    school = school_for(user, number) if (number := whole_number(wanted)) is not None else visit.school
    if not school:
        raise NotVisible("School")
    access.require_reader(user, school)
    return render(
        request,
        "compliance/checkup.html",
        {
            "page": picture(user, school),
            "chart_height": CHART_HEIGHT + 52,
            "baseline": CHART_HEIGHT + 22,
            "ledger_root": short(latest_root()),
        },
    )
