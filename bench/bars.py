"""The bars (issue 3, "What must be seen" 3): pure comparison of figures."""

from dataclasses import dataclass
from typing import Any

EVALUATION_SECONDS = 60
PER_SCHOOL_GROWTH = 1.3  # a school may cost so much more in the whole than in a quarter of the district
BOARD_QUERIES = 12
BOARD_MILLISECONDS = 150
BOARD_TIMES = 1.5
ITEMS, MEETINGS, QUJING_SCHOOLS = 40_000, 15_000, 485
BOARD = "看板"


@dataclass(frozen=True)
class Bar:
    """One promise and what was measured."""

    words: str
    measured: str
    bar: str
    is_kept: bool


def verdicts(whole: dict[str, Any], large: dict[str, Any]) -> list[Bar]:
    """Every bar against the figures of the whole district and of the larger one."""
    (few, few_seconds), *_, (many, many_seconds) = whole["growth"]
    growth = (many_seconds / many) / (few_seconds / few)
    board, larger = whole["pages"][BOARD], large["pages"][BOARD]
    times = larger["ms"] / board["ms"]
    failed = whole["errors"] + large["errors"]
    rows = [
        Bar(
            "全部规则首次检查",
            f"{whole['first_s']:.1f} 秒",
            f"≤ {EVALUATION_SECONDS} 秒",
            whole["first_s"] <= EVALUATION_SECONDS,
        ),
        Bar("规则出错", "、".join(failed) or "无", "无", not failed),
        Bar(
            f"每校用时，{many} 校比 {few} 校",
            f"{growth:.2f} 倍",
            f"≤ {PER_SCHOOL_GROWTH} 倍",
            growth <= PER_SCHOOL_GROWTH,
        ),
        Bar(
            "看板查询次数",
            f"{board['queries']} 和 {larger['queries']}",
            f"≤ {BOARD_QUERIES}，且相同",
            board["queries"] == larger["queries"] <= BOARD_QUERIES,
        ),
        Bar(
            "看板服务器用时",
            f"{board['ms']:.0f} 和 {larger['ms']:.0f} 毫秒",
            f"≤ {BOARD_MILLISECONDS} 毫秒",
            max(board["ms"], larger["ms"]) <= BOARD_MILLISECONDS,
        ),
        Bar(
            f"看板用时，{large['schools']} 校比 {whole['schools']} 校",
            f"{times:.2f} 倍",
            f"≤ {BOARD_TIMES} 倍",
            times <= BOARD_TIMES,
        ),
    ]
    if whole["schools"] >= QUJING_SCHOOLS and whole["months"] >= 12:
        is_full = whole["items"] >= ITEMS and whole["meetings"] >= MEETINGS
        measured = f"议题 {whole['items']:,}，会议 {whole['meetings']:,}"
        rows.append(Bar("数据量", measured, f"≥ {ITEMS:,} 和 ≥ {MEETINGS:,}", is_full))
    return rows
