"""Rows of test_urls for 权限目录: for who leads, records, supervises or audits; it holds no business."""

from collections.abc import Callable
from typing import Any

from tests.contracts.world import World


def words(*args: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: args


ASKED: dict[str, tuple[str, str, Callable[[World], tuple[Any, ...]]]] = {
    "rights": ("get", "workbench:rights", words()),
    "right": ("get", "workbench:right", words("议题", "confirm")),
    "right_unknown": ("get", "workbench:right", words("议题", "no-such")),
}

# fmt: off
ANSWERS = {
    "rights":                      "ooxx x o xx .oo. S",
    "right":                       "ooxx x o xx .oo. S",
    "right_unknown":               "..xx x . xx .... S",
}
# What is not written here is answered as to an outsider: 系统管理员 安全管理员 审计管理员.
OPEN = {
    "rights": ".oo",
    "right":  ".oo",
}
# fmt: on
