"""Signing in and out, and the page about oneself."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms import SignInForm
from accounts.selectors import demo_accounts


class SignIn(LoginView):
    """The sign-in page; in a demo it lists the demo accounts."""

    authentication_form = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            demo_accounts=demo_accounts(), demo_password=settings.DEMO_PASSWORD, **kwargs
        )


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
