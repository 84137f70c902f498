"""The stories as data: every name in them leads somewhere, for all eight schools."""

import pytest

from demo.district import STORIES
from governance.choices import SchoolPreset, SchoolStage
from governance.services.catalogue import read_table

CODES = {row["code"] for row in read_table()}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.fields["name"])
def test_everything_named_exists(story):
    people = {person.key for person in story.people}
    meetings = {sitting.key for sitting in story.sittings}
    assert len({item.key for item in story.items}) == len(story.items)
    assert {item.code for item in story.items} <= CODES
    assert {visit.meeting for item in story.items for visit in item.visits} <= meetings
    named = {item.who for item in story.items}
    named |= {duty.owner for item in story.items for visit in item.visits for duty in visit.duties}
    named |= {post.who for post in story.posts} | {who for who, *_ in story.staff}
    named |= {key for sitting in story.sittings for key in (*sitting.leaves, *sitting.absent)}
    assert named <= people


def test_district_shows_every_kind_of_school():
    assert len(STORIES) == 8
    assert {story.fields["preset"] for story in STORIES} == set(SchoolPreset)
    assert {story.fields["stage"] for story in STORIES} == {
        SchoolStage.KINDERGARTEN,
        SchoolStage.PRIMARY,
        SchoolStage.JUNIOR,
        SchoolStage.SENIOR,
        SchoolStage.NINE_YEAR,
        SchoolStage.COMPLETE,
        SchoolStage.VOCATIONAL,
    }
    names = [person.name for story in STORIES for person in story.people]
    assert len(set(names)) == len(names)


def test_texts_have_no_machine_words():
    texts = [
        text
        for story in STORIES
        for item in story.items
        for text in (item.title, item.background, item.proposal)
    ]
    assert all(
        "{" not in text.format(term="", next_term="", year="", next_year="", last_year="") for text in texts
    )
