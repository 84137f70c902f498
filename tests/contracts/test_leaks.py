"""Nothing leaks through searches, exports and counts, nor on any page to a recused member."""

import re

import pytest
from django.urls import reverse

from compliance.models import Finding
from decisions import models as decisions
from meetings import models as meetings
from tests.contracts.asking import _files_of_the_world as _files_of_the_world
from tests.contracts.asking import ask, text_of
from tests.contracts.asking import sessions as sessions
from tests.contracts.asking import world as world
from tests.contracts.matrix import CAST, EXCEPTED
from tests.contracts.test_urls import ASKED
from tests.contracts.words import hidden, marks, readable
from tests.contracts.world import TITLES

pytestmark = pytest.mark.django_db
PEOPLE = (*CAST.values(), "anonymous")
# Searches find what carries any word; exports are what the lists show.
LISTS = {
    "decisions:item_list": ("?state=all", "?q=密&state=all", "?q=事项", "?state=all&format=xlsx"),
    "decisions:item_new": ("?q=密",),
    "decisions:task_list": ("?mine=1", "?state=all", "?q=密"),
    "meetings:meeting_list": ("?state=all", "?q=密"),
    "compliance:finding_list": ("?state=all", "?format=xlsx", "?q=密"),
    "oversight:school_list": ("?q=明德",),
    "oversight:board": ("?format=xlsx", "?format=pdf"),
    "oversight:missing": ("?format=xlsx",),
    "oversight:setup": ("?format=xlsx",),
    "accounts:account_list": ("?q=密",),
    "accounts:trail": ("?format=xlsx", "?format=csv", "?account=密"),
    "governance:catalogue": ("?q=密",),
    "workbench:rights": ("?view=do", "?format=xlsx"),
    "workbench:home": ("?all=1",),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_searches_and_exports_hold_what_may_be_seen(world, sessions, who):
    """Whatever a list finds or exports holds no word of a record the person may not see."""
    secret = hidden(world, who)
    for route, queries in LISTS.items():
        for query in queries:
            text = text_of(ask(sessions[who], "get", reverse(route) + query))
            assert [words for words in secret if words in text] == [], (route, query)


@pytest.mark.parametrize("who", ["organizer", *EXCEPTED])
def test_no_word_leaks_to_who_keeps_away_or_holds_an_exception(world, sessions, who):
    """Every word, where test_urls looks for titles: the pages of items, files and meetings as 回避人 and the excepted."""
    secret = hidden(world, who)
    for method, route, arguments in ASKED.values():
        if method == "get" and route.startswith(("decisions:", "meetings:", "documents:", "workbench:home")):
            text = text_of(ask(sessions[who], "get", reverse(route, args=arguments(world))))
            assert [words for words in secret if words in text] == [], route


def test_every_word_could_leak(world, sessions):
    """书记, 校长 and the proposer meet every word that is theirs to read, so that each stands on some page."""
    shown: set[str] = set()
    asked = [*ASKED.values(), ("get", "compliance:finding_detail", lambda w: (w.parts["handed_in"].pk,))]
    own = {who: readable(world, who) for who in ("secretary", "principal", "vice")}
    for who in own:
        for method, route, arguments in asked:
            if method == "get" and route.startswith(("decisions:", "meetings:", "compliance:")):
                text = text_of(ask(sessions[who], "get", reverse(route, args=arguments(world))))
                shown |= {words for words in own[who] if words in text}
    assert set.union(*own.values()) - shown == set()


COUNTED = {
    "decisions:item_list": decisions.DecisionItem,
    "meetings:meeting_list": meetings.Meeting,
    "compliance:finding_list": Finding,
}


@pytest.mark.parametrize("who", PEOPLE[:-1])
def test_no_number_counts_what_is_hidden(world, sessions, who):
    """No figure on a list is greater than what the person may see."""
    person = getattr(world.cast, who)
    for route, model in COUNTED.items():
        answer = ask(sessions[who], "get", reverse(route) + "?state=all")
        if answer.status_code != 200:
            continue
        seen = model.objects.visible_to(person).count()
        tiles = re.search(r'class="tiles".*?</nav>', answer.data.decode(), re.S)
        numbers = [int(number) for number in re.findall(r"<b>(\d+)</b>", tiles[0])] if tiles else []
        assert max(numbers, default=0) <= seen, (route, numbers, seen)


def test_the_marks_are_words_of_their_own(world):
    """Every mark could leak: none is part of another, and every item has one."""
    words = set(marks(world))
    assert not [(a, b) for a in words for b in words if a != b and a in b]
    assert set(TITLES) == set(world.items)
