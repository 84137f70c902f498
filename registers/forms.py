"""Clean input for every register, from its declared fields; nothing is saved here."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.models import User
from common.fields import DayField
from common.uploads import ACCEPT, ACCEPTED, NO_SECRETS, inspect_upload
from governance.models import School, Seat
from meetings.models import Meeting
from registers.periods import recent_terms, school_year_words, term_words
from registers.specs import Register

RECENT = 50  # meetings and items to choose from


class FileField(forms.FileField):
    """One file, judged by its content."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file:
            inspect_upload(file)
        return file or None


class TenthsField(forms.DecimalField):
    """Points with one decimal, kept as whole tenths: 86.5 is 865."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=100, decimal_places=1, **kwargs)

    def clean(self, value: Any) -> Any:
        points = super().clean(value)
        return None if points is None else int(points * 10)

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value) / 10 if isinstance(value, int) else value


def _day(field: models.Field) -> DayField:
    required = not field.blank
    return DayField(
        label=str(field.verbose_name),
        required=required,
        help_text=str(field.help_text),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate if required else None,
    )


class RecordForm(forms.ModelForm):
    """The fields of one register. A subclass per register comes from `form_for`."""

    register: Register
    file = FileField(
        label="佐证文件",
        required=False,
        help_text=f"{ACCEPTED}，不超过 20 MB。{NO_SECRETS}",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, school: School, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.school = school
        self.fields["version"].initial = self.instance.version
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                self._narrow(name, field, school, user)
        self._words(self.instance.pk is not None)

    def _narrow(self, name: str, field: forms.ModelChoiceField, school: School, user: User) -> None:
        """Choices from what the person may see in this school, newest first; the stored one stays offered."""
        kept = getattr(self.instance, f"{name}_id")
        field.empty_label = "请选择" if field.required else "没有"
        if field.queryset.model is User:
            seats = Seat.objects.active().filter(school=school).leadership()
            field.queryset = User.objects.filter(models.Q(pk__in=seats.values("person")) | models.Q(pk=kept))
            return
        visible = field.queryset.model.objects.visible_to(user).filter(school=school)
        order = "-scheduled_at" if field.queryset.model is Meeting else "-pk"
        newest = visible.order_by(order).values("pk")[:RECENT]
        field.queryset = visible.filter(models.Q(pk__in=newest) | models.Q(pk=kept)).order_by(order)
        if field.queryset.model is Meeting:
            field.queryset = field.queryset.select_related("body")

    def _words(self, is_correction: bool) -> None:
        """Periods as people name them, and the year that is most likely meant."""
        if "term_starts_on" in self.fields:
            stored = self.instance.term_starts_on
            terms = recent_terms(timezone.localdate())
            offered = terms if stored is None or stored in terms else [*terms, stored]
            self.fields["term_starts_on"] = forms.TypedChoiceField(
                label="学期",
                choices=[(term.isoformat(), term_words(term)) for term in offered],
                coerce=lambda value: next(term for term in offered if term.isoformat() == value),
            )
            if stored:
                self.initial["term_starts_on"] = stored.isoformat()
        this_year = timezone.localdate().year
        for name, words in (("year", lambda year: f"{year}年"), ("school_year", school_year_words)):
            if name in self.fields:
                years = range(this_year, this_year - 5, -1)
                self.fields[name] = forms.TypedChoiceField(
                    label=self.register.label_of(name),
                    choices=[(year, words(year)) for year in years],
                    coerce=int,
                )
                if not is_correction and name == "school_year":
                    self.initial[name] = this_year - (timezone.localdate().month < 9)

    def _get_validation_exclusions(self) -> set[str]:
        """The school is set and unchanging, so that constraints which name it are asked."""
        return super()._get_validation_exclusions() - {"school", "is_void"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.register.day in data and isinstance(self.register.field(self.register.day), models.DateField):
            day = data[self.register.day]
            if day and self.register.day != "term_starts_on" and day > timezone.localdate():
                self.add_error(self.register.day, ValidationError("这一天还没有到，请在办理后登记。"))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What a service stores."""
        return {name: value for name, value in self.cleaned_data.items() if name not in OTHER}


OTHER = ("file", "version", "reason")


class CorrectionForm(RecordForm):
    """The same fields, and why they change."""

    reason = forms.CharField(
        label="更正原因", max_length=200, help_text="原内容保留在更正记录中。", widget=forms.TextInput()
    )


def form_for(register: Register, fields: tuple[str, ...], *, is_correction: bool = False) -> type[RecordForm]:
    """The form of a register, or of those of its fields that may still be corrected."""
    base = CorrectionForm if is_correction else RecordForm

    def widget(field: models.Field, **kwargs: Any) -> forms.Field | None:
        if field.name == "average_tenths":
            return TenthsField(label="平均分", help_text="满分 100 分，保留一位小数。")
        if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
            return _day(field)
        if isinstance(field, models.TextField) or field.name in ("note", "topics"):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 6 if isinstance(field, models.TextField) else 2})
        made = field.formfield(**kwargs)
        if isinstance(made, forms.ChoiceField) and not isinstance(made, forms.ModelChoiceField):
            made.choices = [pair for pair in made.choices if pair[0] != ""]
        return made

    made = forms.modelform_factory(register.model, form=base, fields=fields, formfield_callback=widget)
    made.register = register
    order = [*fields, "file", "reason", "version"]
    made.base_fields = {name: made.base_fields[name] for name in order if name in made.base_fields}
    return made


class ReasonForm(forms.Form):
    """Why a record is made void."""

    reason = forms.CharField(
        label="作废原因", max_length=200, help_text="登记保留可查，不再计入。", widget=forms.TextInput()
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SubmitForm(forms.Form):
    """报送日期."""

    submitted_on = DayField(
        label="报送日期",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="已用纸质报送的，填实际日期。",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """What the authority answers."""

    accepted = forms.ChoiceField(label="答复", widget=forms.RadioSelect, choices=())
    opinion = forms.CharField(
        label="意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, register: Register, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = ("审阅", "退改") if register.slug == "term_report" else ("审核通过", "退回修改")
        self.fields["accepted"].choices = [("yes", words[0]), ("no", words[1])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("accepted") == "no" and not data.get("opinion", "").strip():
            self.add_error("opinion", "请写明需要修改的内容。")
        return data


__all__ = ["AnswerForm", "CorrectionForm", "ReasonForm", "RecordForm", "SubmitForm", "form_for"]
