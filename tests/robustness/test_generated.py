"""Generated texts, numbers and days for the forms written most: stored exactly, or told and not stored.

What a form changes of its own accord: white space at both ends goes, amounts may have thousands separators and 元, and
progress below acceptance ends at 99 %. Nothing else is touched: no cutting, no composing of letters.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.fields import FIRST_YEAR, LAST_YEAR
from decisions.models import DecisionItem, Task, TaskReport
from governance.models import CatalogueEntry
from meetings.models import Meeting, Statement
from tests.contracts.asking import _files_of_the_world as _files_of_the_world
from tests.contracts.asking import sessions as sessions
from tests.contracts.asking import world as world
from tests.contracts.matrix import stored
from tests.contracts.posts import OFFICE_POSTS, day, task_in
from tests.robustness import hostile

pytestmark = pytest.mark.django_db


def examples(number: int) -> Callable[[Any], Any]:
    """The same examples each time; the world and the sessions are shared by all of them."""
    return settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # an example is read as it is; making it smaller takes minutes
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
ODD = st.sampled_from(
    [
        hostile.HOSTILE[name]
        for name in ("blank", "digits", "infinite", "huge", "tricks", "markup", "zero day")
    ]
)
WORDS = st.one_of(st.text(LETTERS, max_size=150), st.text("中文、 \n\u200b\u202e👩\u200d", max_size=130), ODD)
NUMBERS = st.one_of(st.integers(-5, 120).map(str), st.floats().map(str), WORDS)
AMOUNTS = st.one_of(
    st.decimals(-10, 10**12, places=2).map(lambda number: f"{number:,}"), st.floats().map(str), WORDS
)
MOMENTS = st.one_of(
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda at: f"{at:%Y-%m-%dT%H:%M}".zfill(16)),
    st.datetimes(timezone.datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
        lambda at: f"{at:%Y-%m-%dT%H:%M}"
    ),
    WORDS,
)


@contextmanager
def undone() -> Iterator[None]:
    """One example, taken back also where it fails."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def send(session: str, url: str, body: dict[str, Any], mode: str = "page") -> tuple[HttpResponse, str]:
    answer = hostile.post(hostile.person(session), url, hostile.plain(body), mode)
    text = hostile.text_of(answer)
    assert answer.status_code in (200, 302, 409, 422)
    if answer.status_code >= 400:
        assert hostile.speaks(text)
    return answer, text


@examples(30)
@given(title=WORDS, background=WORDS, proposal=WORDS, department=WORDS, amount=AMOUNTS)
def test_a_draft_keeps_what_is_right_and_tells_the_rest(world, sessions, **typed):
    item = DecisionItem.objects.get(pk=world.items["draft"].pk)
    url = reverse("decisions:item_autosave", args=[item.pk])
    with undone():
        body = {**typed, "version": item.version, "access_scope": item.access_scope}
        answer, _ = send(sessions["vice"], url, body, "json")
        assert answer.status_code == 200
        errors, kept = answer.json()["errors"], DecisionItem.objects.get(pk=item.pk)
        for name in ("title", "background", "proposal", "department"):
            expected = getattr(item, name) if name in errors else typed[name].strip()
            assert getattr(kept, name) == expected, name
        figures = re.sub("[,， 元]", "", typed["amount"]).strip()
        if "amount" in errors or not figures:
            assert kept.amount is None
        else:
            assert kept.amount == Decimal(figures)


@examples(20)
@given(scheduled_at=MOMENTS, place=WORDS, mode=st.sampled_from(["live", "retrospective", "x"]), why=WORDS)
def test_a_meeting_is_planned_as_typed_or_not_at_all(world, sessions, scheduled_at, place, mode, why):
    cast, url = world.cast, reverse("meetings:meeting_new")
    last = Meeting.objects.order_by("pk").last().pk
    with undone():
        before = stored()
        body = {
            "body": cast.party,
            "scheduled_at": scheduled_at,
            "place": place,
            "chair": cast.secretary,
            "recorder": cast.clerk,
            "mode": mode,
            "retrospective_reason": why,
        }
        answer, text = send(sessions["secretary"], url, body)
        if answer.status_code != 302:
            assert answer.status_code == 422 and stored() == before
            assert place.strip() in text or not place.isprintable()
            return
        made = Meeting.objects.get(pk__gt=last)
        at = timezone.localtime(made.scheduled_at)
        assert (f"{at:%Y-%m-%dT%H:%M}", made.place, made.mode) == (scheduled_at, place.strip(), mode)
        assert FIRST_YEAR <= at.year <= LAST_YEAR


