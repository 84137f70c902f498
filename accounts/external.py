"""Signing in with an identity of 统一身份认证, 钉钉, 飞书 or 企业微信: who comes in, and who does not.

An identity opens only the account it was bound to. It stands for the password, not for the second factor; nobody signs
up with it, no address makes it somebody's, and none of 三员 is let in by it.
"""

import logging
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from accounts.choices import SecurityKind
from accounts.lockout import locked_out
from accounts.selectors import configured_apps
from accounts.services.external import bind, fingerprint
from accounts.services.trail import record

log = logging.getLogger("accounts.external")
APP = "allauth.socialaccount"


def way_in(request: HttpRequest, user: Any) -> str:
    """The key of the provider whose identity stood for the password in this sign-in; empty: the password itself."""
    first = [
        one
        for one in get_authentication_records(request, user)
        if one["method"] in ("password", "socialaccount") and not one.get("reauthenticated")
    ]
    return first[-1].get("provider", "") if first else ""


def back_to_sign_in(request: HttpRequest, message: str, next_url: str = "") -> HttpResponse:
    """The sign-in page with what happened."""
    messages.warning(request, message)
    answer = redirect("accounts:login")
    if next_url:
        answer["Location"] += f"?{urlencode({'next': next_url})}"
    return answer


class ExternalAdapter(DefaultSocialAccountAdapter):
    """Decides about every identity that a provider has proved."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The configured ones."""
        return [
            app
            for app in configured_apps()
            if provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody signs up."""
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """An address is no proof of who somebody is."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Bind where somebody asked for that, else let in or answer at once."""
        is_binding = sociallogin.state["process"] == AuthProcess.CONNECT
        answer = self._bind(request, sociallogin) if is_binding else self._refuse(request, sociallogin)
        if answer is not None:
            raise ImmediateHttpResponse(answer)

    def _bind(self, request: HttpRequest, login: SocialLogin) -> HttpResponse:
        """Bind to who is signed in and proved the password a moment ago."""
        if not request.user.is_authenticated:
            return back_to_sign_in(request, "登录已过期，没有绑定。请重新登录后再绑定。")
        if is_reauthentication_required(request, app=APP):
            messages.warning(request, "核验身份后过去太久，没有绑定。请再点一次“绑定”。")
            return redirect("accounts:security")
        account = login.account
        bind(
            actor=request.user,
            provider=account.provider,
            uid=account.uid,
            name=account.extra_data.get("name", ""),
        )
        messages.success(request, f"已绑定{login.provider.app.name}，下次可以用它登录。")
        return redirect("accounts:security")

    def _refuse(self, request: HttpRequest, login: SocialLogin) -> HttpResponse | None:
        """The answer to an identity that may not sign in; None lets it go on to the second factor."""
        user, name = login.user if login.is_existing else None, login.provider.app.name
        if user is None:
            reason, message = "unbound", f"这个{name}账号还没有绑定平台账号。{HOW_TO_BIND}"
        elif user.admin_role:
            reason, message = "admin", "管理员账号须用账号和密码登录。"
        elif not user.is_active:
            reason, message = "closed", "此账号已停用。请联系本校平台管理员。"
        elif not AxesProxyHandler.is_allowed(request, {"username": user.get_username()}):
            reason, message = "locked", ""
        else:
            return None
        record(
            SecurityKind.EXTERNAL_REFUSED,
            person=user,
            is_success=False,
            provider=login.account.provider,
            reason=reason,
            identity=fingerprint(login.account.provider, login.account.uid),
        )
        if reason == "locked":
            return locked_out(request, HttpResponse(), {"username": user.get_username()})
        return back_to_sign_in(request, message)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Back to where the person came from, saying what to do.

        An answer nobody here asked for is not written to the trail: anybody could fill it.
        """
        state, name = (extra_context or {}).get("state"), provider.app.name
        is_cancelled = error == AuthError.CANCELLED
        if state and not is_cancelled:
            log.warning("%s failed: %s", provider.app.provider_id, type(exception).__name__)
            record(
                SecurityKind.EXTERNAL_REFUSED,
                person=request.user if request.user.is_authenticated else None,
                is_success=False,
                provider=provider.app.provider_id,
                reason="failed",
            )
        message = f"已取消{name}登录。" if is_cancelled else f"{name}没有确认您的身份，{TRY_AGAIN}"
        if state and state["process"] == AuthProcess.CONNECT and request.user.is_authenticated:
            messages.warning(request, f"没有绑定：{message}")
            raise ImmediateHttpResponse(redirect("accounts:security"))
        raise ImmediateHttpResponse(back_to_sign_in(request, message, (state or {}).get("next", "")))


HOW_TO_BIND = "请先用账号和密码登录，再到“我的”里的“登录与安全”绑定。"
TRY_AGAIN = "请再试一次，或用账号和密码登录。"
