"""Rows of test_urls for 例外授权, and what an exception opens to who holds one beside what they see anyway."""

from collections.abc import Callable
from typing import Any

from tests.contracts.world import World


def meeting(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.meetings[name].pk,)


def file(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.items[name].attachments.get().pk,)


def part(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.parts[name].pk,)


ASKED: dict[str, tuple[str, str, Callable[[World], tuple[Any, ...]]]] = {
    "exceptions": ("get", "grants:grant_list", lambda w: ()),
    "exception_record": ("get", "grants:record_new", meeting("listed")),
    "exception_record_post": ("post", "grants:record_new", meeting("listed")),
    "exception_file_1": ("get", "grants:file_new", file("open1")),
    "exception_file_2": ("get", "grants:file_new", file("open2")),
    "exception_file_post": ("post", "grants:file_new", file("open1")),
    "exception_schools": ("get", "grants:school_new", lambda w: ()),
    "exception_schools_post": ("post", "grants:school_new", lambda w: ()),
    "exception_end_record": ("post", "grants:grant_withdraw", part("delegation")),
    "exception_end_file": ("post", "grants:grant_withdraw", part("shared")),
    "exception_end_schools": ("post", "grants:grant_withdraw", part("inspection")),
}

# fmt: off
ANSWERS = {
    "exceptions":                 "oooo o o oo oooo S",
    "exception_record":           ".o.x x o .x .... S",
    "exception_record_post":      ".!.x x ! .x .... S",
    "exception_file_1":           "oooo x o .. .... S",
    "exception_file_2":           "oxxx . x .. .... S",
    "exception_file_post":        "!!!! x ! .. .... S",
    "exception_schools":          "xxxx x x xx .xo. S",
    "exception_schools_post":     "xxxx x x xx .x!. S",
    "exception_end_record":       "rx.. . r .. .... S",
    "exception_end_file":         "rx.r . r .. .... S",
    "exception_end_schools":      "xx.. . x .. ..r. S",
}
# Where an exception is answered otherwise: 方静文, who records `sitting`, than 经办人; 贺秉公, who inspects the school,
# than 区督查员; 严守正, who has the file of open1, than 外来人.
OPEN = {
    "appoint":                    "xx.",
    "appoint_post":               "xx.",
    "end_seat":                   "xx.",
    "end_seat_post":              "xx.",
    "end_foreign_seat":           "xx.",
    "membership":                 "xx.",
    "membership_post":            "xx.",
    "party_org":                  "xx.",
    "party_org_post":             "xx.",
    "portfolio":                  "xx.",
    "portfolio_post":             "xx.",
    "tighten":                    "xx.",
    "tighten_post":               "xx.",
    "parameter":                  "xx.",
    "parameter_post":             "xx.",
    "parameter_unknown":          "xx.",
    "home":                       "orr",
    "desk_entry":                 "o..",
    "desk_changes_entry":         "o..",
    "entry_conclude":             "!..",
    "statement_save":             "!..",
    "attendance_all":             "r..",
    "attendance":                 "!..",
    "observer_add":               "!..",
    "meeting_sitting":            "o..",
    "district_board":             "...",
    "district_setup":             "...",
    "district_missing":           "...",
    "district_measure":           "...",
    "district_measure_open":      "...",
    "desk_sitting":               "o..",
    "desk_changes":               "o..",
    "finding_verify":             ".x.",
    "record_answer":              ".x.",
    "record_answer_post":         ".x.",
    "record_answer_draft":        ".x.",
    "move_seat_post":             "xx.",
    "rights":                     "x..",
    "move_foreign_seat":          "xx.",
    "right":                      "x..",
    "leave":                      "xx.",
    "leave_post":                 "xx.",
    "move_seat":                  "xx.",
    "leave_foreign":              "xx.",
    "handover":                   "...",
    "handover_receive":           "...",
    "ledger_chain_other":         "...",
    "changes_meeting_sitting":    "o..",
    "exception_schools":          "x..",
    "exception_schools_post":     "x..",
    "exception_end_record":       "x..",
    "exception_end_file":         "..x",
    "exception_end_schools":      ".x.",
}
# 三员 have no business here.
ADMINISTRATORS = {"exceptions": "..."}
# fmt: on
