"""What a rule is. One small class states what is asked, of which facts, and when they breach it; all in SQL.

    asked(schools, as_of)   queryset of what is asked (items, entries, meetings, …), nothing else
    facts()                 {name: expression}: every figure of the arithmetic, and nothing but figures
    missing()               {words: condition over facts}: what must be there before the rule can answer
    derived()               {name: expression over facts}: figures computed from figures, where that helps
    breach()                one condition over facts (and `as_of`): integers only

From these four the base class derives `violations`, `unknowns` and `outcomes` (one statement each), the evidence
(the facts themselves as JSON) and the replay (the same condition over stored facts). Where a condition comes
out as NULL the answer is 无法判定, never 合规.

Conditions see facts only: avoid `~Q(fact=…)` and `exclude`, which Django widens for NULL; write the opposite
comparison. Facts whose name begins with `names` hold names of persons; the district does not see them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    ExpressionWrapper,
    F,
    Field,
    IntegerField,
    JSONField,
    Model,
    Q,
    QuerySet,
    SmallIntegerField,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.db.models.sql import Query

from common.choices import Level
from compliance.choices import FindingVerdict, RuleGroup
from compliance.words import effective_entry
from governance.choices import AccessScope
from governance.clauses import CLAUSES, Clause
from governance.models import School
from governance.parameters import KEYS

Facts = dict[str, Any]


def as_date(day: date) -> Cast:
    return Cast(Value(day), DateField())


def _constant(field: Field, value: Any) -> Any:
    """A stored fact as a parameter of its field's type."""
    plain = value if isinstance(field, JSONField) or value is None else field.to_python(value)
    return field.get_db_prep_value(plain, connection)


def _flag(condition: Any) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


