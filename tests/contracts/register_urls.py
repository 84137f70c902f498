"""Rows of test_urls for the registers: one of each kind of page, recorded by 罗敏 (会议秘书)."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from registers import services
from registers.specs import REGISTERS
from tests.contracts.world import World
from tests.factories.registers import entered


def record(slug: str) -> Callable[[World], tuple[Any, ...]]:
    """A record of the school, made on first use within a test."""

    def found(w: World) -> tuple[Any, ...]:
        made = REGISTERS[slug].model.objects.filter(school=w.cast.school).first() or entered(w.cast, slug)
        return (slug, made.pk)

    return found


def with_file(slug: str) -> Callable[[World], tuple[Any, ...]]:
    """A record with a file."""

    def found(w: World) -> tuple[Any, ...]:
        _, pk = record(slug)(w)
        file = SimpleUploadedFile("loan.txt", "借据".encode())
        version = REGISTERS[slug].model.objects.get(pk=pk).version
        services.correct(slug, pk, actor=w.cast.clerk, version=version, reason="补传", values={}, file=file)
        return (slug, pk)

    return found


def words(*args: Any) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: args


ASKED: dict[str, tuple[str, str, Callable[[World], tuple[Any, ...]]]] = {
    "registers": ("get", "registers:register_list", words()),
    "records": ("get", "registers:record_list", words("loan")),
    "records_unknown": ("get", "registers:record_list", words("no_such")),
    "record_new_loan": ("get", "registers:record_new", words("loan")),
    "record_new_loan_post": ("post", "registers:record_new", words("loan")),
    "record_new_report": ("get", "registers:record_new", words("term_report")),
    "record_loan": ("get", "registers:record_detail", record("loan")),
    "record_correct": ("get", "registers:record_correct", record("loan")),
    "record_correct_post": ("post", "registers:record_correct", record("loan")),
    "record_void": ("get", "registers:record_void", record("loan")),
    "record_void_post": ("post", "registers:record_void", record("loan")),
    "record_submit": ("get", "registers:record_submit", record("term_report")),
    "record_submit_post": ("post", "registers:record_submit", record("term_report")),
    "record_submit_loan": ("get", "registers:record_submit", record("loan")),
    "record_answer": ("get", "registers:record_answer", record("policy_filing")),
    "record_answer_post": ("post", "registers:record_answer", record("policy_filing")),
    "record_answer_draft": ("get", "registers:record_answer", record("term_report")),
    "record_file": ("get", "registers:record_file", with_file("loan")),
    "record_file_none": ("get", "registers:record_file", record("appraisal")),
}

# fmt: off
ANSWERS = {
    "registers":                   "oooo o o .. .oo. S",
    "records":                     "oooo o o .. .oo. S",
    "records_unknown":             ".... . . .. .... S",
    "record_new_loan":             "ooxx x o .. .ox. S",
    "record_new_loan_post":        "!!xx x ! .. .!x. S",
    "record_new_report":           "oxxx x o .. .ox. S",
    "record_loan":                 "oooo o o .. ..o. S",
    "record_correct":              "ooxx x o .. ..x. S",
    "record_correct_post":         "!!xx x ! .. ..x. S",
    "record_void":                 "ooxx x o .. ..x. S",
    "record_void_post":            "!!xx x ! .. ..x. S",
    "record_submit":               "oxxx x x .. ..x. S",
    "record_submit_post":          "!xxx x x .. ..x. S",
    "record_submit_loan":          ".... . . .. .... S",
    "record_answer":               "xxxx x x .. ..o. S",
    "record_answer_post":          "xxxx x x .. ..!. S",
    "record_answer_draft":         "xxxx x x .. ..-. S",
    "record_file":                 "oooo o o .. ..o. S",
    "record_file_none":            ".... . . .. .... S",
}
# fmt: on
