"""归档 and the principal's report: the worlds behind R67 and R73."""

from datetime import date

from governance.models import School
from registers.choices import Retention
from registers.models import ArchiveTransfer, ExecutionReport
from tests.compliance.kit import admin_body, rows, verdicts

SPRING = date(2026, 4, 10)


def moved(school, on, meetings=2, **fields):
    return ArchiveTransfer.objects.create(
        school=school,
        year=2025,
        transferred_on=on,
        meetings=meetings,
        archival_code="DQ-2025-003",
        keeper="档案室",
        **fields,
    )


def test_papers_of_a_year_are_archived_by_the_end_of_june(kit):
    schools = [kit.school(party=1, admin=1) for _ in range(7)]
    kept, last_day, late, short, none, joined, void = schools
    School.objects.filter(pk__in=[one.pk for one in schools]).update(joined_on=date(2025, 1, 1))
    School.objects.filter(pk=joined.pk).update(joined_on=date(2026, 9, 1))
    for school in schools:
        for _ in range(2):
            kit.meeting(admin_body(school), on=date(2025, 10, 20))
    moved(kept, date(2026, 1, 9), meetings=1)
    moved(kept, date(2026, 5, 8), meetings=1)
    moved(last_day, date(2026, 6, 30))
    moved(late, date(2026, 7, 1))
    moved(short, date(2026, 5, 8), retention=Retention.TEN)
    moved(void, date(2026, 5, 8), is_void=True, void_reason="登记有误")
    found = rows("R67", *schools)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        late.pk: "violating",
        short.pk: "violating",
        none.pk: "violating",
        void.pk: "violating",
        joined.pk: "unknown",
    }
    assert found[none.pk]["sentence"] == "2025年度会议 2 次，2026年6月30日前移交归档 0 次：0 ＜ 2。"
    assert found[short.pk]["sentence"] == "2025年度移交中不按永久保管的 1 次 ＞ 0 次。"
    assert verdicts("R67", none, as_of=date(2026, 6, 30)) == {}  # that year is due at the end of this day
    assert verdicts("R67", none, as_of=date(2026, 7, 1)) == {none.pk: "violating"}


def test_the_principal_reports_once_a_term(kit):
    schools = [kit.school() for _ in range(5)]
    told, silent, idle, newcomer, early = schools
    School.objects.filter(pk__in=[one.pk for one in schools]).update(joined_on=date(2026, 2, 1))
    School.objects.filter(pk=newcomer.pk).update(joined_on=date(2026, 3, 1))
    for school in (told, silent, newcomer, early):
        kit.decide(kit.item(school, "A01"), on=SPRING)
    kit.decide(kit.item(idle, "G14"), on=SPRING)  # 校长办公会议 decided: nothing of the Party to report on
    for school, term in ((told, date(2026, 2, 1)), (early, date(2025, 8, 1))):
        ExecutionReport.objects.create(
            school=school, term_starts_on=term, reported_on=date(2026, 7, 3), summary="均已落实。"
        )
    found = rows("R73", *schools)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        silent.pk: "violating",
        early.pk: "violating",
        newcomer.pk: "unknown",
    }
    assert found[silent.pk]["sentence"] == "2026春学期党组织决议 1 项，校长报告执行情况 0 次：0 ＜ 1。"
    kit.parameter("execution_report.per_term", 2)
    assert verdicts("R73", told) == {told.pk: "violating"}
