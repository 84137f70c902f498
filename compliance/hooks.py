"""A sealed act of a school asks for a re-check of that school once its transaction commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction

from common.errors import Blocked
from common.middleware import blocked_listeners
from compliance.services.attempts import record_attempt
from ledger import services as ledger

_paused = 0


class SchoolRecheck:
    """What one transaction has to re-check in one school: kinds of acts gather here until it commits."""

    def __init__(self, school_id: int) -> None:
        self.school_id = school_id
        self.kinds: set[str] = set()

    def __call__(self) -> None:
        from compliance.tasks import recheck_school

        recheck_school.delay(self.school_id, sorted(self.kinds))


def heard(chain_key: str, kind: str) -> None:
    """Called by the ledger for every sealed act; one task per school and transaction, none on rollback."""
    owner, _, key = chain_key.partition(":")
    if owner != "school" or _paused or not settings.COMPLIANCE_RECHECK:
        return
    pending: SchoolRecheck | None = next(
        (
            entry[1]
            for entry in transaction.get_connection().run_on_commit
            if isinstance(entry[1], SchoolRecheck) and entry[1].school_id == int(key)
        ),
        None,
    )
    if pending is None:
        pending = SchoolRecheck(int(key))
        callback: Any = pending
        # The act stands whatever becomes of the queue; the nightly evaluation catches up.
        transaction.on_commit(callback, robust=True)
    pending.kinds.add(kind)


def is_paused() -> bool:
    """Whether acts are being loaded in bulk, to be caught up with at the end."""
    return _paused > 0


@contextmanager
def paused() -> Iterator[None]:
    """No re-checks inside: for bulk loading, which ends with one whole evaluation."""
    global _paused
    _paused += 1
    try:
        yield
    finally:
        _paused -= 1


def refused(request: Any, refusal: Blocked) -> None:
    """Called for every act that rules refused: keep it where a person of a school tried it there."""
    match = request.resolver_match
    own = match is None or match.app_name == "compliance"  # answers to findings form no decision
    if not own and request.user.is_authenticated and request.school:
        record_attempt(
            school=request.school,
            actor=request.user,
            view=match.view_name,
            path=request.path,
            refusal=refusal,
        )


def connect() -> None:
    """Listen to the ledger and to refusals; called once when the apps are ready."""
    if heard not in ledger.listeners:
        ledger.listeners.append(heard)
    if refused not in blocked_listeners:
        blocked_listeners.append(refused)
