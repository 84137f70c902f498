"""Pages about oneself: offices, password, where one is signed in."""

from allauth.account.signals import password_changed
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import PasswordForm
from accounts.policy import has_second_factor, password_is_due, second_factor_is_required
from accounts.selectors import identities, own_sessions
from accounts.services.accounts import end_own_session
from accounts.services.passwords import change_password


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here: name, account, offices, and the way out."""
    return render(
        request,
        "accounts/me.html",
        {
            "seats": request.user.seats.active().select_related("school", "body"),
            "posts": request.user.staff_posts.active().select_related("school"),
            "memberships": request.user.authority_memberships.active().select_related("authority"),
        },
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; other sessions of the account end with the old one."""
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = change_password(actor=request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        # The session has a new key now; allauth notes it in the list of own sessions.
        password_changed.send(sender=type(user), request=request, user=user)
        messages.success(request, "密码已修改。在其他设备上的登录已全部结束。")
        return redirect("accounts:me")
    return render(
        request,
        "accounts/password.html",
        {"form": form, "is_due": password_is_due(request.user), "rules": password_validators_help_texts()},
    )


@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Password, external identities, second factor and the own sessions on one page."""
    return render(
        request,
        "accounts/security.html",
        {
            "sessions": own_sessions(request.user, request.session.session_key),
            "identities": identities(request.user),
            "has_factor": has_second_factor(request.user),
            "is_required": second_factor_is_required(request.user),
            "password_days": settings.PASSWORD_DAYS,
            "idle_minutes": settings.IDLE_MINUTES,
        },
    )


@require_POST
@login_required
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out one of the own sessions."""
    end_own_session(actor=request.user, session_id=session_id)
    messages.success(request, "那次登录已经结束。")
    return redirect("accounts:security")
