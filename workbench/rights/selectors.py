"""What the page of rights shows: the two matrices, one role, one act."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from governance.choices import AccessScope
from workbench.rights.catalogue import (
    BLOCKED,
    HELD,
    HIDDEN,
    LATE,
    REFUSED,
    SOME,
    YES,
    Act,
    Line,
    acts,
    doing,
    roles,
    seeing,
)

# Mark → (class, words) on the page; the first mark found of these stands for a whole act.
SEES = {YES: ("is-yes", "看得到"), SOME: ("is-part", "看得到一部分"), HIDDEN: ("is-off", "看不到")}
DOES = {
    YES: ("is-yes", "可以办"),
    BLOCKED: ("is-part", "有权，规则未满足时拒绝"),
    LATE: ("is-late", "有权，此状态不能办"),
    REFUSED: ("is-no", "看得到，无权办"),
    HIDDEN: ("is-off", "看不到，也不能办"),
}
RESTRICTED = str(AccessScope.RESTRICTED.label)


@dataclass(frozen=True)
class Cell:
    """One mark as drawn."""

    role: str
    mark: str
    css: str
    words: str


@dataclass(frozen=True)
class Row:
    """One row of a matrix."""

    title: str
    note: str
    cells: list[Cell]
    act: Act | None = None


Groups = list[tuple[str, list[Row]]]


def _cells(marks: dict[str, str], looks: dict[str, tuple[str, str]]) -> list[Cell]:
    return [Cell(role, mark, *looks[mark]) for role, mark in marks.items()]


def _matches(q: str, *texts: str) -> bool:
    return all(any(word in text for text in texts) for word in q.split())


def _grouped(rows: Iterable[tuple[str, Row]]) -> Groups:
    return [(subject, [row for _, row in found]) for subject, found in groupby(rows, key=lambda row: row[0])]


def sight(q: str = "") -> Groups:
    """看: each kind of record by state and scope × role."""
    return _grouped(
        (line.subject, Row("、".join(line.states), line.scope, _cells(dict(line.marks), SEES)))
        for line in seeing()
        if _matches(q, line.subject, *line.states, line.scope)
    )


def _lines_of(act: Act) -> list[Line]:
    return [line for line in doing() if (line.subject, line.key) == (act.subject, act.key)]


def _best(lines: list[Line]) -> dict[str, str]:
    """For every role the most an act allows it in any state."""
    return {
        role: next(mark for mark in DOES if any(line.marks[role] == mark for line in lines))
        for role in lines[0].marks
    }


def power(q: str = "") -> Groups:
    """办: each act × role, with the most the role may in any state."""
    return _grouped(
        (act.subject, Row(act.label, act.need, _cells(_best(_lines_of(act)), DOES), act))
        for act in acts().values()
        if _matches(q, act.subject, act.label, act.need, *(f"{g.code} {g.text}" for g in act.grounds))
    )


def act_rows(act: Act) -> list[Row]:
    """One act: each group of states with the same answers, as the services give them."""
    return [
        Row("、".join(line.states), line.scope, _cells(dict(line.marks), DOES)) for line in _lines_of(act)
    ]


def _where(line: Line) -> str:
    places = "、".join(line.states)
    return f"{places}（{line.scope}）" if line.scope == RESTRICTED else places


def of_role(role: str) -> dict[str, Any]:
    """Everything one role sees and may do, in words, and what it may not."""
    sees: dict[str, list[str]] = {}
    for line in seeing():
        if line.marks[role] != HIDDEN:
            scope = f"（{line.scope}）" if line.scope else ""
            sees.setdefault(line.subject, []).append("、".join(line.states) + scope)
    does, never = [], []
    for act in acts().values():
        lines = [line for line in _lines_of(act) if role in line.marks]
        open_in = [_where(line) for line in lines if line.marks[role] == YES]
        if any(line.marks[role] in HELD for line in lines):
            does.append((act, open_in))
        else:
            never.append(act)
    hidden = [line.subject for line in seeing() if line.subject not in sees]
    return {
        "name": role,
        "note": roles()[role],
        "sees": sees,
        "does": does,
        "never": [(s, [a.label for a in found]) for s, found in groupby(never, key=lambda a: a.subject)],
        "hidden": list(dict.fromkeys(hidden)),
    }
