"""The providers of identities: allauth's where it has one, 企业微信 written here. allauth finds this module by its name.

Of an identity only its number and the shown name are kept. What a provider answers is not trusted to be as documented:
anything else counts as refused. None of this makes accounts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base import Provider
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.provider import FeishuProvider
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

NAME_LENGTH = 40
TOKEN_SPARE = 300  # seconds before its end at which a token of 企业微信 is asked for anew
STALE_TOKEN = (40014, 42001)  # 全局错误码 of an access_token that no longer works
DISCOVERY_KEPT = 600  # seconds the addresses of an OIDC server are remembered


@contextmanager
def as_documented() -> Iterator[None]:
    """Whatever cannot be read out of a provider's answer is a failed sign-in, not a failure of the platform."""
    try:
        yield
    except (AttributeError, ImproperlyConfigured, LookupError, TypeError, ValueError) as fault:
        raise OAuth2Error(f"unexpected answer: {type(fault).__name__}") from fault


class Person(Provider):
    """What is taken over of an identity."""

    def extract_extra_data(self, data: Any) -> dict[str, str]:
        """The name shown beside the binding, nothing else."""
        return {"name": str(self.extract_common_fields(data).get("name") or "")[:NAME_LENGTH]}

    def extract_email_addresses(self, data: Any) -> list[Any]:
        """None: an address is no proof of who somebody is."""
        return []


class Address(OAuth2Adapter):
    """One way back for every provider, and the addresses of the settings."""

    def setting(self, name: str) -> str:
        """A setting of this provider (config/external.py)."""
        return self.get_provider().app.settings[name]

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Where the provider sends people back to; it has to be entered there."""
        return request.build_absolute_uri(reverse("accounts:external_callback", args=[app.provider_id]))

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        """Exchange the code."""
        with as_documented():
            return super().get_access_token_data(*args, **kwargs)

    def complete_login(self, *args: Any, **kwargs: Any) -> SocialLogin:
        """Ask who it is."""
        with as_documented():
            return super().complete_login(*args, **kwargs)


class OidcAdapter(Address, OpenIDConnectOAuth2Adapter):
    """OpenID Connect, authorization code with PKCE."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the server says of itself, asked for once in ten minutes."""
        key = f"oidc-discovery:{self.setting('server_url')}"
        found = cache.get(key)
        if found is None:
            with as_documented():
                found = dict(super().openid_config)
                _ = [found[name] for name in ("issuer", "authorization_endpoint", "token_endpoint")]
            cache.set(key, found, DISCOVERY_KEPT)
        return found


class Oidc(Person, OpenIDConnectProvider):
    oauth2_adapter_class = OidcAdapter
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        """Who it is and how they are called; no address."""
        return ["openid", "profile"]


class DingTalkAdapter(Address, DingTalkOAuth2Adapter):
    """钉钉: 登录第三方网站 (OAuth 2.0)."""

    @property
    def access_token_url(self) -> str:
        return f"{self.setting('api_url')}/v1.0/oauth2/userAccessToken"

    @property
    def authorize_url(self) -> str:
        return f"{self.setting('login_url')}/oauth2/auth"

    @property
    def profile_url(self) -> str:
        return f"{self.setting('api_url')}/v1.0/contact/users/me"


class DingTalk(Person, DingTalkProvider):
    oauth2_adapter_class = DingTalkAdapter

    def get_default_scope(self) -> list[str]:
        """Who it is, without asking for an organization."""
        return ["openid"]

    def get_auth_params(self) -> dict[str, str]:
        """钉钉 asks for this parameter."""
        return {"prompt": "consent"}


class FeishuClient(FeishuOAuth2Client):
    """allauth sends a form where 飞书 documents JSON."""

    def app_access_token(self) -> str:
        """The token of the application itself."""
        with get_adapter().get_requests_session() as session:
            answer = session.request(
                "POST",
                self.app_access_token_url,
                json={"app_id": self.consumer_key, "app_secret": self.consumer_secret},
            )
            answer.raise_for_status()
            return answer.json()["app_access_token"]


