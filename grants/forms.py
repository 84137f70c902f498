"""Cleaning what is typed about exceptions: whom, until when, and why."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from common.fields import DayField
from decisions.forms.base import PlainForm, area, date_input
from decisions.models import Attachment
from governance.choices import GrantKind
from governance.models import School
from governance.selectors import people_of
from grants.access import schools_to_open
from grants.rules import LONGEST
from meetings.models import Meeting


class AccountField(forms.CharField):
    """A person by the name of the account, for people whom no list of this school or authority shows."""

    def clean(self, value: Any) -> User | None:
        """The account of that name; None where nothing is asked and nothing typed."""
        name = super().clean(value).strip()
        if not name:
            return None
        found = User.objects.filter(username__iexact=name, is_active=True).first()
        if found is None:
            raise forms.ValidationError(f"没有账号“{name}”，或已停用。请向对方核对登录用的账号。")
        return found


class _GrantForm(PlainForm):
    """What every exception asks for: the last day and the reason."""

    kind: GrantKind
    days: int
    until = DayField(label="截止日", widget=date_input())
    reason = forms.CharField(label="授权事由", max_length=200, widget=area(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = timezone.localdate() + timedelta(days=self.days)
        self.fields["until"].help_text = f"含当日，最长 {LONGEST[self.kind].days} 日，到期自动失效。"


class RecordForm(_GrantForm):
    """委托记录: somebody of the school without an office in the body."""

    kind, days = GrantKind.RECORD, 7
    field_order = ("person", "until", "reason")
    person = forms.ModelChoiceField(label="委托给", queryset=None, empty_label="选择本校人员")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seated = meeting.body.seats.active().values("person")
        self.fields["person"].queryset = people_of(meeting.school).exclude(pk__in=seated)
        self.fields["reason"].widget.attrs["placeholder"] = "例如 会议秘书外出培训"


class ShareForm(_GrantForm):
    """共享文件: somebody of the school, or by account."""

    kind, days = GrantKind.FILE, 7
    field_order = ("colleague", "account", "until", "reason")
    colleague = forms.ModelChoiceField(
        label="本校人员", queryset=None, required=False, empty_label="不在本校，填账号"
    )
    account = AccountField(
        label="或校外人员的账号", required=False, max_length=150, help_text="例如法律顾问登录用的账号。"
    )

    def __init__(self, *args: Any, attachment: Attachment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = people_of(attachment.school)
        self.fields["reason"].widget.attrs["placeholder"] = "例如 请法律顾问出具意见书"

    def clean(self) -> dict[str, Any]:
        """Exactly one person."""
        cleaned = super().clean()
        chosen = [cleaned[name] for name in ("colleague", "account") if cleaned.get(name)]
        if len(chosen) == 2:
            raise forms.ValidationError("本校人员和账号只填一处。")
        if not chosen and "account" not in self.errors and "colleague" not in self.errors:
            self.add_error("colleague", "请选择本校人员，或填写校外人员的账号。")
        cleaned["person"] = chosen[0] if chosen else None
        return cleaned


class InspectForm(_GrantForm):
    """督查授权: a person by account, and the schools."""

    kind, days = GrantKind.INSPECT, 14
    field_order = ("person", "schools", "until", "reason")
    person = AccountField(
        label="督查人员的账号",
        max_length=150,
        help_text="可以是外校的书记、校长，或没有任职的账号；三员不行。",
    )
    schools = forms.ModelMultipleChoiceField(
        label="督查学校",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择至少一所学校。"},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["schools"].queryset = schools_to_open(user)
        self.fields["schools"].label_from_instance = _named
        self.fields["reason"].widget.attrs["placeholder"] = "例如 2026年秋季督查包保第3组"


def _named(school: School) -> str:
    return f"{school.name}（{school.cluster}）" if school.cluster else school.name
