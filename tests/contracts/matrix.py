"""Answers of one act to the whole cast, as one row of letters, and the fingerprint of everything stored.

    +  done        .  404 may not know it exists        x  403 may not do it
                   -  409 not in this state             !  422 a rule blocks it

The columns of a row, in the order of ROLES:

    书记 校长 专职副书记 副校长 副校长 纪检委员 | 非党组织班子副校长 行政班子成员 | 会议秘书
    | 经办人（总务） 教务 | 任期已满者 外校书记 区督查员 外来人
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from common.errors import Refusal
from ledger.models import LedgerEntry
from tests.factories.cast import Cast

ROLES = (
    *("secretary", "principal", "deputy", "vice", "vice_second", "discipline"),
    *("vice_non_party", "admin_member"),
    "clerk",
    *("staff", "teacher"),
    *("ended", "other_secretary", "inspector", "outsider"),
)
GROUPS = (6, 2, 1, 2, 4)
LETTERS = {404: ".", 403: "x", 409: "-", 422: "!"}
OWN_APPS = (
    *("accounts", "governance", "decisions", "meetings"),
    *("compliance", "documents", "handover", "notifications", "ledger", "guardian"),
)

Act = Callable[[Any, Any], Any]


def spaced(letters: str) -> str:
    """A row as it is written in the tables: the groups of the cast apart."""
    parts, rest = [], letters
    for size in GROUPS:
        parts.append(rest[:size])
        rest = rest[size:]
    return " ".join(parts)


def stored() -> dict[str, str]:
    """One digest per table of ours: state, events, field history, ledger, outbox, numbers and rights."""
    tables = sorted(
        {
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.app_label in OWN_APPS and not model._meta.proxy
        }
    )
    parts = [
        f"SELECT '{table}', count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
        f' FROM "{table}" t'
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def answer(act: Act, world: Any, actor: Any) -> str:
    """The letter of one cell. A done act is undone; what a refusal leaves behind stays to be seen."""
    point = transaction.savepoint()
    try:
        act(world, actor)
    except Refusal as refusal:
        transaction.savepoint_commit(point)
        return LETTERS[refusal.status]
    transaction.savepoint_rollback(point)
    return "+"


def rows(acts: dict[str, Act], world: Any, cast: Cast) -> dict[str, str]:
    """Every act × every cast member; fails where any refusal changed anything stored."""
    before = stored()
    table = {
        name: spaced("".join(answer(act, world, getattr(cast, role)) for role in ROLES))
        for name, act in acts.items()
    }
    assert stored() == before, "a refusal left something behind"
    return table


def check_rows(expected: dict[str, str], acts: dict[str, Act], world: Any, cast: Cast) -> None:
    """Compare with the literal table of one state, act by act."""
    found = rows({name: acts[name] for name in expected}, world, cast)
    if found != expected:
        lines = "\n".join(f'        "{name}": "{row}",' for name, row in found.items())
        wrong = [name for name in found if found[name] != expected.get(name)]
        pytest.fail(f"differs in {wrong}; found:\n{lines}")


def histories() -> dict[type, int]:
    """The newest history row of every model with field history."""
    return {
        model.history.model: model.history.model.objects.order_by("-history_id")
        .values_list("history_id", flat=True)
        .first()
        or 0
        for model in apps.get_models()
        if hasattr(model, "history") and model._meta.app_label in OWN_APPS
    }


def new_history(before: dict[type, int]) -> list[Any]:
    """History rows written since."""
    return [row for model, last in before.items() for row in model.objects.filter(history_id__gt=last)]


def last_sealed() -> int:
    return LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def sealed_since(last: int) -> list[str]:
    """Kinds of the ledger entries written since, in order."""
    return list(LedgerEntry.objects.filter(pk__gt=last).order_by("pk").values_list("kind", flat=True))
