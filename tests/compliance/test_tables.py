"""The tables of facts: what every rule answers, and that no single planted fault goes unnoticed."""

from typing import Any

import pytest

from compliance.registry import RULES, Rule
from tests.compliance.kit import TODAY
from tests.compliance.mutants import mutants
from tests.compliance.tables import tables

TABLES = tables()
# A fault that changes no answer, with the reason why it cannot.
EQUIVALENT: dict[tuple[str, str], str] = {
    ("R51", "breach: LessThan → LessThanOrEqual"): "equal orders are 无法判定 before they are compared",
}


def answers(rule: Rule) -> list[str]:
    """What a rule, or a faulty copy of it, says of the rows of its table."""
    return rule.verdicts_of([{"as_of": TODAY.isoformat()} | facts for _, facts, _ in TABLES[rule.code]])


@pytest.fixture(autouse=True)
def fields_once(monkeypatch):
    """The types of the facts are asked once per rule, not once per fault."""
    known: dict[str, Any] = {}
    real = Rule.fields
    monkeypatch.setattr(Rule, "fields", lambda rule: known.setdefault(rule.code, real(rule)))


def test_every_rule_has_a_table():
    assert set(TABLES) == set(RULES)


@pytest.mark.parametrize("code", sorted(RULES))
def test_table(code, db):
    rows = TABLES[code]
    assert {"合规", "违规", "边界", "无法判定"} <= {word for word, _, _ in rows}
    given = answers(RULES[code])
    wrong = [(row, answer) for row, answer in zip(rows, given, strict=True) if answer != row[2]]
    assert wrong == []


@pytest.mark.parametrize("code", sorted(RULES))
def test_planted_faults_are_caught(code, db):
    right = [verdict for _, _, verdict in TABLES[code]]
    survivors = [
        what
        for what, faulty in mutants(RULES[code])
        if (code, what) not in EQUIVALENT and answers(faulty) == right
    ]
    assert survivors == []


def test_equivalent_faults_still_exist():
    named = {(code, what) for code in RULES for what, _ in mutants(RULES[code])}
    assert set(EQUIVALENT) <= named
