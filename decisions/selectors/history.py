"""Field-level before and after, read from the history every formal record keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import models
from django.utils import timezone

from accounts.models import User
from common.templatetags.ui import cn_date, cn_datetime, cn_money
from decisions.models import Attachment, DecisionItem, Prerequisite, Resolution, Stage, Task

# What is told of each record, in the order of the form. Bookkeeping (version, times of saving) is left out.
TOLD: dict[type[models.Model], tuple[str, ...]] = {
    DecisionItem: (
        "title",
        "background",
        "proposal",
        "amount",
        "fund_source",
        "department",
        "observers",
        "proposer",
        "presenter",
        "access_scope",
        "state",
        "round",
        "completion_note",
    ),
    Stage: ("state", "outcome", "confirmed_by"),
    Prerequisite: ("is_void", "void_reason"),
    Attachment: ("is_withdrawn",),
    Resolution: ("state", "text"),
    Task: ("state", "progress", "due_on", "owner", "department", "progress_note"),
}
CONTENT = TOLD[DecisionItem][:10]
MERGE_WITHIN = timedelta(minutes=30)
SHORT = 16
EMPTY = "（空）"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record before and after."""

    label: str
    before: str
    after: str

    @property
    def is_short(self) -> bool:
        """Whether both fit on one line."""
        return len(self.before) + len(self.after) <= SHORT


@dataclass(slots=True)
class Revision:
    """One save of one record that changed something people look at."""

    at: datetime
    actor_id: int | None
    actor: str
    subject: str
    reason: str
    changes: list[Change]
    record: tuple[str, int]
    fields: tuple[str, ...]


def _field(model: type[models.Model], name: str) -> models.Field:
    """One of the told fields, which are all columns of their own table."""
    return cast(models.Field, model._meta.get_field(name))


def _shown(field: models.Field, value: Any, names: dict[int, str]) -> str:
    if value is None or value == "":
        return EMPTY
    if field.is_relation:
        return names.get(value, str(value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return "是" if value else "否"
    if isinstance(field, models.DateTimeField):
        return cn_datetime(value)
    if isinstance(field, models.DateField):
        return cn_date(value)
    if field.name == "amount":
        return cn_money(value)
    return str(value)


def changes_between(
    model: type[models.Model], before: Any, after: Any, fields: Iterable[str], names: dict[int, str]
) -> list[Change]:
    """The named fields in which two states of a record differ, in words."""
    found = []
    for name in fields:
        field = _field(model, name)
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new:
            label = str(field.verbose_name)
            found.append(Change(label, _shown(field, old, names), _shown(field, new, names)))
    return found


def revisions_of(item: DecisionItem) -> list[Revision]:
    """Every change of the item, its stages, evidence, files, resolutions and tasks, newest first; seven queries.

    Saves of the same fields by one person within half an hour (a draft that saves itself) are told as one.
    """
    rows: list[tuple[type[models.Model], Any, Any]] = []
    for model, fields in TOLD.items():
        history: Any = model.history  # type: ignore[attr-defined] # put on the class by simple_history
        kept = history.filter(**({"id": item.pk} if model is DecisionItem else {"item_id": item.pk}))
        previous: dict[int, Any] = {}
        attnames = {_field(model, name).attname for name in fields}
        for row in kept.order_by("history_date", "history_id"):
            old = previous.get(row.id)
            if old is not None and any(getattr(old, name) != getattr(row, name) for name in attnames):
                rows.append((model, old, row))
            previous[row.id] = row
    names = _names(rows)
    rows.sort(key=lambda entry: (entry[2].history_date, entry[2].history_id))
    revisions: list[Revision] = []
    for model, old, row in rows:
        changed = tuple(
            name
            for name in TOLD[model]
            if getattr(old, _field(model, name).attname) != getattr(row, _field(model, name).attname)
        )
        told = Revision(
            at=row.history_date,
            actor_id=row.history_user_id,
            actor=names.get(row.history_user_id, "系统"),
            subject=subject_of(model, row),
            reason=row.history_change_reason or "",
            changes=changes_between(model, old, row, changed, names),
            record=(model._meta.model_name or "", row.id),
            fields=changed,
        )
        last = revisions[-1] if revisions else None
        if (
            last
            and (last.record, last.fields, last.actor_id) == (told.record, told.fields, told.actor_id)
            and told.at - last.at <= MERGE_WITHIN
            and "state" not in told.fields
        ):
            told.changes = [
                Change(new.label, old_change.before, new.after)
                for old_change, new in zip(last.changes, told.changes, strict=True)
            ]
            revisions.pop()
        revisions.append(told)
    return [one for one in reversed(revisions) if any(c.before != c.after for c in one.changes)]


def subject_of(model: type[models.Model], row: Any) -> str:
    """What the changed record is called on the page."""
    kind = str(model._meta.verbose_name)
    if model is Stage:
        return f"第{row.round}轮{row.get_purpose_display()}"
    if model is Prerequisite:
        return f"{kind} {row.get_kind_display()}"
    if model is Attachment:
        return f"{kind} {row.name}"
    if model is Resolution:
        return f"{kind} {row.number}"
    if model is Task:
        return f"{kind} {row.title}"
    return kind


def _names(rows: Iterable[tuple[type[models.Model], Any, Any]]) -> dict[int, str]:
    people: set[int] = set()
    for model, old, row in rows:
        if row.history_user_id:
            people.add(row.history_user_id)
        for name in TOLD[model]:
            field = _field(model, name)
            if field.is_relation:
                people.update(pk for pk in (getattr(old, field.attname), getattr(row, field.attname)) if pk)
    return {person.pk: str(person) for person in User.objects.filter(pk__in=people)}


def changed_since(item: DecisionItem, version: int) -> dict[str, Any]:
    """Who changed the content of an item since a version, when, and what: for the 409 of a stale save."""
    base = item.history.filter(version=version).order_by("-history_date", "-history_id").first()
    newest = item.history.select_related("history_user").order_by("-history_date", "-history_id").first()
    if base is None or newest is None:
        return {"by": "他人", "at": timezone.now(), "changes": []}
    names = _names([(DecisionItem, base, newest)])
    return {
        "by": str(newest.history_user or "他人"),
        "at": newest.history_date,
        "changes": [
            {"label": change.label, "before": change.before, "after": change.after}
            for change in changes_between(DecisionItem, base, newest, CONTENT, names)
        ],
    }
