"""Request number, and the one place where refusals become answers (architecture.md §4.3)."""

from collections.abc import Callable
from itertools import chain
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from common.errors import Blocked, Refusal
from common.views import not_allowed, refuse, sign_in_again, signed_out, typed_words, wants_json

GetResponse = Callable[[HttpRequest], HttpResponse]
# Called with (request, refusal) for every act that rules refused, after its transaction was rolled back.
blocked_listeners: list[Callable[[HttpRequest, Blocked], None]] = []


class RequestIdMiddleware:
    """Give every request a number (``request.request_id``, 32 hex digits) and return it as X-Request-ID."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid4().hex
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        return response


class EdgeMiddleware:
    """Refuse a body too large and text with NUL before a view meets it; say what a browser may keep and use.

    Pages are kept by no cache, so that after signing out the back button shows nothing. Static files are
    answered before this middleware.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in settings.EDGE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Raise what Django answers with 400 or 413, after the person is known and before the body is read."""
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > settings.MAX_BODY_BYTES:
            raise RequestDataTooBig("body above MAX_BODY_BYTES")
        given = [request.path]
        for query in (request.GET, request.POST):
            given += chain(query, *(texts for _, texts in query.lists()))
        if any("\0" in text for text in given):  # PostgreSQL keeps none, and no person types one
            raise BadRequest("NUL in text")


class RefusalMiddleware:
    """Answer the four refusals, and tell fragments and scripts when the sign-in ran out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:  # Django's own has no page
            return not_allowed(request, response["Allow"])
        sign_in = resolve_url(settings.LOGIN_URL)
        if response.status_code != 302 or response["Location"].partition("?")[0] != sign_in:
            return response
        if wants_json(request):
            return sign_in_again(request)
        if typed_words(request):
            return signed_out(request, sign_in)
        if request.htmx:
            # A redirect would put the sign-in form into the card; the page itself must go there.
            page = request.htmx.current_url_abs_path or "/"
            return HttpResponse(headers={"HX-Redirect": f"{sign_in}?{urlencode({'next': page})}"})
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a Refusal into its page, fragment or JSON; leave every other exception to Django."""
        if isinstance(exception, Blocked):
            for listener in blocked_listeners:
                listener(request, exception)
        return refuse(request, exception) if isinstance(exception, Refusal) else None
