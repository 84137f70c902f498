"""The pages of findings, rules and 合规体检 as people meet them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from compliance import figures
from compliance.models import BlockedAttempt, Evaluation, Finding, RuleError
from compliance.registry import RULES
from compliance.services import rectification as services
from tests.factories.files import PDF
from tests.factories.findings import make_finding

LIST = reverse("compliance:finding_list")
DETAIL_QUERIES = 20
QUERIES = {
    "school": 17,
    "school checkup": 25,
    "school rule": 16,
    "district": 16,
    "district checkup": 24,
    "district rule": 17,
}


def queries(client, url):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(asked), answer.content.decode()


def act(finding, key):
    return reverse("compliance:finding_act", args=[finding.pk, key])


def page_of(finding):
    return reverse("compliance:finding_detail", args=[finding.pk])


def test_lists_cost_the_same_at_any_length(client, cast):
    make_finding(cast.school)
    counted = {}
    for number in (1, 3):
        for who, person in (("school", cast.secretary), ("district", cast.inspector)):
            client.force_login(person)
            counted[who, number] = queries(client, LIST)[0]
            counted[f"{who} checkup", number] = queries(
                client, f"{reverse('compliance:checkup')}?school={cast.school.pk}"
            )[0]
            counted[f"{who} rule", number] = queries(client, reverse("compliance:rule_detail", args=["R31"]))[
                0
            ]
        for _ in range(2 if number == 1 else 0):
            make_finding(cast.school)
    one = {name: n for (name, number), n in counted.items() if number == 1}
    three = {name: n for (name, number), n in counted.items() if number == 3}
    assert one == three == QUERIES


def test_filters_tiles_and_workbook(client, cast):
    breach = make_finding(cast.school, subject_label="党组织会议第15次")
    warning = make_finding(cast.school, "R32", level="W", subject_label="校长办公会议第7次")
    gap = make_finding(cast.school, "R30", verdict="unknown", missing=["应到人数"], evidence={})
    late = make_finding(cast.other_school, due_on="2026-01-02", subject_label="育才会议")
    closed = make_finding(cast.school, state="closed")
    make_finding(cast.school, resolved_at=timezone.now())
    client.force_login(cast.inspector)

    def found(**filters):
        answer = client.get(LIST, filters)
        return {row.finding.pk for row in answer.context["rows"]}

    assert found() == {breach.pk, warning.pk, gap.pk, late.pk}
    assert found(school=cast.other_school.pk) == {late.pk}
    assert found(group="meetings", level="W") == {warning.pk}
    assert found(verdict="unknown") == {gap.pk}
    assert found(rule="R31") == {breach.pk, late.pk}
    assert found(q="育才") == {late.pk}
    assert found(q="r32 第7次") == {warning.pk}
    assert found(state="overdue") == {late.pk}
    assert found(state="settled") == {closed.pk}
    assert found(state="no-such", level="no-such") == {breach.pk, warning.pk, gap.pk, late.pk}
    tiles = {tile["key"]: tile["count"] for tile in client.get(LIST).context["tiles"]}
    assert tiles == {
        "": 4,
        "found": 4,
        "working": 0,
        "submitted": 0,
        "appealed": 0,
        "overdue": 1,
        "settled": 1,
    }
    book = client.get(LIST, {"format": "xlsx", "rule": "R31"})
    rows = list(load_workbook(BytesIO(book.content)).active.iter_rows(values_only=True))
    assert [row[3] for row in rows] == ["对象", "育才会议", "党组织会议第15次"]
    client.force_login(cast.secretary)
    assert found() == {breach.pk, warning.pk, gap.pk}
    client.force_login(cast.staff)
    assert client.get(LIST).status_code == 403


def test_the_page_shows_the_arithmetic_and_what_to_do(client, cast):
    finding = make_finding(cast.school)
    client.force_login(cast.secretary)
    number, text = queries(client, page_of(finding))
    assert number == DETAIL_QUERIES
    for words in ("应到 9 人", "最低到会", "5 ＜ 9×2/3", "可重放", "确认属实，开始整改", "提出申诉"):
        assert words in text
    assert text.count('class="btn btn-primary') == 1  # one seal a page
    client.force_login(cast.vice)
    text = client.get(page_of(finding)).content.decode()
    assert "btn-primary" not in text and "提出申诉" not in text
    Finding.objects.filter(pk=finding.pk).update(evidence={**finding.evidence, "present": 6})
    assert "输入摘要不符" in client.get(page_of(finding)).content.decode()


def test_names_are_for_the_school(client, cast):
    facts = {"expected": 7, "concerned_present": 1, "stayed": 1, "names_stayed": ["赵明川"]}
    finding = make_finding(cast.school, "R36", evidence=facts)
    for person, sees in ((cast.secretary, True), (cast.inspector, False)):
        client.force_login(person)
        text = client.get(page_of(finding)).content.decode().partition('id="main"')[2]
        assert ("赵明川" in text.partition('id="answer"')[0]) is sees


def test_evidence_opens_only_for_whoever_may_read_it(client, cast):
    """A register or a list shows one's own school: no link for the district. An unreadable record: no link."""
    own = make_finding(cast.school, "R03", evidence={"deputies": 0}, link=reverse("governance:leadership"))
    foreign = make_finding(cast.school, link=reverse("meetings:meeting_detail", args=[99_999]))
    for person, links in ((cast.secretary, 1), (cast.inspector, 0)):
        client.force_login(person)
        assert bool(client.get(page_of(own)).context["page"].place) == links
        assert client.get(page_of(foreign)).context["page"].place is None


