"""Clean input for offices, the catalogue and parameters; nothing is saved here."""

from typing import Any

from django import forms
from django.utils import timezone

from common.fields import DayField
from governance.choices import (
    AccessScope,
    Aspect,
    AttendanceKind,
    BallotMethod,
    CongressMode,
    PrerequisiteKind,
    SeatRole,
)
from governance.models import Body, CatalogueEntry, School
from governance.parameters import KEYS, Key, words
from governance.selectors import departments_of, known_people, leaders_of


def _day(label: str, **kwargs: Any) -> DayField:
    return DayField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
        **kwargs,
    )


def _membership() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label="中共党员",
        choices=[("", "未登记"), ("yes", "是"), ("no", "不是")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        help_text="用于核对党员校长、党员副校长是否进入党组织班子。",
    )


class AppointForm(forms.Form):
    """One new seat."""

    body = forms.ModelChoiceField(label="议事机构", queryset=Body.objects.none(), empty_label="请选择")
    person = forms.ModelChoiceField(
        label="人员",
        queryset=Body.objects.none(),
        empty_label="请选择",
        help_text="本校在任或曾任的人员。新到校的人员，请先由区教育工委开通账号。",
    )
    role = forms.ChoiceField(label="职务", choices=SeatRole)
    is_voting = forms.BooleanField(
        label="有表决权",
        required=False,
        initial=True,
        help_text="有表决权的席位计入应到人数。会议秘书没有表决权。",
    )
    is_party_member = _membership()
    since = _day("任职开始")
    order = forms.IntegerField(
        label="名次", min_value=1, max_value=999, initial=50, help_text="名单按此排列，小的在前。"
    )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(school=school).order_by("id")
        self.fields["person"].queryset = known_people(school)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == SeatRole.CLERK:
            data["is_voting"] = False
        return data


class MembershipForm(forms.Form):
    """Whether the holder of a seat is a member of the Party."""

    is_party_member = _membership()


class PartyOrgForm(forms.Form):
    """Facts of the Party organisation that change within a term."""

    party_members = forms.IntegerField(
        label="正式党员数", min_value=0, max_value=5000, help_text="不含预备党员。"
    )
    term_started_on = DayField(
        label="本届起",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="选举产生本届班子的日期，由此计算届满日期。",
    )


class EndForm(forms.Form):
    """The last day of a seat, or of everything a person holds in the school."""

    until = _day("最后一日", help_text="这一天仍计入应到，次日起不再计入。")
    at_once = forms.BooleanField(
        label="现在就停止权限",
        required=False,
        help_text="今天离任时用：最后一日仍记为今天，权限从保存时起停止，已打开的页面也不能再用。"
        "不选的，到最后一日 24 时停止。",
    )


class MoveForm(forms.Form):
    """Where a person goes on from a day."""

    body = forms.ModelChoiceField(label="新任机构", queryset=Body.objects.none(), empty_label="请选择")
    role = forms.ChoiceField(label="新任职务", choices=SeatRole)
    since = _day("新任开始", help_text="原任职到前一日为止，中间没有空档，也不重叠。")
    order = forms.IntegerField(
        label="名次", min_value=1, max_value=999, initial=50, help_text="名单按此排列，小的在前。"
    )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(school=school).order_by("id")


