"""What every rule must have, whoever wrote it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.choices import FindingVerdict
from compliance.registry import RULES
from governance.clauses import CLAUSES
from governance.models import School
from governance.parameters import KEYS
from tests.compliance.kit import TODAY

WORDS = {"合规", "违规", "边界", "无法判定"}


def test_rules_are_listed():
    assert len(RULES) >= 4


@pytest.mark.parametrize("code", sorted(RULES))
def test_rule_is_complete(code):
    rule = RULES[code]
    assert rule.code == code and rule.title and rule.mend
    assert rule.clauses and set(rule.clauses) <= set(CLAUSES)
    assert set(rule.parameters) <= set(KEYS)
    assert rule.trigger and all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", act) for act in rule.trigger)
    assert {name for name, _ in rule.cases} == WORDS
    if not any(clause.is_binding for clause in rule.clause_list()):
        assert rule.note, "a rule without a national clause says so"
    assert reverse(rule.link, args=[*rule.link_words, *([1] if rule.link_id else [])])


@pytest.mark.parametrize("code", sorted(RULES))
def test_rule_asks_in_one_statement(code, db):
    rule = RULES[code]
    for words in (rule.violations, rule.unknowns, rule.outcomes):
        with CaptureQueriesContext(connection) as asked:
            assert list(words(rule.subjects(School.objects.all(), TODAY))) == []
        assert len(asked) == 1


@pytest.mark.parametrize("code", sorted(RULES))
def test_nothing_known_is_never_compliant(code, db):
    """All facts absent: a missing rulebook or figure is 无法判定 (or itself the breach), never 合规."""
    assert RULES[code].verdict_of({"as_of": TODAY.isoformat()}) != FindingVerdict.COMPLIANT
