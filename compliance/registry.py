"""What a rule is. One small class states what is asked, of which facts, and when they breach it; all in SQL.

    asked(schools, as_of)   queryset of what is asked (items, entries, meetings, …), nothing else
    facts()                 {name: expression}: every figure of the arithmetic, and nothing but figures
    missing()               {words: condition over facts}: what must be there before the rule can answer
    breach()                one condition over facts (and `as_of`): integers only

From these four the base class derives `violations`, `unknowns` and `outcomes` (one statement each), the evidence
(the facts themselves as JSON) and the replay (the same condition over stored facts). Where a condition comes
out as NULL the answer is 无法判定, never 合规.

Conditions see facts only: avoid `~Q(fact=…)` and `exclude`, which Django widens for NULL; write the opposite
comparison. Facts whose name begins with `names` hold names of persons; the district does not see them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
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
from django.db.models.functions import Cast, Coalesce, JSONObject

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
    trigger: ClassVar[tuple[str, ...]]  # nouns of ledger entries that can affect it, e.g. "entry", "meeting"
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

    @abstractmethod
    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        """What is asked: every subject of the schools up to the day, without facts."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """Named figures of the arithmetic, as expressions over the subject; later ones may use earlier ones."""

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
        for name, expression in self.facts().items():
            asked = asked.annotate(**{name: expression})
        return asked

    def _judged(self, subjects: QuerySet) -> QuerySet:
        missing = list(self.missing().values())
        gap = reduce(or_, (Q(_flag(condition)) for condition in missing)) if missing else Value(False)
        # A condition on missing things that is itself NULL counts as missing.
        return subjects.annotate(is_gap=Coalesce(_flag(gap), Value(True)), is_breach=_flag(self.breach()))

    def _with_evidence(self, judged: QuerySet) -> QuerySet:
        names = list(self.facts())
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

    def violations(self, subjects: QuerySet) -> QuerySet:
        """The subjects that breach the rule, each annotated with its `evidence`."""
        return self._with_evidence(self._judged(subjects).filter(is_gap=False, is_breach=True))

    def unknowns(self, subjects: QuerySet) -> QuerySet:
        """The subjects that cannot be judged, each annotated with `gaps` ({words: missing?}) and `evidence`."""
        return self._with_evidence(self._judged(subjects).filter(Q(is_gap=True) | Q(is_breach__isnull=True)))

    def outcomes(self, subjects: QuerySet) -> QuerySet:
        """Violations and unknowns in one statement; `is_gap` or a null `is_breach` marks the unknown ones."""
        return self._with_evidence(
            self._judged(subjects).filter(Q(is_gap=True) | Q(is_breach=True) | Q(is_breach__isnull=True))
        )

    def gaps_of(self, flags: dict[str, bool | None]) -> list[str]:
        """The words of what is missing, in the order the rule asks for it (a JSON object keeps no order)."""
        return [words for words in self.missing() if flags.get(words)]

    def clause_list(self) -> list[Clause]:
        return [CLAUSES[code] for code in self.clauses]

    def clause_texts(self) -> list[dict[str, str]]:
        """The copy of the clauses that a finding keeps."""
        return [clause.as_text() for clause in self.clause_list()]

    def fields(self) -> dict[str, Field]:
        """The type of every fact, as the database gives it."""
        annotations = self.subjects(School.objects.none(), date(2000, 1, 1)).query.annotations
        return {name: annotations[name].output_field for name in (*self.facts(), "as_of")}

    def verdict_of(self, facts: Facts) -> FindingVerdict:
        """The rule's answer to stored facts (JSON): the same conditions over constants, in one statement."""
        row = ContentType.objects.order_by("pk")[:1]
        for name, field in self.fields().items():
            value = facts.get(name)
            plain = value if isinstance(field, JSONField) or value is None else field.to_python(value)
            row = row.annotate(**{name: Cast(Value(plain, output_field=field), field)})
        verdict = Case(
            When(Q(is_gap=True) | Q(is_breach__isnull=True), then=Value(FindingVerdict.UNKNOWN)),
            When(is_breach=True, then=Value(FindingVerdict.VIOLATING)),
            default=Value(FindingVerdict.COMPLIANT),
        )
        return FindingVerdict(self._judged(row).annotate(answer=verdict).values_list("answer", flat=True)[0])

    def explain(self, verdict: str, facts: Facts, missing: Iterable[str] = ()) -> str:
        """One sentence on a finding: the arithmetic, or what is missing."""
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


def rules(codes: Iterable[str] | None = None, *, noun: str | None = None) -> list[Rule]:
    """Live rules by code: all, the named ones (KeyError for an unknown one), or those a noun can affect."""
    chosen = [RULES[code] for code in codes] if codes is not None else list(RULES.values())
    return sorted((r for r in chosen if noun is None or noun in r.trigger), key=lambda rule: rule.code)
