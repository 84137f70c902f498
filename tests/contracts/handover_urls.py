"""Rows of test_urls for leaving, moving and handing over."""

from collections.abc import Callable
from typing import Any

from handover import services
from handover.models import Handover
from tests.contracts.world import World


def seat_of(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (getattr(w.cast, name).seats.first().pk,)


def person(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (getattr(w.cast, name).pk,)


def made(w: World) -> tuple[Any, ...]:
    """田家和's task handed to 秦书瑶 by 罗敏, on first use within a test."""
    found = Handover.objects.first()
    if found is None:
        (found,) = services.hand_over(
            actor=w.cast.clerk,
            school_id=w.cast.school.pk,
            giver_id=w.cast.staff.pk,
            to={("task", w.tasks["decided1"].pk): w.cast.teacher.pk},
            reason="调岗",
        )
    return (found.pk,)


ASKED: dict[str, tuple[str, str, Callable[[World], tuple[Any, ...]]]] = {
    "move_seat": ("get", "governance:leadership_move", seat_of("vice")),
    "move_seat_post": ("post", "governance:leadership_move", seat_of("vice")),
    "move_foreign_seat": ("post", "governance:leadership_move", seat_of("other_secretary")),
    "leave": ("get", "governance:leadership_leave", person("staff")),
    "leave_post": ("post", "governance:leadership_leave", person("staff")),
    "leave_foreign": ("get", "governance:leadership_leave", person("other_secretary")),
    "handovers": ("get", "handover:handover_list", lambda w: ()),
    "handover_of_vice": ("get", "handover:handover_new", person("vice")),
    "handover_of_finance": ("get", "handover:handover_new", person("finance")),
    "handover_of_ended": ("get", "handover:handover_new", person("ended")),
    "handover_of_foreign": ("get", "handover:handover_new", person("other_secretary")),
    "handover_post": ("post", "handover:handover_new", person("vice")),
    "handover": ("get", "handover:handover_detail", made),
    "handover_receive": ("post", "handover:handover_receive", made),
}

# fmt: off
ANSWERS = {
    "move_seat":                   "oxxx x o xx ..o. S",
    "move_seat_post":              "!xxx x ! xx ..!. S",
    "move_foreign_seat":           ".xxx x . xx .!!. S",
    "leave":                       "oxxx x o xx ..o. S",
    "leave_post":                  "!xxx x ! xx ..!. S",
    "leave_foreign":               ".xxx x . xx .o.. S",
    "handovers":                   "oooo o o oo .o.. S",
    "handover_of_vice":            "oo.o . o .. .... S",
    "handover_of_finance":         "oo.. . o .o .... S",
    "handover_of_ended":           "oo.. . o .. .... S",
    "handover_of_foreign":         ".... . . .. .o.. S",
    "handover_post":               "!!.! . ! .. .... S",
    "handover":                    "oo.. . o o. .... S",
    "handover_receive":            "xx.. . x x. .... S",
}
# fmt: on