def test_the_whole_way_through_the_forms(client, cast):
    finding = make_finding(cast.school)
    later = timezone.localdate() + timedelta(days=20)
    plan = {"version": 1, "measures": "重新开会", "owner": cast.vice.pk, "due_on": later.isoformat()}
    client.force_login(cast.secretary)
    refused = client.post(act(finding, "confirm"), {**plan, "owner": cast.staff.pk, "due_on": "2020-01-01"})
    assert refused.status_code == 422
    assert set(refused.context["plan_form"].errors) == {"owner", "due_on"}
    assert client.post(act(finding, "confirm"), plan).url == page_of(finding)
    assert client.post(act(finding, "confirm"), plan).status_code == 409
    client.force_login(cast.vice)
    proof = SimpleUploadedFile("签到表.pdf", PDF)
    sent = client.post(act(finding, "progress"), {"version": 2, "text": "已发通知", "files": [proof]})
    assert sent.status_code == 302
    file = reverse(
        "compliance:finding_file", args=[finding.pk, finding.steps.get(act="progress").files.get().pk]
    )
    assert b"%PDF" in client.get(file).getvalue()
    assert client.post(act(finding, "submit"), {"version": 3, "text": "好"}).status_code == 403
    client.force_login(cast.secretary)
    assert client.post(act(finding, "submit"), {"version": 2, "text": "已开"}).status_code == 409  # stale
    assert client.post(act(finding, "submit"), {"version": 3, "text": "已开"}).status_code == 302
    client.force_login(cast.inspector)
    back = {"version": 4, "result": "send_back", "opinion": "不足"}
    assert "再次整改时限" in client.post(act(finding, "verify"), back).content.decode()
    assert client.get(page_of(finding)).content.decode().count("提交验收结论") == 1
    done = client.post(act(finding, "verify"), {"version": 4, "result": "close", "opinion": "已核"})
    assert done.status_code == 302
    finding.refresh_from_db()
    assert (finding.state, finding.version) == ("closed", 5)
    assert "提交回头看结论" in client.get(page_of(finding)).content.decode()
    again = {"version": 5, "result": "reopen", "opinion": "反复", "due_on": later.isoformat()}
    assert client.post(act(finding, "look_back"), again).status_code == 302
    finding.refresh_from_db()
    assert finding.state == "rectifying"


