"""How often expensive pages and pages without sign-in may be asked for; above it 429 and the time to wait.

Counted in the cache: with Redis by all processes together, without it by each on its own. Wrong passwords and
codes have closer limits of their own (accounts/lockout.py, allauth).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

from common.views import too_many
from common.where import client_address

log = logging.getLogger("accounts.limits")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in `minutes`, for one person or, before sign-in, one address."""

    name: str
    times: int
    minutes: int
    applies: Callable[[HttpRequest, str], bool]

    @property
    def rate(self) -> tuple[int, int]:
        """As django-ratelimit counts: times in seconds."""
        return self.times, self.minutes * 60


PROOFS = {"accounts:trail_proof", "workbench:ledger_proof", "workbench:ledger_check"}
NAMING = {"grants:file_new", "grants:school_new"}  # each tells whether an account exists
DOORS = {"accounts:login", "account_login", "mfa_authenticate"}
OUTSIDE = {"accounts:external_begin", "accounts:external_callback"}  # each asks another server
SECRETS = {"accounts:password", "account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp"}

LIMITS = (
    # Schools often share one address: these are far above what a school does, far below what a machine does.
    Limit("verify", 60, 10, lambda request, view: view in ("documents:verify", "documents:verify_form")),
    Limit("door", 120, 10, lambda request, view: request.method == "POST" and view in DOORS),
    Limit("secret", 20, 10, lambda request, view: request.method == "POST" and view in SECRETS),
    Limit("naming", 60, 10, lambda request, view: request.method == "POST" and view in NAMING),
    Limit("outside", 120, 10, lambda request, view: view in OUTSIDE),
    Limit("export", 30, 10, lambda request, view: bool(request.GET.get("format"))),
    Limit("render", 20, 10, lambda request, view: view == "documents:ask_again"),
    Limit("proof", 6, 10, lambda request, view: view in PROOFS),
    Limit("search", 60, 1, lambda request, view: bool(request.GET.get("q"))),
    Limit("upload", 60, 10, lambda request, view: request.method == "POST" and bool(request.FILES)),
)


class LimitMiddleware:
    """Answer 429 where a person or an address asks too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the view answer."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        for limit in LIMITS:
            if limit.applies(request, name) and (seconds := _wait(request, limit)):
                log.warning("limit %s reached by %s", limit.name, _who(limit.name, request))
                minutes = -(-seconds // 60)
                return too_many(
                    request,
                    heading="操作过于频繁，请稍后再试",
                    text=f"请在 {minutes} 分钟后再办，已保存的内容不受影响。",
                    seconds=seconds,
                )
        return None


def _who(group: str, request: HttpRequest) -> str:
    return str(request.user.pk) if request.user.is_authenticated else client_address(request)


def _wait(request: HttpRequest, limit: Limit) -> int:
    """Count this request; seconds to wait where it is one too many, else 0."""
    try:
        usage = get_usage(request, group=limit.name, key=_who, rate=limit.rate, increment=True)
    except RedisError:
        log.exception("limits cannot be counted, the cache does not answer")  # work goes on
        return 0
    return max(1, usage["time_left"]) if usage["should_limit"] else 0
