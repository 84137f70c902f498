"""受阻办理: counting what rules refused. Runs after the refused act was rolled back, so it leaves the act untouched."""

from typing import Any

from common.checks import blocking
from common.errors import Blocked
from compliance.models import BlockedAttempt


def record_attempt(
    *, school: Any, actor: Any, view: str, path: str, refusal: Blocked
) -> BlockedAttempt | None:
    """Keep that a person of a school was refused by rules of level B; None where no such rule was among them."""
    codes = sorted({check.code for check in blocking(refusal.checks)})
    if not codes:
        return None
    return BlockedAttempt.objects.create(
        school=school, actor=actor, view=view[:60], path=path[:200], rule_codes=codes
    )
