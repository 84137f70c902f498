"""Signing in: account and password here, the second factor by allauth's stages."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpResponse

from accounts.forms import SignInForm
from accounts.selectors import configured_apps, demo_accounts


class SignIn(LoginView):
    """The sign-in page; in a demo it lists the demo accounts."""

    authentication_form = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        """The password is right: ask for the second factor where there is one, then sign in."""
        user = form.get_user()
        record_authentication(self.request, user, "password", username=user.get_username())
        return perform_login(
            self.request, user, email_verification="none", redirect_url=self.get_success_url()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            demo_accounts=demo_accounts(),
            demo_password=settings.DEMO_PASSWORD,
            externals=configured_apps(),
            **kwargs,
        )
