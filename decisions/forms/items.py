"""Cleaning what people type: items, evidence, consultations, files, reasons and task reports."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from common.fields import DayField
from decisions.choices import AttachmentKind, Disagreement, EvidenceResult, Purpose
from decisions.forms.base import FilesField, PlainForm, YuanField, area, date_input, moment_field
from decisions.models import DecisionItem, Task
from governance.choices import AccessScope, Aspect, CongressMode, PrerequisiteKind, Route
from governance.models import CatalogueEntry, School
from governance.selectors import leaders_of, people_of

_JUDGED = (EvidenceResult.FAVOURABLE, EvidenceResult.CONDITIONAL, EvidenceResult.UNFAVOURABLE)
# Which results a kind of evidence can have: studies are judged, opinions are also just heard.
RESULTS: dict[str, tuple[str, ...]] = {
    "": _JUDGED,
    PrerequisiteKind.OPINION: (EvidenceResult.HEARD, *_JUDGED),
    PrerequisiteKind.PARENTS: (EvidenceResult.HEARD, *_JUDGED),
    PrerequisiteKind.DELIBERATION: (EvidenceResult.HEARD, *_JUDGED),
    PrerequisiteKind.CONGRESS: (
        EvidenceResult.HEARD,
        EvidenceResult.APPROVED,
        EvidenceResult.UNFAVOURABLE,
    ),
}


class ItemForm(PlainForm):
    """The content of an item. A draft may be kept with gaps; `submission_checks` asks for the rest."""

    title = forms.CharField(
        label="标题",
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": "例如 2026年度部门预算编制方案"}),
    )
    background = forms.CharField(
        label="背景和依据", widget=area(4), help_text="写清为什么现在议、依据哪份文件或哪次调研。"
    )
    proposal = forms.CharField(
        label="建议方案", widget=area(8), help_text="可写多个方案，说明各自利弊和建议采用哪一个。"
    )
    amount = YuanField(
        label="涉及金额（元）",
        required=False,
        max_digits=14,
        decimal_places=2,
        min_value=Decimal(0),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "例如 1864000"}),
        error_messages={
            "invalid": "请填数字，例如 1864000。",
            "min_value": "金额不能为负数。",
            "max_decimal_places": "金额最多两位小数。",
        },
    )
    fund_source = forms.CharField(
        label="资金来源",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "例如 年度公用经费"}),
    )
    department = forms.CharField(
        label="承办部门",
        max_length=40,
        widget=forms.TextInput(attrs={"list": "departments", "autocomplete": "off"}),
    )
    proposer = forms.ModelChoiceField(
        label="提出人",
        queryset=User.objects.none(),
        empty_label="请选择领导班子成员",
        help_text="由领导班子成员提出；部门经分管领导代提。",
        error_messages={"invalid_choice": "请从本校领导班子中选择。"},
    )
    presenter = forms.ModelChoiceField(
        label="汇报人",
        queryset=User.objects.none(),
        empty_label="请选择",
        error_messages={"invalid_choice": "请从本校在任人员中选择。"},
    )
    observers = forms.CharField(
        label="建议列席",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "例如 法律顾问、财务主管"}),
    )
    access_scope = forms.TypedChoiceField(label="知悉范围", coerce=int, widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, school: School, entry: CatalogueEntry, asks_amount: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposer"].queryset = leaders_of(school)
        self.fields["presenter"].queryset = people_of(school)
        self.fields["access_scope"].choices = [
            choice for choice in AccessScope.choices if choice[0] >= entry.access_scope
        ]
        self.fields["access_scope"].help_text = "只能比清单规定更窄，不能放宽。"
        for name in ("amount", "fund_source"):
            self.fields[name].required = asks_amount

    @staticmethod
    def values_of(item: DecisionItem) -> dict[str, Any]:
        """What the form shows of a stored item."""
        return {
            "title": item.title,
            "background": item.background,
            "proposal": item.proposal,
            "amount": item.amount,
            "fund_source": item.fund_source,
            "department": item.department,
            "proposer": item.proposer_id,
            "presenter": item.presenter_id,
            "observers": item.observers,
            "access_scope": item.access_scope,
        }

    def wrong(self) -> dict[str, list[str]]:
        """Errors other than gaps, by field."""
        return {
            name: [message for error in errors for message in error.messages]
            for name, errors in self.errors.as_data().items()
            if any(error.code != "required" for error in errors)
        }

    def draft_fields(self) -> dict[str, Any]:
        """What a draft may keep now: right values, and gaps as gaps; wrong values stay in the form."""
        wrong = self.wrong()
        values = {name: value for name, value in self.cleaned_data.items() if name in self.fields}
        for name in self.errors:
            if name not in wrong and name != "access_scope":
                values[name] = None if name in ("presenter", "amount", "proposer") else ""
        if values.get("proposer") is None:
            values.pop("proposer", None)
        return values


class ConcernedForm(PlainForm):
    """One person the matter touches, with the relation (R36)."""

    person = forms.ChoiceField(label="人员", required=False)
    relation = forms.CharField(
        label="利害关系",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "例如 本人，或配偶为参选人"}),
    )

    def __init__(self, *args: Any, people: dict[int, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.fields["person"].choices = [("", "请选择"), *((pk, str(p)) for pk, p in people.items())]

    def clean(self) -> dict[str, Any]:
        """A person needs a relation, and a relation a person."""
        cleaned = super().clean() or {}
        if cleaned.get("person") and not cleaned.get("relation"):
            self.add_error("relation", "请写明利害关系，例如 本人。")
        if cleaned.get("relation") and not cleaned.get("person"):
            self.add_error("person", "请选择人员。")
        return cleaned


ConcernedFormSet = forms.formset_factory(ConcernedForm, extra=2, max_num=20)


def concerned_pairs(formset: Any) -> list[tuple[Any, str]]:
    """Complete rows of a valid form set as (person, relation)."""
    return [
        (form.people[int(form.cleaned_data["person"])], form.cleaned_data["relation"])
        for form in formset
        if form.cleaned_data.get("person") and form.cleaned_data.get("relation")
    ]


class ReasonForm(PlainForm):
    """A reason or a note in words."""

    reason = forms.CharField(label="理由", max_length=200, widget=area(3))

    def __init__(self, *args: Any, label: str = "理由", help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].error_messages["required"] = f"请填写{label}。"
        self.fields["reason"].help_text = help_text


class PrerequisiteForm(PlainForm):
    """One 前置程序 of a known kind."""

    held_on = DayField(label="办理日期", widget=date_input())
    participants = forms.CharField(
        label="参加人员",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "例如 教代会代表 38 人，应到 42 人"}),
    )
    result = forms.ChoiceField(label="结果", widget=forms.RadioSelect)
    document_number = forms.CharField(label="意见书编号", max_length=60, required=False)
    conclusion = forms.CharField(
        label="结论", widget=area(5), help_text="写清主要意见和采纳情况，不只写“同意”。"
    )
    files = FilesField(label="佐证材料", required=False)

    def __init__(self, *args: Any, kind: str, congress_mode: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        is_congress = kind == PrerequisiteKind.CONGRESS
        self.fields["result"].choices = [
            (value, EvidenceResult(value).label) for value in RESULTS.get(kind, RESULTS[""])
        ]
        if is_congress and congress_mode == CongressMode.APPROVE:
            self.fields["result"].help_text = "此事项须经教代会讨论通过，听取意见不能代替。"
        if kind != PrerequisiteKind.LEGAL:
            self.fields["document_number"].label = "文书编号"
        else:
            self.fields["document_number"].required = True
            self.fields["document_number"].help_text = "仅有附件名称不算完成审查。"

    def clean_held_on(self) -> date:
        """The day it was really held."""
        day = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("日期不能晚于今天，请填写实际办理的日期。")
        return day

    @property
    def congress_mode(self) -> str:
        """听取意见 or 讨论通过, as the result says; empty for other kinds."""
        if self.kind != PrerequisiteKind.CONGRESS:
            return ""
        approved = self.cleaned_data["result"] == EvidenceResult.APPROVED
        return CongressMode.APPROVE if approved else CongressMode.HEAR


class ConsultationForm(PlainForm):
    """会前沟通 of 书记 and 校长 (R17)."""

    held_at = moment_field("沟通时间")
    counterpart = forms.ModelChoiceField(
        label="沟通对象",
        queryset=User.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": "请选择规定的沟通对象。"},
    )
    opinions = forms.CharField(label="双方意见", widget=area(5), help_text="写清一致的和保留的意见。")
    disagreement = forms.ChoiceField(
        label="有无重大分歧", choices=Disagreement.choices, widget=forms.RadioSelect
    )
    follow_up = forms.CharField(label="后续安排", max_length=200, required=False)

    def __init__(self, *args: Any, counterparts: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counterpart"].queryset = counterparts

    def clean_held_at(self) -> datetime:
        """The moment it was really held."""
        moment = self.cleaned_data["held_at"]
        if moment > timezone.now():
            raise forms.ValidationError("沟通时间不能晚于现在，请填写实际沟通的时间。")
        return moment


class AttachmentForm(PlainForm):
    """Files for the meeting."""

    kind = forms.ChoiceField(
        label="类别",
        choices=[(kind.value, kind.label) for kind in (AttachmentKind.PROPOSAL, AttachmentKind.MATERIAL)],
        initial=AttachmentKind.MATERIAL,
        widget=forms.RadioSelect,
    )
    files = FilesField(label="文件")


class ReconsiderationForm(PlainForm):
    """A reasoned request to change a resolution (R74)."""

    reason = forms.CharField(
        label="理由和新情况", widget=area(4), help_text="写清原决议形成后出现了什么新情况。"
    )
    change = forms.CharField(
        label="拟变更内容", widget=area(5), help_text="受理后即作为新一版建议方案重新审议。"
    )


class AnswerForm(PlainForm):
    """受理意见 or 审批意见."""

    answer = forms.CharField(label="审批意见", max_length=200, widget=area(2))
    is_accepted = forms.TypedChoiceField(
        choices=[("1", "同意"), ("0", "不同意")], coerce=lambda value: value == "1"
    )


class ReportForm(PlainForm):
    """反馈进展 on a task, made for a phone."""

    progress = forms.IntegerField(
        label="进度（%）",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 1}),
        error_messages={
            "invalid": "请填 0 到 100 之间的整数。",
            "min_value": "请填 0 到 100 之间的整数。",
            "max_value": "请填 0 到 100 之间的整数。",
        },
    )
    text = forms.CharField(
        label="进展",
        widget=area(3, placeholder="例如 已完成初中部演练，高中部定于周五"),
        help_text="做到哪一步、遇到什么困难、下一步何时做。",
    )
    files = FilesField(label="照片和佐证", required=False)


class UrgeForm(forms.Form):
    """催办."""

    text = forms.CharField(label="催办要求", max_length=200, required=False)


class ExtensionForm(PlainForm):
    """申请延期."""

    new_due_on = DayField(label="新的时限", widget=date_input())
    reason = forms.CharField(label="延期理由", max_length=200, widget=area(2))

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task

    def clean_new_due_on(self) -> date:
        """A later day than the present one."""
        day = self.cleaned_data["new_due_on"]
        if day <= self.task.due_on:
            due = self.task.due_on
            raise forms.ValidationError(f"新时限须晚于原时限 {due.month}月{due.day}日。")
        return day


class ItemFilterForm(forms.Form):
    """What narrows the list of items; wrong values narrow nothing."""

    STATES = (
        ("", "在办"),
        ("draft", "草拟"),
        ("pending", "待审议"),
        ("mending", "缓议和退回"),
        ("implementing", "落实中"),
        ("overdue", "任务逾期"),
        ("ended", "已结束"),
        ("all", "全部"),
    )
    STEPS = (*Purpose.choices, ("implement", "落实"))

    q = forms.CharField(required=False, max_length=80)
    state = forms.ChoiceField(required=False, choices=STATES)
    step = forms.ChoiceField(label="走到哪步", required=False, choices=[("", "全部环节"), *STEPS])
    route = forms.ChoiceField(label="路线", required=False, choices=[("", "全部路线"), *Route.choices])
    aspect = forms.ChoiceField(label="方面", required=False, choices=[("", "全部方面"), *Aspect.choices])
    mine = forms.BooleanField(label="只看我的", required=False)

    def chosen(self) -> dict[str, Any]:
        """The filters that are right; a search without a state looks everywhere."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        if chosen.get("q") and "state" not in self.data:
            chosen["state"] = "all"
        return chosen
