"""A sealed act of a school, and every evaluation, ask for the figures of the schools concerned after commit."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from compliance import hooks as compliance_hooks
from compliance import registry
from compliance.models import Evaluation
from compliance.services import evaluation
from ledger import services as ledger
from oversight.measures import measures


class SchoolRefresh:
    """What one transaction did in one school: kinds of acts gather here until it commits."""

    def __init__(self, school_id: int) -> None:
        self.school_id = school_id
        self.kinds: set[str] = set()

    def __call__(self) -> None:
        from oversight.tasks import refresh_school

        refresh_school.delay(self.school_id, sorted(self.kinds))


def heard(chain_key: str, kind: str) -> None:
    """Called by the ledger for every sealed act; one task per school and transaction, none on rollback."""
    owner, _, key = chain_key.partition(":")
    if owner != "school" or compliance_hooks.is_paused() or not settings.COMPLIANCE_RECHECK:
        return
    pending: SchoolRefresh | None = next(
        (
            entry[1]
            for entry in transaction.get_connection().run_on_commit
            if isinstance(entry[1], SchoolRefresh) and entry[1].school_id == int(key)
        ),
        None,
    )
    if pending is None:
        pending = SchoolRefresh(int(key))
        callback: Any = pending
        # The act stands whatever becomes of the queue; the nightly rebuild catches up.
        transaction.on_commit(callback, robust=True)
    pending.kinds.add(kind)


def evaluated(run: Evaluation, schools: Sequence[int]) -> None:
    """Called after every evaluation that kept findings: refresh what is built on its rules, all after a whole one."""
    from oversight.tasks import refresh_checked

    asked = set(run.rules)
    is_whole = asked >= set(registry.RULES) and run.finished_at is not None
    keys = [m.key for m in measures() if is_whole or "*" in m.rules or asked & set(m.rules)]
    checked_at = run.finished_at.isoformat() if is_whole and run.finished_at else ""
    transaction.on_commit(partial(refresh_checked.delay, list(schools), keys, checked_at), robust=True)


def connect() -> None:
    """Listen to the ledger and to evaluations; called once when the apps are ready."""
    if heard not in ledger.listeners:
        ledger.listeners.append(heard)
    if evaluated not in evaluation.listeners:
        evaluation.listeners.append(evaluated)
