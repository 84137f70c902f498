"""Escalation through every POST: the rightful sender succeeds, the same body from anybody else changes nothing.

Vertical: every member of the cast who may not. Horizontal: people of the same rank elsewhere (外校书记), and the
rightful sender naming records of others in the form.
"""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.http import HttpResponse
from django.urls import reverse

from accounts.models import User
from decisions.models import DecisionItem, Stage
from governance.models import Body, School, Seat
from meetings.models import AgendaEntry, Attendance, Observer
from tests.contracts.asking import _files_of_the_world as _files_of_the_world
from tests.contracts.asking import send
from tests.contracts.asking import sessions as sessions
from tests.contracts.asking import world as world
from tests.contracts.matrix import stored
from tests.contracts.posts import OTHER_SCHOOL, OWN, POSTS, Post
from tests.contracts.test_urls import POSTED
from tests.contracts.world import World
from tests.factories.cast import ADMINISTRATORS, NAMES

pytestmark = pytest.mark.django_db
PEOPLE = (*NAMES, *ADMINISTRATORS, "anonymous")
REFUSALS = {403, 404, 409, 422}
# Drafts keep whatever is right, so a wrong person in the form is left out and the rest is kept.
KEPT_IN_PART = {"item_create", "item_edit", "item_autosave"}

# A like record the sender of the body has no right to.
FOREIGN: dict[type, Any] = {
    User: lambda w: w.cast.other_secretary,
    School: lambda w: w.cast.other_school,
    Body: lambda w: w.cast.other_school.bodies.get(kind="party"),
    Seat: lambda w: w.cast.other_secretary.seats.get(),
    DecisionItem: lambda w: w.items["elsewhere"],
    Stage: lambda w: w.items["elsewhere"].current_stage,
    AgendaEntry: lambda w: w.entries["decided2"],
    Attendance: lambda w: w.meetings["decided2"].attendances.first(),
    Observer: lambda w: Observer.objects.create(meeting=w.meetings["sitting"], name="来宾"),
}


def is_refused(response: HttpResponse) -> bool:
    to_sign_in = response.get("HX-Redirect", response.get("Location", "")).startswith("/accounts/login/")
    return response.status_code in REFUSALS or to_sign_in


def sent(body: dict[str, Any]) -> dict[str, Any]:
    """A body as a browser sends it; files are read once, so each request gets its own."""
    values = {}
    for name, value in body.items():
        if isinstance(value, models.Model):
            value = value.pk
        elif isinstance(value, SimpleUploadedFile):
            value.seek(0)
        values[name] = value
    return values


def post_as(
    world: World, sessions: dict[str, str], who: str, post: Post, body: dict[str, Any]
) -> HttpResponse:
    url = reverse(post.route, args=post.args(world)) + post.query
    return send(sessions[who], "post", url, sent(body), as_fragment=True)


@pytest.fixture
def undone():
    """What `prepare` and the requests of one test did is undone, also where the test fails."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", POSTS)
def test_only_the_rightful_change_anything(world, sessions, undone, name):
    post = POSTS[name]
    post.prepare(world)
    body = post.body(world)
    before, ours = stored(), stored(world.cast.school)
    refused = {}
    for who in PEOPLE:
        point = transaction.savepoint()
        response = post_as(world, sessions, who, post, body)
        if who in post.names:
            done = not is_refused(response) and stored() != before
            if who == OTHER_SCHOOL:
                assert stored(world.cast.school) == ours, "another school changed ours"
            transaction.savepoint_rollback(point)
            assert done, f"{who} may, but was answered {response.status_code}"
        else:
            refused[who] = response
    open_to = [who for who, response in refused.items() if not is_refused(response)]
    assert (open_to, stored() == before) == ([], True)
    if name not in KEPT_IN_PART:
        try_numbers_of_others(world, sessions, post, body)


def try_numbers_of_others(world: World, sessions: dict[str, str], post: Post, body: dict[str, Any]) -> None:
    """The rightful sender names a person, seat, body, stage or entry that is not theirs to name."""
    foreign = {
        field: FOREIGN[type(value)](world) for field, value in body.items() if isinstance(value, models.Model)
    }
    before = stored()
    for field, other in foreign.items():
        response = post_as(world, sessions, post.names[0], post, {**body, field: other})
        assert is_refused(response), (field, response.status_code)
    assert stored() == before, foreign


@pytest.mark.parametrize("name", sorted(KEPT_IN_PART))
def test_a_draft_takes_nobody_of_another_school(world, sessions, undone, name):
    post = POSTS[name]
    other = world.cast.other_secretary
    for field in ("proposer", "presenter"):
        post_as(world, sessions, "vice", post, {**post.body(world), field: other})
        assert not DecisionItem.objects.filter(school=world.cast.school, **{field: other}).exists()


def test_sessions_of_others_cannot_be_ended(world, sessions):
    of_vice = UserSession.objects.create(
        user=world.cast.vice, session_key="another-browser", ip="10.0.0.7", user_agent="Firefox"
    )
    url = reverse("accounts:end_session", args=[of_vice.pk])
    for who in PEOPLE:
        answer = send(sessions[who], "post", url) if who != "vice" else None
        assert answer is None or is_refused(answer), who
    assert UserSession.objects.filter(pk=of_vice.pk).exists()
    assert send(sessions["vice"], "post", url).status_code == 302
    assert not UserSession.objects.filter(pk=of_vice.pk).exists()


def test_every_post_is_tried():
    """A new POST fails here until it has a body of its own, or a reason why it reaches nothing of others."""
    tried = {post.route for post in POSTS.values()}
    assert POSTED - tried == set(OWN)
    assert tried <= POSTED