class FeishuAdapter(Address, FeishuOAuth2Adapter):
    """飞书: 网页应用登录."""

    client_class = FeishuClient

    @property
    def authorize_url(self) -> str:
        return f"{self.setting('api_url')}/open-apis/authen/v1/index"

    @property
    def access_token_url(self) -> str:
        return f"{self.setting('api_url')}/open-apis/authen/v1/access_token"

    @property
    def user_info_url(self) -> str:
        return f"{self.setting('api_url')}/open-apis/authen/v1/user_info"

    def get_client(self, request: HttpRequest, app: Any) -> FeishuClient:
        """allauth's own would build another way back."""
        client = OAuth2Adapter.get_client(self, request, app)
        client.app_access_token_url = f"{self.setting('api_url')}/open-apis/auth/v3/app_access_token/internal"
        return client


class Feishu(Person, FeishuProvider):
    oauth2_adapter_class = FeishuAdapter


class WeComError(OAuth2Error):
    """The error number (全局错误码) of an answer."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"wecom errcode {code}")


class WeComClient(OAuth2Client):
    """企业微信 knows no token of a person: the application's own token asks whose code it is."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, str]) -> str:
        """The page with the code to scan, or inside 企业微信 the one that asks nothing."""
        asked = {"appid": self.consumer_key, "redirect_uri": self.callback_url, "state": self.state}
        return f"{authorization_url}?{urlencode(asked | extra_params)}"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None) -> dict[str, Any]:
        """The application's token (gettoken), remembered as 企业微信 demands."""
        key = f"wecom-token:{self.consumer_key}"
        token = cache.get(key)
        if token is None:
            with get_adapter().get_requests_session() as session:
                answer = session.get(
                    self.access_token_url,
                    params={"corpid": self.consumer_key, "corpsecret": self.consumer_secret},
                )
            told = wecom_answer(answer)
            token = told["access_token"]
            cache.set(key, token, max(0, int(told["expires_in"]) - TOKEN_SPARE))
        return {"access_token": token}

    def forget_token(self) -> None:
        """The next sign-in asks for a new token."""
        cache.delete(f"wecom-token:{self.consumer_key}")


def wecom_answer(answer: Any) -> dict[str, Any]:
    """The JSON of an answer; WeComError where 企业微信 reports an error."""
    answer.raise_for_status()
    told = answer.json()
    if told["errcode"] != 0:
        raise WeComError(told["errcode"])
    return told


class WeComAdapter(Address):
    """企业微信: Web 登录 and, inside its own browser, 网页授权; members of the enterprise only."""

    provider_id = "wecom"
    client_class = WeComClient

    @property
    def is_inside(self) -> bool:
        """Whether the page is open in 企业微信 itself, where there is nothing to scan with."""
        return "wxwork" in self.request.headers.get("User-Agent", "").lower()

    @property
    def authorize_url(self) -> str:
        if self.is_inside:
            return f"{self.setting('inside_url')}/connect/oauth2/authorize"
        return f"{self.setting('login_url')}/wwlogin/sso/login"

    @property
    def access_token_url(self) -> str:
        return f"{self.setting('api_url')}/cgi-bin/gettoken"

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Ask whose code it is (auth/getuserinfo); who is no member has no userid and is refused."""
        with as_documented():
            with get_adapter().get_requests_session() as session:
                answer = session.get(
                    f"{self.setting('api_url')}/cgi-bin/auth/getuserinfo",
                    params={"access_token": token.token, "code": request.GET["code"]},
                )
            try:
                told = wecom_answer(answer)
            except WeComError as refused:
                if refused.code in STALE_TOKEN:
                    self.get_client(request, app).forget_token()
                raise
            return self.get_provider().sociallogin_from_response(request, {"userid": told["userid"]})


class WeCom(Person, OAuth2Provider):
    id = "wecom"
    name = "企业微信"
    oauth2_adapter_class = WeComAdapter

    def extract_uid(self, data: dict[str, str]) -> str:
        """The member's number within the enterprise."""
        return data["userid"]

    def extract_common_fields(self, data: dict[str, str]) -> dict[str, str]:
        """企业微信 tells no name here; the number stands for it."""
        return {"name": data["userid"]}

    def get_auth_params(self) -> dict[str, str]:
        """What the two pages ask for besides."""
        agent = self.app.settings["agent_id"]
        if self.get_oauth2_adapter(self.request).is_inside:
            return {"response_type": "code", "scope": "snsapi_base", "agentid": agent}
        return {"login_type": "CorpApp", "agentid": agent}


provider_classes = [Oidc, DingTalk, Feishu, WeCom]
