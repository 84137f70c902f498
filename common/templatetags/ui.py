"""Template tags of the design (ui.md): one tag per component, one mapping from state to look."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms, template
from django.core.exceptions import ValidationError
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import components as c
from common.checks import Check, failing
from common.choices import Level

register = template.Library()

MESSAGE_TONES = {"success": c.OK, "info": c.RUN, "debug": c.RUN, "warning": c.WARN, "error": c.BAD}


# --- words ------------------------------------------------------------------------------------------


def _local(moment: date) -> date:
    return (
        timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment
    )


@register.filter
def cn_date(value: date | None) -> str:
    """Write a date as 11月20日, with the year only when it is another year; empty for None."""
    if value is None:
        return ""
    day = _local(value)
    text = f"{day.month}月{day.day}日"
    return text if day.year == timezone.localdate().year else f"{day.year}年{text}"


@register.filter
def cn_datetime(value: datetime | None) -> str:
    """Write an instant as 11月20日 15:00 in local time; empty for None."""
    if value is None:
        return ""
    return f"{cn_date(value)} {_local(value):%H:%M}"


@register.filter
def cn_time(value: datetime | None) -> str:
    """Write the local time of an instant as 15:00; empty for None."""
    return "" if value is None else f"{_local(value):%H:%M}"


@register.filter
def cn_weekday(value: date | None) -> str:
    """Write the weekday as 周五; empty for None."""
    return "" if value is None else "周" + "一二三四五六日"[_local(value).weekday()]


@register.filter
def cn_money(value: Decimal | int | None) -> str:
    """Write an amount in yuan as 186.40 万元: two decimals, more only where needed to stay exact."""
    if value is None:
        return ""
    amount = Decimal(value) / 10000
    exact = amount.quantize(Decimal("0.01"))
    text = f"{exact:,.2f}" if exact == amount else f"{amount.normalize():,f}"
    return f"{text} 万元"


@register.filter
def cn_size(value: int | None) -> str:
    """Write a file size in bytes as 2.1 MB, or 12 KB below one tenth of a megabyte."""
    if value is None:
        return ""
    return f"{value / 1_000_000:.1f} MB" if value >= 100_000 else f"{max(1, round(value / 1000))} KB"


# --- icon and pills -----------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw one Tabler icon, hidden from screen readers."""
    return format_html('<i class="ti ti-{}{}" aria-hidden="true"></i>', name, f" {extra}" if extra else "")


def _pill(pill: c.Pill) -> SafeString:
    tone = f" pill-{pill.tone}" if pill.tone else ""
    return format_html('<span class="pill{}">{}{}</span>', tone, icon(pill.icon), pill.text)


@register.simple_tag
def pill(state: Any, text: str = "", icon: str = "", tone: str | None = None) -> SafeString:
    """Draw a state label: ``state`` is a word of the vocabulary, a choices member or a Pill.

    ``text`` replaces the shown words (2 项未满足), ``icon`` and ``tone`` are for the rare one-off label.
    """
    look = c.pill_for(state, text)
    if icon or tone is not None:
        look = c.Pill(look.text, icon or look.icon, look.tone if tone is None else tone)
    return _pill(look)


@register.simple_tag
def level_pill(level: str, ok: bool | None = False) -> SafeString:
    """Draw the label of a rule level B/E/W/I, or 已满足 / 无法判定 when ``ok`` says so."""
    return _pill(c.pill_for(c.level_word(level, ok)))


def due_pill(value: date, today: date | None = None) -> c.Pill:
    """Return 剩 N 天, 今天到期 or 逾期 N 天 for a deadline; amber from seven days before."""
    days = (_day(value) - (today or timezone.localdate())).days
    if days < 0:
        return c.Pill(f"逾期 {-days} 天", "alarm", c.BAD)
    if days == 0:
        return c.Pill("今天到期", "clock-hour-4", c.WARN)
    return c.Pill(f"剩 {days} 天", *(("clock-hour-4", c.WARN) if days <= 7 else ("hourglass", c.GREY)))


def _day(value: date) -> date:
    local = _local(value)
    return local.date() if isinstance(local, datetime) else local


@register.simple_tag
def due(value: date | None) -> SafeString | str:
    """Draw the deadline label of a date or instant; nothing for None."""
    return "" if value is None else _pill(due_pill(value))


# --- components ----------------------------------------------------------------------------------------


@register.inclusion_tag("components/_seats.html")
def seats(
    marks: Iterable[str], gate: int | None = None, gate_text: str = "", label: str = ""
) -> dict[str, Any]:
    """Draw one square per seat; ``gate`` puts the gold line after that many seats (1-based).

    ``marks`` are keys of ``components.SEAT_MARKS``; ``label`` is read aloud, by default counted from them.
    """
    keys = list(marks)
    strip = [(c.SEAT_MARKS[key], position == gate) for position, key in enumerate(keys, start=1)]
    counts = "，".join(f"{c.SEAT_MARKS[key].word} {n} 人" for key, n in Counter(keys).items())
    spoken = label or "，".join(filter(None, [f"应到 {len(keys)} 人", counts, gate_text]))
    return {"strip": strip, "gate_text": gate_text or (f"须 {gate} 人" if gate else ""), "label": spoken}


