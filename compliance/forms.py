"""Cleaning what people type on findings, and the filters of the list."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from common.choices import Level
from common.fields import DayField
from compliance.access import candidates
from compliance.choices import FindingVerdict, RuleGroup
from compliance.models import Finding
from compliance.registry import RULES, rules
from compliance.selectors.lists import STATES
from decisions.forms.base import FilesField, PlainForm

WORDS = 1000


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FindingFilterForm(forms.Form):
    """Filters of the list; an unknown value filters nothing."""

    q = forms.CharField(required=False, max_length=80)
    school = forms.IntegerField(required=False)
    state = forms.ChoiceField(required=False, choices=STATES)
    group = forms.ChoiceField(required=False, choices=[("", "全部"), *RuleGroup.choices])
    level = forms.ChoiceField(required=False, choices=[("", "全部"), *Level.choices])
    verdict = forms.ChoiceField(
        required=False,
        choices=[("", "全部"), *(c for c in FindingVerdict.choices if c[0] != FindingVerdict.COMPLIANT)],
    )
    rule = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Rules register when the apps are ready, after this class was made.
        self.fields["rule"].choices = [
            ("", "全部"),
            *((rule.code, f"{rule.code} {rule.title}") for rule in rules(RULES)),
        ]

    def chosen(self) -> dict[str, Any]:
        """The filters that hold a known value."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class VersionedForm(PlainForm):
    """A form that carries which version of the finding the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, finding: Finding, longest: int, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["version"] = finding.version
        # Several of these stand on one page.
        kwargs.setdefault("auto_id", f"{type(self).__name__.removesuffix('Form').lower()}_%s")
        super().__init__(*args, **kwargs)
        self.finding, self.longest = finding, longest

    def _within(self, day: date | None) -> date | None:
        """A day of rectification: from today, at most `longest` days away."""
        today = timezone.localdate()
        if day is not None and not today <= day <= today + timedelta(days=self.longest):
            raise forms.ValidationError(f"请填今天起 {self.longest} 天之内的日期。")
        return day


class PlanForm(VersionedForm):
    """措施、责任人、时限."""

    measures = forms.CharField(
        label="整改措施", max_length=WORDS, widget=_area(4), help_text="写清做什么、做到什么程度。"
    )
    owner = forms.ModelChoiceField(
        label="责任人",
        queryset=User.objects.none(),
        empty_label="请选择",
        error_messages={"invalid_choice": "请从可以知悉此问题的班子成员或会议秘书中选择。"},
    )
    due_on = DayField(label="整改时限", widget=_date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = candidates(self.finding)
        self.fields["due_on"].help_text = f"最长 {self.longest} 天。"

    def clean_due_on(self) -> date | None:
        """Within the days allowed."""
        return self._within(self.cleaned_data["due_on"])


class RevisionForm(PlanForm):
    """Other measures, with the reason."""

    reason = forms.CharField(label="调整原因", max_length=200, widget=_area(2))


class AppealForm(VersionedForm):
    """申诉 or 误报."""

    reason = forms.CharField(
        label="申诉理由", max_length=WORDS, widget=_area(4), help_text="写清哪项事实或依据有误。"
    )
    files = FilesField(label="佐证材料", required=False)


class WorkForm(VersionedForm):
    """Progress, or the self-assessment."""

    text = forms.CharField(
        label="进展或自评", max_length=WORDS, widget=_area(4), help_text="写清做了什么、现在是否符合规定。"
    )
    files = FilesField(label="佐证材料", required=False)


class ResultForm(VersionedForm):
    """A conclusion of the district: one of two results, and the opinion."""

    RESULTS: tuple[tuple[str, str, str], ...] = ()
    result = forms.ChoiceField(label="结论", widget=forms.RadioSelect)
    opinion = forms.CharField(label="意见", max_length=WORDS, widget=_area(4))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].choices = [(key, label) for key, label, _ in self.RESULTS]
        self.fields["result"].error_messages["required"] = "请选择结论。"

    def picks(self) -> list[tuple[Any, str]]:
        """Each radio button with what it means."""
        return [(tag, why) for tag, (_, _, why) in zip(self["result"], self.RESULTS, strict=True)]


class AnswerForm(ResultForm):
    """答复申诉."""

    RESULTS = (
        ("uphold", "申诉成立", "判定有误，撤销此问题"),
        ("reject", "申诉不成立", "退回学校核实并整改"),
    )


class _AgainForm(ResultForm):
    """A conclusion that may give the finding back to the school until a day."""

    AGAIN = ""
    due_on = DayField(label="再次整改时限", required=False, widget=_date_input())

    def clean_due_on(self) -> date | None:
        """Within the days allowed."""
        return self._within(self.cleaned_data["due_on"])

    def clean(self) -> dict[str, Any]:
        """What goes back to the school needs a day."""
        cleaned = super().clean() or {}
        if cleaned.get("result") == self.AGAIN and not cleaned.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "请填写再次整改时限。")
        return cleaned


class VerifyForm(_AgainForm):
    """区级验收."""

    AGAIN = "send_back"
    RESULTS = (
        ("close", "通过，销号", "整改到位，佐证真实"),
        ("send_back", "退回补充", "整改不足或佐证不够，学校继续整改"),
    )
    look_back_on = DayField(
        label="回头看日期", required=False, widget=_date_input(), help_text="不填按区里规定的天数。"
    )

    def clean_look_back_on(self) -> date | None:
        """A day after today."""
        day = self.cleaned_data["look_back_on"]
        if day is not None and day <= timezone.localdate():
            raise forms.ValidationError("请填今天以后的日期。")
        return day


class LookBackForm(_AgainForm):
    """回头看."""

    AGAIN = "reopen"
    RESULTS = (
        ("review", "通过", "没有反复，此问题办结"),
        ("reopen", "重新整改", "没有整改到位，或又出现"),
    )
