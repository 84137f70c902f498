"""权限目录: two matrices, one role in words, one act state by state."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.errors import NotVisible
from workbench.rights import selectors
from workbench.rights.access import require_reader
from workbench.rights.catalogue import acts, doing, roles, seeing
from workbench.rights.export import rights_workbook


@require_safe
@login_required
def rights(request: HttpRequest) -> HttpResponse:
    """看 and 办 as matrices, narrowed by words; one role; or the whole as a workbook."""
    require_reader(request)
    if request.GET.get("format") == "xlsx":
        return rights_workbook()
    role = request.GET.get("role", "")
    q = request.GET.get("q", "").strip()[:40]
    is_doing = request.GET.get("view") == "do"
    context: dict[str, Any] = {"roles": roles(), "role": role, "q": q, "is_doing": is_doing}
    if role in roles():
        context["one"] = selectors.of_role(role)
    elif is_doing:
        context |= {"groups": selectors.power(q), "columns": list(doing()[0].marks), "looks": selectors.DOES}
    else:
        context |= {"groups": selectors.sight(q), "columns": list(seeing()[0].marks), "looks": selectors.SEES}
    return render(request, "workbench/rights.html", context)


@require_safe
@login_required
def right(request: HttpRequest, subject: str, key: str) -> HttpResponse:
    """One act: who may do it in which states, and on which ground."""
    require_reader(request)
    act = acts().get((subject, key))
    if act is None:
        raise NotVisible("act")
    context = {
        "act": act,
        "groups": [("", selectors.act_rows(act))],
        "columns": list(doing()[0].marks),
        "looks": selectors.DOES,
    }
    return render(request, "workbench/right.html", context)
