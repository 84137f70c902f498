"""Answers of one act to the whole cast against workbench/rights/data, and the fingerprint of everything stored."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from common.errors import Refusal
from governance.choices import AccessScope
from ledger.models import LedgerEntry
from tests.factories.cast import Cast
from workbench.rights import catalogue

INTERNAL, RESTRICTED = AccessScope.INTERNAL.label, AccessScope.RESTRICTED.label
# The roles of the catalogue → the cast of the tests.
CAST = {
    "书记": "secretary",
    "校长": "principal",
    "专职副书记": "deputy",
    "提出人": "vice",
    "汇报人": "vice_second",
    "纪检委员": "discipline",
    "回避人": "organizer",
    "非党组织班子副校长": "vice_non_party",
    "行政班子成员": "admin_member",
    "会议秘书": "clerk",
    "经办人": "staff",
    "教职工": "teacher",
    "列席人": "finance",
    "任期已满者": "ended",
    "外校书记": "other_secretary",
    "区督查员": "inspector",
    "外来人": "outsider",
    "受托记录人": "archivist",
    "督查组员": "guest",
    "共享文件人": "counsel",
    "系统管理员": "system_admin",
    "安全管理员": "security_admin",
    "审计管理员": "audit_admin",
}
# Who holds an exception and little or nothing besides.
EXCEPTED = ("archivist", "guest", "counsel")
MARKS = {
    404: catalogue.HIDDEN,
    403: catalogue.REFUSED,
    409: catalogue.LATE,
    422: catalogue.BLOCKED,
}
OWN_APPS = (
    *("accounts", "governance", "decisions", "meetings", "registers"),
    *("compliance", "documents", "handover", "notifications", "ledger", "guardian"),
)

Act = Callable[[Any, Any], Any]
Place = tuple[str, str]  # state, access scope
Row = Mapping[str, str]  # role → mark


def rows_of(subject: str) -> dict[Place, dict[str, Row]]:
    """What the catalogue says of one kind of record: state and scope → act → role → mark."""
    table: dict[Place, dict[str, Row]] = {}
    for line in catalogue.doing():
        if line.subject == subject:
            for state in line.states:
                acts = table.setdefault((state, line.scope), {})
                assert line.key not in acts, f"{line.key} is decided twice in {state}"
                acts[line.key] = line.marks
    return table


def table_line(*parts: str, marks: Row) -> str:
    """One line as it stands in the tables."""
    return ",".join([*parts, *marks.values()])


def stored(school: Any = None) -> dict[str, str]:
    """One digest per table of ours: state, events, field history, ledger, outbox, numbers and rights.

    With a school, of the rows that carry it only.
    """
    found = {
        model._meta.db_table: {column.column for column in model._meta.concrete_fields}
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OWN_APPS and not model._meta.proxy
    }
    tables = sorted(table for table, columns in found.items() if school is None or "school_id" in columns)
    of = "" if school is None else f" WHERE school_id = {school.pk:d}"
    parts = [
        f"SELECT '{table}', count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
        f' FROM "{table}" t{of}'
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def answer(act: Act, world: Any, actor: Any) -> str:
    """The mark of one cell. A done act is undone; what a refusal leaves behind stays to be seen."""
    point = transaction.savepoint()
    try:
        act(world, actor)
    except Refusal as refusal:
        transaction.savepoint_commit(point)
        return MARKS[refusal.status]
    transaction.savepoint_rollback(point)
    return catalogue.YES


# Acts outside the catalogue are decided in one row of letters: 书记 to 纪检委员 | 非党组织班子副校长, 行政班子成员
# | 会议秘书 | 经办人, 教职工 | 任期已满者, 外校书记, 区督查员, 外来人.
ROLES = tuple(
    who
    for role, who in CAST.items()
    if role not in ("回避人", "列席人") and who not in EXCEPTED and not who.endswith("_admin")
)
GROUPS = (6, 2, 1, 2, 4)
LETTERS = {
    catalogue.YES: "+",
    catalogue.LATE: "-",
    catalogue.REFUSED: "x",
    catalogue.HIDDEN: ".",
    catalogue.BLOCKED: "!",
}


def spaced(letters: str) -> str:
    """A row of letters with the groups of the cast apart."""
    parts, rest = [], letters
    for size in GROUPS:
        parts.append(rest[:size])
        rest = rest[size:]
    return " ".join(parts)


def letters(act: Act, world: Any, cast: Cast) -> str:
    """One act × ROLES as letters; fails where a refusal changed anything stored."""
    before = stored()
    row = spaced("".join(LETTERS[answer(act, world, getattr(cast, who))] for who in ROLES))
    assert stored() == before, "a refusal left something behind"
    return row


def check_rows(subject: str, place: Place, acts: dict[str, Act], world: Any, cast: Cast) -> None:
    """Every act the catalogue decides in one state × every role; no refusal may change anything stored."""
    expected = rows_of(subject)[place]
    before = stored()
    found = {
        key: {role: answer(acts[key], world, getattr(cast, CAST[role])) for role in row}
        for key, row in expected.items()
    }
    assert stored() == before, "a refusal left something behind"
    wrong = [
        table_line(subject, key, *place, marks=row) for key, row in found.items() if row != expected[key]
    ]
    if wrong:
        pytest.fail("workbench/rights/data/doing.csv says otherwise; found:\n" + "\n".join(wrong))


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
