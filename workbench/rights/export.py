"""权限目录 as a workbook: what the page shows, with every line of the tables."""

from django.http import HttpResponse
from django.utils import timezone

from common.workbook import Sheet, workbook_answer
from workbench.rights.catalogue import acts, doing, roles, seeing

MARKS = (
    ("●", "看得到；可以办"),
    ("◐", "只看得到其中一部分"),
    ("○", "有权，此状态不能办"),
    ("△", "有权，规则未满足时拒绝"),
    ("×", "看得到，无权办"),
    ("－", "看不到，也不能办"),
)
NARROW = 6


def rights_workbook() -> HttpResponse:
    """Answer with three sheets: 看, 办, and what roles and marks mean."""
    known = acts()
    sees: Sheet = (
        "看",
        [("对象", 12), ("状态", 24), ("知悉范围", 20), *((role, NARROW) for role in seeing()[0].marks)],
        ([line.subject, "、".join(line.states), line.scope, *line.marks.values()] for line in seeing()),
    )
    does: Sheet = (
        "办",
        [
            *(("对象", 12), ("权利", 18), ("由谁办理", 30), ("依据", 30), ("状态", 40), ("知悉范围", 20)),
            *((role, NARROW) for role in doing()[0].marks),
        ],
        (
            [
                line.subject,
                known[line.subject, line.key].label,
                known[line.subject, line.key].need,
                "；".join(f"{ground.code} {ground.text}" for ground in known[line.subject, line.key].grounds),
                "、".join(line.states),
                line.scope,
                *line.marks.values(),
            ]
            for line in doing()
        ),
    )
    meaning: Sheet = ("说明", [("角色或符号", 20), ("含义", 60)], [*roles().items(), *MARKS])
    return workbook_answer(f"权限目录{timezone.localdate():%Y%m%d}", sees, does, meaning, frozen="B2")
