"""Words that stand in one record of the world only (`world.mark`), and who may read them.

A word may be read by those for whom `visible_to` holds its record, which test_visibility proves against the catalogue
of rights.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser

from tests.contracts.world import TITLES, World, mark

ENTRIES = {"finance": ("listed",), "archivist": ("sitting",)}
NAMES = ("decided1", "decided2")


def marks(world: World) -> dict[str, Any]:
    """Words → the record they stand in."""
    found: dict[str, Any] = {}
    for name, item in world.items.items():
        found |= {mark("背景", name): item, mark("方案", name): item}
        if name != "draft" and name != "elsewhere":
            found[f"{name}.txt"] = item.attachments.get(name=f"{name}.txt")
    for name in NAMES:
        item, task = world.items[name], world.tasks[name]
        found |= {
            mark("意见", name): item.prerequisites.get(conclusion=mark("意见", name)),
            mark("沟通", name): item.consultations.get(),
            mark("决定", name): item.resolutions.get(),
            mark("任务", name): task,
            mark("进展", name): task.reports.get(kind="progress"),
            mark("延期", name): world.parts[f"extension_{name}"],
            mark("公示", name): world.parts[f"notice_{name}"],
            mark("处置", name): world.parts[f"emergency_{name}"],
        }
    found |= {
        mark("决定", "decided0"): world.items["decided0"].resolutions.get(),
        mark("授权", "decided2"): world.parts["grant"],
        mark("理由", "decided1"): world.parts["reconsideration"],
        mark("变更", "decided1"): world.parts["reconsideration"],
        mark("发言", "sitting"): world.parts["statement"],
        mark("回避", "sitting"): world.parts["recusal"],
        mark("草案", "sitting"): world.parts["draft_task"],
        mark("整改", "handed_in"): world.parts["handed_in"],
        mark("问题", "finding2"): world.parts["finding2"],
    }
    return found


def readable(world: World, who: str) -> set[str]:
    """The words a person may read."""
    person = AnonymousUser() if who == "anonymous" else getattr(world.cast, who)
    return {
        words
        for words, record in marks(world).items()
        if type(record).objects.visible_to(person).filter(pk=record.pk).exists()
    }


def hidden(world: World, who: str) -> set[str]:
    """The words, and the titles of items, that a person may not read."""
    person = AnonymousUser() if who == "anonymous" else getattr(world.cast, who)
    words = set(marks(world)) - readable(world, who)
    seen = type(world.items["draft"]).objects.visible_to(person).values_list("title", flat=True)
    words |= set(TITLES.values()) - set(seen)
    # Invited to an entry, or recording it: its title is the item's.
    return words - {TITLES[name] for name in ENTRIES.get(who, ())}
