"""Switching between schools in the top bar."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from common.errors import NotVisible
from common.fields import whole_number
from governance.access import offices_of, school_for
from governance.middleware import SESSION_KEY


@require_POST
@login_required
def choose_school(request: HttpRequest) -> HttpResponse:
    """Work in another school from now on; the district lands on its page. NotVisible where it may not be seen."""
    number = whole_number(request.POST.get("school", ""))
    if number is None:
        raise NotVisible
    school = school_for(request.user, number)
    request.session[SESSION_KEY] = school.pk
    if not offices_of(request.user, school).belongs:
        return redirect("oversight:school_detail", pk=school.pk)
    return redirect("workbench:home")
