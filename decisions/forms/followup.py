"""公示 after a decision, 紧急处置 before it."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from common.fields import DayField
from decisions.choices import NoticeConclusion
from decisions.forms.base import PlainForm, area, date_input, moment_field


class NoticeForm(PlainForm):
    """The period of a 公示 and where objections are received (R65)."""

    since = DayField(label="公示起始日", widget=date_input())
    until = DayField(label="公示截止日", widget=date_input(), help_text="含当日，按工作日计算。")
    place = forms.CharField(
        label="公示方式",
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "例如 校务公开栏、教师大会"}),
    )
    channel = forms.CharField(
        label="受理渠道",
        max_length=200,
        widget=area(2, placeholder="例如 纪检委员孙正清，电话 8123456，校长信箱"),
        help_text="写清向谁反映、怎样反映。",
    )

    def clean(self) -> dict[str, Any]:
        """A period that has begun and does not end before it starts."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and since > timezone.localdate():
            self.add_error("since", "起始日不能晚于今天，请在公示之日登记。")
        if since and until and until < since:
            self.add_error("until", "截止日不得早于起始日。")
        return cleaned


class NoticeConclusionForm(PlainForm):
    """How a 公示 ended."""

    conclusion = forms.ChoiceField(
        label="公示结论", choices=NoticeConclusion.choices, widget=forms.RadioSelect
    )
    objections = forms.CharField(
        label="异议和核实情况",
        widget=area(4),
        required=False,
        help_text="收到异议的，写清内容、核实经过和处理意见。",
    )
    effective_on = DayField(
        label="任职或执行日期",
        widget=date_input(),
        required=False,
        help_text="须在公示期满之后；暂缓执行的不填。",
    )

    def clean(self) -> dict[str, Any]:
        """Objections are described, and nothing takes effect that was put off."""
        cleaned = super().clean() or {}
        conclusion = cleaned.get("conclusion")
        if conclusion and conclusion != NoticeConclusion.CLEAR and not cleaned.get("objections"):
            self.add_error("objections", "请填写异议和核实情况。")
        if conclusion == NoticeConclusion.UPHELD and cleaned.get("effective_on"):
            self.add_error("effective_on", "暂缓执行的，不填任职或执行日期。")
        return cleaned


class EmergencyForm(PlainForm):
    """紧急处置 by the secretary (R76)."""

    happened_at = moment_field("处置时间")
    reason = forms.CharField(
        label="紧急事由", widget=area(3), help_text="写清发生了什么、为什么来不及召开会议。"
    )
    measures = forms.CharField(
        label="处置措施", widget=area(4), help_text="写清书记决定采取的措施，向谁报告过。"
    )

    def clean_happened_at(self) -> datetime:
        """The moment it really happened."""
        moment = self.cleaned_data["happened_at"]
        if moment > timezone.now():
            raise forms.ValidationError("处置时间不能晚于现在，请填写实际处置的时间。")
        return moment
