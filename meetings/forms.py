"""Cleaning what is typed about meetings. Nothing is saved here; wrong input is told in plain words."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from common.fields import DayField, MomentField, whole_number
from governance.choices import BallotMethod
from governance.models import Body, Seat
from meetings.choices import AttendanceStatus, BallotChoice, MeetingFormat, MeetingMode, Stance
from meetings.models import Meeting

_WHEN = "%Y-%m-%dT%H:%M"
_NUMBER = {
    "invalid": "请填 0 到 999 的整数。",
    "min_value": "请填 0 到 999 的整数。",
    "max_value": "请填 0 到 999 的整数。",
}


def faults(form: forms.BaseForm) -> str:
    """Every fault of a form in one line, each once."""
    return "".join(dict.fromkeys(str(e) for errors in form.errors.values() for e in errors))


def _when(label: str, **kwargs: Any) -> MomentField:
    return MomentField(
        label=label,
        input_formats=[_WHEN, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_WHEN),
        error_messages={"invalid": "请填日期和时间，例如 2026-11-20 15:00。"},
        **kwargs,
    )


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=999, required=False, error_messages=_NUMBER)


class MeetingForm(forms.Form):
    """安排会议: time, place, chair and recorder of one body."""

    use_required_attribute = False

    scheduled_at = _when("时间")
    place = forms.CharField(
        label="地点", max_length=60, widget=forms.TextInput(attrs={"placeholder": "例如 行政楼 301"})
    )
    chair = forms.ModelChoiceField(label="主持人", queryset=User.objects.none(), empty_label=None)
    chair_delegation = forms.CharField(
        label="委托主持说明",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "例如 书记外出学习，委托专职副书记主持"}),
    )
    recorder = forms.ModelChoiceField(label="记录人", queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, body: Body, with_mode: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Seat.objects.active().filter(body=body)
        self.fields["chair"].queryset = User.objects.filter(pk__in=seats.voting().values("person")).order_by(
            "display_name"
        )
        self.fields["recorder"].queryset = User.objects.filter(
            pk__in=seats.office().values("person")
        ).order_by("display_name")
        role = "书记" if body.is_party else "校长"
        self.fields["chair_delegation"].help_text = f"由{role}本人主持时不填。"
        if with_mode:
            self.fields["mode"] = forms.ChoiceField(
                label="方式",
                choices=[(MeetingMode.LIVE, "现场记录"), (MeetingMode.RETROSPECTIVE, "补录已开过的会议")],
                initial=MeetingMode.LIVE,
                widget=forms.RadioSelect,
            )
            self.fields["retrospective_reason"] = forms.CharField(
                label="补录说明",
                max_length=200,
                required=False,
                help_text="补录时填写，例如“停电，现场用纸质记录”。补录的会议带“补录”标记。",
            )
            self.fields["form"] = forms.ChoiceField(
                label="会议形式",
                choices=MeetingFormat.choices,
                required=False,
                help_text="补录时如实选择。联席会议、专题会议不能代替决策会议。",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_paper = cleaned.get("mode") == MeetingMode.RETROSPECTIVE
        if is_paper and not cleaned.get("retrospective_reason"):
            self.add_error("retrospective_reason", "请填写补录说明，例如“停电，现场用纸质记录”。")
        if "form" in self.fields:
            cleaned["form"] = cleaned.get("form") or MeetingFormat.REGULAR
        at = cleaned.get("scheduled_at")
        if is_paper and at and at > timezone.now():
            self.add_error("scheduled_at", "补录的会议应已召开，时间不能晚于现在。")
        return cleaned

    @staticmethod
    def values_of(meeting: Meeting) -> dict[str, Any]:
        """The initial values of a meeting that exists."""
        names = ("scheduled_at", "place", "chair_delegation")
        return {name: getattr(meeting, name) for name in names} | {
            "chair": meeting.chair_id,
            "recorder": meeting.recorder_id,
        }


class VersionForm(forms.Form):
    """The version a save was based on; every saving form has one."""

    version = forms.IntegerField(
        error_messages=dict.fromkeys(("required", "invalid"), "页面已过时，请刷新后再办。")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=100, error_messages={"required": "请填写原因。"})


class FirstTopicForm(forms.Form):
    title = forms.CharField(label="学习内容", max_length=120, error_messages={"required": "请填写学习内容。"})


class AddEntryForm(forms.Form):
    stage = forms.IntegerField()
    ad_hoc_reason = forms.CharField(label="紧急理由", max_length=200, required=False)


class ObserverForm(forms.Form):
    """列席: somebody of the school, or a guest by name."""

    person = forms.ModelChoiceField(
        label="本校人员", queryset=User.objects.none(), required=False, empty_label="校外人员，填写姓名"
    )
    name = forms.CharField(label="姓名", max_length=40, required=False)
    identity = forms.CharField(
        label="身份",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "例如 法律顾问"}),
    )
    entry = forms.IntegerField(required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("person") and not cleaned.get("name"):
            self.add_error("name", "请选择本校人员，或填写姓名。")
        return cleaned


class AttendanceForm(VersionForm):
    """签到 and its like; `leave_room` and `return` are 离席 and 返席."""

    status = forms.ChoiceField(
        choices=[*AttendanceStatus.choices, ("leave_room", "离席"), ("return", "返席")],
        error_messages={
            "invalid_choice": "请选择签到、请假、缺席、离席或返席。",
            "required": "请选择出席情况。",
        },
    )
    reason = forms.CharField(label="原因", max_length=100, required=False)
    at = forms.TimeField(label="时刻", required=False, error_messages={"invalid": "请填时刻，例如 14:52。"})

    def moment(self, meeting: Meeting) -> datetime | None:
        """The time of day given, on the day of the meeting."""
        at = self.cleaned_data.get("at")
        if at is None:
            return None
        day = timezone.localtime(meeting.started_at or meeting.scheduled_at).date()
        return timezone.make_aware(datetime.combine(day, at))


class StatementForm(forms.Form):
    """Words and stance of one statement. Any length is kept."""

    text = forms.CharField(label="发言要点", required=False)
    stance = forms.ChoiceField(
        label="表态",
        choices=Stance.choices,
        required=False,
        error_messages={"invalid_choice": "表态只能是同意、不同意、弃权或缓议。"},
    )


class StatementVersionForm(VersionForm, StatementForm):
    """A save of an existing statement."""


class NewStatementForm(StatementForm):
    """Who speaks: s12 is a seat, o7 an observer, next whoever has not spoken."""

    speaker = forms.RegexField(
        label="发言人",
        regex=r"^[so]\d{1,12}$",
        error_messages={"required": "请选择发言人。", "invalid": "请选择发言人。"},
    )
    is_written = forms.BooleanField(required=False)

    @property
    def seat_id(self) -> int | None:
        value = self.cleaned_data["speaker"]
        return int(value[1:]) if value[0] == "s" else None

    @property
    def observer_id(self) -> int | None:
        value = self.cleaned_data["speaker"]
        return int(value[1:]) if value[0] == "o" else None


class EntryForm(VersionForm):
    """Decision text, ballot method and presenter; what is not sent stays."""

    decision_text = forms.CharField(label="决定", required=False)
    method = forms.ChoiceField(
        label="表决方式",
        choices=BallotMethod.choices,
        required=False,
        error_messages={"invalid_choice": "请选择表决方式。"},
    )


class TallyForm(VersionForm):
    """The count of one question; empty means not counted yet."""

    votes_for = _count("赞成")
    votes_against = _count("反对")
    abstentions = _count("弃权")
    invalid = _count("无效")
    issued = _count("发出票数")
    tellers = forms.CharField(label="监票人", max_length=60, required=False)
    counter = forms.CharField(label="计票人", max_length=40, required=False)
    has_list = forms.BooleanField(required=False)
    voted = forms.TypedMultipleChoiceField(label="已投票", required=False, coerce=int)
    question = forms.CharField(label="表决事项", max_length=120, required=False)

    def __init__(self, *args: Any, voters: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voted"].choices = [(seat, "") for seat in voters]

    def clean(self) -> dict[str, Any]:
        """Without the list on the form, the stored one stays."""
        if not self.cleaned_data.pop("has_list", False):
            self.cleaned_data["voted"] = None
        return self.cleaned_data


class QuestionForm(forms.Form):
    question = forms.CharField(
        label="表决事项", max_length=120, error_messages={"required": "请填写表决事项。"}
    )


class RecusalForm(ReasonForm):
    seat = forms.IntegerField(error_messages={"required": "请选择回避的成员。"})


class TaskDraftForm(forms.Form):
    """责任人, 协办, 时限, 要求 (R70)."""

    use_required_attribute = False
    title = forms.CharField(
        label="任务", max_length=120, widget=forms.TextInput(attrs={"placeholder": "例如 发布公示"})
    )
    owner = forms.ModelChoiceField(label="责任人", queryset=User.objects.none(), empty_label="请选择")
    department = forms.CharField(label="责任部门", max_length=40, required=False)
    due_on = DayField(
        label="时限",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请填日期，例如 2026-11-27。"},
    )
    report_every_days = forms.IntegerField(
        label="反馈频次（日）",
        min_value=1,
        max_value=365,
        initial=14,
        error_messages={
            "invalid": "请填 1 到 365 的整数。",
            "min_value": "请填 1 到 365 的整数。",
            "max_value": "请填 1 到 365 的整数。",
        },
    )
    helpers = forms.ModelMultipleChoiceField(
        label="协办", queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    requirement = forms.CharField(label="要求", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, people: Any, is_retrospective: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_retrospective = is_retrospective
        self.fields["owner"].queryset = self.fields["helpers"].queryset = people

    def clean_due_on(self) -> date:
        """Not before today, except in 补录."""
        day = self.cleaned_data["due_on"]
        if not self.is_retrospective and day < timezone.localdate():
            raise forms.ValidationError("时限不能早于今天。")
        return day


class ConcludeForm(VersionForm):
    outcome = forms.CharField(error_messages={"required": "请选择结论。"})


class CloseForm(forms.Form):
    """散会; in 补录 the end is given."""

    ended_at = _when("散会时间", required=False)


class OrderForm(forms.Form):
    """The agenda in its new order: entry ids, comma separated."""

    order = forms.RegexField(
        regex=r"^\d{1,12}(,\d{1,12})*$", error_messages={"invalid": "次序不完整，请刷新后再排。"}
    )

    @property
    def ids(self) -> list[int]:
        return [int(part) for part in self.cleaned_data["order"].split(",")]


class MinutesForm(VersionForm):
    """Words of a draft; entry texts come as text_<entry>."""

    preamble = forms.CharField(required=False)
    copy_to = forms.CharField(
        max_length=200, required=False, error_messages={"max_length": "抄送不超过 200 字。"}
    )

    @property
    def texts(self) -> dict[int, str]:
        """Entry id → text, of the entries sent."""
        return {
            number: value
            for name, value in self.data.items()
            if name.startswith("text_") and (number := whole_number(name[5:])) is not None
        }


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label="更正原因", max_length=200, error_messages={"required": "请填写更正原因。"}
    )


def named_choices(data: Any) -> dict[int, str]:
    """Choices of a named vote from fields seat_<id>; unknown words are left for the service to refuse."""
    return {
        number: value
        for name, value in data.items()
        if name.startswith("seat_") and (number := whole_number(name[5:])) is not None and value
    }


CHOICES = BallotChoice.choices
