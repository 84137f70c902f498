"""组织设置: the table of facts.md §2 as pure arithmetic over counts. Rates are tenths of a percent, rounded half up."""

from collections.abc import Iterable
from dataclasses import dataclass

from governance.choices import PartyOrgKind
from oversight.choices import PostSetup

SEPARATE_KINDS = (PartyOrgKind.COMMITTEE, PartyOrgKind.GENERAL_BRANCH)  # 书记校长应分设 (W6, W7)
BRANCH_KINDS = (PartyOrgKind.BRANCH, PartyOrgKind.JOINT_BRANCH)
# 组织办: 正副职 2 名, with 工作人员 3, 2 or 1 (曲靖编制, S2).
OFFICE_NORM = {
    PartyOrgKind.COMMITTEE: 5,
    PartyOrgKind.GENERAL_BRANCH: 4,
    PartyOrgKind.BRANCH: 3,
    PartyOrgKind.JOINT_BRANCH: 3,
}
ALWAYS_SHOWN = (PartyOrgKind.COMMITTEE, PartyOrgKind.GENERAL_BRANCH, PartyOrgKind.BRANCH)


@dataclass(frozen=True)
class SetupCount:
    """How many schools of one kind fill the two posts in one way, and what they have recorded.

    `with_deputy` are those with a 专职副书记; `office_known` those with 组织办 staff entered, `office_staff` how many.
    """

    kind: str
    setup: str
    schools: int
    with_deputy: int = 0
    office_known: int = 0
    office_staff: int = 0


def per_mille(part: int, whole: int) -> int | None:
    """Tenths of a percent, half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else None


def percent_words(tenths: int | None) -> str:
    """61.1%, or 无法判定."""
    return "无法判定" if tenths is None else f"{tenths // 10}.{tenths % 10}%"


def needs_deputy(kind: str, setup: str) -> bool:
    """Whether one 专职副书记 is to be provided: 党委, and 支部 where one person holds both posts (曲靖; W6)."""
    return kind == PartyOrgKind.COMMITTEE or (kind in BRANCH_KINDS and setup == PostSetup.DUAL)


@dataclass
class SetupRow:
    """One line of the table: a kind of Party organisation, or all of them."""

    label: str
    kind: str = ""
    schools: int = 0
    dual: int = 0
    separate: int = 0
    vacant: int = 0
    must_separate: int = 0  # 应分设
    gap: int = 0  # 应分设而一肩挑
    deputies_due: int = 0  # 应核专职副书记
    deputies_lacking: int = 0  # 应核而未配
    office_due: int = 0  # 组织办编制
    office_known: int = 0
    office_staff: int = 0
    office_due_known: int = 0  # 编制 of the schools that entered their staff

    @property
    def dual_rate(self) -> str:
        return percent_words(per_mille(self.dual, self.schools))

    @property
    def office_unknown(self) -> int:
        """Schools that entered no 组织办 staff: 无法判定."""
        return self.schools - self.office_known

    @property
    def deputies_present(self) -> int:
        return self.deputies_due - self.deputies_lacking

    def add(self, count: SetupCount) -> None:
        """Count some schools in."""
        n = count.schools
        self.schools += n
        self.dual += n if count.setup == PostSetup.DUAL else 0
        self.separate += n if count.setup == PostSetup.SEPARATE else 0
        self.vacant += n if count.setup == PostSetup.VACANT else 0
        if count.kind in SEPARATE_KINDS:
            self.must_separate += n
            self.gap += n if count.setup == PostSetup.DUAL else 0
        if needs_deputy(count.kind, count.setup):
            self.deputies_due += n
            self.deputies_lacking += n - count.with_deputy
        norm = OFFICE_NORM.get(PartyOrgKind(count.kind), 0) if count.kind else 0
        self.office_due += norm * n
        self.office_due_known += norm * count.office_known
        self.office_known += count.office_known
        self.office_staff += count.office_staff


@dataclass(frozen=True)
class SetupTable:
    """Kinds in order, and the sum; schools without a Party organisation stand in a line of their own."""

    rows: list[SetupRow]
    total: SetupRow

    @property
    def has_vacant(self) -> bool:
        return self.total.vacant > 0


def setup_table(counts: Iterable[SetupCount]) -> SetupTable:
    """The table of 组织设置 from counts by kind and setup."""
    rows = {kind: SetupRow(str(kind.label), str(kind)) for kind in PartyOrgKind}
    none, total = SetupRow("未登记党组织"), SetupRow("合计")
    for count in counts:
        row = rows[PartyOrgKind(count.kind)] if count.kind else none
        row.add(count)
        total.add(count)
    shown = [row for kind, row in rows.items() if row.schools or kind in ALWAYS_SHOWN]
    return SetupTable([*shown, *([none] if none.schools else [])], total)
