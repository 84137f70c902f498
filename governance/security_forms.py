"""What the security administrator fills in above the schools."""

from django import forms

from accounts.models import User
from governance.choices import AuthorityRole, SecondFactor


class MemberForm(forms.Form):
    """An office in an authority."""

    username = forms.CharField(
        label="账号",
        max_length=150,
        help_text="填写完整账号",
        error_messages={"required": "请填写账号。"},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="职责",
        choices=AuthorityRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择职责。"},
    )
    since = forms.DateField(
        label="任职开始",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "请填写开始日期，例如 2026-09-01。",
            "invalid": "请填写日期，例如 2026-09-01。",
        },
    )

    def clean_username(self) -> User:
        """The open account of this exact name."""
        found = User.objects.filter(username=self.cleaned_data["username"], is_active=True).first()
        if found is None:
            raise forms.ValidationError("没有这个账号或账号已停用，请核对后重新填写。")
        return found


class PolicyForm(forms.Form):
    """What an authority says of the second factor; empty is what the one above says."""

    policy = forms.ChoiceField(choices=SecondFactor.choices, required=False)

    def clean(self) -> dict[str, object]:
        """The word must be sent, if only empty."""
        if "policy" not in self.data:
            raise forms.ValidationError("policy")
        return self.cleaned_data
