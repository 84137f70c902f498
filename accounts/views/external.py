"""To a provider of identities and back again."""

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from accounts.external import APP, TRY_AGAIN, back_to_sign_in
from accounts.services.external import unbind
from common.errors import NotPermitted, NotVisible


def _provider(request: HttpRequest, key: str) -> OAuth2Provider:
    """The configured provider of this key, else NotVisible."""
    try:
        provider = get_adapter().get_provider(request, key)
    except SocialApp.DoesNotExist:
        raise NotVisible(key) from None
    if provider.app.provider_id != key:  # allauth also takes its own names
        raise NotVisible(key)
    return provider


def _leave(request: HttpRequest, provider: OAuth2Provider, process: str) -> HttpResponse:
    """The page that leads to the provider.

    Not a redirect: the form that was sent may lead to this site only (form-action 'self'), wherever the provider and
    whatever it sends people on to may lie.
    """
    away = provider.redirect(request, process, next_url=get_next_redirect_url(request))
    answer = render(
        request, "socialaccount/leave.html", {"name": provider.app.name, "address": away["Location"]}
    )
    answer["Refresh"] = f"0; url={away['Location']}"
    return answer


@never_cache
@require_POST
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    """Sign in with an identity: to the provider."""
    found = _provider(request, provider)
    if request.user.is_authenticated:
        return redirect("workbench:home")
    try:
        return _leave(request, found, AuthProcess.LOGIN)
    except (OAuth2Error, RequestException):
        return back_to_sign_in(request, f"{found.app.name}现在连不上，{TRY_AGAIN}")


@never_cache
@require_POST
@login_required
def bind(request: HttpRequest, provider: str) -> HttpResponse:
    """Bind an identity to the own account: the password once more, then to the provider."""
    found = _provider(request, provider)
    if request.user.admin_role:
        raise NotPermitted("管理员账号只用账号和密码登录，不能绑定外部账号。")
    return _bind(request, found)


@reauthentication_required(app=APP)
def _bind(request: HttpRequest, found: OAuth2Provider) -> HttpResponse:
    try:
        return _leave(request, found, AuthProcess.CONNECT)
    except (OAuth2Error, RequestException):
        messages.warning(request, f"{found.app.name}现在连不上，没有绑定，请稍后再试。")
        return redirect("accounts:security")


@never_cache
@require_GET
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Back from the provider; accounts.external decides."""
    adapter = _provider(request, provider).get_oauth2_adapter(request)
    return OAuth2CallbackView.adapter_view(adapter)(request)


@never_cache
@require_POST
@login_required
@reauthentication_required(app=APP)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the own binding."""
    unbind(actor=request.user, identity_id=pk)
    messages.success(request, "已解除绑定，不能再用它登录。")
    return redirect("accounts:security")
