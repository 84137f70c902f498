"""Quorum and vote arithmetic in integers (取整表 of facts.md §4). No float, no ceiling of a product of floats.

"半数以上" of those who attend is read strictly by default (⌊n/2⌋+1); exactly half is its own visible result,
a warning until a district rules otherwise (`quorum.half_inclusive`). "过半数" of a vote is always strict.
"""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    MET = "met"
    EXACTLY_HALF = "exactly_half"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Threshold:
    """A share of a base: numerator/denominator, strictly exceeded or merely reached."""

    numerator: int
    denominator: int
    is_strict: bool = False

    def __post_init__(self) -> None:
        if not (0 < self.numerator <= self.denominator):
            raise ValueError(f"threshold {self.numerator}/{self.denominator} is not a share")

    def required(self, base: int) -> int:
        """The smallest whole number of persons that meets the share of `base` persons."""
        product = base * self.numerator
        if self.is_strict:
            return product // self.denominator + 1
        return -(-product // self.denominator)

    def is_met(self, count: int, base: int) -> bool:
        """Whether `count` of `base` persons meets the share; an empty base meets nothing."""
        return base > 0 and count >= self.required(base)

    def formula(self, count: int, base: int) -> str:
        """The arithmetic in words, e.g. 5 ＞ 7÷2 = 3.5, or 4 ＜ 7×2/3，进位为 5."""
        if self.is_strict:
            sign = "＞" if self.is_met(count, base) else "不大于"
            shown = f"{base}÷{self.denominator}" if self.numerator == 1 else f"{base}×{self.share}"
            return f"{count} {sign} {shown} = {_plain(base * self.numerator, self.denominator)}"
        sign = "≥" if self.is_met(count, base) else "＜"
        exact = base * self.numerator % self.denominator == 0
        rounding = f" = {self.required(base)}" if exact else f"，进位为 {self.required(base)}"
        return f"{count} {sign} {base}×{self.share}{rounding}"

    @property
    def share(self) -> str:
        return f"{self.numerator}/{self.denominator}"


def _plain(numerator: int, denominator: int) -> str:
    """A quotient as a short decimal text, exact for halves, cut to two places otherwise."""
    whole, rest = divmod(numerator, denominator)
    if rest == 0:
        return str(whole)
    return f"{whole}.{rest * 100 // denominator:02d}".rstrip("0")


def quorum_threshold(share: list[int], half_inclusive: bool) -> Threshold:
    """Threshold of attendance: 1/2 is strict unless the district counts exactly half as reached; others reach."""
    numerator, denominator = share
    is_half = numerator * 2 == denominator
    return Threshold(numerator, denominator, is_strict=is_half and not half_inclusive)


def judge_quorum(share: list[int], half_inclusive: bool, present: int, due: int) -> Verdict:
    """Result of attendance. Exactly half of an even base under a 1/2 share is EXACTLY_HALF (warns, blocks not)."""
    if due == 0:
        return Verdict.UNKNOWN
    threshold = quorum_threshold(share, half_inclusive)
    if threshold.is_met(present, due):
        return Verdict.MET
    if threshold.is_strict and present * threshold.denominator == due * threshold.numerator:
        return Verdict.EXACTLY_HALF
    return Verdict.NOT_MET


MORE_THAN_HALF = Threshold(1, 2, is_strict=True)
TWO_THIRDS = Threshold(2, 3)


def vote_threshold(rule: str, major_pass: list[int] | None = None) -> Threshold:
    """Threshold of a vote from `vote.pass` (gt_half | two_thirds), tightened by `vote.major_pass` where set."""
    if major_pass is not None:
        return Threshold(major_pass[0], major_pass[1])
    return TWO_THIRDS if rule == "two_thirds" else MORE_THAN_HALF
