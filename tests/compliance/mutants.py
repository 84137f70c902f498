"""Planted faults: every way to get one comparison, figure or connective of a rule wrong, one at a time.

`mutants(rule)` yields (what was changed, a rule with that one fault). A table of facts catches the fault when it
answers at least one row differently. Faults are planted in `breach()` and `derived()`, where the arithmetic is.
"""

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.expressions import BaseExpression, CombinedExpression
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    Lookup,
)

from compliance.registry import Rule

SWAPPED: dict[type[Lookup], type[Lookup]] = {
    LessThan: LessThanOrEqual,
    LessThanOrEqual: LessThan,
    GreaterThan: GreaterThanOrEqual,
    GreaterThanOrEqual: GreaterThan,
    Exact: LessThan,
}
SUFFIXES = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
OPERATORS = {"+": "-", "-": "+", "*": "+"}


def variants(tree: Any) -> Iterator[tuple[str, Any]]:
    """Every copy of an expression with one fault in it."""
    if isinstance(tree, Q):
        yield from _of_condition(tree)
    elif isinstance(tree, tuple):
        yield from _of_pair(*tree)
    elif isinstance(tree, Value):
        if isinstance(tree.value, int) and not isinstance(tree.value, bool):
            yield f"{tree.value} → {tree.value + 1}", Value(tree.value + 1)
    elif isinstance(tree, BaseExpression):
        yield from _of_expression(tree)


def _of_condition(tree: Q) -> Iterator[tuple[str, Q]]:
    if len(tree.children) > 1:
        other = Q.OR if tree.connector == Q.AND else Q.AND
        yield f"{tree.connector} → {other}", _q(tree.children, other, tree.negated)
    for place, child in enumerate(tree.children):
        for what, changed in variants(child):
            children = [*tree.children[:place], changed, *tree.children[place + 1 :]]
            yield what, _q(children, tree.connector, tree.negated)


def _q(children: Any, connector: str, negated: bool) -> Q:
    made = Q(_connector=connector, _negated=negated)
    made.children = list(children)
    return made


def _of_pair(name: str, value: Any) -> Iterator[tuple[str, tuple[str, Any]]]:
    field, _, lookup = name.rpartition("__")
    if lookup in SUFFIXES:
        yield f"{name} → {SUFFIXES[lookup]}", (f"{field}__{SUFFIXES[lookup]}", value)
    if isinstance(value, bool):
        yield f"{name}: {value} → {not value}", (name, not value)
    elif isinstance(value, int):
        yield f"{name}: {value} → {value + 1}", (name, value + 1)
    elif hasattr(value, "resolve_expression"):
        yield from ((what, (name, changed)) for what, changed in variants(value))


def _of_expression(tree: BaseExpression) -> Iterator[tuple[str, Any]]:
    if (swapped := SWAPPED.get(type(tree))) is not None:
        yield f"{type(tree).__name__} → {swapped.__name__}", swapped(tree.lhs, tree.rhs)
    if isinstance(tree, CombinedExpression) and tree.connector in OPERATORS:
        changed = copy(tree)
        changed.connector = OPERATORS[tree.connector]
        yield f"{tree.connector} → {changed.connector}", changed
    if hasattr(tree, "condition") and isinstance(tree.condition, Q):
        for what, condition in variants(tree.condition):
            changed = copy(tree)
            changed.condition = condition
            yield what, changed
    sources = tree.get_source_expressions()
    for place, source in enumerate(sources):
        if isinstance(source, F) or source is getattr(tree, "condition", ...):
            continue
        for what, part in variants(source):
            changed = tree.copy()
            changed.set_source_expressions([*sources[:place], part, *sources[place + 1 :]])
            yield what, changed


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """The rule with one fault at a time."""
    for what, breach in variants(rule.breach()):
        yield f"breach: {what}", _with(rule, "breach", lambda breach=breach: breach)
    for name, expression in rule.derived().items():
        for what, changed in variants(expression):
            derived = rule.derived() | {name: changed}
            yield f"{name}: {what}", _with(rule, "derived", lambda derived=derived: derived)


def _with(rule: Rule, method: str, answer: Callable[[], Any]) -> Rule:
    faulty = copy(rule)
    setattr(faulty, method, answer)
    return faulty
