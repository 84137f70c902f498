"""What a person may read of a finding."""

from typing import Any

from compliance.models import Finding
from compliance.registry import RULES, VERSIONS, Rule
from governance.models import Seat


def rule_of(finding: Finding) -> Rule:
    """The rule as it was when it found this; the live one where that version is gone."""
    return VERSIONS.get((finding.rule_code, finding.rule_version)) or RULES[finding.rule_code]


def title_of(finding: Finding) -> str:
    """What the rule asks, as the heading of the finding."""
    return rule_of(finding).title


def _without_names(evidence: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in evidence.items() if not name.startswith("names")}


def evidence_for(finding: Finding, user: Any) -> dict[str, Any]:
    """The figures; names of persons only for office holders of the school itself."""
    if Seat.objects.active().office().filter(person=user, school=finding.school_id).exists():
        return dict(finding.evidence)
    return _without_names(finding.evidence)


def explanation_for(finding: Finding, user: Any) -> str:
    """The finding as one sentence with its arithmetic, as this person may read it."""
    return rule_of(finding).explain(finding.verdict, evidence_for(finding, user), finding.missing)


def plain_explanation(finding: Finding) -> str:
    """The same sentence without any name, for lists and notices; no query."""
    return rule_of(finding).explain(finding.verdict, _without_names(finding.evidence), finding.missing)
