"""Every URL name × the whole cast: one decided answer each (architecture.md §8). A new URL fails until decided.

    o  200    r  redirect    S  redirect to the sign-in page    x 403    . 404    m 405    - 409    ! 422

Columns: 书记 校长 专职副书记 副校长(提出人) | 非党组织班子副校长 | 会议秘书 | 经办人 财务
| 任期已满者 外校书记 区督查员 外来人 | 未登录
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from openpyxl import load_workbook

from compliance.models import FindingFile
from decisions.models import DecisionItem, Task
from documents.models import IssuedDocument
from meetings.models import Meeting
from notifications.models import Message
from tests.contracts import (
    administrators,
    change_urls,
    grant_urls,
    handover_urls,
    ledger_urls,
    recused_urls,
    register_urls,
    rights_urls,
)
from tests.contracts.asking import _files_of_the_world as _files_of_the_world
from tests.contracts.asking import ask, browser
from tests.contracts.asking import sessions as sessions
from tests.contracts.asking import world as world
from tests.contracts.matrix import EXCEPTED
from tests.contracts.world import TITLES, World
from tests.factories.cast import ADMINISTRATORS

pytestmark = pytest.mark.django_db

VISITORS = (
    *("secretary", "principal", "deputy", "vice"),
    "vice_non_party",
    "clerk",
    *("staff", "finance"),
    *("ended", "other_secretary", "inspector", "outsider"),
    "anonymous",
)
BESIDE = (*EXCEPTED, "organizer")  # asked in rows of their own
GROUPS = (4, 1, 1, 2, 4, 1)
LETTERS = {200: "o", 302: "r", 403: "x", 404: ".", 405: "m", 409: "-", 422: "!"}
# Answered without a person: probes of the machine, tested in tests/config.
NOT_ASKED = {"healthz"}


def item(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.items[name].pk,)


def meeting(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.meetings[name].pk,)


def entry(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.meetings[name].pk, w.entries[name].pk)


def part(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.parts[name].pk,)


def task(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.tasks[name].pk,)


def file_of(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.items[name].attachments.order_by("pk").first().pk,)


def evidence_of(name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (w.items[name].prerequisites.order_by("pk").first().pk,)


def document(kind: str, name: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (IssuedDocument.objects.get(kind=kind, meeting=w.meetings[name]).pk,)


def attendance(w: World) -> tuple[Any, ...]:
    return (w.meetings["sitting"].pk, w.meetings["sitting"].attendances.first().pk)


def words(*args: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: args


def plus(before: Callable[[World], tuple[Any, ...]], *args: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (*before(w), *args)


def plus_file(name: str) -> Callable[[World], tuple[Any, ...]]:
    """A finding and the file of one of its steps."""
    return lambda w: (w.parts[name].pk, FindingFile.objects.get(step__finding=w.parts[name]).pk)


NOTHING = words()
# what is asked → (method, URL name, arguments); a POST carries nothing a form asks for
ASKED: dict[str, tuple[str, str, Callable[[World], tuple[Any, ...]]]] = {
    "home": ("get", "workbench:home", NOTHING),
    "choose_school": ("post", "workbench:choose_school", NOTHING),
    "login": ("get", "accounts:login", NOTHING),
    "logout": ("post", "accounts:logout", NOTHING),
    "me": ("get", "accounts:me", NOTHING),
    **administrators.ASKED,
    "leadership": ("get", "governance:leadership", NOTHING),
    "appoint": ("get", "governance:leadership_appoint", NOTHING),
    "appoint_post": ("post", "governance:leadership_appoint", NOTHING),
    "end_seat": ("get", "governance:leadership_end", lambda w: (w.cast.vice.seats.first().pk,)),
    "end_seat_post": ("post", "governance:leadership_end", lambda w: (w.cast.vice.seats.first().pk,)),
    "end_foreign_seat": (
        "post",
        "governance:leadership_end",
        lambda w: (w.cast.other_secretary.seats.first().pk,),
    ),
    "membership": ("get", "governance:leadership_membership", lambda w: (w.cast.vice.seats.first().pk,)),
    "membership_post": (
        "post",
        "governance:leadership_membership",
        lambda w: (w.cast.vice.seats.first().pk,),
    ),
    "party_org": ("get", "governance:leadership_party_org", NOTHING),
    "party_org_post": ("post", "governance:leadership_party_org", NOTHING),
    "portfolio": ("get", "governance:leadership_portfolio", NOTHING),
    "portfolio_post": ("post", "governance:leadership_portfolio", NOTHING),
    "catalogue": ("get", "governance:catalogue", NOTHING),
    "catalogue_entry": ("get", "governance:catalogue_entry", lambda w: (w.cast.entry("G14").pk,)),
    "tighten": ("get", "governance:catalogue_tighten", lambda w: (w.cast.entry("G14").pk,)),
    "tighten_post": ("post", "governance:catalogue_tighten", lambda w: (w.cast.entry("G14").pk,)),
    "parameters": ("get", "governance:parameters", NOTHING),
    "parameter": ("get", "governance:parameter", words("fund.large_threshold")),
    "parameter_post": ("post", "governance:parameter", words("fund.large_threshold")),
    "parameter_unknown": ("get", "governance:parameter", words("no.such")),
    "item_list": ("get", "decisions:item_list", NOTHING),
    "item_new": ("get", "decisions:item_new", NOTHING),
    "item_create": ("get", "decisions:item_create", lambda w: (w.cast.entry("G14").pk,)),
    "item_create_post": ("post", "decisions:item_create", lambda w: (w.cast.entry("G14").pk,)),
    **{f"item_{name}": ("get", "decisions:item_detail", item(name)) for name in TITLES},
    "item_edit_draft": ("get", "decisions:item_edit", item("draft")),
    "item_edit_open1": ("get", "decisions:item_edit", item("open1")),
    "item_edit_decided1": ("get", "decisions:item_edit", item("decided1")),
    "item_edit_post": ("post", "decisions:item_edit", item("open2")),
    "item_autosave_draft": ("post", "decisions:item_autosave", item("draft")),
    "item_autosave_open2": ("post", "decisions:item_autosave", item("open2")),
    "prerequisite_add": ("get", "decisions:prerequisite_add", item("open1")),
    "prerequisite_add_restricted": ("get", "decisions:prerequisite_add", item("open2")),
    "prerequisite_add_post": ("post", "decisions:prerequisite_add", item("open2")),
    "consultation_add": ("get", "decisions:consultation_add", item("open2")),
    "consultation_add_post": ("post", "decisions:consultation_add", item("open2")),
    "attachment_add": ("get", "decisions:attachment_add", item("open2")),
    "attachment_add_post": ("post", "decisions:attachment_add", item("open2")),
    "reconsideration_new": ("get", "decisions:reconsideration_new", item("decided2")),
    "reconsideration_new_post": ("post", "decisions:reconsideration_new", item("decided2")),
    "notice_new": ("get", "decisions:notice_new", item("decided2")),
    "notice_new_post": ("post", "decisions:notice_new", item("decided2")),
    "notice_conclude": ("get", "decisions:notice_conclude", part("notice_decided1")),
    "notice_conclude_post": ("post", "decisions:notice_conclude", part("notice_decided2")),
    "emergency_new": ("get", "decisions:emergency_new", item("open1")),
    "emergency_new_post": ("post", "decisions:emergency_new", item("open2")),
    "act_submit": ("post", "decisions:item_act", plus(item("draft"), "submit")),
    "act_confirm": ("post", "decisions:item_act", plus(item("open2"), "confirm")),
    "act_send_back": ("get", "decisions:item_act", plus(item("open2"), "send_back")),
    "act_withdraw": ("post", "decisions:item_act", plus(item("open2"), "withdraw")),
    "act_complete": ("post", "decisions:item_act", plus(item("decided1"), "complete")),
    "act_unknown": ("post", "decisions:item_act", plus(item("decided1"), "no-such")),
    "prerequisite_void": ("get", "decisions:prerequisite_void", evidence_of("decided2")),
    "prerequisite_void_post": ("post", "decisions:prerequisite_void", evidence_of("decided2")),
    "file_open2": ("get", "decisions:attachment_download", file_of("open2")),
    "file_decided1": ("get", "decisions:attachment_download", file_of("decided1")),
    "file_withdraw": ("get", "decisions:attachment_withdraw", file_of("open2")),
    "file_withdraw_post": ("post", "decisions:attachment_withdraw", file_of("open2")),
    "reconsideration_second": ("post", "decisions:reconsideration_second", part("reconsideration")),
    "reconsideration_decide": ("post", "decisions:reconsideration_decide", part("reconsideration")),
    "grant_new": ("get", "decisions:grant_new", item("decided2")),
    "grant_new_post": ("post", "decisions:grant_new", item("decided2")),
    "grant_withdraw": ("post", "decisions:grant_withdraw", part("grant")),
    "task_list": ("get", "decisions:task_list", NOTHING),
    "task_decided1": ("get", "decisions:task_detail", task("decided1")),
    "task_decided2": ("get", "decisions:task_detail", task("decided2")),
    "task_report": ("post", "decisions:task_act", plus(task("decided2"), "report")),
    "task_accept": ("post", "decisions:task_act", plus(task("decided2"), "accept")),
    "task_urge": ("post", "decisions:task_act", plus(task("decided1"), "urge")),
    "task_unknown": ("post", "decisions:task_act", plus(task("decided1"), "no-such")),
    "extension_decide": ("post", "decisions:extension_decide", part("extension_decided2")),
    "meeting_list": ("get", "meetings:meeting_list", NOTHING),
    "meeting_new": ("get", "meetings:meeting_new", NOTHING),
    "meeting_new_post": ("post", "meetings:meeting_new", NOTHING),
    **{
        f"meeting_{name}": ("get", "meetings:meeting_detail", meeting(name))
        for name in ("listed", "sitting", "decided0", "decided1", "decided2")
    },
    "meeting_edit": ("get", "meetings:meeting_edit", meeting("listed")),
    "meeting_edit_post": ("post", "meetings:meeting_edit", meeting("listed")),
    "meeting_edit_done": ("get", "meetings:meeting_edit", meeting("decided1")),
    "meeting_start": ("post", "meetings:meeting_act", plus(meeting("listed"), "start")),
    "meeting_cancel": ("post", "meetings:meeting_act", plus(meeting("listed"), "cancel")),
    "meeting_leave": ("post", "meetings:meeting_act", plus(meeting("listed"), "leave")),
    "meeting_unknown": ("post", "meetings:meeting_act", plus(meeting("listed"), "no-such")),
    "desk_listed": ("get", "meetings:desk", meeting("listed")),
    "desk_sitting": ("get", "meetings:desk", meeting("sitting")),
    "desk_decided2": ("get", "meetings:desk", meeting("decided2")),
    "desk_changes": ("get", "meetings:desk_changes", meeting("sitting")),
    "desk_entry": ("get", "meetings:desk_entry", entry("sitting")),
    "desk_changes_entry": ("get", "meetings:desk_changes_entry", entry("sitting")),
    "entry_conclude": ("post", "meetings:entry_act", plus(entry("sitting"), "conclude")),
    "entry_open_done": ("post", "meetings:entry_act", plus(entry("decided2"), "open")),
    "entry_unknown": ("post", "meetings:entry_act", plus(entry("sitting"), "no-such")),
    "statement_save": (
        "post",
        "meetings:part_act",
        lambda w: (*entry("sitting")(w), "say-save", w.parts["statement"].pk),
    ),
    "attendance_all": ("post", "meetings:attendance_all", meeting("sitting")),
    "attendance": ("post", "meetings:attendance", attendance),
    "observer_add": ("post", "meetings:observer_add", meeting("sitting")),
    "observer_presence": (
        "post",
        "meetings:observer_presence",
        lambda w: (w.meetings["listed"].pk, w.parts["observer"].pk),
    ),
    "minutes_listed": ("get", "meetings:minutes", meeting("listed")),
    **{
        f"minutes_{name}": ("get", "meetings:minutes", meeting(name))
        for name in ("decided0", "decided1", "decided2")
    },
    "minutes_issue": ("post", "meetings:minutes_act", plus(meeting("decided0"), "issue")),
    "minutes_correct": ("post", "meetings:minutes_act", plus(meeting("decided2"), "correct")),
    "minutes_unknown": ("post", "meetings:minutes_act", plus(meeting("decided1"), "no-such")),
    **{
        f"record_{name}": ("get", "meetings:record", meeting(name))
        for name in ("listed", "decided0", "decided1", "decided2")
    },
    "record_sign": ("post", "meetings:record_act", plus(meeting("decided0"), "sign-chair")),
    "record_unknown": ("post", "meetings:record_act", plus(meeting("decided1"), "no-such")),
    "district_board": ("get", "oversight:board", NOTHING),
    "district_setup": ("get", "oversight:setup", NOTHING),
    "district_missing": ("get", "oversight:missing", NOTHING),
    "district_measure": ("get", "oversight:measure", words("attendance")),
    "district_measure_open": ("get", "oversight:measure", words("finding_open")),
    "district_measure_unknown": ("get", "oversight:measure", words("no-such")),
    "findings": ("get", "compliance:finding_list", NOTHING),
    **{f"show_{name}": ("get", "compliance:finding_detail", part(name)) for name in ("finding", "finding2")},
    "finding_confirm": ("post", "compliance:finding_act", plus(part("finding"), "confirm")),
    "finding_confirm2": ("post", "compliance:finding_act", plus(part("finding2"), "confirm")),
    "finding_progress": ("post", "compliance:finding_act", plus(part("handed_in"), "progress")),
    "finding_verify": ("post", "compliance:finding_act", plus(part("handed_in"), "verify")),
    "finding_unknown": ("post", "compliance:finding_act", plus(part("finding"), "no-such")),
    "finding_file": (
        "get",
        "compliance:finding_file",
        plus_file("handed_in"),
    ),
    "rules": ("get", "compliance:rule_list", NOTHING),
    "rule": ("get", "compliance:rule_detail", words("R31")),
    "rule_unknown": ("get", "compliance:rule_detail", words("R00")),
    "checkup": ("get", "compliance:checkup", NOTHING),
    "district_schools": ("get", "oversight:school_list", NOTHING),
    "district_school": ("get", "oversight:school_detail", lambda w: (w.cast.school.pk,)),
    **register_urls.ASKED,
    **rights_urls.ASKED,
    **handover_urls.ASKED,
    **grant_urls.ASKED,
    **ledger_urls.ASKED,
    **change_urls.ASKED,
    "inbox": ("get", "notifications:inbox", NOTHING),
    "inbox_read": ("post", "notifications:read_all", NOTHING),
    "inbox_open": (
        "post",
        "notifications:open",
        lambda w: (Message.objects.filter(recipient=w.cast.vice).latest("pk").pk,),
    ),
    "verify_form": ("get", "documents:verify_form", NOTHING),
    "verify_real": (
        "get",
        "documents:verify",
        lambda w: (IssuedDocument.objects.order_by("pk").first().verification_code,),
    ),
    "verify_wrong": ("get", "documents:verify", words("ABCDEFGHJKMN")),
    "minutes_pdf_1": ("get", "documents:download", document("party_minutes", "decided1")),
    "minutes_pdf_2": ("get", "documents:download", document("party_minutes", "decided2")),
    "record_pdf_1": ("get", "documents:download", document("meeting_record", "decided1")),
    "resolution_pdf_1": ("get", "documents:download", document("resolution", "decided1")),
    "resolution_pdf_2": ("get", "documents:download", document("resolution", "decided2")),
    "pdf_status": ("get", "documents:status", document("party_minutes", "decided2")),
    "pdf_again": ("post", "documents:ask_again", document("party_minutes", "decided2")),
}

# fmt: off
ANSWERS: dict[str, str] = {
    "home":                        "oooo o o oo ooro S",
    "choose_school":               ".... . . .. .... S",
    "login":                       "rrrr r r rr rrrr o",
    "logout":                      "SSSS S S SS SSSS S",
    "me":                          "oooo o o oo oooo S",
    **administrators.ROOMS,
    "leadership":                  "oooo o o oo .oo. S",
    "appoint":                     "oxxx x o xx .oo. S",
    "appoint_post":                "!xxx x ! xx .!!. S",
    "end_seat":                    "oxxx x o xx ..o. S",
    "end_seat_post":               "!xxx x ! xx ..!. S",
    "end_foreign_seat":            ".xxx x . xx .!!. S",
    "membership":                  "oxxx x o xx ..o. S",
    "membership_post":             "rxxx x r xx ..r. S",
    "party_org":                   "oxxx x o xx .oo. S",
    "party_org_post":              "!xxx x ! xx .!!. S",
    "portfolio":                   "oxxx x o xx .oo. S",
    "portfolio_post":              "!xxx x ! xx .!!. S",
    "catalogue":                   "oooo o o oo .oo. S",
    "catalogue_entry":             "oooo o o oo ..o. S",
    "tighten":                     "oxxx x o xx ..o. S",
    "tighten_post":                "!xxx x ! xx ..!. S",
    "parameters":                  "oooo o o oo .oo. S",
    "parameter":                   "oxxx x o xx .oo. S",
    "parameter_post":              "!xxx x ! xx .!!. S",
    "parameter_unknown":           ".xxx x . xx .... S",
    "item_list":                   "oooo o o oo oooo S",
    "item_new":                    "oooo o o oo xoxx S",
    "item_create":                 "oooo o o oo x.xx S",
    "item_create_post":            "rrrr r r rr x.xx S",
    "item_draft":                  "...o . . .. .... S",
    "item_open0":                  "oooo o o .. .... S",
    "item_open1":                  "oooo o o .. .... S",
    "item_open2":                  "oooo . o .. .... S",
    "item_listed":                 "oooo o o .. .... S",
    "item_sitting":                "oooo o o .. .... S",
    "item_decided0":               "oooo o o oo .... S",
    "item_decided1":               "oooo o o oo ..o. S",
    "item_decided2":               "oooo . o .. .... S",
    "item_elsewhere":              ".... . . .. .o.. S",
    "item_edit_draft":             "...o . . .. .... S",
    "item_edit_open1":             "xxxo x x .. .... S",
    "item_edit_decided1":          "xxx- x x xx ..x. S",
    "item_edit_post":              "xxx! . x .. .... S",
    "item_autosave_draft":         "...o . . .. .... S",
    "item_autosave_open2":         "xxx- . x .. .... S",
    "prerequisite_add":            "oooo x o .. .... S",
    "prerequisite_add_restricted": "oooo . o .. .... S",
    "prerequisite_add_post":       "oooo . o .. .... S",
    "consultation_add":            "ooox . o .. .... S",
    "consultation_add_post":       "!!!x . ! .. .... S",
    "attachment_add":              "oooo . o .. .... S",
    "attachment_add_post":         "!!!! . ! .. .... S",
    "reconsideration_new":         "oooo . x .. .... S",
    "reconsideration_new_post":    "!!!! . x .. .... S",
    "notice_new":                  "oooo . o .. .... S",
    "notice_new_post":             "!!!! . ! .. .... S",
    "notice_conclude":             "oooo x o xx ..x. S",
    "notice_conclude_post":        "!!!! . ! .. .... S",
    "emergency_new":               "ooox x o .. .... S",
    "emergency_new_post":          "!!!x . ! .. .... S",
    "act_submit":                  "...r . . .. .... S",
    "act_confirm":                 "rxxx . x .. .... S",
    "act_send_back":               "oxxx . x .. .... S",
    "act_withdraw":                "!xx! . x .. .... S",
    "act_complete":                "!!xx x x xx ..x. S",
    "act_unknown":                 ".... . . .. .... S",
    "prerequisite_void":           "oooo . o .. .... S",
    "prerequisite_void_post":      "!!!! . ! .. .... S",
    "file_open2":                  "oooo . o .. .... S",
    "file_decided1":               "oooo o o oo ..o. S",
    "file_withdraw":               "xxxo . x .. .... S",
    "file_withdraw_post":          "xxx! . x .. .... S",
    "reconsideration_second":      "rrrr x x xx ..x. S",
    "reconsideration_decide":      "rxxx x x xx ..x. S",
    "grant_new":                   "oxxx . x .. .... S",
    "grant_new_post":              "!xxx . x .. .... S",
    "grant_withdraw":              "-xxx . x .. .... S",
    "task_list":                   "oooo o o oo oooo S",
    "task_decided1":               "oooo o o oo ..o. S",
    "task_decided2":               "oooo . o .o .... S",
    "task_report":                 "xxxx . x .! .... S",
    "task_accept":                 "--xx . x .x .... S",
    "task_urge":                   "rrxx x r xx ..x. S",
    "task_unknown":                ".... . . .. .... S",
    "extension_decide":            "!!xx . x .x .... S",
    "meeting_list":                "oooo o o oo oooo S",
    "meeting_new":                 "ooox x o xx xoxx S",
    "meeting_new_post":            "!!!x x ! xx x!xx S",
    "meeting_listed":              ".o.o o o .o .... S",
    "meeting_sitting":             ".o.o o o .. .... S",
    "meeting_decided0":            ".o.o o o .. .... S",
    "meeting_decided1":            "oooo . o .. ..o. S",
    "meeting_decided2":            "oooo . o .. ..o. S",
    "meeting_edit":                ".o.x x o .x .... S",
    "meeting_edit_post":           ".!.x x ! .x .... S",
    "meeting_edit_done":           "---x . - .. ..x. S",
    "meeting_start":               ".r.x x r .x .... S",
    "meeting_cancel":              ".!.! ! ! .! .... S",
    "meeting_leave":               ".!.! ! ! .! .... S",
    "meeting_unknown":             ".... . . .. .... S",
    "desk_listed":                 ".r.x x r .x .... S",
    "desk_sitting":                ".o.x x o .. .... S",
    "desk_decided2":               "rrrx . r .. ..x. S",
    "desk_changes":                ".o.x x o .. .... S",
    "desk_entry":                  ".o.x x o .. .... S",
    "desk_changes_entry":          ".o.x x o .. .... S",
    "entry_conclude":              ".!.x x ! .. .... S",
    "entry_open_done":             "---x . - .. ..x. S",
    "entry_unknown":               "...x x . .. .... S",
    "statement_save":              ".!.x x ! .. .... S",
    "attendance_all":              ".r.x x r .. .... S",
    "attendance":                  ".!.x x ! .. .... S",
    "observer_add":                ".!.x x ! .. .... S",
    "observer_presence":           ".-.x x - .x .... S",
    "minutes_listed":              ".o.o o o .. .... S",
    "minutes_decided0":            ".o.o o o .. .... S",
    "minutes_decided1":            "oooo . o .. ..o. S",
    "minutes_decided2":            "oooo . o .. .... S",
    "minutes_issue":               ".!.x x x .. .... S",
    "minutes_correct":             "!!!! . ! .. .... S",
    "minutes_unknown":             ".... . . .. .... S",
    "record_listed":               ".-.- - - .. .... S",
    "record_decided0":             ".o.o o o .. .... S",
    "record_decided1":             "oooo . o .. .... S",
    "record_decided2":             "oooo . o .. .... S",
    "record_sign":                 ".r.x x x .. .... S",
    "record_unknown":              ".... . . .. .... S",
    "district_board":              ".... . . .. ..o. S",
    "district_setup":              ".... . . .. ..o. S",
    "district_missing":            ".... . . .. ..o. S",
    "district_measure":            ".... . . .. ..o. S",
    "district_measure_open":       ".... . . .. ..o. S",
    "district_measure_unknown":    ".... . . .. .... S",
    "findings":                    "oooo o o xx .oo. S",
    "show_finding":                "oooo o o .. ..o. S",
    "show_finding2":               "oooo . o .. ..o. S",
    "finding_confirm":             "!!xx x x .. ..x. S",
    "finding_confirm2":            "!!xx . x .. ..x. S",
    "finding_progress":            "--x- x - .. ..x. S",
    "finding_verify":              "xxxx x x .. ..!. S",
    "finding_unknown":             ".... . . .. .... S",
    "finding_file":                "oooo o o .. ..o. S",
    "rules":                       "oooo o o oo .oo. S",
    "rule":                        "oooo o o oo .oo. S",
    "rule_unknown":                ".... . . .. .... S",
    "checkup":                     "oooo o o xx .oo. S",
    "district_schools":            ".... . . .. ..o. S",
    "district_school":             ".... . . .. ..o. S",
    **register_urls.ANSWERS,
    **rights_urls.ANSWERS,
    **handover_urls.ANSWERS,
    **grant_urls.ANSWERS,
    **ledger_urls.ANSWERS,
    **change_urls.ANSWERS,
    "inbox":                       "oooo o o oo oooo S",
    "inbox_read":                  "rrrr r r rr rrrr S",
    "inbox_open":                  "...r . . .. .... S",
    "verify_form":                 "oooo o o oo oooo o",
    "verify_real":                 "oooo o o oo oooo o",
    "verify_wrong":                ".... . . .. .... .",
    "minutes_pdf_1":               "oooo . o .. ..o. S",
    "minutes_pdf_2":               "oooo . o .. .... S",
    "record_pdf_1":                "oooo . o .. .... S",
    "resolution_pdf_1":            "oooo o o oo ..o. S",
    "resolution_pdf_2":            "oooo . o .. .... S",
    "pdf_status":                  "oooo . o .. .... S",
    "pdf_again":                   "rrrr . r .. .... S",
}
# fmt: on


OPEN = {**administrators.OPEN, **rights_urls.OPEN, **grant_urls.ADMINISTRATORS}


def letter(response: HttpResponse) -> str:
    """One answer as a letter; every other status is undecided."""
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "S"
    return LETTERS.get(response.status_code, str(response.status_code))


def spaced(letters: str) -> str:
    parts, rest = [], letters
    for size in GROUPS:
        parts.append(rest[:size])
        rest = rest[size:]
    return " ".join(parts)


@pytest.fixture(scope="module")
def hidden(world) -> dict[str, set[str]]:
    """Titles of the items each visitor may not know of."""
    titles = {who: set(TITLES.values()) for who in (*VISITORS, *BESIDE)}
    for who in (*VISITORS[:-1], *BESIDE):
        seen = DecisionItem.objects.visible_to(getattr(world.cast, who))
        titles[who] -= set(seen.values_list("title", flat=True))
    titles["finance"].discard(TITLES["listed"])  # invited to this entry, whose title is the item's
    titles["archivist"].discard(TITLES["sitting"])  # records it
    return titles


@pytest.mark.parametrize("name", ASKED)
def test_answers(world, sessions, hidden, name):
    """The decided status for everybody, and on no page the title of an item the person may not know of."""
    method, route, arguments = ASKED[name]
    url = reverse(route, args=arguments(world))
    answers = {who: ask(sessions[who], method, url) for who in VISITORS}
    found = spaced("".join(letter(answer) for answer in answers.values()))
    assert (name, found) == (name, ANSWERS.get(name))
    for who, answer in answers.items():
        text = answer.data.decode(errors="replace")
        assert [title for title in hidden[who] if title in text] == [], who


@pytest.mark.parametrize("name", ASKED)
def test_administrators_have_their_own_room_and_no_other(world, sessions, name):
    """三员 are outsiders everywhere else, and no title of any item is on what they do see."""
    method, route, arguments = ASKED[name]
    url = reverse(route, args=arguments(world))
    answers = [ask(sessions[who], method, url) for who in ADMINISTRATORS]
    found = "".join(letter(answer) for answer in answers)
    outsider = ANSWERS[name].replace(" ", "")[VISITORS.index("outsider")]
    assert (name, found) == (name, OPEN.get(name, outsider * 3))
    for answer in answers:
        text = answer.data.decode(errors="replace")
        assert [title for title in TITLES.values() if title in text] == []


@pytest.mark.parametrize("name", ASKED)
def test_an_exception_opens_what_it_says_and_nothing_else(world, sessions, hidden, name):
    """Who holds one is otherwise answered like anybody of that standing, and finds no title beside its own."""
    method, route, arguments = ASKED[name]
    url = reverse(route, args=arguments(world))
    answers = {who: ask(sessions[who], method, url) for who in EXCEPTED}
    found = "".join(letter(answer) for answer in answers.values())
    usual = ANSWERS[name].replace(" ", "")
    usual = "".join(usual[VISITORS.index(who)] for who in ("staff", "inspector", "outsider"))
    assert (name, found) == (name, grant_urls.OPEN.get(name, usual))
    for who, answer in answers.items():
        text = answer.data.decode(errors="replace")
        assert [title for title in hidden[who] if title in text] == [], who


@pytest.mark.parametrize("name", ASKED)
def test_who_must_keep_away_is_sent_away(world, sessions, hidden, name):
    """何素云, a member of the Party body, is concerned in open2: nothing of it, whatever the address."""
    method, route, arguments = ASKED[name]
    answer = ask(sessions["organizer"], method, reverse(route, args=arguments(world)))
    usual = ANSWERS[name][VISITORS.index("deputy")]
    assert (name, letter(answer)) == (name, recused_urls.ANSWERS.get(name, usual))
    text = answer.data.decode(errors="replace")
    assert [title for title in hidden["organizer"] if title in text] == []


@pytest.mark.parametrize("who", [*VISITORS[:-1], *EXCEPTED, "organizer"])
def test_lists_show_exactly_what_may_be_seen(world, sessions, who):
    person = getattr(world.cast, who)
    items = set(DecisionItem.objects.visible_to(person).values_list("title", flat=True))
    page = ask(sessions[who], "get", reverse("decisions:item_list") + "?state=all").content.decode()
    assert {title for title in TITLES.values() if title in page} == items
    tasks = set(Task.objects.visible_to(person).values_list("title", flat=True))
    page = ask(sessions[who], "get", reverse("decisions:task_list")).content.decode()
    assert {task.title for task in world.tasks.values() if task.title in page} == tasks
    meetings = set(Meeting.objects.visible_to(person).values_list("pk", flat=True))
    page = ask(sessions[who], "get", reverse("meetings:meeting_list")).content.decode()
    assert {m.pk for m in world.meetings.values() if f"/meetings/{m.pk}/" in page} == meetings


@pytest.mark.parametrize("who", ["vice", "clerk", "vice_non_party", "staff", "inspector", "other_secretary"])
def test_the_workbook_holds_exactly_what_may_be_seen(world, sessions, who):
    items = DecisionItem.objects.visible_to(getattr(world.cast, who))
    answer = ask(sessions[who], "get", reverse("decisions:item_list") + "?state=all&format=xlsx")
    cells = {str(c.value) for row in load_workbook(BytesIO(answer.data)).active.iter_rows() for c in row}
    assert {title for title in TITLES.values() if title in cells} == set(
        items.values_list("title", flat=True)
    )


def names_of(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL name of the project."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names_of(pattern, f"{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            yield f"{prefix}{pattern.name}", pattern


def test_every_url_is_asked():
    asked = {route for _, route, _ in ASKED.values()}
    assert {name for name, _ in names_of(get_resolver())} - NOT_ASKED == asked
    assert set(ANSWERS) == set(ASKED)


SHOWN = {route for method, route, _ in ASKED.values() if method == "get"}
POST_ONLY = sorted({route for _, route, _ in ASKED.values()} - SHOWN)


@pytest.mark.parametrize("route", POST_ONLY)
def test_what_changes_something_is_never_a_get(world, sessions, route):
    arguments = next(args for _, name, args in ASKED.values() if name == route)
    assert browser(sessions["secretary"]).get(reverse(route, args=arguments(world))).status_code == 405


POSTED = {route for method, route, _ in ASKED.values() if method == "post"} | {"accounts:login"}
READ_ONLY = sorted(SHOWN - POSTED)


@pytest.mark.parametrize("route", READ_ONLY)
def test_pages_that_only_show_take_no_post(world, sessions, route):
    """Whatever takes a POST has a row of its own in the table."""
    arguments = next(args for _, name, args in ASKED.values() if name == route)
    assert ask(sessions["secretary"], "post", reverse(route, args=arguments(world))).status_code == 405
