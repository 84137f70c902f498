"""Providers of identities people may sign in with, from the environment: all off, and half a configuration refuses."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env


@dataclass(frozen=True, slots=True)
class External:
    """One provider: its key in addresses and rows, the class of allauth's registry, and its variables."""

    key: str
    kind: str
    name: str
    client_id: str  # names of variables from here on
    secret: str
    others: tuple[tuple[str, str], ...] = ()  # further required ones: (setting, variable)
    addresses: tuple[
        tuple[str, str, str], ...
    ] = ()  # optional ones: (setting, variable, address of the public service)
    title: str = ""  # optional: what the button says

    @property
    def required(self) -> tuple[str, ...]:
        """The variables that are set together or not at all."""
        return (*(variable for _, variable in self.others), self.client_id, self.secret)

    @property
    def optional(self) -> tuple[str, ...]:
        """The variables that only mean something beside the required ones."""
        return (*(variable for _, variable, _ in self.addresses), *([self.title] if self.title else []))


EXTERNALS = (
    External(
        *("oidc", "openid_connect", "统一身份认证", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"),
        others=(("server_url", "OIDC_URL"),),
        title="OIDC_NAME",
    ),
    External(
        *("dingtalk", "dingtalk", "钉钉", "DINGTALK_CLIENT_ID", "DINGTALK_CLIENT_SECRET"),
        addresses=(
            ("login_url", "DINGTALK_LOGIN_URL", "https://login.dingtalk.com"),
            ("api_url", "DINGTALK_API_URL", "https://api.dingtalk.com"),
        ),
    ),
    External(
        *("feishu", "feishu", "飞书", "FEISHU_APP_ID", "FEISHU_APP_SECRET"),
        addresses=(("api_url", "FEISHU_URL", "https://open.feishu.cn"),),
    ),
    External(
        *("wecom", "wecom", "企业微信", "WECOM_CORP_ID", "WECOM_SECRET"),
        others=(("agent_id", "WECOM_AGENT_ID"),),
        addresses=(
            ("login_url", "WECOM_LOGIN_URL", "https://login.work.weixin.qq.com"),
            ("inside_url", "WECOM_INSIDE_URL", "https://open.weixin.qq.com"),
            ("api_url", "WECOM_API_URL", "https://qyapi.weixin.qq.com"),
        ),
    ),
)
VARIABLES = tuple(name for one in EXTERNALS for name in (*one.required, *one.optional))


def external_providers(env: Env, *, only_https: bool) -> dict[str, dict[str, Any]]:
    """What allauth asks for as SOCIALACCOUNT_PROVIDERS; ImproperlyConfigured where a provider is half configured.

    `only_https`: refuse addresses that send secrets and codes in the clear.
    """
    found = {}
    for one in EXTERNALS:
        given = {name: env.str(name, "").strip() for name in (*one.required, *one.optional)}
        if not any(given.values()):
            continue
        if missing := [name for name in one.required if not given[name]]:
            raise ImproperlyConfigured(
                f"{one.name}登录只配置了一部分，缺少环境变量：{'、'.join(missing)}。请补全，或全部留空以关闭。"
            )
        settings = {setting: given[variable] for setting, variable in one.others}
        settings |= {setting: given[variable] or public for setting, variable, public in one.addresses}
        for setting, variable in (*one.others, *((setting, name) for setting, name, _ in one.addresses)):
            if setting.endswith("_url"):
                settings[setting] = _address(settings[setting], variable, only_https=only_https)
        found[one.kind] = {
            "APPS": [
                {
                    "provider_id": one.key,
                    "name": given.get(one.title) or one.name,
                    "client_id": given[one.client_id],
                    "secret": given[one.secret],
                    "settings": settings,
                }
            ]
        }
    return found


def _address(text: str, variable: str, *, only_https: bool) -> str:
    """The address without a slash at its end; ImproperlyConfigured where it is none, or not https where it must be."""
    parts = urlsplit(text)
    if not parts.netloc or parts.scheme not in (["https"] if only_https else ["https", "http"]):
        raise ImproperlyConfigured(f"{variable} 须是 https:// 开头的完整地址。")
    return text.rstrip("/")
