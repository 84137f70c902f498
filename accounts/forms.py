"""Signing in."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


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
