"""Items on their way to a meeting."""

from functools import partial
from typing import Any

from decisions.models import DecisionItem
from decisions.services import items
from meetings.services import planning
from tests.factories.decisions import make_item
from tests.factories.meetings import plan
from tests.robustness.races.kit import LISTED, twice
from tests.robustness.racing import Act


def item(c: Any, point: str = "confirmed") -> DecisionItem:
    return make_item(c, "G14", point, amount=None)


def submit(c: Any) -> list[Act]:
    return twice(partial(items.submit, item(c, "draft").pk, actor=c.vice), "item.submitted", times=3)


def submit_many(c: Any) -> list[Act]:
    return [
        Act(partial(items.submit, item(c, "draft").pk, actor=c.vice), ("item.submitted",)) for _ in range(5)
    ]


def confirm(c: Any) -> list[Act]:
    return twice(partial(items.confirm, item(c, "submitted").pk, actor=c.principal), "stage.confirmed")


def confirm_or_send_back(c: Any) -> list[Act]:
    pk = item(c, "submitted").pk
    return [
        Act(partial(items.confirm, pk, actor=c.principal), ("stage.confirmed",)),
        Act(partial(items.send_back, pk, actor=c.principal, reason="补充"), ("item.returned",)),
    ]


def withdraw(c: Any) -> list[Act]:
    return twice(partial(items.withdraw, item(c).pk, actor=c.vice, reason="不办了"), "item.withdrawn")


def withdraw_or_list(c: Any) -> list[Act]:
    made, meeting = item(c), plan(c, c.admin)
    return [
        Act(partial(items.withdraw, made.pk, actor=c.vice, reason="不办了"), ("item.withdrawn",)),
        Act(
            partial(planning.add_entry, meeting.pk, actor=c.clerk, stage_id=stage_of(made)),
            LISTED,
        ),
    ]


def revise_upon_one_version(c: Any) -> list[Act]:
    made = DecisionItem.objects.get(pk=item(c, "draft").pk)
    return [
        Act(partial(items.revise, made.pk, actor=c.vice, fields={"background": text}, version=made.version))
        for text in ("甲稿", "乙稿")
    ]


def submit_or_revise(c: Any) -> list[Act]:
    made = DecisionItem.objects.get(pk=item(c, "draft").pk)
    change = partial(items.revise, made.pk, actor=c.vice, fields={"background": "改"}, version=made.version)
    return [Act(partial(items.submit, made.pk, actor=c.vice), ("item.submitted",)), Act(change)]


def stage_of(made: DecisionItem) -> int:
    return DecisionItem.objects.get(pk=made.pk).current_stage_id
