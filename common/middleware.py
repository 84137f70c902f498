"""Request number, and the one place where refusals become answers (architecture.md §4.3)."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from common.errors import Refusal
from common.views import refuse

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Give every request a number (``request.request_id``, 32 hex digits) and return it as X-Request-ID."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid4().hex
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        return response


class RefusalMiddleware:
    """Answer the four refusals, and send a fragment request whose sign-in ran out to the sign-in page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and response.status_code == 302:
            sign_in = resolve_url(settings.LOGIN_URL)
            if response["Location"].partition("?")[0] == sign_in:
                # A redirect would put the sign-in form into the card; the page itself must go there.
                page = request.htmx.current_url_abs_path or "/"
                answer = HttpResponse()
                answer["HX-Redirect"] = f"{sign_in}?{urlencode({'next': page})}"
                return answer
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a Refusal into its page, fragment or JSON; leave every other exception to Django."""
        return refuse(request, exception) if isinstance(exception, Refusal) else None
