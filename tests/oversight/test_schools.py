"""The district's list of schools: numbers of all, words of what it may read."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from decisions.models import DecisionItem, Task
from decisions.services import items
from governance import services
from governance.choices import BodyKind, SchoolPreset, SeatRole
from meetings.services import records, sitting
from oversight.selectors.schools import school_rows, totals
from tests.factories import governance as make
from tests.factories.decisions import SUBMITTED, make_item
from tests.factories.meetings import hold
from tests.factories.people import person
from tests.workbench.test_todos import deployed

LIST = "oversight:school_list"
LIST_QUERIES = 14


def row_of(cast, school):
    return next(row for row in school_rows(cast.inspector) if row.school == school)


def test_counts_are_of_each_school_alone(cast):
    make_item(cast, "G01", SUBMITTED)
    make_item(cast, "A06", SUBMITTED)
    make_item(cast, "G01", "draft")
    returned = make_item(cast, "G04", SUBMITTED)
    items.send_back(returned.pk, actor=cast.principal, reason="补充")
    deployed(cast)
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    row = row_of(cast, cast.school)
    assert row.counts == {"propose": 1, "decide": 1, "deploy": 0, "implement": 1, "completed": 0}
    assert (row.returned, row.closed, row.due_to_close, row.overdue) == (1, 1, 1, 1)
    assert row.last_party is not None
    other = row_of(cast, cast.other_school)
    assert (sum(other.counts.values()), other.overdue, other.last_party) == (0, 0, None)
    assert totals(school_rows(cast.inspector)).counts == row.counts


def test_a_loop_is_closed_only_with_all_three_stages(cast):
    item = deployed(cast)
    item.stages.filter(purpose="deploy").update(outcome="deferred")
    row = row_of(cast, cast.school)
    assert (row.closed, row.due_to_close, row.is_open_loop) == (0, 1, True)


def test_filters_and_orders(cast):
    dual = make.school(
        cast.authority, code="D03", name="启航幼儿园", short_name="启航", stage="kindergarten",
        preset=SchoolPreset.DUAL_ROLE,
    )  # fmt: skip
    head = person("head", "袁方")
    make.seat(make.body(dual, BodyKind.PARTY), head, SeatRole.SECRETARY)
    make.seat(make.body(dual, BodyKind.ADMIN), head, SeatRole.PRINCIPAL)

    def names(**chosen):
        return [row.school.short_name for row in school_rows(cast.inspector, **chosen)]

    assert sorted(names()) == sorted(["明德", "育才", "启航"])
    assert names(setup="dual") == ["启航"]
    assert names(stage="primary") == ["育才"]
    assert names(kind="general_branch") == ["明德"]
    assert names(q="启航") == ["启航"]
    deployed(cast)
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert names()[0] == "明德"
    assert names(sort="meeting")[-1] == "明德"


def test_only_the_district_opens_these_pages(client, cast):
    detail = reverse("oversight:school_detail", args=[cast.school.pk])
    assert client.get(reverse(LIST)).status_code == 302
    for name, expected in (
        ("inspector", 200),
        ("district_leader", 200),
        ("secretary", 404),
        ("outsider", 404),
    ):
        client.force_login(cast.people[name])
        assert client.get(reverse(LIST)).status_code == expected
        assert client.get(detail).status_code == expected


def test_another_district_sees_nothing_of_ours(client, cast):
    stranger = person("stranger", "魏明")
    elsewhere = make.authority("临水区教育工委")
    services.join_authority(actor=None, authority=elsewhere, person=stranger, role="leader", since=make.SINCE)
    school = make.school(elsewhere, code="L01", name="临水小学", short_name="临水")
    client.force_login(stranger)
    text = client.get(reverse(LIST)).content.decode()
    assert "临水小学" in text
    assert "明德中学" not in text
    assert client.get(reverse("oversight:school_detail", args=[cast.school.pk])).status_code == 404
    assert client.get(reverse("oversight:school_detail", args=[school.pk])).status_code == 200


def issued(cast, entry):
    """Close the meeting of an entry, sign its record, issue its minutes."""
    meeting = entry.meeting
    sitting.close_meeting(meeting.pk, actor=cast.clerk)
    chair = meeting.chair
    records.sign_record(meeting.pk, actor=cast.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=chair, is_chair=True)
    minutes = records.draft_minutes(meeting.pk, actor=cast.clerk)
    records.submit_minutes(minutes.pk, actor=cast.clerk)
    records.issue_minutes(minutes.pk, actor=chair)


def test_titles_wait_for_the_minutes_and_restricted_ones_never_come(client, cast):
    client.force_login(cast.inspector)
    url = reverse("oversight:school_detail", args=[cast.school.pk])
    pages = (url, reverse(LIST))
    item = make_item(cast, "G01", title="年度预算标题")
    secret = make_item(cast, "G01", title="不公开标题", access_scope=2)
    entries = [hold(cast, cast.admin, item), hold(cast, cast.admin, secret)]
    for page in pages:
        text = client.get(page).content.decode()
        assert "年度预算标题" not in text
        assert "不公开标题" not in text
    for entry in entries:
        issued(cast, entry)
    text = client.get(url).content.decode()
    assert "年度预算标题" in text
    assert "不公开标题" not in text
    assert set(DecisionItem.objects.visible_to(cast.inspector)) == {item}


@pytest.fixture
def inspecting(client, cast):
    client.force_login(cast.inspector)
    return client


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as context:
        assert client.get(url).status_code == 200
    return len(context)


def test_list_query_count_does_not_grow(inspecting, cast):
    first = queries(inspecting, reverse(LIST))
    deployed(cast)
    for number in range(3, 6):
        make.school(cast.authority, code=f"N{number}", name=f"新校{number}", short_name=f"新{number}")
    assert queries(inspecting, reverse(LIST)) == first == LIST_QUERIES


def test_detail_query_count_does_not_grow(inspecting, cast):
    url = reverse("oversight:school_detail", args=[cast.school.pk])
    first = queries(inspecting, url)
    for number in range(3):
        make_item(cast, "G01", SUBMITTED, title=f"议题{number}")
    assert queries(inspecting, url) == first
