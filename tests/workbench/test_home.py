"""The desk as people meet it: redirects, counts, and a fixed number of queries."""

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from decisions.models import Task
from decisions.services import items
from governance.access import offices_of
from governance.parameters import resolve
from meetings.services import planning, sitting
from tests.factories.decisions import SUBMITTED, add_evidence, consult, make_item
from tests.factories.meetings import hold, plan
from tests.workbench.test_todos import deployed
from workbench.selectors.overview import (
    Stop,
    coming_meetings,
    overdue_tasks,
    reminders,
    route_map,
    term_start,
)

HOME = "/"
HOME_QUERIES = 37


def stops(cast, user):
    """Counts by line: numbers at stops, in the order 提出 to 办结."""
    today = timezone.localdate()
    found = route_map(user, cast.school, resolve(cast.school, today), today)
    return {
        line.css: [stop.count if isinstance(stop, Stop) else None for stop in line.stops]
        for line in found.lines
    }


def test_everybody_lands_where_they_work(client, cast):
    assert client.get(HOME).status_code == 302
    for name in ("secretary", "principal", "clerk", "staff", "vice_non_party"):
        client.force_login(cast.people[name])
        assert client.get(HOME).status_code == 200
    for name in ("inspector", "district_leader"):
        client.force_login(cast.people[name])
        assert client.get(HOME).url == reverse("oversight:board")
    for name in ("ended", "outsider"):
        client.force_login(cast.people[name])
        assert "目前没有在任职务" in client.get(HOME).content.decode()


def test_district_lands_on_the_school_it_chooses(client, cast):
    client.force_login(cast.inspector)
    answer = client.post(reverse("workbench:choose_school"), {"school": cast.other_school.pk})
    assert answer.url == reverse("oversight:school_detail", args=[cast.other_school.pk])


def test_route_map_counts_each_item_once_where_it_stands(cast):
    make_item(cast, "G01", SUBMITTED, title="甲")
    decided = make_item(cast, "G01", title="乙")
    hold(cast, cast.admin, decided)
    make_item(cast, "A06", SUBMITTED)
    make_item(cast, "E04", SUBMITTED)
    deployed(cast, "丙")
    assert stops(cast, cast.secretary) == {
        "line-l": [1, 1, 0, 1, 0],
        "line-p": [None, 1, None, 0, 0],
        "line-a": [None, None, 1, 0, 0],
    }
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=4))
    today = timezone.localdate()
    loop = route_map(cast.secretary, cast.school, resolve(cast.school, today), today).lines[0]
    assert [stop.note for stop in loop.stops] == ["今天申报", "1 件卡住", "", "1 件逾期", ""]


def test_route_map_shows_nothing_restricted_to_others(cast):
    make_item(cast, "B01", SUBMITTED)
    assert stops(cast, cast.secretary)["line-p"][1] == 1
    assert stops(cast, cast.vice_non_party)["line-p"][1] == 0
    assert stops(cast, cast.staff)["line-p"][1] == 0


def test_overdue_tasks_are_listed_longest_first(cast):
    deployed(cast)
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=4))
    rows, count = overdue_tasks(cast.principal, cast.school)
    assert ([task.title for task in rows], count) == (["公开年度预算"], 1)
    assert overdue_tasks(cast.outsider, cast.school) == ([], 0)


def test_coming_meetings_say_whether_enough_can_come(cast):
    meeting = plan(cast, cast.party)
    planning.add_first_topic(meeting.pk, actor=cast.clerk, title="学习贯彻上级部署")
    values = resolve(cast.school, timezone.localdate())

    def words(user):
        return [row.pill.text for row in coming_meetings(user, offices_of(user, cast.school), values)]

    assert words(cast.secretary) == ["筹备中，尚未通知"]
    planning.send_notice(meeting.pk, actor=cast.clerk)
    assert words(cast.secretary) == ["可到 7 人，须到 4 人"]
    for row in meeting.attendances.all()[:4]:
        sitting.set_attendance(row.pk, actor=cast.clerk, status="leave", reason="出差", version=row.version)
    assert words(cast.secretary) == ["可到 3 人，须到 4 人，人数不够"]
    assert words(cast.staff) == []


def test_reminders_speak_to_the_leadership_only(cast):
    today = timezone.localdate()
    values = resolve(cast.school, today)
    (check,) = reminders(cast.secretary, offices_of(cast.secretary, cast.school), values, today)
    assert (check.code, check.ok) == ("R81", False)
    item = make_item(cast, "G01")
    hold(cast, cast.admin, item)
    consult(cast, item)
    assert reminders(cast.staff, offices_of(cast.staff, cast.school), values, today) == []
    later = today + timedelta(days=15)
    found = reminders(cast.principal, offices_of(cast.principal, cast.school), values, today)
    assert [(check.code, check.ok) for check in found] == [("R81", True), ("R39", True)]
    found = reminders(cast.principal, offices_of(cast.principal, cast.school), values, later)
    assert [(check.code, check.ok) for check in found] == [("R81", False), ("R39", False)]


def test_term_starts_in_august_and_february():
    assert term_start(date(2026, 11, 21)) == date(2026, 8, 1)
    assert term_start(date(2026, 8, 1)) == date(2026, 8, 1)
    assert term_start(date(2026, 7, 31)) == date(2026, 2, 1)
    assert term_start(date(2026, 1, 5)) == date(2025, 8, 1)


def queries(client, user):
    client.force_login(user)
    client.get(HOME)
    with CaptureQueriesContext(connection) as context:
        assert client.get(HOME).status_code == 200
    return len(context)


def stocked(cast, mark):
    """One item at each of several points."""
    make_item(cast, "G01", SUBMITTED, title=f"待确定{mark}")
    item = make_item(cast, "G01", title=f"待决定{mark}")
    hold(cast, cast.admin, item)
    items.confirm(item.pk, actor=cast.secretary)
    add_evidence(cast, item)
    deployed(cast, f"落实{mark}")
    plan(cast, cast.party)
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=4))


def test_home_query_count_does_not_grow(client, cast):
    stocked(cast, 1)
    first = queries(client, cast.secretary)
    principal = queries(client, cast.principal)
    stocked(cast, 2)
    stocked(cast, 3)
    assert queries(client, cast.secretary) == first == HOME_QUERIES
    assert queries(client, cast.principal) == principal
