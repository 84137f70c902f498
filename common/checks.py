"""The answer of one rule about one thing, as rules compute it and pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.choices import Level

_ORDER = [Level.BLOCK, Level.BREACH, Level.WARN, Level.INFO]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule's verdict: which rule, how hard, and what would mend it.

    ``ok`` is three-valued: True 已满足, False 未满足, None 无法判定 (counts as failing).
    ``clause`` is written 文件名第几条·规则号; ``message`` follows 缺什么 + 为什么 + 怎么办 (ui.md §8).
    """

    code: str
    title: str
    level: str
    ok: bool | None
    message: str = ""
    clause: str = ""
    fix_url: str = ""
    fix_label: str = ""
    detail: str = ""

    @property
    def is_failing(self) -> bool:
        """Whether the rule is not shown to be met; 无法判定 counts as failing."""
        return self.ok is not True

    @property
    def is_unknown(self) -> bool:
        """Whether the rule could not be evaluated."""
        return self.ok is None

    @property
    def is_blocking(self) -> bool:
        """Whether the rule refuses to form a decision: failing and of level B."""
        return self.is_failing and self.level == Level.BLOCK


def failing(checks: Iterable[Check]) -> list[Check]:
    """Return the checks that are not met, hardest level first, otherwise in the order given."""
    return sorted((c for c in checks if c.is_failing), key=lambda c: _ORDER.index(Level(c.level)))


def blocking(checks: Iterable[Check]) -> list[Check]:
    """Return the checks that refuse the action (level B and not met)."""
    return [c for c in checks if c.is_blocking]
