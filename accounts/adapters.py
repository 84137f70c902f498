"""How allauth behaves here: no sign-up, no e-mail, our words, secrets encrypted at rest."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest

from accounts.policy import second_factor_is_required
from common.where import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by account name only; accounts are made by the system administrator."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": "验证码连续不符，请 5 分钟后再试。",
        "rate_limited": "验证码连续不符，请 5 分钟后再试。",
        "incorrect_password": "密码不相符，请核对大小写后重新填写。",
        "incorrect_code": "验证码不相符。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address the lockout and the trail see."""
        return client_address(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what happened."""


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second-factor:{key}".encode()).digest()))
        for key in keys
    )


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: kept encrypted, named by the account, not removed where they are required."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "您的职务要求两步验证，不能停用。换手机时，请联系安全管理员解除后重新设置。",
        "incorrect_code": "验证码不相符。请核对手机时间是否准确，填写当前显示的 6 位数字。",
    }

    def get_totp_label(self, user: Any) -> str:
        """What the authenticator app shows beside the code."""
        return user.get_username()

    def encrypt(self, text: str) -> str:
        """Secrets in the database are unreadable without SECRET_KEY (GB/T 22239: 存储保密性)."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again; also under a former key (SECRET_KEY_FALLBACKS)."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not while the person's office requires it."""
        return not second_factor_is_required(authenticator.user)
