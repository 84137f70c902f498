"""合规规则: the live rules by group, and one rule with what it finds."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from common.choices import Level
from common.components import Pill, pill_for
from compliance.choices import FindingVerdict, RuleGroup
from compliance.models import Evaluation, Finding, RuleError
from compliance.registry import RULES, Rule, rules
from compliance.selectors.lists import FindingRow, ordered, row_of
from compliance.selectors.page import level_word
from governance import parameters
from governance.choices import ParameterLevel
from governance.clauses import REACHES
from governance.models import School

BODIES = {"P": "党组织会议", "A": "校长办公会议", "T": "教代会", "D": "区教育工委"}
FOUND_SHOWN = 10
ERRORS_SHOWN = 5
ERROR_DAYS = 30
CASE_TONES = {"合规": "合规", "违规": "违规", "无法判定": "无法判定", "边界": "预警"}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule with how many findings are open: breaches and 无法判定, and in how many schools."""

    rule: Rule
    level: Pill
    body: str
    violating: int = 0
    unknown: int = 0
    schools: int = 0


def body_words(rule: Rule) -> str:
    """The bodies a rule asks, in words."""
    return "、".join(BODIES.get(letter, letter) for letter in rule.body.split("/"))


def rule_groups(user: Any, school: School | None) -> list[tuple[str, list[RuleRow]]]:
    """Live rules by group with the open findings the person may see (of one school, or of all); one query."""
    findings = Finding.objects.visible_to(user).open().order_by()
    if school is not None:
        findings = findings.filter(school=school)
    counts = {
        row["rule_code"]: row
        for row in findings.values("rule_code").annotate(
            violating=Count("pk", filter=Q(verdict=FindingVerdict.VIOLATING)),
            unknown=Count("pk", filter=Q(verdict=FindingVerdict.UNKNOWN)),
            schools=Count("school", filter=Q(verdict=FindingVerdict.VIOLATING), distinct=True),
        )
    }
    found = []
    for group in RuleGroup:
        rows = [
            RuleRow(
                rule,
                pill_for(Level(rule.level).label),
                body_words(rule),
                **{
                    name: counts.get(rule.code, {}).get(name, 0)
                    for name in ("violating", "unknown", "schools")
                },
            )
            for rule in rules()
            if rule.group == group
        ]
        if rows:
            found.append((str(group.label), rows))
    return found


@dataclass(frozen=True, slots=True)
class RulePage:
    """Everything the page of a rule shows."""

    rule: Rule
    level: Pill
    group: str
    body: str
    clauses: list[dict[str, str]]
    is_binding: bool
    parameters: list[dict[str, Any]]
    cases: list[tuple[Pill, str]]
    violating: int
    unknown: int
    schools: int
    asked: int
    found: list[FindingRow]
    errors: list[RuleError]


def rule_page(user: Any, code: str, school: School | None, is_district: bool) -> RulePage:
    """One live rule for one person: KeyError for an unknown code."""
    rule = RULES[code]
    findings = Finding.objects.visible_to(user).filter(rule_code=code).open()
    if school is not None and not is_district:
        findings = findings.filter(school=school)
    numbers = findings.aggregate(
        violating=Count("pk", filter=Q(verdict=FindingVerdict.VIOLATING)),
        unknown=Count("pk", filter=Q(verdict=FindingVerdict.UNKNOWN)),
        schools=Count("school", filter=Q(verdict=FindingVerdict.VIOLATING), distinct=True),
    )
    recent = timezone.now() - timedelta(days=ERROR_DAYS)
    errors = (
        RuleError.objects.filter(rule_code=code, at__gte=recent) if is_district else RuleError.objects.none()
    )
    return RulePage(
        rule=rule,
        level=pill_for(Level(rule.level).label),
        group=str(RuleGroup(rule.group).label),
        body=body_words(rule),
        clauses=[c.as_text() | {"reach_word": REACHES[c.reach]} for c in rule.clause_list()],
        is_binding=any(clause.is_binding for clause in rule.clause_list()),
        parameters=_parameters(rule, school),
        cases=[(pill_for(CASE_TONES.get(word, word), word), text) for word, text in rule.cases],
        asked=School.objects.all().supervised_by(user).count() if is_district else 0,
        found=[row_of(finding) for finding in ordered(findings)[:FOUND_SHOWN]],
        errors=list(errors[:ERRORS_SHOWN]),
        **numbers,
    )


def _parameters(rule: Rule, school: School | None) -> list[dict[str, Any]]:
    """The values in force for the school today, or the defaults where there is none."""
    if not rule.parameters:
        return []
    values = parameters.resolve(school, timezone.localdate()).values if school else {}
    rows = []
    for key in rule.parameters:
        known = parameters.KEYS[key]
        entry = values.get(
            key, {"value": known.default, "source": known.source, "level": ParameterLevel.NATIONAL}
        )
        rows.append(
            {
                "key": key,
                "label": known.label,
                "words": parameters.words(key, entry["value"]),
                "source": entry["source"],
                "level": level_word(entry),
            }
        )
    return rows


def last_evaluation(school: School | None = None) -> Evaluation | None:
    """The latest finished run that asked about everyone (or about this school): how fresh the numbers are."""
    runs = Evaluation.objects.filter(is_trial=False, finished_at__isnull=False)
    wanted = Q(schools__gt=1)
    if school is not None:
        wanted |= Q(scope__startswith=school.short_name) | Q(scope=school.name)
    return runs.filter(wanted).order_by("-finished_at").first()