@examples(20)
@given(text=WORDS, stance=st.one_of(st.sampled_from(["", "agree", "against", "abstain", "defer"]), WORDS))
def test_a_statement_is_kept_word_for_word(world, sessions, text, stance):
    said = Statement.objects.get(pk=world.parts["statement"].pk)
    meeting, entry = world.meetings["sitting"], world.entries["sitting"]
    url = reverse("meetings:part_act", args=[meeting.pk, entry.pk, "say-save", said.pk])
    with undone():
        body = {"text": text, "stance": stance, "version": said.version}
        answer, _ = send(sessions["clerk"], url, body, "json")
        kept = Statement.objects.get(pk=said.pk)
        if answer.status_code == 200:
            assert (kept.text, kept.stance) == (text.strip(), stance)
        else:
            assert (kept.text, kept.stance, kept.version) == (said.text, said.stance, said.version)


@examples(20)
@given(progress=NUMBERS, text=WORDS)
def test_a_report_is_kept_word_for_word(world, sessions, progress, text):
    task = world.tasks["decided1"]
    url = reverse("decisions:task_act", args=[task.pk, "report"])
    with undone():
        task_in("in_progress")(world)
        before, last = stored(), TaskReport.objects.order_by("pk").last().pk
        answer, page = send(sessions["staff"], url, {"progress": progress, "text": text})
        if answer.status_code != 302:
            assert stored() == before
            assert text.strip() in page or not text.isprintable()
            return
        made = TaskReport.objects.get(pk__gt=last)
        assert (made.text, made.progress) == (text.strip(), min(int(Decimal(progress.strip())), 99))
        assert Task.objects.get(pk=task.pk).progress == made.progress


@examples(20)
@given(
    attendance=st.sampled_from(["half", "two_thirds", "t", "h", "x"]),
    access_scope=st.one_of(st.sampled_from(["0", "1", "2"]), NUMBERS),
    reason=WORDS,
)
def test_a_catalogue_entry_only_gets_stricter(world, sessions, attendance, access_scope, reason):
    post, entry = OFFICE_POSTS["tighten"], world.cast.entry("A01")
    url = reverse(post.route, args=[entry.pk])
    with undone():
        before, versions = stored(), CatalogueEntry.objects.filter(school=world.cast.school, code="A01")
        count = versions.count()
        body = {**post.body(world), "access_scope": access_scope, "reason": reason, "attendance": attendance}
        answer, page = send(sessions["secretary"], url, body)
        if answer.status_code != 302:
            assert stored() == before
            assert reason.strip() in page or not reason.isprintable()
            return
        now = versions.get(is_current=True)
        assert versions.count() == count + 1
        assert (now.attendance, now.access_scope) == (attendance, int(access_scope))
        assert now.access_scope >= entry.access_scope
        assert versions.get(pk=entry.pk).history.latest().history_change_reason == reason.strip()


LISTS = ("decisions:item_list", "decisions:task_list", "meetings:meeting_list", "compliance:finding_list")
PARAMETERS = (
    "q",
    "page",
    "state",
    "step",
    "route",
    "aspect",
    "mine",
    "view",
    "kind",
    "body",
    "format",
    "month",
)


@examples(15)
@given(
    route=st.sampled_from(LISTS),
    query=st.dictionaries(
        st.sampled_from(PARAMETERS), st.one_of(NUMBERS, st.just(day()), MOMENTS), max_size=5
    ),
)
def test_a_list_bears_any_query(world, sessions, route, query):
    with undone():
        answer = hostile.person(sessions["secretary"]).get(reverse(route), query)
        assert answer.status_code in (200, 404, 429)
        assert hostile.CHINESE.search(hostile.text_of(answer))
