"""Switching between schools in the top bar."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from common.errors import NotVisible
from governance.access import school_for
from governance.middleware import SESSION_KEY


@require_POST
@login_required
def choose_school(request: HttpRequest) -> HttpResponse:
    """Work in another school from now on; NotVisible where the person may not see it."""
    number = request.POST.get("school", "")
    if not number.isdecimal():
        raise NotVisible
    request.session[SESSION_KEY] = school_for(request.user, int(number)).pk
    return redirect("workbench:home")
