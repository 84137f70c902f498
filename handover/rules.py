"""Who may not receive what: every reason at once, each with its rule."""

from collections.abc import Iterator
from typing import Any

from common.checks import Check
from common.choices import Level
from decisions.models import DecisionItem
from decisions.rules import cite
from governance.choices import AccessScope
from governance.models import Body, Seat
from meetings.models import Recusal

PLACE = "请另选接收人"


def _refusal(code: str, title: str, message: str, clause: str) -> Check:
    return Check(code, title, Level.BLOCK, False, message=message, clause=cite(clause, code))


def _concerned(item: DecisionItem, receiver: Any, name: str) -> Iterator[Check]:
    """R36: whoever the matter touches, or who withdrew from it, gets neither the item nor a task of it."""
    recused = Recusal.objects.filter(entry__stage__item=item, seat__person=receiver)
    if item.concerned.filter(person=receiver).exists() or recused.exists():
        yield _refusal(
            "R36",
            name,
            f"{receiver}是利害关系人或已在审议中回避，不能接收此事项。{PLACE}。",
            "参照学校党组织会议制度",
        )


def item_refusals(item: DecisionItem, receiver: Any, roles: list[str], name: str) -> Iterator[Check]:
    """R10: a leader proposes; R66: makers of a matter of scope 2 hold an office in a body on its route."""
    yield from _concerned(item, receiver, name)
    seats = Seat.objects.active().filter(person=receiver, school=item.school_id)
    if "proposer" in roles and not seats.leadership().exists():
        yield _refusal(
            "R10",
            name,
            f"提出人须为班子成员，{receiver}不在领导班子。{PLACE}。",
            "中办《意见》（五）（六）",
        )
    if item.access_scope >= AccessScope.RESTRICTED:
        bodies = (
            item.stages.values("body")
            if item.stages.exists()
            else Body.objects.filter(school=item.school_id, kind=item.school.party_org.deciding_kind).values(
                "pk"
            )
        )
        if not seats.office().filter(body__in=bodies).exists():
            yield _refusal(
                "R66",
                name,
                f"知悉范围为班子成员和指定人员，{receiver}不在审议机构任职。{PLACE}。",
                "知悉范围",
            )


def task_refusals(item: DecisionItem, receiver: Any, name: str) -> Iterator[Check]:
    yield from _concerned(item, receiver, name)


def chair_refusals(body: Body, receiver: Any, day: Any, name: str) -> Iterator[Check]:
    """R34: a voting member chairs."""
    if not Seat.objects.active(day).voting().filter(body=body, person=receiver).exists():
        yield _refusal(
            "R34",
            name,
            f"{receiver}不是{body}有表决权的成员，不能主持。{PLACE}。",
            "中办《意见》（五）（六）",
        )


def recorder_refusals(body: Body, receiver: Any, name: str) -> Iterator[Check]:
    """R61: who records or drafts must be able to read what was recorded."""
    if not Seat.objects.active().office().filter(body=body, person=receiver).exists():
        yield _refusal(
            "R61",
            name,
            f"{receiver}不在{body}任职，不能记录会议或起草纪要。{PLACE}。",
            "会议记录规范",
        )


def finding_refusals(may_own: bool, receiver: Any, name: str) -> Iterator[Check]:
    """A rectification is owned by somebody who may read the finding."""
    if not may_own:
        yield _refusal(
            "R66",
            name,
            f"{receiver}不是可以知悉此问题的班子成员或会议秘书。{PLACE}。",
            "知悉范围",
        )
