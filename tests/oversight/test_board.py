"""The board and the lists behind its numbers: a fixed number of queries, no content, every number adds up."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from compliance.models import Finding
from compliance.services import evaluate
from decisions.models import DecisionItem, Resolution
from governance.models import Authority, AuthorityMember, School
from meetings.models import Meeting
from oversight import services
from oversight.measures import MEASURES
from oversight.models import AuthorityMonth, SchoolDay, SchoolStanding
from oversight.selectors import grid, months
from tests.compliance.kit import SINCE, Kit, admin_body, party_body

BOARD = "oversight:board"
PINNED = {"board": 11, "setup": 7, "missing": 11, "measure": 10}


@pytest.fixture
def inspector(kit: Kit) -> User:
    person = kit.person("唐文博")
    AuthorityMember.objects.create(authority=kit.authority, person=person, role="reviewer", since=SINCE)
    return person


def lively(kit: Kit) -> School:
    """A school with meetings, a decided item of scope 1 without talk beforehand, one of scope 2, a task."""
    school, today = kit.school(), timezone.localdate()
    for code in ("A02", "B01"):
        item = kit.item(school, code)
        kit.decide(item, on=today)
        kit.task(item, due=today, resolution=Resolution.objects.get(item=item))
    kit.meeting(admin_body(school), on=today)
    return school


def cost(client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_pages_cost_the_same_at_one_and_at_three_schools(kit, inspector, client):
    client.force_login(inspector)
    lively(kit)
    urls = {
        "board": reverse(BOARD),
        "setup": reverse("oversight:setup"),
        "missing": reverse("oversight:missing"),
        "measure": reverse("oversight:measure", args=["attendance"]),
    }
    found = []
    for more in (0, 2):
        for _ in range(more):
            lively(kit)
        evaluate(schools=School.objects.all(), rules=["R17"])
        services.rebuild()
        found.append({name: cost(client, url) for name, url in urls.items()})
    assert found == [PINNED, PINNED]
    # so do a filtered grid and the subjects of one school
    school = School.objects.first()
    assert cost(client, f"{urls['board']}?q={school.name}&sort=name") == PINNED["board"] + 1
    page = client.get(f"{urls['board']}?q={school.name}").content.decode()
    assert "筛选出 1 校" in page


def test_numbers_of_the_board_are_those_of_the_lists(kit, inspector, client):
    client.force_login(inspector)
    schools = [lively(kit), lively(kit)]
    evaluate(schools=School.objects.all(), rules=["R17"])
    services.rebuild()
    answer = client.get(reverse(BOARD))
    shown = {kpi.measure.key: kpi for kpi in answer.context["all_kpis"]}
    assert (shown["attendance"].now, shown["attendance"].value) == ((40, 40), "100.0")
    assert shown["consultation"].now == (0, 4)
    assert shown["finding_open"].now == (Finding.objects.count(), 0) == (4, 0)
    assert answer.context["overview"].problems == 4
    for key, kpi in shown.items():
        listed = client.get(reverse("oversight:measure", args=[key]))
        assert listed.context["total"] == kpi.now, key
        if not kpi.now[0] and not kpi.now[1]:
            continue
        per_school = [
            client.get(reverse("oversight:measure", args=[key]), {"school": school.pk})
            .context["page"]
            .object_list
            for school in schools
        ]
        rows = [row for page in per_school for row in page]
        assert (sum(r.numerator for r in rows), sum(r.denominator for r in rows)) == kpi.now, key
    # the cell, and the list it leads to
    row = answer.context["page"].object_list[0]
    cell = next(cell for cell in row.cells if cell.number)
    url = (
        f"{reverse('compliance:finding_list')}?school={row.standing.pk}&group={cell.group}&verdict=violating"
    )
    assert url.replace("&", "&amp;") in answer.content.decode()
    assert client.get(url).context["page"].paginator.count == cell.number == 2


def test_no_content_reaches_the_district(kit, inspector, client):
    """Neither title nor names, on any page, in the workbook or in the paper; scope 2 has no link either."""
    client.force_login(inspector)
    school = lively(kit)
    evaluate(schools=School.objects.all(), rules=["R17"])
    services.rebuild()
    texts = []
    for key in (*MEASURES, "finding_open"):
        texts.append(
            client.get(reverse("oversight:measure", args=[key]), {"school": school.pk}).content.decode()
        )
    texts.append(client.get(reverse(BOARD)).content.decode())
    items = list(DecisionItem.objects.all())
    assert len(items) == 2
    for item in items:
        for text in texts:
            assert item.title not in text
            assert reverse("decisions:item_detail", args=[item.pk]) not in text  # no 纪要 issued yet
        assert any(item.number in text for text in texts)
    # 纪要 issued: the item of scope 1 may be read, and is linked; that of scope 2 still not
    for meeting in Meeting.objects.all():
        kit.minutes(meeting, issued=timezone.localdate())
    text = client.get(
        reverse("oversight:measure", args=["prerequisite"]), {"school": school.pk}
    ).content.decode()
    links = {item.access_scope: reverse("decisions:item_detail", args=[item.pk]) in text for item in items}
    assert links == {1: True, 2: False}
    assert "内容不公开" in text


def test_only_the_district_comes_in(kit, client):
    school = lively(kit)
    services.rebuild()
    other = Authority.objects.create(name="清河区教育工委", level="district", path="/other/")
    foreign = kit.person("外区督查")
    AuthorityMember.objects.create(authority=other, person=foreign, role="reviewer", since=SINCE)
    secretary = school.seats.get(role="secretary").person
    client.force_login(secretary)
    assert client.get(reverse(BOARD)).status_code == 404
    client.force_login(foreign)
    assert client.get(reverse(BOARD)).context["overview"].schools == 0
    assert client.get(reverse("oversight:measure", args=["loop"]), {"school": school.pk}).status_code == 404
    assert client.get(reverse("oversight:measure", args=["loop"]), {"school": "9" * 30}).status_code == 404
    for model in (SchoolStanding, SchoolDay, AuthorityMonth):
        assert model.objects.exists()
        assert not model.objects.visible_to(foreign).exists()
        assert not model.objects.visible_to(secretary).exists()


def test_visible_rows_are_those_below_the_authority(kit, inspector):
    school = lively(kit)
    services.rebuild()
    assert list(SchoolStanding.objects.visible_to(inspector)) == [SchoolStanding.objects.get(pk=school.pk)]
    assert SchoolDay.objects.visible_to(inspector).count() == SchoolDay.objects.count() > 0
    assert AuthorityMonth.objects.visible_to(inspector).count() == AuthorityMonth.objects.count() > 0


def test_figures_end_with_the_office_at_once(kit, inspector):
    """Not at midnight: nothing of the rule is kept from the morning."""
    lively(kit)
    services.rebuild()
    for model in (SchoolStanding, SchoolDay, AuthorityMonth):
        assert model.objects.visible_to(inspector).exists()
    yesterday = timezone.localdate() - timedelta(days=1)
    inspector.authority_memberships.update(until=yesterday)
    for model in (SchoolStanding, SchoolDay, AuthorityMonth):
        assert not model.objects.visible_to(inspector).exists()


def test_what_is_shown_is_exported(kit, inspector, client):
    client.force_login(inspector)
    schools = [lively(kit), lively(kit)]
    School.objects.filter(pk=schools[0].pk).update(name="=HYPERLINK(1)", cluster="东片")
    services.rebuild()
    answer = client.get(reverse(BOARD), {"format": "xlsx", "cluster": "东片"})
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["指标", "学校与规则", "月度趋势"]
    figures = {row[0]: row for row in book["指标"].iter_rows(min_row=2, values_only=True)}
    assert figures["到会率"][1:5] == (100, "%", 40, 40)
    assert figures["到会率"][-1] == MEASURES["attendance"].definition
    names = [row[0] for row in book["学校与规则"].iter_rows(min_row=2, values_only=True)]
    assert names == ["'=HYPERLINK(1)"]
    table = load_workbook(BytesIO(client.get(reverse("oversight:setup"), {"format": "xlsx"}).content)).active
    assert [c.value for c in table[table.max_row]][:5] == ["合计", 2, 0, 2, 0]
    paper = client.get(reverse(BOARD), {"format": "pdf"})
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")


def test_changes_are_told_with_their_direction(kit):
    month = timezone.localdate().replace(day=1)
    before = months.months_back(month, 2)[0]
    figures = {
        "minutes": {before: (3, 4), month: (2, 3)},
        "finding_opened": {before: (5, 0), month: (1, 0)},
        "finding_settled": {month: (3, 0)},
        "loop": {before: (1, 1)},
    }
    big, _others = months.kpis(figures, month)
    told = {kpi.measure.key: kpi for kpi in big}
    assert (told["minutes"].value, told["minutes"].change_words) == ("66.7", "较上月降 8.3 个百分点")
    assert (told["minutes"].change_tone, told["minutes"].misses_target) == ("bad", True)
    assert (told["finding_open"].value, told["finding_open"].change_words) == ("3", "较上月减 2 件")
    assert told["finding_open"].change_tone == "ok"
    assert (told["loop"].value, told["loop"].change_words) == ("—", "上月无可比数据")


def test_a_cell_never_calls_the_unknown_compliant(kit):
    school = kit.school()
    services.refresh([school.pk])
    standing = SchoolStanding.objects.get()
    assert {cell.tone for cell in grid.row_of(standing).cells} == {"na"}
    standing.checked_at = timezone.now()
    standing.groups = {
        "items": [0, 0, 0, 2],
        "votes": [0, 1, 0, 1],
        "papers": [1, 4, 0, 0],
        "meetings": [0, 0, 3, 0],
    }
    cells = {cell.group: cell for cell in grid.row_of(standing).cells}
    assert (cells["items"].tone, cells["items"].shown) == ("unknown", "2")
    assert (cells["votes"].tone, cells["votes"].shown) == ("warn", "1")
    assert "无法判定 1 件" in cells["votes"].words
    assert (cells["papers"].tone, cells["papers"].shown) == ("bad", "5")
    assert (cells["meetings"].tone, cells["organization"].tone) == ("info", "ok")


def test_the_matrix_tells_who_has_not_met(kit, inspector, client):
    client.force_login(inspector)
    met, silent = lively(kit), kit.school()
    month_ago = timezone.localdate().replace(day=1) - timedelta(days=1)
    kit.meeting(party_body(silent), on=month_ago)
    services.rebuild()
    answer = client.get(reverse("oversight:missing"))
    assert {key: number for key, _, number in answer.context["tiles"]} == {
        "party": 1,
        "admin": 1,
        "report": 2,
    }
    rows = {row.standing.pk: row for row in answer.context["matrix"].page.object_list}
    assert list(rows) == [silent.pk, met.pk]  # who met longest ago comes first
    last, present = rows[silent.pk].cells[-2:]
    assert (last.party, last.admin, last.is_none) == (1, 0, True)
    assert (present.party, present.admin, present.is_none) == (0, 0, False)
    narrowed = client.get(reverse("oversight:missing"), {"lacking": "party"})
    assert [row.standing.pk for row in narrowed.context["matrix"].page.object_list] == [silent.pk]
