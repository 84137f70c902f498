"""Acts that start at the same moment, in threads with connections of their own, and what they may leave."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from common.errors import NotNow, Refusal
from ledger.models import LedgerEntry

PATIENCE = 60  # seconds


@dataclass(frozen=True)
class Act:
    """One runner: what it does, and the kinds it seals where it succeeds."""

    do: Callable[[], Any]
    seals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Race:
    """`start` makes what is raced for and returns the runners.

    `wins` are the numbers of runners that may succeed; `losers` how the others may be refused; `after` holds what
    else must be true, asked with the answers in order.
    """

    start: Callable[[Any], list[Act]]
    wins: tuple[int, ...] = (1,)
    losers: tuple[type[Refusal], ...] = (NotNow,)
    after: Callable[[Any, list[Any]], None] | None = None
    is_rivalry: bool = False  # two different acts: run in both orders


def overlapping(*acts: Callable[[], Any]) -> list[Any]:
    """Results or exceptions, in the order of the acts, each in a thread and a connection of its own.

    The first keeps its transaction open until every other one waits for a lock or has ended: so those that wait
    go on with what they read before, the moment at which a second conclusion would slip in.
    """
    answers: list[Any] = [TimeoutError("did not end")] * len(acts)
    backends: list[int] = [0] * len(acts)
    done, release = threading.Event(), threading.Event()

    def act(index: int) -> None:
        try:
            connection.ensure_connection()
            backends[index] = connection.connection.info.backend_pid
            if index == 0:
                with transaction.atomic():
                    answers[0] = acts[0]()
                    done.set()
                    release.wait(PATIENCE)
            else:
                done.wait(PATIENCE)
                answers[index] = acts[index]()
        except Exception as error:  # noqa: BLE001 - handed back; anything but a refusal fails the race
            answers[index] = error
        finally:
            done.set()
            connection.close()

    threads = [threading.Thread(target=act, args=(index,), daemon=True) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    _until_waiting(threads[1:], backends)
    release.set()
    for thread in threads:
        thread.join(PATIENCE)
    return answers


def _until_waiting(threads: list[threading.Thread], backends: list[int]) -> None:
    """Return once each thread waits for a lock of the database or has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            waiting = {row[0] for row in cursor.fetchall()}
        pairs = zip(threads, backends[1:], strict=True)
        if all(not thread.is_alive() or backend in waiting for thread, backend in pairs):
            return
        time.sleep(0.02)


def run(race: Race, cast: Any, *, is_reversed: bool = False) -> None:
    """Run one race and compare the whole effect: who won, how the rest was refused, what was sealed, exactly."""
    acts = race.start(cast)
    if is_reversed:
        acts.reverse()
    before = last_sealed()
    answers = overlapping(*[act.do for act in acts])
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(answer, race.losers) and answer.message for answer in lost), lost
    assert len(answers) - len(lost) in race.wins, answers
    won = [act for act, answer in zip(acts, answers, strict=True) if not isinstance(answer, Exception)]
    expected = Counter(kind for act in won for kind in act.seals)
    assert Counter(sealed_since(before)) == expected
    if race.after:
        race.after(cast, answers)


def last_sealed() -> int:
    return LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def sealed_since(last: int) -> list[str]:
    """Kinds of the ledger entries of business written since; the security trail has a chain of its own."""
    return list(LedgerEntry.objects.filter(pk__gt=last).values_list("kind", flat=True))
