"""权限目录: complete, consistent, and the page says what the tables say. Each cell is proved in tests/contracts."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from compliance.transitions import TRANSITIONS as FINDING_ACTS
from decisions.transitions import TRANSITIONS as ITEM_ACTS
from tests.contracts.matrix import CAST
from workbench.rights import catalogue, selectors


def test_every_line_is_whole():
    for line in catalogue.seeing():
        assert tuple(line.marks) == tuple(catalogue.roles())
        assert set(line.marks.values()) <= set(selectors.SEES), line
    for line in catalogue.doing():
        assert (*line.marks, "未登录") == tuple(catalogue.roles())
        assert set(line.marks.values()) <= set(selectors.DOES), line
        assert (line.subject, line.key) in catalogue.acts()
    assert tuple(CAST) == tuple(catalogue.roles())[:-1]


def test_every_act_has_a_name_a_holder_a_ground_and_its_lines():
    decided = {(line.subject, line.key) for line in catalogue.doing()}
    assert set(catalogue.acts()) == decided
    for act in catalogue.acts().values():
        assert act.label and act.need and act.grounds, act
        assert all(ground.text for ground in act.grounds)


def test_transitions_are_named_once():
    """Acts that are a Transition take label and holder from it; none is missing."""
    acts = catalogue.acts()
    for transition in ITEM_ACTS:
        act = acts["议题", transition.key]
        assert (act.label, act.need) == (transition.label, transition.need)
    assert {key for subject, key in acts if subject == "合规问题"} == set(FINDING_ACTS)


def test_nobody_without_office_holds_any_right():
    for line in catalogue.doing():
        for role in ("任期已满者", "外来人", "系统管理员", "安全管理员", "审计管理员"):
            # Anybody may ask for what needs no record, and is told that it is not theirs to do.
            assert line.marks[role] in (catalogue.HIDDEN, catalogue.REFUSED), (line.key, role)


@pytest.fixture
def page(client, cast):
    def get(who: str, query: str = "") -> str:
        client.force_login(getattr(cast, who))
        return client.get(reverse("workbench:rights") + query).content.decode()

    return get


def test_the_matrix_of_acts_names_who_may(page):
    text = page("inspector", "?view=do&q=签发")
    assert "签发纪要" in text and "书记或校长，或受委托的主持人" in text
    assert "催办" not in text
    assert "没有符合条件的权限" in page("inspector", "?view=do&q=没有这个词")


def test_one_role_in_words(page):
    text = page("audit_admin", "?role=审计管理员")
    assert "不能办理任何业务" in text
    assert "安全审计" in text
    text = page("secretary", "?role=会议秘书")
    assert "催办" in text and "验收通过" in text.split("落实任务不能办")[1].split("</p>")[0]


def test_one_act_state_by_state(client, cast):
    client.force_login(cast.audit_admin)
    text = client.get(reverse("workbench:right", args=["会议", "issue"])).content.decode()
    assert "记录已签字" in text and "纪要待签发" in text and "R63" in text


def test_the_workbook_holds_every_line(client, cast):
    client.force_login(cast.audit_admin)
    book = load_workbook(BytesIO(client.get(reverse("workbench:rights") + "?format=xlsx").content))
    assert book.sheetnames == ["看", "办", "说明"]
    assert book["看"].max_row == 1 + len(catalogue.seeing())
    assert book["办"].max_row == 1 + len(catalogue.doing())
    assert book["办"]["B2"].value == "申报议题"


@pytest.mark.parametrize("query", ["", "?view=do", "?role=书记"])
def test_the_page_costs_the_same_whatever_it_shows(cast, django_assert_max_num_queries, query):
    client = Client()
    client.force_login(cast.audit_admin)
    client.get(reverse("workbench:rights"))
    with django_assert_max_num_queries(6):
        client.get(reverse("workbench:rights") + query)
