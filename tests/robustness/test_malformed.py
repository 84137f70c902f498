"""Malformed, replayed, stale and forged requests to every address and every form.

Nothing answers 500; what is refused changes nothing, says why, and keeps the words typed. By default each form
gets a few of the hostile values, in turn; MALFORMED=99 sends every value to every field.
"""

import os
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from common.views import CODED
from tests.contracts.administrators import OPEN
from tests.contracts.asking import _files_of_the_world as _files_of_the_world
from tests.contracts.asking import sessions as sessions
from tests.contracts.asking import world as world
from tests.contracts.matrix import stored
from tests.contracts.posts import OWN, POSTS, Post
from tests.contracts.test_urls import ANSWERS, ASKED, VISITORS, names_of
from tests.factories.cast import ADMINISTRATORS
from tests.robustness import hostile
from tests.robustness.hostile import HOSTILE, MODES

pytestmark = pytest.mark.django_db
TRIES = int(os.environ.get("MALFORMED", "1"))  # whole bodies per form; as many single fields

# Drafts keep whatever is right and tell the rest, so 422 does not mean that nothing was saved.
KEPT_IN_PART = {"item_create", "item_edit", "item_autosave"}
# The page of these shows a matter of scope 2, whose first reading of the day is noted.
READ = {"minutes_correct": {"accounts_securityevent", "ledger_chain", "ledger_ledgerentry"}}
# Done again where it is asked for again, and why.
AGAIN = {
    "move_entry": "one place further with each press; the order shown afterwards is the new one",
    "account_reset": "each reset shows a new initial password once and ends the one before",
}
# Versions that guard nothing of what others wrote.
UNGUARDED = {"item_create": "what is new has no version yet; other words are another item"}


@pytest.fixture
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Form:
    """One POST ready to be sent by the one who may."""

    def __init__(self, name: str, world: Any, sessions: dict[str, str]) -> None:
        post: Post = POSTS[name]
        post.prepare(world)
        self.name, self.session = name, sessions[post.names[0]]
        self.body = hostile.plain(post.body(world))
        self.url = reverse(post.route, args=post.args(world)) + post.query

    def send(self, body: dict[str, Any], mode: str = "page", **options: Any) -> HttpResponse:
        return hostile.post(hostile.person(self.session, **options), self.url, body, mode)


@pytest.mark.parametrize("name", POSTS)
def test_a_form_bears_anything(world, sessions, undone, name):
    form = Form(name, world, sessions)
    before = stored()
    needs_its_token(form)
    keeps_words_when_signed_out(form)
    for label, fields, value, mode in islice(tries(form), 2 * TRIES):
        bears(form, before, label, fields, value, mode)
    after = stored()
    changed = {table for table in before if after[table] != before[table]} - READ.get(name, set())
    assert not changed, "a refusal left something behind"
    is_done_once(form)


def needs_its_token(form: Form) -> None:
    """Without the token of the form nothing is done, and the page says what to do."""
    for mode in ("fragment", "page"):
        answer = form.send(form.body, mode, checks_token=True)
        text = hostile.text_of(answer)
        assert (answer.status_code, "页面已过期，没有办理" in text) == (403, True)
    assert [name for name, words in hostile.words_of(form.body).items() if words not in text] == []


def keeps_words_when_signed_out(form: Form) -> None:
    """The session ran out while somebody wrote: nothing is done, and the words are there to be copied."""
    answer = hostile.post(Client(), form.url, form.body)
    text, words = hostile.text_of(answer), hostile.words_of(form.body)
    if any(not CODED.fullmatch(typed) for typed in words.values()):
        assert (answer.status_code, "登录已过期，没有办理" in text) == (403, True)
    assert [name for name, typed in words.items() if typed not in text] == []


