"""What a former system handed over: rows no service would write today. Each is kept as it was found.

Every row is saved with its history and sealed by one entry `import.recorded` of the school's ledger.
"""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from common.append_only import lifted
from common.history import save_as
from decisions.choices import ReconsiderationState, ResolutionState
from decisions.models import Resolution
from decisions.services import reconsideration
from demo.player import Player
from ledger import services as ledger
from meetings.models import Meeting, Minutes

REASON = "原系统数据移交"


@transaction.atomic
def carry(player: Player, row: models.Model, text: str) -> None:
    """Save a row as the former system had it, with history and an entry of the ledger that says what it is."""
    clerk = player.who("clerk")
    with lifted():
        save_as(row, clerk, REASON)
    ledger.append(
        player.school.chain_key,
        kind="import.recorded",
        subject=f"{row._meta.label_lower}:{row.pk}",
        payload={"text": text},
        actor=clerk,
    )


def _minutes(player: Player, sitting: str) -> Minutes:
    return Meeting.objects.get(pk=player.meetings[sitting]).minutes.get()


def issued_by_another(player: Player, sitting: str, who: str) -> None:
    """Minutes of the Party body signed out by somebody it had not delegated (R63)."""
    minutes = _minutes(player, sitting)
    minutes.issued_by = player.who(who)
    carry(player, minutes, "纪要由副书记签发，没有委托主持")


def rewritten(player: Player, sitting: str) -> None:
    """Words of issued minutes changed without another version (R64)."""
    minutes = _minutes(player, sitting)
    first, *rest = minutes.entries
    minutes.entries = [{**first, "text": f"{first['text']}（会后补写：经费由公用经费调剂。）"}, *rest]
    carry(player, minutes, "签发后直接改写纪要正文")


def dropped(player: Player, key: str) -> None:
    """A resolution given up by word of mouth: no reconsideration, no new resolution (R74)."""
    resolution = Resolution.objects.get(item=player.items[key], state=ResolutionState.IN_FORCE)
    resolution.state = ResolutionState.SUPERSEDED
    carry(player, resolution, "未经复议停止执行决议")


def taken_up_by_few(player: Player, key: str) -> None:
    """A reconsideration taken up though the requester alone seconded it; the resolution was upheld (R75)."""
    secretary = player.chair("party")
    found = reconsideration.request_reconsideration(
        player.items[key], actor=secretary, reason="计划执行条件有变化。", change="压缩活动次数，合并开展。"
    )
    found.state = ReconsiderationState.UPHELD
    found.decided_by, found.decided_at = secretary, timezone.now()
    found.answer = "经研究，维持原决议。"
    carry(player, found, "附议未过半数即受理复议")


ACTS: dict[str, tuple[tuple[Callable[..., None], tuple[Any, ...]], ...]] = {
    "beichen": ((issued_by_another, ("P1", "deputy")), (rewritten, ("A1",))),
    "huaiyin": ((dropped, ("m0",)), (taken_up_by_few, ("m2",))),
}
