"""合规规则: what is asked, of whom, on which ground, and how many break it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.errors import NotVisible
from compliance import access
from compliance.registry import RULES
from compliance.selectors import rules as selectors
from governance.models import School


def _where(request: Any) -> tuple[Any, bool]:
    """The school whose parameters are shown, and whether the person looks at many schools."""
    school = request.school  # set by SchoolMiddleware
    if not school:
        raise NotVisible("School")
    return school, School.objects.all().supervised_by(request.user).exists()


@require_safe
@login_required
def rule_list(request: HttpRequest) -> HttpResponse:
    """Every live rule by group with what is open."""
    school, is_district = _where(request)
    may_count = access.reads_findings(request.user)
    groups = selectors.rule_groups(request.user, None if is_district else school)
    return render(
        request,
        "compliance/rule_list.html",
        {
            "groups": groups,
            "number": sum(len(rows) for _, rows in groups),
            "is_district": is_district,
            "may_count": may_count,
            "fresh": selectors.last_evaluation(),
        },
    )


@require_safe
@login_required
def rule_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: clause, parameters here, findings, test cases in words."""
    school, is_district = _where(request)
    if code not in RULES:
        raise NotVisible("Rule")
    return render(
        request,
        "compliance/rule_detail.html",
        {
            "page": selectors.rule_page(request.user, code, school, is_district),
            "school": school,
            "is_district": is_district,
            "may_count": access.reads_findings(request.user),
            "fresh": selectors.last_evaluation(school),
        },
    )
