"""Rows of test_urls for 修改痕迹: open to whom the record is; of a meeting, to the body that keeps its 会议记录."""

from collections.abc import Callable
from typing import Any

from governance.models import ProcedureParameter
from tests.contracts.register_urls import record
from tests.contracts.world import World

ITEMS = ("draft", "open1", "open2", "decided1", "decided2", "elsewhere")
Arguments = Callable[[World], tuple[Any, ...]]


def item(name: str) -> Arguments:
    return lambda w: ("item", w.items[name].pk)


def meeting(name: str) -> Arguments:
    return lambda w: ("meeting", w.meetings[name].pk)


def task(name: str) -> Arguments:
    return lambda w: ("task", w.tasks[name].pk)


def parameter(w: World) -> tuple[Any, ...]:
    made, _ = ProcedureParameter.objects.get_or_create(
        school=w.cast.school,
        level="school",
        key="meeting.admin_interval_days",
        since="2026-09-01",
        value=10,
        source="本校",
    )
    return ("parameter", made.pk)


ASKED: dict[str, tuple[str, str, Arguments]] = {
    **{f"changes_item_{name}": ("get", "workbench:changes", item(name)) for name in ITEMS},
    **{
        f"changes_meeting_{n}": ("get", "workbench:changes", meeting(n))
        for n in ("sitting", "decided1", "decided2")
    },
    "changes_task_1": ("get", "workbench:changes", task("decided1")),
    "changes_task_2": ("get", "workbench:changes", task("decided2")),
    "changes_seat": (
        "get",
        "workbench:changes",
        lambda w: ("seat", w.cast.school.seats.order_by("pk").first().pk),
    ),
    "changes_catalogue": ("get", "workbench:changes", lambda w: ("catalogue", w.cast.entry("G14").pk)),
    "changes_parameter": ("get", "workbench:changes", parameter),
    "changes_register": ("get", "workbench:changes", record("loan")),
    "changes_unknown": ("get", "workbench:changes", lambda w: ("user", w.cast.vice.pk)),
}

# fmt: off
ANSWERS = {
    "changes_item_draft":          "...o . . .. .... S",
    "changes_item_open1":          "oooo o o .. .... S",
    "changes_item_open2":          "oooo . o .. .... S",
    "changes_item_decided1":       "oooo o o oo ..o. S",
    "changes_item_decided2":       "oooo . o .. .... S",
    "changes_item_elsewhere":      ".... . . .. .o.. S",
    "changes_meeting_sitting":     ".o.o o o .. .... S",
    "changes_meeting_decided1":    "oooo . o .. .... S",
    "changes_meeting_decided2":    "oooo . o .. .... S",
    "changes_task_1":              "oooo o o oo ..o. S",
    "changes_task_2":              "oooo . o .o .... S",
    "changes_seat":                "oooo o o oo ..o. S",
    "changes_catalogue":           "oooo o o oo ..o. S",
    "changes_parameter":           "oooo o o oo ..o. S",
    "changes_register":            "oooo o o .. ..o. S",
    "changes_unknown":             ".... . . .. .... S",
}
# fmt: on