class Rule(ABC):
    """One rule of the catalogue (facts.md §4). Stateless; registered once per code and version."""

    code: ClassVar[str]
    version: ClassVar[int] = 1
    group: ClassVar[RuleGroup]
    title: ClassVar[str]
    level: ClassVar[Level]
    body: ClassVar[str]  # P A T D as in rules.csv
    trigger: ClassVar[tuple[str, ...]]  # acts that can affect it: a kind "entry.concluded", or a noun "seat"
    clauses: ClassVar[tuple[str, ...]]
    parameters: ClassVar[tuple[str, ...]] = ()
    cases: ClassVar[tuple[tuple[str, str], ...]]  # (合规|违规|边界|无法判定, example in words)
    note: ClassVar[str] = ""  # what is local or suggested about it, in words for the rule page
    mend: ClassVar[str] = ""  # what a school does about it

    model: ClassVar[type[Model]]
    school: ClassVar[str] = "school"  # path of the school from the subject
    pinned: ClassVar[str] = ""  # path of the parameters pinned on the meeting; empty: those in force on as_of
    link: ClassVar[str] = ""  # URL name of the page that mends it
    link_id: ClassVar[str] = "pk"  # path of its argument
    link_words: ClassVar[tuple[str, ...]] = ()  # fixed arguments before it, e.g. the name of a register

    @abstractmethod
    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        """What is asked: every subject of the schools up to the day, without facts."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """Named figures of the arithmetic, as expressions over the subject; each is computed once."""

    def derived(self) -> dict[str, Any]:
        """Figures computed from facts alone (a base, a threshold); they stand in the evidence beside the facts."""
        return {}

    @abstractmethod
    def breach(self) -> Any:
        """When the facts breach the rule."""

    def missing(self) -> dict[str, Any]:
        """What the rule cannot do without: words → condition under which it is missing."""
        return {}

    def found_level(self) -> Any:
        """Level of one finding; a rule may bite softer in a special case (恰好半数 → 预警)."""
        return Value(str(self.level))

    def label(self) -> Any:
        """How the subject is called, metadata only: never the title of an item."""
        return F("name")

    def occurred_on(self) -> Any:
        """Day of the fact, or the day asked about where it is a standing condition."""
        return F("as_of")

    def scope(self) -> Any:
        """知悉范围 of the subject."""
        return Value(AccessScope.INTERNAL)

    @abstractmethod
    def sentence(self, e: Facts) -> str:
        """The evidence of a violation as one Chinese sentence with the arithmetic. `names…` may be absent."""

    # --- derived ------------------------------------------------------------------------------------------
    @property
    def subject_type(self) -> str:
        return self.model._meta.label_lower

    def subjects(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        """What is asked, with `as_of` and every fact annotated."""
        asked = self.asked(schools, as_of).order_by().annotate(as_of=as_date(as_of))
        for name, expression in (self.facts() | self.derived()).items():
            asked = asked.annotate(**{name: expression})
        return asked

    def _judgement(self) -> dict[str, Any]:
        """`is_gap` and `is_breach` over the facts; a condition on missing things that is NULL counts as missing."""
        missing = list(self.missing().values())
        gap = reduce(or_, (Q(_flag(condition)) for condition in missing)) if missing else Value(False)
        return {"is_gap": Coalesce(_flag(gap), Value(True)), "is_breach": _flag(self.breach())}

    def _judged(self, subjects: QuerySet) -> QuerySet:
        return subjects.annotate(**self._judgement())

    def _with_evidence(self, judged: QuerySet) -> QuerySet:
        names = [*self.facts(), *self.derived()]
        return judged.annotate(
            evidence=JSONObject(**{name: F(name) for name in names}, as_of=F("as_of")),
            gaps=JSONObject(**{words: _flag(condition) for words, condition in self.missing().items()})
            if self.missing()
            else Value({}, JSONField()),
            found_school=F(f"{self.school}__pk") if self.school != "pk" else F("pk"),
            found_label=Cast(self.label(), CharField()),
            found_on=Cast(self.occurred_on(), DateField()),
            found_level=Cast(self.found_level(), CharField()),
            found_scope=Cast(self.scope(), SmallIntegerField()),
            found_link=F(self.link_id) if self.link_id else Value(None, IntegerField()),
            found_parameters=self._parameters(),
        )

    def _parameters(self) -> Any:
        if not self.parameters:
            return Value({}, JSONField())
        if self.pinned:
            return JSONObject(**{key: F(f"{self.pinned}__{key}") for key in self.parameters})
        path = "pk" if self.school == "pk" else f"{self.school}__pk"
        return JSONObject(**{key: effective_entry(key, path) for key in self.parameters})

    def _narrowed(self, subjects: QuerySet, condition: Q) -> QuerySet:
        """The subjects of which a condition on `is_gap` and `is_breach` holds, as judged, with evidence.

        Every fact is computed once for every subject, in a materialized CTE; the conditions read its columns.
        Only the few that remain have their facts computed again, as evidence. Django has no CTE of its own, and
        without one PostgreSQL repeats each expression wherever a condition names it.
        """
        fields = self._fields_of(subjects)
        figures = self._figures(fields)
        compiler = figures.get_compiler(using=subjects.db)
        keyed = subjects.annotate(subject_key=F("pk")).values_list("subject_key", *fields)
        try:
            inner, inner_parameters = keyed.query.sql_with_params()
        except EmptyResultSet:
            return self._with_evidence(self._judged(subjects.none()))
        where, where_parameters = compiler.compile(figures.build_where(condition))
        # Both halves come from Django's compiler, with their parameters.
        statement = f"WITH figures AS MATERIALIZED ({inner}) SELECT subject_key FROM figures WHERE {where}"  # noqa: S608 - see above
        chosen = RawSQL(statement, (*inner_parameters, *where_parameters))  # noqa: S611 - as above
        return self._with_evidence(self._judged(subjects).filter(pk__in=chosen))

    def violations(self, subjects: QuerySet) -> QuerySet:
        """The subjects that breach the rule, each annotated with its `evidence`."""
        return self._narrowed(subjects, Q(is_gap=False, is_breach=True))

    def unknowns(self, subjects: QuerySet) -> QuerySet:
        """The subjects that cannot be judged, each annotated with `gaps` ({words: missing?}) and `evidence`."""
        return self._narrowed(subjects, Q(is_gap=True) | Q(is_breach__isnull=True))

    def outcomes(self, subjects: QuerySet) -> QuerySet:
        """Violations and unknowns in one statement; `is_gap` or a null `is_breach` marks the unknown ones."""
        return self._narrowed(subjects, Q(is_gap=True) | Q(is_breach=True) | Q(is_breach__isnull=True))

    def gaps_of(self, flags: dict[str, bool | None]) -> list[str]:
        """The words of what is missing, in the order the rule asks for it (a JSON object keeps no order)."""
        return [words for words in self.missing() if flags.get(words)]

    def hears(self, kind: str) -> bool:
        """Whether an act of this kind (as in the ledger) can change what the rule finds."""
        return kind in self.trigger or kind.partition(".")[0] in self.trigger

    def clause_list(self) -> list[Clause]:
        return [CLAUSES[code] for code in self.clauses]

    def clause_texts(self) -> list[dict[str, str]]:
        """The copy of the clauses that a finding keeps."""
        return [clause.as_text() for clause in self.clause_list()]

    def fields(self) -> dict[str, Field]:
        """The type of every fact, as the database gives it."""
        return self._fields_of(self.subjects(School.objects.none(), date(2000, 1, 1)))

    def _fields_of(self, subjects: QuerySet) -> dict[str, Field]:
        annotations = subjects.query.annotations
        return {name: annotations[name].output_field for name in (*self.facts(), "as_of")}

    def verdict_of(self, facts: Facts) -> FindingVerdict:
        """The rule's answer to stored facts (JSON): the same conditions over constants, in one statement."""
        return self.verdicts_of([facts])[0]

    def verdicts_of(self, rows: Sequence[Facts]) -> list[FindingVerdict]:
        """The answers to several sets of stored facts, in one statement; what is derived is derived again."""
        fields = self.fields()
        figures = self._figures(fields)
        verdict = Case(
            When(Q(is_gap=True) | Q(is_breach__isnull=True), then=Value(FindingVerdict.UNKNOWN)),
            When(is_breach=True, then=Value(FindingVerdict.VIOLATING)),
            default=Value(FindingVerdict.COMPLIANT),
        )
        figures.add_annotation(verdict, "answer", select=False)
        compiler = figures.get_compiler(connection=connection)
        answer, parameters = compiler.compile(figures.annotations["answer"])
        constants = [[_constant(field, facts.get(name)) for name, field in fields.items()] for facts in rows]
        line = ", ".join(f"%s::{field.cast_db_type(connection)}" for field in fields.values())
        columns = ", ".join(f'"{name}"' for name in fields)
        values = ", ".join(f"({number}, {line})" for number in range(len(rows)))
        # Columns are names of facts and the condition comes from Django's compiler; the facts are parameters.
        statement = f'SELECT {answer} FROM (VALUES {values}) AS figures ("row", {columns}) ORDER BY "row"'  # noqa: S608 - see above
        with connection.cursor() as cursor:
            cursor.execute(statement, [*parameters, *(value for row in constants for value in row)])
            return [FindingVerdict(verdict) for (verdict,) in cursor.fetchall()]

    def _figures(self, fields: dict[str, Field]) -> Query:
        """A query over the columns of a relation `figures`: derived figures and the judgement."""
        figures = Query(None)
        for name, field in fields.items():
            figures.add_annotation(RawSQL(f'figures."{name}"', (), output_field=field), name, select=False)  # noqa: S611 - names of facts
        for name, expression in (self.derived() | self._judgement()).items():
            figures.add_annotation(expression, name, select=False)
        return figures

    def explain(self, verdict: str, facts: Facts, missing: Iterable[str] = ()) -> str:
        """One sentence: the arithmetic, or what is missing. For a person use selectors.explanation_for."""
        if verdict == FindingVerdict.UNKNOWN:
            gaps = "、".join(missing) or "判定所需的数据"
            return f"无法判定：缺少{gaps}。"
        return self.sentence(facts)


RULES: dict[str, Rule] = {}
VERSIONS: dict[tuple[str, int], Rule] = {}


def register(cls: type[Rule]) -> type[Rule]:
    """Class decorator: the highest version of a code is live, older ones stay for replay."""
    rule = cls()
    if (rule.code, rule.version) in VERSIONS:
        raise ValueError(f"rule {rule.code} version {rule.version} is registered twice")
    if unknown := set(rule.clauses) - set(CLAUSES):
        raise ValueError(f"rule {rule.code} cites unknown clauses {sorted(unknown)}")
    if unknown := set(rule.parameters) - set(KEYS):
        raise ValueError(f"rule {rule.code} uses unknown parameters {sorted(unknown)}")
    VERSIONS[rule.code, rule.version] = rule
    if rule.code not in RULES or RULES[rule.code].version < rule.version:
        RULES[rule.code] = rule
    return cls


def rules(codes: Iterable[str] | None = None) -> list[Rule]:
    """Live rules by code: all, or the named ones (KeyError for an unknown one)."""
    chosen = RULES.values() if codes is None else [RULES[code] for code in codes]
    return sorted(chosen, key=lambda rule: rule.code)
