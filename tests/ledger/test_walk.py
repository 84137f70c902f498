"""Acts committed one by one: every formal record is as it was sealed, and no act leaves one unsealed."""

import random
import sys
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from config.celery import app
from ledger.models import Chain, LedgerEntry
from ledger.rows import REGISTRY, Touched
from ledger.services import verify
from tests.factories.cast import make_cast
from tests.ledger.test_rows import attempt_on
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


def tampered() -> set[str]:
    """Change, take and invent one row in every table of field history, past its triggers: those each time named."""
    dice, named = random.Random(20261127), []
    keys = list(Chain.objects.values_list("key", flat=True))
    for act in ("change", "delete", "insert"):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
            for sealed in REGISTRY.values():
                rows = [row["pk"] for key in keys for row in sealed.of_chain(key)]
                if sealed.history is not None and rows:
                    assert attempt_on(sealed, dice.choice(rows), act, dice, in_history=True).make()
            named.append(
                {
                    b.row.split(":")[0]
                    for key in keys
                    for b in verify(key, with_rows=True)
                    if "痕迹" in b.problem
                }
            )
            transaction.set_rollback(True)
    return named[0] & named[1] & named[2]


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
    assert {label for label, sealed in REGISTRY.items() if sealed.history is not None} == tampered()
    kinds = set(LedgerEntry.objects.filter(chain__key__startswith="school:").values_list("kind", flat=True))
    assert kinds - set(KINDS) == set()  # each act has words on the page 存证
