"""What each rule answers, as tables of facts: 合规, 违规, 边界 and 无法判定, without any database world.

One module per group; `ROWS[code]` is a list of (word, facts, verdict). Facts are written as a finding stores them;
the world that leads to such facts is built in test_rules_*.py.
"""

from importlib import import_module
from typing import Any

GROUPS = (
    "attendance",
    "ballots",
    "sittings",
    "statements",
    "organization",
    "items",
    "agenda",
    "preparation",
    "meetings",
    "votes",
    "papers",
    "execution",
    "publicity",
    "changes",
    "routines",
    "supervision",
)
OK, BAD, UNKNOWN = "compliant", "violating", "unknown"
Row = tuple[str, dict[str, Any], str]


def tables() -> dict[str, list[Row]]:
    """All rows by rule; a rule may stand in one module only."""
    found: dict[str, list[Row]] = {}
    for group in GROUPS:
        rows = import_module(f"tests.compliance.tables.{group}").ROWS
        assert not found.keys() & rows.keys()
        found |= rows
    return found
