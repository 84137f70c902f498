"""The inbox."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from notifications import access, selectors, services

PAGE_SIZE = 20


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """A person's messages, newest first; `?unread=1` leaves out what was opened."""
    only_unread = request.GET.get("unread") == "1"
    messages = selectors.inbox(request.user, only_unread=only_unread)
    page = Paginator(messages, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page, "only_unread": only_unread})


@login_required
@require_POST
def open_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Mark one message as read and go where it leads."""
    message = access.message(request.user, message_id)
    services.mark_read(message)
    return redirect(message.url)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    services.mark_all_read(request.user)
    return redirect("notifications:inbox")