@register.inclusion_tag("components/_bar.html")
def bar(value: int, note: str = "", label: str = "完成进度") -> dict[str, Any]:
    """Draw a progress bar of 0–100 percent with the number and the progress in words beside it."""
    return {"value": value, "note": note, "label": label}


@register.inclusion_tag("components/_verdict.html")
def verdict(
    tone: str, title: str, text: str = "", icon: str = "", url: str = "", action: str = "", role: str = ""
) -> dict[str, Any]:
    """Draw a conclusion line: tone ok/warn/bad/run, one bold sentence, one reason, at most one button."""
    return {
        "tone": tone,
        "title": title,
        "text": text,
        "icon": icon or c.TONE_ICONS[tone],
        "url": url,
        "action": action,
        "role": role or ("alert" if tone == c.BAD else "status"),
    }


@register.inclusion_tag("components/_verdict.html")
def message_verdict(message: Any) -> dict[str, Any]:
    """Draw one message of django.contrib.messages as a conclusion line."""
    tone = MESSAGE_TONES[message.level_tag]
    return {
        "tone": tone,
        "title": str(message),
        "icon": c.TONE_ICONS[tone],
        "role": "alert" if tone == c.BAD else "status",
    }


def check_row(check: Check) -> dict[str, Any]:
    """Return how one check is drawn: row class, mark and label."""
    if not check.is_failing:
        return {"check": check, "css": "is-ok", "icon": "circle-check", "color": "t-ok", "pill": None}
    word = c.level_word(check.level, check.ok)
    look = c.pill_for(Level(check.level).label)
    row = {Level.WARN: ("is-warn", "t-warn"), Level.INFO: ("is-ok", "t-run")}
    css, color = row.get(Level(check.level), ("is-stop", "t-bad"))
    return {
        "check": check,
        "css": css,
        "icon": look.icon,
        "color": color,
        "pill": c.pill_for(word),
        "level": look,
    }


@register.inclusion_tag("components/_checklist.html")
def checklist(checks: Iterable[Check], primary: bool = False) -> dict[str, Any]:
    """Draw a check list, what stops first, what is met in one line; ``primary`` seals the first button to mend."""
    given = list(checks)
    met = [check for check in given if not check.is_failing]
    rows = [check_row(check) for check in [*failing(given), *met]]
    sealed = next((row for row in rows if row["check"].is_failing and row["check"].fix_url), None)
    return {"rows": rows, "sealed": sealed if primary else None}


@register.inclusion_tag("components/_route.html")
def route(steps: Sequence[c.Step]) -> dict[str, Any]:
    """Draw the route stepper of an item."""
    return {"steps": steps}


@register.inclusion_tag("components/_empty.html")
def empty(icon: str, title: str, text: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """Draw an empty state: why it is empty, what comes next, one button."""
    return {"icon": icon, "title": title, "text": text, "url": url, "action": action}


# --- forms ------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/_field.html")
def field(bound: forms.BoundField, hint: str = "", label: str = "") -> dict[str, Any]:
    """Draw one form field: label with （必填）, control, hint and error tied together by aria-describedby."""
    widget = bound.field.widget
    grouped = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    single = isinstance(widget, forms.CheckboxInput)
    base = "form-check-input" if grouped or single else "form-control"
    if isinstance(widget, forms.Select) and not grouped:
        base = "form-select"
    described = [f"{bound.auto_id}_hint"] if hint or bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    known = widget.attrs.get("class", "").split()
    wanted = [base, *(["is-invalid"] if bound.errors else [])]
    widget.attrs["class"] = " ".join([*known, *(name for name in wanted if name not in known)])
    if described and not grouped:
        widget.attrs["aria-describedby"] = " ".join(described)
    return {
        "bound": bound,
        "hint": hint or bound.help_text,
        "label": label or bound.label,
        "grouped": grouped,
        "single": single,
        "described": " ".join(described),
        "errors": [_plain_error(bound, error) for error in bound.errors.as_data()] if bound.errors else [],
    }


def _plain_error(bound: forms.BoundField, error: ValidationError) -> str:
    """The words of an error; the framework's bare 必填 becomes a sentence that names the field."""
    words = "；".join(error.messages)
    if error.code != "required" or words != forms.Field.default_error_messages["required"]:
        return words
    chosen = isinstance(bound.field, forms.ChoiceField | forms.ModelChoiceField)
    return f"请{'选择' if chosen else '填写'}{bound.label}。"


@register.inclusion_tag("components/_form_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """Draw the summary of a refused form with a link to each field; nothing while there is no error."""
    fields = [form[name] for name in form.errors if name in form.fields]
    general = form.non_field_errors() if form.is_bound else []
    lead, _, rest = "；".join(general).partition("。")
    return {"fields": fields, "general": general, "count": len(fields), "lead": lead, "rest": rest}


@register.simple_tag
def nav_url(name: str) -> str:
    """Return the address of a room, or # while the room is not there yet."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return "#"
