"""阅看授权 for the district."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from common.fields import DayField
from decisions.forms.base import PlainForm, area, date_input
from decisions.models import DecisionItem
from governance.selectors import supervisors_of


class ReadingGrantForm(PlainForm):
    """Whom, until when, and why."""

    person = forms.ModelChoiceField(label="授权给", queryset=None, empty_label="选择区教育工委人员")
    until = DayField(label="截止日", widget=date_input(), help_text="含当日，最长 31 日。")
    reason = forms.CharField(
        label="授权事由",
        max_length=200,
        widget=area(2, placeholder="例如 区督查核实中层任免程序"),
    )

    def __init__(self, *args: Any, item: DecisionItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = supervisors_of(item.school)
        self.fields["until"].initial = timezone.localdate() + timedelta(days=7)
