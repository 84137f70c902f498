"""Would the same rule say the same of the same facts? Answered from what the finding stores."""

from dataclasses import dataclass

from common.errors import NotNow
from compliance.choices import FindingVerdict
from compliance.models import Finding
from compliance.registry import VERSIONS
from compliance.services.evaluation import digest_of


@dataclass(frozen=True)
class Replay:
    """Result of a replay: the verdict then and now, and whether the stored inputs are untouched."""

    verdict: FindingVerdict
    is_same: bool
    is_intact: bool


def replay(finding: Finding) -> Replay:
    """Judge the stored facts by the rule of the stored version; NotNow where that version is gone. One query."""
    rule = VERSIONS.get((finding.rule_code, finding.rule_version))
    if rule is None:
        raise NotNow(f"规则 {finding.rule_code} 第 {finding.rule_version} 版已不在程序中，不能重放。")
    verdict = rule.verdict_of(finding.evidence)
    return Replay(verdict, verdict == finding.verdict, digest_of(finding) == finding.inputs_sha256)
