"""What a recorder does on one agenda entry: parse, call the service, say where to go on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.http import HttpRequest

from governance.selectors import people_of
from meetings import forms
from meetings.models import AgendaEntry, Attendance
from meetings.services import conclusion, deliberation


class Invalid(Exception):
    """Input that cannot be understood: the form, shown again with what was typed."""

    def __init__(self, form: django_forms.Form, slot: str = "") -> None:
        self.form, self.slot = form, slot
        super().__init__("invalid input")

    @property
    def text(self) -> str:
        return forms.faults(self.form)


@dataclass
class Done:
    """What an act leaves: the new version of its record, where to go on, what to say."""

    version: int | None = None
    entry_id: int | None = None
    focus: str = ""
    message: str = ""


def clean(form: django_forms.Form, slot: str = "") -> dict[str, Any]:
    """The cleaned input, else Invalid."""
    if not form.is_valid():
        raise Invalid(form, slot)
    return form.cleaned_data


def _open(request: HttpRequest, entry_id: int, part: int) -> Done:
    deliberation.open_entry(entry_id, actor=request.user)
    return Done(entry_id=entry_id)


def _study(request: HttpRequest, entry_id: int, part: int) -> Done:
    entry = deliberation.finish_first_topic(entry_id, actor=request.user)
    return Done(entry_id=_next_of(request, entry), message="已记录学习。")


def _next_of(request: HttpRequest, entry: AgendaEntry) -> int | None:
    """Go on with the next waiting entry and take it up at once."""
    rows = AgendaEntry.objects.visible_to(request.user).filter(meeting=entry.meeting_id, state="waiting")
    later = rows.filter(position__gt=entry.position).order_by("position").first() or rows.first()
    if later is None:
        return entry.pk
    deliberation.open_entry(later.pk, actor=request.user)
    return later.pk


def _conclude(request: HttpRequest, entry_id: int, part: int) -> Done:
    data = clean(forms.ConcludeForm(request.POST))
    entry = conclusion.conclude_entry(
        entry_id, actor=request.user, outcome=data["outcome"], version=data["version"]
    )
    return Done(
        entry_id=_next_of(request, entry), message=f"“{entry.title}”已结束：{entry.get_outcome_display()}。"
    )


def _save(request: HttpRequest, entry_id: int, part: int) -> Done:
    form = forms.EntryForm(request.POST)
    data = clean(form)
    entry = deliberation.save_entry(
        entry_id,
        actor=request.user,
        version=data["version"],
        decision_text=data["decision_text"] if "decision_text" in request.POST else None,
        method=data["method"] or None,
    )
    return Done(version=entry.version)


def _say(request: HttpRequest, entry_id: int, part: int) -> Done:
    form = forms.NewStatementForm(request.POST)
    data = clean(form, "say_form")
    statement = deliberation.add_statement(
        entry_id,
        actor=request.user,
        seat_id=form.seat_id,
        observer_id=form.observer_id,
        text=data["text"],
        stance=data["stance"] if form.seat_id else "",
        is_written=data["is_written"],
    )
    return Done(version=statement.version, focus=f"say-{statement.pk}")


def _say_save(request: HttpRequest, entry_id: int, part: int) -> Done:
    data = clean(forms.StatementVersionForm(request.POST))
    statement = deliberation.save_statement(
        part, actor=request.user, text=data["text"], stance=data["stance"], version=data["version"]
    )
    return Done(version=statement.version)


def _say_move(is_up: bool) -> Callable[[HttpRequest, int, int], Done]:
    def move(request: HttpRequest, entry_id: int, part: int) -> Done:
        deliberation.move_statement(part, actor=request.user, is_up=is_up)
        return Done(focus=f"say-{part}")

    return move


def _say_remove(request: HttpRequest, entry_id: int, part: int) -> Done:
    deliberation.remove_statement(part, actor=request.user)
    return Done()


def _recuse(request: HttpRequest, entry_id: int, part: int) -> Done:
    data = clean(forms.RecusalForm(request.POST))
    deliberation.recuse(entry_id, actor=request.user, seat_id=data["seat"], reason=data["reason"])
    return Done()


def _recusal_end(request: HttpRequest, entry_id: int, part: int) -> Done:
    deliberation.end_recusal(part, actor=request.user)
    return Done()


def _tally_add(request: HttpRequest, entry_id: int, part: int) -> Done:
    data = clean(forms.QuestionForm(request.POST))
    tally = deliberation.add_tally(entry_id, actor=request.user, question=data["question"])
    return Done(focus=f"tally-{tally.pk}")


def _tally_save(request: HttpRequest, entry_id: int, part: int) -> Done:
    seats = Attendance.objects.visible_to(request.user).filter(meeting__entries=entry_id)
    form = forms.TallyForm(request.POST, voters=seats.values_list("seat", flat=True))
    data = dict(clean(form))
    version, invalid = data.pop("version"), data.pop("invalid") or 0
    tally = deliberation.save_tally(part, actor=request.user, version=version, invalid=invalid, **data)
    return Done(version=tally.version)


def _ballots(request: HttpRequest, entry_id: int, part: int) -> Done:
    data = clean(forms.VersionForm(request.POST))
    choices = forms.named_choices(request.POST)
    tally = deliberation.save_ballots(part, actor=request.user, version=data["version"], choices=choices)
    return Done(version=tally.version)


def _task_add(request: HttpRequest, entry_id: int, part: int) -> Done:
    entry = AgendaEntry.objects.visible_to(request.user).select_related("meeting__school").get(pk=entry_id)
    meeting = entry.meeting
    data = clean(
        forms.TaskDraftForm(
            request.POST, people=people_of(meeting.school), is_retrospective=meeting.is_retrospective
        ),
        "task_form",
    )
    deliberation.add_task_draft(entry_id, actor=request.user, **{**data, "helpers": list(data["helpers"])})
    return Done(focus="tasks")


def _task_remove(request: HttpRequest, entry_id: int, part: int) -> Done:
    deliberation.remove_task_draft(part, actor=request.user)
    return Done()


ACTS: dict[str, Callable[[HttpRequest, int, int], Done]] = {
    "open": _open,
    "study": _study,
    "conclude": _conclude,
    "save": _save,
    "say": _say,
    "say-save": _say_save,
    "say-up": _say_move(True),
    "say-down": _say_move(False),
    "say-remove": _say_remove,
    "recuse": _recuse,
    "recusal-end": _recusal_end,
    "tally-add": _tally_add,
    "tally-save": _tally_save,
    "ballots": _ballots,
    "task-add": _task_add,
    "task-remove": _task_remove,
}