def test_appeal_through_the_forms(client, cast):
    finding = make_finding(cast.school)
    client.force_login(cast.principal)
    assert client.post(act(finding, "appeal"), {"version": 1, "reason": "有误"}).status_code == 302
    client.force_login(cast.inspector)
    home = client.get(LIST).content.decode()
    assert "待验收和待答复 </span>1" in home  # what waits for the district, beside the room
    answer = {"version": 2, "result": "uphold", "opinion": "成立"}
    assert client.post(act(finding, "answer"), answer).status_code == 302
    finding.refresh_from_db()
    assert finding.state == "dismissed"


def test_rules_and_checkup(client, cast):
    make_finding(cast.school)
    make_finding(cast.school, level="W")
    make_finding(cast.school, "R30", verdict="unknown", missing=["应到人数"], evidence={})
    settled = make_finding(cast.other_school)
    run = Evaluation.objects.create(
        scope="每日全面检查",
        schools=2,
        as_of=timezone.localdate(),
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )
    RuleError.objects.create(evaluation=run, rule_code="R31", error="ValueError: x", trace="…")
    BlockedAttempt.objects.create(
        school=cast.school, actor=cast.clerk, view="meetings:entry_act", path="/", rule_codes=["R31"]
    )
    client.force_login(cast.inspector)
    rules = client.get(reverse("compliance:rule_list"))
    rows = {row.rule.code: row for _, found in rules.context["groups"] for row in found}
    assert set(rows) == set(RULES)
    assert (rows["R31"].violating, rows["R31"].schools, rows["R30"].unknown) == (3, 2, 1)
    text = client.get(reverse("compliance:rule_detail", args=["R31"])).content.decode()
    assert "2</b> 所不符合" in text and "ValueError" in text
    client.force_login(cast.secretary)
    text = client.get(reverse("compliance:rule_detail", args=["R31"])).content.decode()
    assert "ValueError" not in text and settled.subject_label in text
    page = client.get(reverse("compliance:checkup")).context["page"]
    meetings = next(row for row in page.groups if row.key == "meetings")
    assert (meetings.breach, meetings.warn, meetings.unknown) == (1, 1, 1)
    assert meetings.met == meetings.rules - 2
    assert [row.finding.rule_code for row in page.first] == ["R31", "R30", "R31"]
    assert page.blocked == [("R31", RULES["R31"].title, 1)]
    assert page.months[-1].found.count == 3
    assert page.states["open"] == 3


def test_settled_findings_count_in_the_trend(cast):
    from compliance.selectors.checkup import checkup

    finding = make_finding(cast.school, resolved_at=timezone.now())
    other = make_finding(cast.school)
    services.appeal(other.pk, actor=cast.secretary, reason="有误")
    services.decide_appeal(other.pk, actor=cast.inspector, is_upheld=True, answer="成立")
    page = checkup(cast.secretary, cast.school)
    assert (page.months[-1].found.count, page.months[-1].settled.count) == (2, 2)
    assert page.first == []
    assert finding.is_open is False


def test_every_fact_has_a_word():
    """What a rule counts is shown on the page of its findings; a fact without a word would be missing there."""
    nameless = {
        f"{rule.code}.{name}"
        for rule in RULES.values()
        for name in (*rule.facts(), *rule.derived())
        if not name.startswith("names") and not figures.word_of(rule.code, name)
    }
    assert nameless == set()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "未记录"),
        (True, "是"),
        (7, "7"),
        (300_000, "300,000"),
        ("2025-03-09", "2025年3月9日"),
        ("due", "应到人数"),
        (["K", "P"], "K、P"),
        ([], "无"),
        ("2-3", "2-3"),
    ],
)
def test_values_read_as_words(value, words):
    assert figures.value_of(value) == words
