"""Signing in, passwords and codes, and what the administrators fill in."""

from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as FactorAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.validators import UnicodeUsernameValidator

from accounts.choices import AdminRole, SecurityKind
from accounts.models import User
from common.fields import DayField


class SignInForm(AuthenticationForm):
    """Account and password, with errors that say what to do."""

    error_messages = {
        "invalid_login": "账号与密码不相符。请核对大小写后重新填写。",
        "inactive": "此账号已停用。请联系本校平台管理员。",
    }
    username = forms.CharField(
        label="账号",
        max_length=150,
        error_messages={"required": "请填写账号，即手机号或工号。"},
        widget=forms.TextInput(
            attrs={
                "class": "form-control form-control-lg",
                "autocomplete": "username",
                "autocapitalize": "none",
                "placeholder": "手机号或工号",
                "autofocus": True,
            }
        ),
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        error_messages={"required": "请填写密码。"},
        widget=forms.PasswordInput(
            attrs={"class": "form-control form-control-lg", "autocomplete": "current-password"}
        ),
    )


class PasswordForm(PasswordChangeForm):
    """The present password and a new one, twice."""

    error_messages = {
        "password_mismatch": "两次填写的新密码不一致，请重新填写。",
        "password_incorrect": "现用密码不相符，请核对大小写后重新填写。",
    }

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        for name, label in (
            ("old_password", "现用密码"),
            ("new_password1", "新密码"),
            ("new_password2", "再填一次新密码"),
        ):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("autofocus", None)
            self.fields[name].error_messages["required"] = f"请填写{label}。"


class CodeMixin(forms.Form):
    """A six-digit code or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = "验证码"
        code.error_messages["required"] = "请填写验证器显示的 6 位数字。"
        code.widget.attrs = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "class": "form-control form-control-lg",
        }


class CodeForm(CodeMixin, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(CodeMixin, FactorAgainForm):
    """The second factor once more, before it is changed."""


class ActivateForm(CodeMixin, ActivateTOTPForm):
    """The first code of a newly set up authenticator."""


class PasswordAgainForm(ReauthenticateForm):
    """The password once more, before the second factor is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "现用密码"
        self.fields["password"].error_messages["required"] = "请填写现用密码。"
        self.fields["password"].widget.attrs = {"autocomplete": "current-password", "class": "form-control"}


class AccountForm(forms.Form):
    """A new account."""

    display_name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填写姓名。"})
    username = forms.CharField(
        label="账号",
        max_length=150,
        validators=[UnicodeUsernameValidator(message="账号只能用字母、数字和 @ . + - _。")],
        help_text="手机号或工号，全平台不重复",
        error_messages={"required": "请填写账号，即手机号或工号。"},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label="邮箱",
        required=False,
        help_text="用于接收通知，可以不填",
        error_messages={"invalid": "请填写完整的邮箱地址，例如 name@school.edu.cn。"},
    )


class RoleForm(forms.Form):
    """Which account, and what to do to it."""

    FREE = "free"
    username = forms.CharField(
        label="账号",
        max_length=150,
        help_text="填写完整账号；授予角色须用没有业务职务的专用账号",
        error_messages={"required": "请填写账号。"},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    act = forms.ChoiceField(
        label="办理事项",
        choices=[*((role.value, f"授予{role.label}") for role in AdminRole), (FREE, "解除两步验证")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择办理事项。"},
    )

    def clean_username(self) -> User:
        """The account of this exact name."""
        found = User.objects.filter(username=self.cleaned_data["username"]).first()
        if found is None:
            raise forms.ValidationError("没有这个账号，请核对后重新填写。")
        return found


class TrailForm(forms.Form):
    """What to look for in the security trail."""

    kind = forms.ChoiceField(label="事件", choices=[("", "全部事件"), *SecurityKind.choices], required=False)
    account = forms.CharField(label="账号、姓名或地址", max_length=60, required=False)
    result = forms.ChoiceField(
        label="结果", choices=[("", "全部"), ("ok", "成功"), ("failed", "失败")], required=False
    )
    since = DayField(label="自", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = DayField(label="至", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"
