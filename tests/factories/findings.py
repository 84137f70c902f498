"""Findings as an evaluation leaves them, without running one."""

from itertools import count
from typing import Any

from django.utils import timezone

from common.history import save_as
from compliance.models import Finding
from compliance.registry import RULES
from compliance.services.evaluation import digest_of
from governance.models import School

_serial = count(1)
QUORUM = {"due": 9, "present": 5, "share_n": 2, "share_d": 3, "half_inclusive": False}


def make_finding(school: School, rule: str = "R31", **fields: Any) -> Finding:
    """One standing breach: by default 5 of 9 where two thirds must come."""
    now = timezone.now()
    finding = Finding(
        school=school,
        rule_code=rule,
        rule_version=RULES[rule].version,
        clauses=RULES[rule].clause_texts(),
        subject_type=RULES[rule].subject_type,
        subject_id=next(_serial) + 900_000,
        **{
            "subject_label": "党组织会议第15次",
            "level": RULES[rule].level,
            "verdict": "violating",
            "occurred_on": timezone.localdate(),
            "evidence": QUORUM,
            "link": "/meetings/1/",
            "first_seen_at": now,
            "last_seen_at": now,
            **fields,
        },
    )
    finding.inputs_sha256 = digest_of(finding)
    return save_as(finding, None, f"{rule} 发现")
