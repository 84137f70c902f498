"""What must hold in the database whatever happened to the processes: nothing half done, nothing counted twice."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Count, FileField, Max

from accounts.services import trail
from decisions.models import DecisionItem, ItemEvent, Resolution
from documents.models import IssuedDocument
from ledger.models import Chain, LedgerEntry
from ledger.services import verify


def broken(*, with_rows: bool = True) -> list[str]:
    """Every fault, in words; nothing where all acts are whole."""
    return [
        *(f"ledger: {b}" for key in chains() for b in verify(key, with_rows=with_rows and key != "security")),
        *(f"trail: {breach}" for breach in trail.verify()),
        *_acts_on_items(),
        *_rows_and_history(),
        *_numbers(),
        *_files(),
    ]


def chains() -> list[str]:
    return list(Chain.objects.order_by("key").values_list("key", flat=True))


def _acts_on_items() -> Iterator[str]:
    """Each sealed act of an item has its event, and each event of an item that is no draft its seal."""
    first = dict(ItemEvent.objects.filter(kind="item.submitted").order_by("-pk").values_list("item", "pk"))
    events = Counter(
        (f"decisions.decisionitem:{item}", kind)
        for pk, item, kind in ItemEvent.objects.values_list("pk", "item", "kind")
        if item in first and pk >= first[item]
    )
    sealed = Counter(
        LedgerEntry.objects.filter(subject__startswith="decisions.decisionitem:")
        .exclude(kind="import.recorded")
        .values_list("subject", "kind")
    )
    for key in sorted({*events, *sealed}):
        if events[key] != sealed[key]:
            yield f"{key}: {events[key]} events, {sealed[key]} seals"


def _rows_and_history() -> Iterator[str]:
    """The last line of the field history of each record is the record itself."""
    for model in apps.get_models():
        if not hasattr(model, "history") or model._meta.proxy:
            continue
        names = [f.attname for f in model.history.model.tracked_fields]
        last = model.history.values("id").annotate(last=Max("history_id")).values("last")
        kept = {
            row["id"]: row for row in model.history.filter(pk__in=last).values("id", "history_type", *names)
        }
        rows = {row["pk"]: row for row in model._base_manager.values("pk", *names)}
        for pk, row in rows.items():
            line = kept.get(pk)
            if line is None:
                yield f"{model.__name__} {pk}: no history"
            elif wrong := [name for name in names if line[name] != row[name]]:
                yield f"{model.__name__} {pk}: history differs in {wrong}"
        for pk, line in kept.items():
            if pk not in rows and line["history_type"] != "-":
                yield f"{model.__name__} {pk}: gone without history"


def _numbers() -> Iterator[str]:
    """Numbers of items, resolutions and documents: from one upwards, none twice, none left out."""
    series: dict[tuple[Any, ...], list[int]] = {}
    for school, number in (
        DecisionItem.objects.exclude(number=None).exclude(number="").values_list("school", "number")
    ):
        head, _, serial = number.rpartition("-")
        series.setdefault(("item", school, head), []).append(int(serial))
    for school, number in Resolution.objects.values_list("school", "number"):
        head, _, serial = number.rpartition("〕")
        series.setdefault(("resolution", school, head), []).append(int(serial.removesuffix("号")))
    papers = IssuedDocument.objects.exclude(kind__contains="resolution").exclude(supersedes__isnull=False)
    for school, kind, year, serial in papers.values_list("school", "kind", "year", "serial"):
        series.setdefault((kind, school, year), []).append(serial)
    for name, serials in series.items():
        if sorted(serials) != list(range(1, len(serials) + 1)):
            yield f"numbers {name}: {sorted(serials)}"
    twice = IssuedDocument.objects.values("school", "kind", "year", "serial", "version").annotate(
        n=Count("pk")
    )
    yield from (f"issued twice: {row}" for row in twice.filter(n__gt=1))


def _files() -> Iterator[str]:
    """Whatever the database counts as stored is there."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField) and not model.__name__.startswith("Historical"):
                for row in model._base_manager.exclude(**{field.name: ""}).exclude(**{field.name: None}):
                    file = getattr(row, field.name)
                    if not file.storage.exists(file.name):
                        yield f"{model.__name__} {row.pk}: {file.name} is not stored"
