"""Query counts of the screens, the same at one and three rows; history as before and after."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from decisions.models import DecisionItem
from decisions.selectors.facts import ballot_words
from decisions.selectors.history import revisions_of
from decisions.services import evidence, items
from tests.decisions.test_views_tasks import make_task, photo
from tests.factories.decisions import CONFIRMED, DRAFT, SUBMITTED, make_item
from tests.factories.files import PDF

LIST_QUERIES = 16
ITEM_QUERIES = 49
TASKS_QUERIES = 13
TASK_QUERIES = 19


@pytest.mark.parametrize("rows", [1, 3])
def test_item_list_queries(cast, client, django_assert_num_queries, rows):
    for _ in range(rows):
        make_item(cast, "G01", CONFIRMED)
    client.force_login(cast.principal)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(reverse("decisions:item_list")).context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_item_page_queries(cast, client, django_assert_num_queries, rows):
    item = make_item(cast, "G05", CONFIRMED)
    for number in range(rows):
        make_task(cast, item=item, helpers=[cast.teacher])
        evidence.add_prerequisite(
            item.pk,
            actor=cast.vice,
            kind="research",
            held_on=item.created_at.date(),
            participants="教师代表",
            conclusion=f"可行，第{number}次。",
            result="favourable",
            files=[SimpleUploadedFile(f"{number}.pdf", PDF)],
        )
        evidence.add_consultation(
            item.pk,
            actor=cast.secretary,
            held_at=item.created_at,
            counterpart=cast.principal,
            opinions=f"同意，第{number}次",
            disagreement="none",
        )
        evidence.add_attachments(item.pk, actor=cast.vice, files=[photo(f"{number}.jpg")])
    client.force_login(cast.principal)
    with django_assert_num_queries(ITEM_QUERIES):
        page = client.get(reverse("decisions:item_detail", args=[item.pk])).context["page"]
    assert (len(page.tasks), len(page.prerequisites), len(page.materials)) == (rows, rows, rows)


@pytest.mark.parametrize("rows", [1, 3])
def test_task_list_queries(cast, client, django_assert_num_queries, rows):
    for number in range(rows):
        make_task(cast, days=number - 1, helpers=[cast.teacher])
    client.force_login(cast.principal)
    with django_assert_num_queries(TASKS_QUERIES):
        response = client.get(reverse("decisions:task_list"))
    assert sum(len(group.rows) for group in response.context["groups"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_task_page_queries(cast, client, django_assert_num_queries, rows):
    from decisions.services import tasks

    task = make_task(cast, helpers=[cast.teacher])
    for number in range(rows):
        tasks.report(task.pk, actor=cast.staff, progress=number, text="进展", files=[photo(f"{number}.jpg")])
    client.force_login(cast.principal)
    with django_assert_num_queries(TASK_QUERIES):
        page = client.get(reverse("decisions:task_detail", args=[task.pk])).context["page"]
    assert len(page.reports) == rows


def test_changes_are_told_field_by_field_with_names(cast):
    item = make_item(cast, "G01", SUBMITTED)
    items.revise(
        item.pk,
        actor=cast.vice,
        fields={"amount": 300_000, "presenter": cast.finance, "proposal": "新方案。"},
        reason="按财政口径",
    )
    newest = revisions_of(DecisionItem.objects.get(pk=item.pk))[0]
    assert (newest.actor, newest.subject) == ("赵明川", "议题")
    assert [(c.label, c.before, c.after) for c in newest.changes] == [
        ("建议方案", "按所附方案实施。", "新方案。"),
        ("涉及金额（元）", "12.00 万元", "30.00 万元"),
        ("汇报人", "赵明川", "韩立秋"),
    ]


def test_a_draft_that_saves_itself_is_told_as_one_change(cast):
    item = make_item(cast, "G01", DRAFT)
    for title in ("预", "预算", "预算方案"):
        items.revise(item.pk, actor=cast.vice, fields={"title": title})
    told = [r for r in revisions_of(item) if r.fields == ("title",)]
    assert [(c.before, c.after) for r in told for c in r.changes] == [("年度预决算（G01）", "预算方案")]


def test_stages_and_evidence_have_their_changes_too(cast):
    item = make_item(cast, "G01", CONFIRMED)
    found = evidence.add_prerequisite(
        item.pk,
        actor=cast.vice,
        kind="research",
        held_on=item.created_at.date(),
        participants="教师",
        conclusion="可行",
        result="favourable",
    )
    evidence.void_prerequisite(found.pk, actor=cast.vice, reason="登记有误")
    told = {r.subject: [(c.label, c.after) for c in r.changes] for r in revisions_of(item)}
    assert told["前置程序 调研"] == [("已作废", "是"), ("作废原因", "登记有误")]
    assert told["第1轮提出"] == [("状态", "已确定"), ("确定人", "林知远")]


@pytest.mark.parametrize(("code", "votes"), [("A01", 4), ("B03", 5)])
def test_two_thirds_are_asked_of_major_matters_only(cast, code, votes):
    """`vote.major_pass` tightens what the catalogue marks, as the table of the meeting does (R54)."""
    parameters = {"vote.pass": "gt_half", "vote.major_pass": [2, 3], "vote.base": "due"}
    assert f"赞成须 {votes} 票（应到 7 人）" in ballot_words(cast.entry(code), cast.party, 7, parameters)
