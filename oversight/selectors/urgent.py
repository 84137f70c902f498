"""What on the board cannot wait: the nearest deadlines of rectification, and rules that failed."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.choices import Level
from compliance.choices import SETTLED_STATES
from compliance.models import Finding, RuleError
from compliance.selectors.lists import FindingRow, row_of
from governance.models import Authority

SHOWN = 5


def urgent_findings(authority: Authority, limit: int = SHOWN) -> list[FindingRow]:
    """Open breaches of an authority's schools with the nearest deadline first, metadata only; one query."""
    findings: Any = (
        Finding.objects.standing()
        .violating()
        .exclude(state__in=SETTLED_STATES)
        .filter(
            due_on__isnull=False,
            level__in=[Level.BLOCK, Level.BREACH],
            school__standing__authority_path__startswith=authority.path,
        )
        .select_related("school")
        .order_by("due_on", "pk")
    )
    return [row_of(finding) for finding in findings[:limit]]


def failed_rules() -> list[str]:
    """Codes of rules that could not be run within the last day; one query."""
    since = timezone.now() - timedelta(days=1)
    return sorted(
        RuleError.objects.filter(at__gte=since).order_by().values_list("rule_code", flat=True).distinct()
    )
