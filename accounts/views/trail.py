"""The room of the audit administrator: the security trail, searched, proved and exported; nothing is changed."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import require_admin
from accounts.choices import AdminRole
from accounts.export import FORMATS, trail_file
from accounts.forms import TrailForm
from accounts.models import SecurityEvent
from accounts.selectors import narrowed
from accounts.services.trail import verify

PAGE_SIZE = 50
MOST_BREACHES = 50


@require_safe
@login_required
def trail(request: HttpRequest) -> HttpResponse:
    """Security events by kind, account, result and day; `format` csv or xlsx sends what was found."""
    require_admin(request.user, AdminRole.AUDIT)
    form = TrailForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    events = narrowed(SecurityEvent.objects.visible_to(request.user), wanted)
    if (kind := request.GET.get("format")) in FORMATS and form.is_valid():
        return trail_file(events, kind)
    page = Paginator(events.select_related("actor", "person"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/trail.html", {"page": page, "form": form})


@require_safe
@login_required
def trail_proof(request: HttpRequest) -> HttpResponse:
    """Check the whole trail against its chain now."""
    require_admin(request.user, AdminRole.AUDIT)
    breaches = []
    for breach in verify():
        breaches.append(breach)
        if len(breaches) == MOST_BREACHES:
            break
    return render(
        request,
        "accounts/trail_proof.html",
        {"breaches": breaches, "count": SecurityEvent.objects.visible_to(request.user).count()},
    )
