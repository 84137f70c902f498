"""Every POST of the site with a body that its rightful actor may send, and who else may send it.

A model instance in a body stands for its number: test_escalation also sends the number of a like record the actor has
no right to. `prepare` brings the world to the state the act starts from; it runs in the transaction of the test.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.contracts.world import World

Body = dict[str, Any]
PARTY = "secretary principal deputy vice vice_second discipline organizer"
LEADERS = f"{PARTY} vice_non_party admin_member admin_second"
SERVING = f"{LEADERS} clerk staff teacher finance archivist"
EVIDENCE = "secretary principal deputy vice clerk"
PARTY_DESK = "secretary principal deputy clerk"
ADMIN_DESK = "principal clerk"
SITTING_DESK = f"{ADMIN_DESK} archivist"  # who records `sitting` by delegation too
HEADS = "secretary principal"
DISTRICT = "inspector district_leader"
REGISTRARS = f"secretary clerk {DISTRICT}"
# The address names no school: 外校书记 changes the own one, and test_escalation sees that ours stays as it was.
OTHER_SCHOOL = "other_secretary"


def nothing(world: World) -> Body:
    return {}


def day(days: int = 0) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def moment(days: int = 0) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def reason(world: World) -> Body:
    return {"reason": "情况有变", "note": "情况有变"}


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("佐证.txt", "佐证".encode(), "text/plain")


@dataclass(frozen=True)
class Post:
    """One POST: where, who may, and what is sent. `may` are names of the cast; the first is the one who tries."""

    route: str
    args: Callable[[World], tuple[Any, ...]]
    may: str
    body: Callable[[World], Body] = nothing
    prepare: Callable[[World], Any] = field(default=lambda world: None)
    query: str = ""

    @property
    def names(self) -> list[str]:
        return self.may.split()


def item(name: str, *more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.items[name].pk, *more)


def task(name: str, *more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.tasks[name].pk, *more)


def meeting(name: str, *more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.meetings[name].pk, *more)


def part(name: str, *more: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.parts[name].pk, *more)


def none(world: World) -> tuple[Any, ...]:
    return ()


def words(*args: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: args