class PortfolioForm(forms.Form):
    """分工 of one leader."""

    person = forms.ModelChoiceField(label="班子成员", queryset=Body.objects.none(), empty_label="请选择")
    duties = forms.CharField(label="分工", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    aspects = forms.MultipleChoiceField(
        label="分管方面", choices=Aspect, required=False, widget=forms.CheckboxSelectMultiple
    )
    departments = forms.MultipleChoiceField(
        label="分管部门", required=False, widget=forms.CheckboxSelectMultiple
    )
    since = _day("起")

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = leaders_of(school)
        self.fields["departments"].choices = [(name, name) for name in departments_of(school)]


class TightenForm(forms.Form):
    """What a school asks beyond the present version of an entry; only stricter choices are offered."""

    attendance = forms.ChoiceField(label="到会要求", widget=forms.RadioSelect)
    ballot = forms.ChoiceField(label="表决方式", widget=forms.RadioSelect)
    congress_mode = forms.ChoiceField(label="教代会程序", widget=forms.RadioSelect, required=False)
    access_scope = forms.TypedChoiceField(label="知悉范围", coerce=int, widget=forms.RadioSelect)
    add_prerequisites = forms.MultipleChoiceField(
        label="增加前置程序", required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label="依据和理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, entry: CatalogueEntry, **kwargs: Any) -> None:
        initial = {
            name: getattr(entry, name) for name in ("attendance", "ballot", "congress_mode", "access_scope")
        }
        super().__init__(*args, initial=initial, **kwargs)
        modes = list(CongressMode)
        if entry.ballot == BallotMethod.PRINCIPAL:
            ballots = [BallotMethod.PRINCIPAL]
        elif entry.ballot == BallotMethod.SECRET:
            ballots = [BallotMethod.SECRET]
        else:
            ballots = [method for method in BallotMethod if method != BallotMethod.PRINCIPAL]
        attendance = [AttendanceKind.TWO_THIRDS]
        if entry.attendance == AttendanceKind.HALF:
            attendance.insert(0, AttendanceKind.HALF)
        offered: dict[str, list[Any]] = {
            "attendance": attendance,
            "ballot": ballots,
            "congress_mode": modes[modes.index(CongressMode(entry.congress_mode)) :],
            "access_scope": [scope for scope in AccessScope if scope >= entry.access_scope],
            "add_prerequisites": [
                kind
                for kind in PrerequisiteKind
                if kind not in entry.prerequisites and kind != PrerequisiteKind.RESEARCH
            ],
        }
        for name, members in offered.items():
            self.fields[name].choices = [(member.value, member.label) for member in members]


class ParameterForm(forms.Form):
    """A new value of one parameter; the control follows the kind of the value."""

    level = forms.ChoiceField(label="设定层级", widget=forms.RadioSelect)
    source = forms.CharField(
        label="依据",
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": "例如 《云川区学校议事规则》第9条"}),
        help_text="文件名和条款。",
    )
    since = _day("生效日期")

    def __init__(
        self, *args: Any, key: str, current: Any, levels: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.key: Key = KEYS[key]
        self.fields["level"].choices = levels
        self.fields["level"].initial = levels[0][0]
        self.fields["value"] = self._value_field(current)
        self.order_fields(["value", "source", "since", "level"])

    def _value_field(self, current: Any) -> forms.Field:
        known = self.key
        label = f"{known.label}（{known.unit}）" if known.unit else known.label
        match known.kind:
            case "fraction":
                return forms.RegexField(
                    r"^\s*\d{1,4}\s*[/／]\s*\d{1,4}\s*$",
                    label=label,
                    required=known.default is not None,
                    initial="" if current is None else f"{current[0]}/{current[1]}",
                    help_text="写成分数，例如 2/3。" + ("" if known.default else "不填表示不设。"),
                    error_messages={"invalid": "请填分数，例如 2/3。"},
                )
            case "bool":
                return forms.TypedChoiceField(
                    label=label,
                    choices=[("1", "是"), ("0", "否")],
                    coerce=lambda value: value == "1",
                    initial="1" if current else "0",
                    widget=forms.RadioSelect,
                )
            case "classes":
                return forms.MultipleChoiceField(
                    label=label,
                    choices=[(value, words(known.key, [value])) for value in known.choices],
                    initial=current,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
            case "choice":
                return forms.ChoiceField(
                    label=label,
                    choices=[(value, words(known.key, value)) for value in known.choices],
                    initial=current,
                    widget=forms.RadioSelect,
                )
            case _:
                return forms.IntegerField(
                    label=label, min_value=1 if known.kind == "money" else 0, initial=current
                )

    def clean_value(self) -> Any:
        """The value as it is stored: a fraction as two integers, others as they are."""
        value = self.cleaned_data["value"]
        if self.key.kind != "fraction":
            return value
        if not value:
            return None
        numerator, denominator = (int(part) for part in value.replace("／", "/").split("/"))
        if not 0 < numerator <= denominator:
            raise forms.ValidationError("请填大于 0、不大于 1 的分数，例如 2/3。")
        return [numerator, denominator]
