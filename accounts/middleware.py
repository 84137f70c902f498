"""The gate behind signing in: idle time-out, forced changes, and the trail of what leaves the platform."""

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts import policy
from accounts.choices import SecurityKind
from accounts.services.trail import record
from accounts.sessions import FACTOR_DUE, SEEN_AT
from common.views import wants_json
from common.where import enter, leave, of_request

TOUCH_AFTER = 60  # seconds; a session is not written at every request
# Asked by scripts on their own: they neither keep a session alive nor may they be led elsewhere.
POLLED = {"meetings:desk_changes", "meetings:desk_changes_entry", "documents:status"}
ALWAYS = {"accounts:login", "accounts:logout", "healthz"}
PASSWORD_PAGES = ALWAYS | {"accounts:password"}
FACTOR_PAGES = PASSWORD_PAGES | {
    *("mfa_activate_totp", "mfa_view_recovery_codes", "mfa_reauthenticate", "account_reauthenticate"),
}
TABLES = ("spreadsheetml", "text/csv", "application/zip")


class GateMiddleware:
    """Lets a signed-in person through only where nothing else has to be done first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = enter(of_request(request))
        try:
            response = self.get_response(request)
            leaves = response.status_code == 200 and response.has_header("Content-Disposition")
            if leaves and request.method != "HEAD":
                self._left(request, response)
            return response
        finally:
            leave(token)

    def _left(self, request: HttpRequest, response: HttpResponse) -> None:
        """Write that a file or a table left the platform; no file name, which may hold a title."""
        user = request.user
        if user.is_authenticated:
            is_table = any(word in response.get("Content-Type", "") for word in TABLES)
            kind = SecurityKind.EXPORTED if is_table else SecurityKind.DOWNLOADED
            match = request.resolver_match
            record(kind, person=user, subject=request.path, view=match.view_name if match else "")

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse what is late or not yet allowed; None lets the view answer."""
        if not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if self._is_idle(request):
            self._time_out(request)
            return None  # the view now meets nobody and asks to sign in
        if name not in POLLED and not self._touch(request):
            return None  # signed out elsewhere meanwhile
        if name not in PASSWORD_PAGES and policy.password_is_due(request.user):
            return self._lead(request, "accounts:password", "请先修改密码，再继续使用。")
        if name not in FACTOR_PAGES and request.session.get(FACTOR_DUE):
            if policy.has_second_factor(request.user):  # just set up
                request.session[FACTOR_DUE] = False
                return None
            return self._lead(request, "mfa_activate_totp", "您的职务要求启用两步验证，请先完成设置。")
        return None

    def _is_idle(self, request: HttpRequest) -> bool:
        seen = request.session.get(SEEN_AT)
        return seen is not None and time.time() - seen > settings.IDLE_MINUTES * 60

    def _time_out(self, request: HttpRequest) -> None:
        record(SecurityKind.TIMED_OUT, person=request.user, minutes=settings.IDLE_MINUTES)
        request.timed_out = True
        logout(request)
        messages.warning(request, f"超过 {settings.IDLE_MINUTES} 分钟没有操作，已自动退出，请重新登录。")

    def _touch(self, request: HttpRequest) -> bool:
        """Once a minute: the idle clock, the list of own sessions, and whether a second factor is due.

        Written before the act, not with the answer: a database that fails in between would make "没有办理"
        (400) of an act that was done. False where the session was ended in another window meanwhile.
        """
        now = int(time.time())
        if now - request.session.get(SEEN_AT, 0) < TOUCH_AFTER:
            return True
        request.session[SEEN_AT] = now
        request.session[FACTOR_DUE] = policy.second_factor_is_due(request.user)
        try:
            request.session.save()
        except UpdateError:  # gone, or the database is: then the question fails too
            if not request.session.exists(request.session.session_key):
                logout(request)
                return False
            raise
        request.session.modified = False
        UserSession.objects.filter(session_key=request.session.session_key).update(
            last_seen_at=timezone.now()
        )
        return True

    def _lead(self, request: HttpRequest, view: str, message: str) -> HttpResponse:
        target = reverse(view)
        if wants_json(request):
            return JsonResponse({"message": message}, status=403)
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": target})
        return redirect(target)
