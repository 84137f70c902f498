"""What the pages of a school have in common: whose school it is, who may change it, the page of a form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.errors import NotVisible
from governance.access import require_administration
from governance.models import School

ADMINISTERS = "由书记、会议秘书或区教育工委办理。"


def school_of(request: HttpRequest) -> School:
    """The school the person works in, else NotVisible."""
    if not request.school:
        raise NotVisible("School")
    return request.school


def administered(request: HttpRequest) -> School:
    """The school, if the person may administer it; else NotPermitted."""
    school = school_of(request)
    require_administration(request.user, school, ADMINISTERS)
    return school


def form_page(
    request: HttpRequest, form: Any, *, title: str, button: str, back: str, **context: Any
) -> HttpResponse:
    """One short form on a page of its own; 422 where it was refused."""
    return render(
        request,
        "governance/form.html",
        {"form": form, "title": title, "button": button, "back": back, **context},
        status=422 if form.errors else 200,
    )