def tries(form: Form) -> Iterator[tuple[str, list[str], Any, str]]:
    """All fields with one value, then one field with the next; another start and another mode for each form."""
    labels, fields = list(HOSTILE), list(form.body)
    start = list(POSTS).index(form.name)
    for turn in range(len(labels) * max(1, len(fields))) if fields else ():
        label = labels[(start + 2 * turn) % len(labels)]
        yield label, fields, HOSTILE[label], list(MODES)[(start + turn) % 3]
        if len(fields) > 1:
            label = labels[(start + 2 * turn + 1 + turn // len(labels)) % len(labels)]
            yield label, [fields[(start + turn) % len(fields)]], HOSTILE[label], "page"


def bears(form: Form, before: dict[str, str], label: str, fields: list[str], value: Any, mode: str) -> None:
    """One malformed body. What is done is undone; what a refusal leaves behind stays to be seen."""
    point = transaction.savepoint()
    answer = form.send(hostile.with_value(form.body, fields, value), mode)
    text, told = hostile.text_of(answer), (label, fields, mode, answer.status_code)
    assert answer.status_code < 500, told
    is_page = answer.status_code == 200 and not answer["Content-Type"].startswith("application/json")
    is_refused = answer.status_code >= 400 or (is_page and stored() == before)
    if is_refused:
        assert hostile.speaks(text), told
    if is_refused and mode == "page" and len(fields) == 1 and answer.status_code not in (400, 413):
        kept = {name: words for name, words in hostile.words_of(form.body).items() if name not in fields}
        assert [name for name, words in kept.items() if words not in text] == [], told
    if is_refused and form.name not in KEPT_IN_PART:
        transaction.savepoint_commit(point)
    else:
        transaction.savepoint_rollback(point)


def is_done_once(form: Form) -> None:
    """Sent twice it is done once, and with another's newer version stored, changed words are told, not saved."""
    done = form.send({**form.body, **hostile.EXTRA})
    assert done.status_code in (200, 302), "unknown fields are no reason to refuse"
    once = stored()
    again = form.send(form.body, "fragment")
    assert again.status_code in (200, 302, 403, 404, 409, 422)
    if form.name in AGAIN:
        return
    second = stored()
    assert {table for table in once if second[table] != once[table]} == set(), "done twice"
    words = hostile.words_of(form.body)
    if any(name.endswith("version") for name in form.body) and words and form.name not in UNGUARDED:
        stale = form.send({**form.body, **{name: f"改过的{text}" for name, text in words.items()}})
        text = hostile.text_of(stale)
        assert (stale.status_code, hostile.speaks(text)) == (409, True)
        assert stored() == once, "a stale form overwrote something"
        if not stale["Content-Type"].startswith("application/json"):
            assert [name for name, typed in words.items() if f"改过的{typed}" not in text] == []


def test_no_view_does_without_the_token():
    exempt = [
        name for name, pattern in names_of(get_resolver()) if getattr(pattern.callback, "csrf_exempt", False)
    ]
    assert exempt == []


ADDRESSES = {name: pattern for name, pattern in names_of(get_resolver()) if pattern.pattern.converters}
ARGUMENTS = {
    "IntConverter": (10**18, 10**30),
    "SlugConverter": ("no-such", "-" * 200),
    "StringConverter": ("\u202e零\u200b👩\u200d👧", "2026-02-31"),
    "PathConverter": ("../../etc/passwd", "零"),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_nobody_has_is_told(world, sessions, undone, name):
    pattern: URLPattern = ADDRESSES[name]
    before = stored()
    for turn in (0, 1):
        values = {
            key: ARGUMENTS[type(converter).__name__][turn]
            for key, converter in pattern.pattern.converters.items()
        }
        client = hostile.person(sessions["secretary"])
        answer = client.get(reverse(name, kwargs=values), headers=MODES["fragment"])
        assert answer.status_code in (302, 403, 404, 405), values
        if answer.status_code >= 400:
            assert hostile.speaks(hostile.text_of(answer)), values
    assert stored() == before


QUERY = (
    *("all", "aspect", "body", "code", "day", "from", "kind", "lacking", "major", "mine", "month", "next"),
    *("page", "person", "q", "role", "route", "school", "setup", "since", "sort", "source", "stage", "stamp"),
    *("state", "step", "unread", "until", "user", "view", "who", "rule", "group", "level", "severity"),
)
SHOWN = {route: asked for asked, (method, route, _) in reversed(ASKED.items()) if method == "get"}


def reader_of(asked: str) -> str:
    """Somebody who may open it."""
    row = ANSWERS[asked].replace(" ", "")
    who = next((who for who, letter in zip(VISITORS, row, strict=True) if letter == "o"), "")
    own = dict(zip(ADMINISTRATORS, OPEN.get(asked, ""), strict=False))
    return who or next((who for who, letter in own.items() if letter == "o"), "secretary")


@pytest.mark.parametrize("route", SHOWN)
def test_a_page_bears_any_query(world, sessions, undone, route):
    _, _, arguments = ASKED[SHOWN[route]]
    url = reverse(route, args=arguments(world))
    client = hostile.person(sessions[reader_of(SHOWN[route])])
    labels = [label for label in HOSTILE if label not in ("missing", "a file")]
    start = list(SHOWN).index(route)
    for turn in range(min(TRIES, len(labels))):
        label = labels[(start + turn) % len(labels)]
        value = HOSTILE[label]
        value = value[:1000] if label == "huge" else value  # a server cuts longer addresses off
        query = hostile.urlencode(dict.fromkeys(QUERY, value), doseq=True, errors="surrogatepass")
        answer = client.get(f"{url}?{query}")
        text = hostile.text_of(answer)
        assert answer.status_code < 500, label
        if answer.status_code >= 400:
            assert hostile.speaks(text), label
        assert (
            "<script>alert(1)" not in answer.content.decode(errors="replace")
            if not answer.streaming
            else True
        )


# What the forms of one's own (sign-in, second factor, 交接, leaving) read, tried all at once.
OWN_FIELDS = (
    *("login", "username", "password", "code", "remember", "current", "new", "again", "next", "provider"),
    *("school", "reason", "until", "at_once", "role", "body", "since", "process", "group_task", "group_item"),
)
OWN_ASKED = sorted(name for name, (method, route, _) in ASKED.items() if method == "post" and route in OWN)


@pytest.mark.parametrize("name", OWN_ASKED)
def test_a_form_of_ones_own_bears_anything(world, sessions, undone, name):
    """Whoever asks, signed in or not: every hostile value in every field, and no 500."""
    _, route, arguments = ASKED[name]
    url = reverse(route, args=arguments(world))
    for label, value in HOSTILE.items():
        body = hostile.with_value({}, OWN_FIELDS, value)
        for who in ("clerk", "anonymous"):
            cache.clear()  # the limits of accounts/limits.py stay out of the way
            point = transaction.savepoint()
            answer = hostile.post(hostile.person(sessions[who]), url, body)
            transaction.savepoint_rollback(point)
            assert answer.status_code < 500, (label, who)
            if answer.status_code in (400, 403, 409, 413, 422, 429):
                assert hostile.speaks(hostile.text_of(answer)), (label, who, answer.status_code)
