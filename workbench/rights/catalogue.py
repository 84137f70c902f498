"""Who sees what and who may do what: one table each, read from data/*.csv, none of it repeated in the tests.

seeing.csv: one line per kind of record, state and access scope. doing.csv: one line per act, states and access scope;
several states stand in one cell, divided by 、. A cell says for one role:

    ●  sees it; may do it                        ◐  sees some of these records
    ○  holds the right, not in this state (409)  △  holds the right, a rule blocks it (422)
    ×  knows of it, may not (403)                －  may not know it exists (404)

acts.csv names each act, who holds it and the rule or clause behind it; acts that are a Transition take name and holder
from there. `tests/contracts` asks `visible_to` and the services for every cell.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from compliance.registry import RULES
from compliance.transitions import TRANSITIONS as FINDING_ACTS
from decisions.transitions import TRANSITIONS as ITEM_ACTS
from governance.clauses import CLAUSES

DATA = Path(__file__).resolve().parent / "data"
YES, SOME, LATE, BLOCKED, REFUSED, HIDDEN = "●◐○△×－"
HELD = (YES, SOME, LATE, BLOCKED)
TRANSITIONS: dict[str, Mapping[str, Any]] = {
    "议题": {one.key: one for one in ITEM_ACTS},
    "合规问题": FINDING_ACTS,
}


@dataclass(frozen=True)
class Ground:
    """A rule of the platform or a clause of a document, by its code."""

    code: str
    text: str
    is_rule: bool


@dataclass(frozen=True)
class Act:
    """One right: what may be done to which kind of record, by whom, and why so."""

    subject: str
    key: str
    label: str
    need: str
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Line:
    """One line of a table: where it applies, and the mark of every role."""

    subject: str
    key: str
    states: tuple[str, ...]
    scope: str
    marks: Mapping[str, str]


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def _ground(code: str) -> Ground:
    if code in RULES:
        return Ground(code, RULES[code].title, True)
    return Ground(code, f"{CLAUSES[code].document}{CLAUSES[code].article}", False)


@cache
def roles() -> dict[str, str]:
    """Every role with what it stands for, in the order of the columns."""
    return {row["角色"]: row["说明"] for row in _table("roles")}


@cache
def acts() -> dict[tuple[str, str], Act]:
    """Every act by (kind of record, key)."""
    found = {}
    for row in _table("acts"):
        subject, key = row["对象"], row["权利"]
        step = TRANSITIONS.get(subject, {}).get(key)
        label, need = (step.label, step.need) if step else (row["名称"], row["由谁办理"])
        found[subject, key] = Act(subject, key, label, need, tuple(map(_ground, row["依据"].split())))
    return found


def _lines(name: str) -> list[Line]:
    return [
        Line(
            row["对象"],
            row.get("权利", ""),
            tuple(row["状态"].split("、")),
            row["知悉范围"],
            {role: row[role] for role in roles() if role in row},
        )
        for row in _table(name)
    ]


@cache
def seeing() -> list[Line]:
    """Who sees each kind of record, by state and access scope."""
    return _lines("seeing")


@cache
def doing() -> list[Line]:
    """Who may do each act, by states and access scope."""
    return _lines("doing")
