"""Rows of test_urls for 存证: the chains of the schools, their roots and proofs."""

from collections.abc import Callable
from typing import Any

from ledger.services import close_day
from tests.contracts.world import World

Arguments = Callable[[World], tuple[Any, ...]]


def day() -> str:
    """Today, whose root is made on first use."""
    return close_day().day.isoformat()


ASKED: dict[str, tuple[str, str, Arguments]] = {
    "ledger": ("get", "workbench:ledger", lambda w: ()),
    "ledger_chain": ("get", "workbench:ledger_chain", lambda w: (w.cast.school.pk,)),
    "ledger_chain_other": ("get", "workbench:ledger_chain", lambda w: (w.cast.other_school.pk,)),
    "ledger_check": ("post", "workbench:ledger_check", lambda w: (w.cast.school.pk,)),
    "ledger_root": ("get", "workbench:ledger_root", lambda w: (day(),)),
    "ledger_root_none": ("get", "workbench:ledger_root", lambda w: ("2020-01-01",)),
    "ledger_root_bad": ("get", "workbench:ledger_root", lambda w: ("yesterday",)),
    "ledger_proof": ("get", "workbench:ledger_proof", lambda w: (w.cast.school.pk, day())),
}

# fmt: off
ANSWERS = {
    "ledger":                      "rr.. . r .. .ro. S",
    "ledger_chain":                "oo.. . o .. ..o. S",
    "ledger_chain_other":          ".... . . .. .oo. S",
    "ledger_check":                "rr.. . r .. ..r. S",
    "ledger_root":                 ".... . . .. ..o. S",
    "ledger_root_none":            ".... . . .. .... S",
    "ledger_root_bad":             ".... . . .. .... S",
    "ledger_proof":                "oo.. . o .. ..o. S",
}
# fmt: on
