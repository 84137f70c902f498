"""What a decision brings with it in public and in haste: 公示 after it, 紧急处置 before it."""

from datetime import date, timedelta
from typing import Any

from decisions.choices import NoticeConclusion
from decisions.models import EmergencyAction, PublicNotice
from demo.generate.papers import after_workdays
from demo.generate.world import World, at


def publish(world: World, matter: Any, decided: date) -> date | None:
    """公示 of a decision whose catalogue entry asks for it; the day after which it may take effect."""
    days = matter.entry["notice_workdays"]
    if not days:
        return None
    since = after_workdays(decided, 1)
    until = after_workdays(since, days - (2 if world.slips() else 1))
    if world.slips():  # nobody published it (R65)
        return until
    is_over = until < world.frame.until - timedelta(days=1)
    world.books.add(
        PublicNotice,
        school_id=world.school,
        item_id=matter.id,
        resolution_id=matter.resolution,
        since=since,
        until=until,
        place="校务公开栏",
        channel="党组织办公室 电话和信箱",
        published_by_id=world.people["clerk"][0],
        published_at=at(since, 9),
        conclusion=(NoticeConclusion.CLEAR.value if is_over else ""),
        effective_on=until + timedelta(days=1) if is_over else None,
        concluded_by_id=world.people["clerk"][0] if is_over else None,
        concluded_at=at(until + timedelta(days=1), 9) if is_over else None,
    )
    return until


def act_in_haste(world: World, matter: Any, decided: date) -> None:
    """Seldom the secretary had to act before the meeting could (R76)."""
    if world.dice.random() > 0.004:
        return
    happened = at(decided - timedelta(days=12 if world.slips(0.1) else 4), 20)
    world.books.add(
        EmergencyAction,
        school_id=world.school,
        item_id=matter.id,
        decided_by_id=world.people["secretary"][0],
        happened_at=happened,
        reason="暴雨造成校舍险情，须当晚处置。",
        measures="停课一天，转移师生，抢修屋面。",
        recorded_by_id=world.people["clerk"][0],
        recorded_at=happened + timedelta(hours=12),
    )
