"""Acts committed one by one: every formal record is as it was sealed, and no act leaves one unsealed."""

import sys
from collections.abc import Iterator

import pytest
from django.db import connection

from config.celery import app
from ledger.models import Chain, LedgerEntry
from ledger.rows import REGISTRY, Touched
from ledger.services import verify
from tests.factories.cast import make_cast
from tests.ledger.walk import walk
from workbench.ledger_words import KINDS


def acting() -> str:
    """The service whose transaction was committed, e.g. meetings.services.conclusion.conclude_entry."""
    frame = sys._getframe()
    while frame is not None and not ("func" in frame.f_locals and frame.f_code.co_name == "inner"):
        frame = frame.f_back
    return f"{frame.f_locals['func'].__module__}.{frame.f_locals['func'].__name__}" if frame else "?"


@pytest.fixture
def unsealed(transactional_db, monkeypatch) -> Iterator[list[str]]:
    """Every record that some transaction wrote and left formal without sealing it. PDFs wait in the queue."""
    app.conf.task_always_eager = False
    found: list[str] = []
    run_hooks = connection.run_and_clear_commit_hooks

    def committed() -> None:
        hooks = [hook for _, hook, _ in connection.run_on_commit if isinstance(hook, Touched)]
        run_hooks()
        for hook in hooks:
            if not hook.is_sealed and REGISTRY[hook.label].rows({hook.pk}).exists():
                found.append(f"{acting()} {hook.label}:{hook.pk}")

    monkeypatch.setattr(connection, "run_and_clear_commit_hooks", committed)
    yield found
    app.conf.task_always_eager = True


def test_no_act_leaves_a_record_unsealed(unsealed):
    cast = make_cast()
    alarms = {}
    for chapter in walk(cast):
        keys = list(Chain.objects.values_list("key", flat=True))
        breaches = [breach for key in keys for breach in verify(key, with_rows=True)]
        found = unsealed + [f"{breach.row or breach.chain}: {breach.problem}" for breach in breaches]
        unsealed.clear()
        if found:
            alarms[chapter] = found
    assert alarms == {}
    sealed = {
        row.split(":")[0] for rows in LedgerEntry.objects.values_list("rows", flat=True) for row in rows
    }
    assert set(REGISTRY) - sealed == set()  # the walk came by every formal record
    kinds = set(LedgerEntry.objects.filter(chain__key__startswith="school:").values_list("kind", flat=True))
    assert kinds - set(KINDS) == set()  # each act has words on the page 存证
