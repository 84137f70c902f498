"""存证: the chain of one's school, the chains of a district, their roots and proofs as files."""

import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.errors import NotVisible
from governance.access import school_for
from governance.models import School
from ledger.models import DailyRoot
from ledger.services import export, latest_root, prove, short
from workbench.selectors import ledger as selectors
from workbench.services.ledger import check_school

SCHOOLS_PER_PAGE = 50
ROOTS_SHOWN = 10


def _school(request: HttpRequest, pk: int) -> School:
    """A school whose chain the person may read, else NotVisible."""
    school = school_for(request.user, pk)
    if not selectors.may_read_chain(request.user, school):
        raise NotVisible("School")
    return school


@require_safe
@login_required
def ledger(request: HttpRequest) -> HttpResponse:
    """Of the district all its schools, worst first; everybody else comes to the chain of the own school."""
    schools = list(School.objects.all().supervised_by(request.user))
    if not schools:
        visit: Any = request
        if not visit.school:
            raise NotVisible("School")
        return redirect("workbench:ledger_chain", pk=_school(request, visit.school.pk).pk)
    found = selectors.states(schools)
    q = request.GET.get("q", "").strip()
    shown = [state for state in found if q in state.school.name or q in state.school.code]
    return render(
        request,
        "workbench/ledger.html",
        {
            "page": Paginator(shown, SCHOOLS_PER_PAGE).get_page(request.GET.get("page")),
            "q": q,
            "page_query": urlencode({"q": q}) if q else "",
            "number": len(found),
            "faulty": sum(bool(state.faults) for state in found),
            "faults": sum(state.faults or 0 for state in found),
            "unchecked": sum(state.faults is None for state in found),
            "entries": sum(state.entries for state in found),
            "root": latest_root(),
            "roots": DailyRoot.objects.defer("heads")[:ROOTS_SHOWN],
        },
    )


@require_safe
@login_required
def chain(request: HttpRequest, pk: int) -> HttpResponse:
    """One school: how its chain stands, what does not hold, its entries."""
    school = _school(request, pk)
    state = selectors.states([school])[0]
    root = latest_root()
    return render(
        request,
        "workbench/ledger_chain.html",
        {
            "school": school,
            "state": state,
            "faults": selectors.faults_of(request.user, state),
            "page": selectors.entry_page(request.user, school, request.GET.get("page")),
            "root": root,
            "root_short": short(root),
            "is_district": School.objects.all().supervised_by(request.user).filter(pk=pk).exists(),
        },
    )


@require_POST
@login_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """立即核验."""
    done = check_school(_school(request, pk), actor=request.user)
    if done.breaches:
        messages.error(request, f"核验完毕，有 {len(done.breaches)} 处不符，见下。")
    else:
        messages.success(request, "核验完毕：存证链完整，正式记录与存证一致。")
    return redirect("workbench:ledger_chain", pk=pk)


def _file(name: str, content: dict[str, Any]) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _root(day: str) -> DailyRoot:
    try:
        kept = DailyRoot.objects.filter(day=date.fromisoformat(day)).first()
    except ValueError as error:
        raise NotVisible("DailyRoot") from error
    if kept is None:
        raise NotVisible("DailyRoot")
    return kept


@require_safe
@login_required
def root(request: HttpRequest, day: str) -> HttpResponse:
    """The root of a day with the heads of all chains, for the district to keep."""
    if not School.objects.all().supervised_by(request.user).exists():
        raise NotVisible("DailyRoot")
    return _file(f"root-{day}.json", export(_root(day)))


@require_safe
@login_required
def proof(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """That the chain of one school is part of the root of a day."""
    school = _school(request, pk)
    try:
        content = prove(_root(day), school.chain_key)
    except LookupError as error:
        raise NotVisible("DailyRoot") from error
    return _file(f"proof-{school.code}-{day}.json", content)
