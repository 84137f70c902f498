"""Fields and the plain form that all forms of items are made of."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from common.fields import MomentField
from common.uploads import ACCEPT, ACCEPTED, NO_SECRETS, inspect_upload

MAX_FILES = 20


class FilesInput(forms.ClearableFileInput):
    """A file control that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each judged by its content; cleans to a list, errors name the file."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilesInput(attrs={"accept": ACCEPT, "multiple": True}))
        kwargs.setdefault("help_text", f"可选多份，{ACCEPTED}，每份不超过 20 MB。{NO_SECRETS}")
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file inspected, every fault told at once."""
        files = [file for file in (data or []) if file]
        if not files and self.required:
            raise forms.ValidationError("请选择文件。", code="required")
        if len(files) > MAX_FILES:
            raise forms.ValidationError(f"一次最多 {MAX_FILES} 份，请分批上传。", code="too_many")
        faults = []
        for file in files:
            try:
                inspect_upload(file)
            except forms.ValidationError as error:
                faults.append(f"{file.name}：{error.messages[0]}")
        if faults:
            raise forms.ValidationError(faults)
        return files


class PlainForm(forms.Form):
    """A form whose gaps are told by name: 请填写…, 请选择…."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field, FilesField):
                verb = "请选择" if isinstance(field, forms.ChoiceField) else "请填写"
                field.error_messages["required"] = f"{verb}{field.label}。"


class YuanField(forms.DecimalField):
    """An amount in yuan; thousands separators and the word 元 are understood."""

    def to_python(self, value: Any) -> Decimal | None:
        """The amount, or None for an empty field."""
        if isinstance(value, str):
            for sign in (",", "，", " ", "元"):
                value = value.replace(sign, "")
        return super().to_python(value)


def area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def moment_field(label: str) -> MomentField:
    """When something really happened, as a local day and time."""
    return MomentField(
        label=label,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "请按年月日和时分填写，例如 2026-11-20 15:00。"},
    )
