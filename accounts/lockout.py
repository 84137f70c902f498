"""django-axes as this platform uses it: counted by account and by address, the same for unknown accounts."""

from datetime import datetime
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common.views import too_many


class LockoutBackend(AxesStandaloneBackend):
    """Refuses who is locked out before any password is looked at; without a request there is nobody to lock."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Raise where the account or the address is locked; never signs anybody in."""
        if request is not None:
            super().authenticate(request, **credentials)


class LockoutHandler(AxesDatabaseHandler):
    """A success clears the failures of that account only.

    Clearing the address as well would let somebody with one account try others without end.
    """

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """Forget the failed tries of the account that signed in."""
        self.reset_attempts(username=user.get_username())


def open_again_at(request: HttpRequest, username: str) -> datetime:
    """When the lock of this account or address ends: the cool-off after its last counted try."""
    last = AccessAttempt.objects.filter(
        Q(username=username) | Q(ip_address=getattr(request, "axes_ip_address", ""))
    ).aggregate(last=Max("attempt_time"))["last"]
    return (last or timezone.now()) + settings.AXES_COOLOFF_TIME


def locked_out(request: HttpRequest, original: HttpResponse, credentials: Any = None) -> HttpResponse:
    """The page of somebody locked out, with the time to try again; it says nothing of the account."""
    username = (credentials or {}).get("username") or request.POST.get("username", "")
    at = timezone.localtime(open_again_at(request, username))
    return too_many(
        request,
        heading="登录失败次数过多，暂停登录",
        text=f"请在 {at:%H:%M} 之后再登录。忘记密码，请联系本校平台管理员重设。",
        seconds=max(1, int((at - timezone.now()).total_seconds())),
    )
