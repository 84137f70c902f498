"""The rules for passwords that Django does not bring."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError


class PasswordHistoryValidator:
    """The last few passwords are not used again (settings.PASSWORD_HISTORY, the present one included)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password this person has or recently had."""
        if user is None or user.pk is None:
            return
        kept = user.password_records.values_list("password", flat=True)[: settings.PASSWORD_HISTORY]
        if any(check_password(password, stored) for stored in {user.password, *kept}):
            raise ValidationError(
                f"新密码不得与最近 {settings.PASSWORD_HISTORY} 次用过的密码相同。",
                code="password_used_before",
            )

    def get_help_text(self) -> str:
        """What the page says beside the field."""
        return f"不得与最近 {settings.PASSWORD_HISTORY} 次用过的密码相同。"


class MixedPasswordValidator:
    """At least two kinds of characters: letters, digits, others (GB/T 22239: complexity)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password of one kind of characters only."""
        kinds = {"letter" if char.isalpha() else "digit" if char.isdigit() else "other" for char in password}
        if len(kinds) < 2:
            raise ValidationError("密码须同时含有字母、数字、符号中的两种以上。", code="password_one_kind")

    def get_help_text(self) -> str:
        """What the page says beside the field."""
        return "须同时含有字母、数字、符号中的两种以上。"
