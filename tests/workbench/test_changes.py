"""修改痕迹: before and after in words, by whom, why, and from where for those who may know."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from common.changes import diff
from common.where import Where, enter, leave
from decisions.services import items
from governance.services import set_parameter
from tests.factories.decisions import make_item
from tests.factories.meetings import hold
from workbench import change_views

pytestmark = pytest.mark.django_db
QUERIES = 25


def page_of(client, person, kind, pk, query=""):
    client.force_login(person)
    return client.get(reverse("workbench:changes", args=[kind, pk]) + query)


def words(answer) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


def revise(item, cast, **changes):
    """One change as it comes by a request."""
    item.refresh_from_db()
    token = enter(Where(address="10.1.2.3", request_id="ab12cd34" * 4))
    try:
        items.revise(item.pk, actor=cast.vice, version=item.version, fields=changes, reason="补充测算")
    finally:
        leave(token)


def test_before_and_after_are_told_in_words(client, cast):
    item = make_item(cast, "G01", "submitted", title="年度预算", proposal="安排经费三万元，用于图书。")
    revise(item, cast, proposal="安排经费五万元，用于图书。", department="教务处")
    answer = page_of(client, cast.secretary, "item", item.pk)
    told = words(answer)
    html = answer.content.decode()
    assert "安排经费<del>三</del><ins>五</ins>万元，用于图书。" in html
    assert "修改议题 年度预算" in told and str(cast.vice) in told and "补充测算" in told
    assert "请求 ab12cd34" in told and "来自 10.1.2.3" in told
    assert reverse("decisions:item_detail", args=[item.pk]) in html
    elsewhere = words(page_of(client, cast.clerk, "item", item.pk))
    assert "请求 ab12cd34" in elsewhere and "10.1.2.3" not in elsewhere


def test_a_meeting_tells_what_was_recorded_to_its_body_only(client, cast):
    item = make_item(cast, "E04", "confirmed")
    entry = hold(cast, cast.admin, item)
    told = words(page_of(client, cast.clerk, "meeting", entry.meeting_id))
    assert "修改会议" in told and "状态" in told and "新增发言" in told
    assert page_of(client, cast.staff, "meeting", entry.meeting_id).status_code == 404


def test_a_parameter_tells_all_its_values(client, cast):
    for value in (20, 25):
        row = set_parameter(
            actor=cast.secretary,
            level="school",
            school=cast.school,
            authority=None,
            key="meeting.party_interval_days",
            value=value,
            source="校务会议",
            since=date(2027, 1, value),
        )
    told = words(page_of(client, cast.secretary, "parameter", row.pk))
    assert "共 2 次" in told and "20" in told and "25" in told


@pytest.mark.parametrize("rows", [1, 3])
def test_the_cost_does_not_grow_with_the_rows(client, cast, rows, django_assert_num_queries):
    item = make_item(cast, "G01", "submitted")
    for number in range(rows):
        revise(item, cast, proposal=f"第 {number} 稿")
    client.force_login(cast.secretary)
    client.get(reverse("workbench:home"))
    with django_assert_num_queries(QUERIES):
        assert client.get(reverse("workbench:changes", args=["item", item.pk])).status_code == 200


def test_it_is_paged(client, cast, monkeypatch):
    monkeypatch.setattr(change_views, "PAGE_SIZE", 4)
    item = make_item(cast, "G01", "submitted")
    assert "第 1 页，共 2 页" in words(page_of(client, cast.secretary, "item", item.pk))
    assert "第 2 页，共 2 页" in words(page_of(client, cast.secretary, "item", item.pk, "?page=2"))


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("买书", "买书柜", [("same", "买书"), ("ins", "柜")]),
        ("买书", "", [("del", "买书")]),
        ("", "买书", [("ins", "买书")]),
        ("共 3000 元", "共 5000 元", [("same", "共 "), ("del", "3000"), ("ins", "5000"), ("same", " 元")]),
        ("甲" * 2500, "乙" * 2500, [("del", "甲" * 2500), ("ins", "乙" * 2500)]),
    ],
)
def test_texts_are_compared_word_by_word(before, after, pieces):
    assert diff(before, after) == pieces
