"""修改痕迹 of one record."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.changes import put_in_words, revisions
from workbench.selectors.changes import may_see_addresses, trail_of

PAGE_SIZE = 50


@require_safe
@login_required
def changes(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Who changed what, when and why; NotVisible where the record itself is."""
    trail = trail_of(request.user, kind, pk)
    page = Paginator(revisions(trail.parts), PAGE_SIZE).get_page(request.GET.get("page"))
    put_in_words(page.object_list)
    return render(
        request,
        "workbench/changes.html",
        {"trail": trail, "page": page, "with_addresses": may_see_addresses(request.user, trail.school)},
    )
