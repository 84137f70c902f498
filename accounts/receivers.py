"""What Django, allauth and axes announce becomes one line of the security trail."""

import time
from datetime import timedelta
from typing import Any

from allauth.mfa import signals as factor
from allauth.mfa.models import Authenticator
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.external import way_in
from accounts.policy import second_factor_is_due
from accounts.services.trail import record, record_refused, record_sign_in
from accounts.sessions import FACTOR_DUE, SEEN_AT


def signed_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Start the idle clock, ask for a missing second factor, write the sign-in."""
    request.session[SEEN_AT] = int(time.time())
    # An end that no act moves: without it the time would run anew with each save.
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    request.session[FACTOR_DUE] = second_factor_is_due(user)
    provider = way_in(request, user)
    record_sign_in(user, **({"provider": provider} if provider else {}))


def signed_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Write the sign-out, unless the idle clock did."""
    if user is not None and not getattr(request, "timed_out", False):
        record(SecurityKind.SIGNED_OUT, person=user)


def sign_in_failed(sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    """Write the refused sign-in."""
    if request is not None:
        record_refused(credentials.get("username") or "")


def locked(sender: Any, request: Any, username: str, **kwargs: Any) -> None:
    """Write the lock when it closes, not every try against the closed lock."""
    if request.axes_failures_since_start is not None:
        record_refused(username or "", SecurityKind.LOCKED)


def factor_added(sender: Any, request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Write a second factor set up; recovery codes come with it and are not written apart."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record(SecurityKind.FACTOR_ADDED, person=user, factor=authenticator.type)


def factor_removed(sender: Any, request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Write a second factor taken away."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record(SecurityKind.FACTOR_REMOVED, person=user, factor=authenticator.type)


def codes_renewed(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Write new recovery codes."""
    record(SecurityKind.CODES_RENEWED, person=user)


def code_used(sender: Any, request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Write that a recovery code was spent."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(SecurityKind.CODE_USED, person=user)


def factor_failed(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Write a wrong second code."""
    record(SecurityKind.FACTOR_FAILED, person=user, is_success=False)


def connect() -> None:
    """Listen; called once when the apps are ready."""
    for signal, receiver in (
        (user_logged_in, signed_in),
        (user_logged_out, signed_out),
        (user_login_failed, sign_in_failed),
        (user_locked_out, locked),
        (factor.authenticator_added, factor_added),
        (factor.authenticator_removed, factor_removed),
        (factor.authenticator_reset, codes_renewed),
        (factor.authenticator_used, code_used),
        (factor.authentication_failed, factor_failed),
    ):
        signal.connect(receiver, dispatch_uid=f"accounts.{receiver.__name__}")
