"""监督 rules and the registers of money: one world each, with everything that may be found in it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from compliance.rules import periods
from governance.models import School
from registers import models as registers
from registers.periods import Period, accounted_year
from tests.compliance.kit import SINCE, TODAY, admin_body, party_body, rows, sentence, verdicts


def ago(days):
    return TODAY - timedelta(days=days)


@pytest.fixture
def joined(kit):
    """Schools that the platform has known since September 2024, small unless said otherwise."""

    def make(count=1, *, since=SINCE, **fields):
        made = [kit.school(**{"party": 2, "admin": 2} | fields) for _ in range(count)]
        School.objects.filter(pk__in=[school.pk for school in made]).update(joined_on=since)
        return made

    return make


def test_periods_are_those_of_the_calendar(db):
    """The SQL of every period agrees with registers.periods on each day of two years."""
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(731)]
    with connection.cursor() as cursor:
        for sql, of_day in (
            (periods.LAST_TERM_FROM, lambda day: Period.TERM.before(day)[0]),
            (periods.LAST_TERM_UNTIL, lambda day: Period.TERM.before(day)[1]),
            (periods.LAST_MONTH_FROM, lambda day: Period.MONTH.before(day)[0]),
            (periods.LAST_MONTH_UNTIL, lambda day: Period.MONTH.before(day)[1]),
            (periods.LAST_QUARTER_FROM, lambda day: Period.QUARTER.before(day)[0]),
            (periods.LAST_QUARTER_UNTIL, lambda day: Period.QUARTER.before(day)[1]),
            (periods.ACCOUNTED_YEAR, accounted_year),
            (periods.LAST_SCHOOL_YEAR, lambda day: Period.SCHOOL_YEAR.before(day)[0].year),
        ):
            text = sql.replace("{day}", "d")
            cursor.execute(
                f"SELECT {text} FROM unnest(%s::date[]) WITH ORDINALITY AS t(d, n) ORDER BY n", [days]
            )
            assert [row[0] for row in cursor.fetchall()] == [of_day(day) for day in days], sql


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 11, 20), date(2026, 11, 16)),
        (date(2026, 11, 16), date(2026, 11, 16)),
        (date(2026, 11, 15), date(2026, 11, 9)),
        (date(2026, 10, 5), date(2026, 6, 29)),
        (date(2026, 10, 6), date(2026, 10, 5)),
        (date(2026, 4, 4), date(2026, 1, 12)),
        (date(2026, 7, 1), date(2026, 6, 29)),
    ],
)
def test_weeks_of_teaching(db, day, monday):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {periods.TEACHING_MONDAY.replace('{day}', 'd')} FROM (SELECT %s::date AS d) t", [day]
        )
        assert cursor.fetchone()[0] == monday


def test_term_reports(joined):
    sent, draft, voided, late, autumn, none = joined(6)
    (newcomer,) = joined(since=date(2026, 2, 2))
    spring = {"term_starts_on": date(2026, 2, 1), "summary": "报告"}
    for school in (sent, voided):
        registers.TermReport.objects.create(
            school=school,
            state="submitted",
            submitted_on=date(2026, 7, 15),
            is_void=school == voided,
            **spring,
        )
    registers.TermReport.objects.create(school=draft, **spring)
    registers.TermReport.objects.create(
        school=late, state="reviewed", submitted_on=TODAY, reviewed_on=TODAY, **spring
    )
    registers.TermReport.objects.create(
        school=autumn,
        term_starts_on=date(2026, 8, 1),
        summary="报告",
        state="submitted",
        submitted_on=ago(3),
    )
    everyone = (sent, draft, voided, late, autumn, none, newcomer)
    found = rows("R80", *everyone)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        draft.pk: "violating",
        voided.pk: "violating",
        autumn.pk: "violating",
        none.pk: "violating",
        newcomer.pk: "unknown",
    }
    assert found[none.pk]["sentence"] == "2026春学期应向上级党组织报告 1 次，已报送 0 次：0 ＜ 1。"
    assert found[none.pk]["on"] == date(2026, 7, 31)
    assert verdicts("R80", late, as_of=ago(1)) == {late.pk: "violating"}


def test_weekly_talks(kit, joined):
    weekly, once_missing, by_item, void = joined(4)
    (newcomer,) = joined(since=date(2026, 10, 20))
    mondays = [date(2026, 10, 19) + timedelta(days=7 * n) for n in range(4)]

    def talk(school, day, **fields):
        secretary, principal = (
            body.seats.order_by("order").first().person for body in (party_body(school), admin_body(school))
        )
        registers.RegularConsultation.objects.create(
            school=school, held_on=day, secretary=secretary, counterpart=principal, topics="工作", **fields
        )

    for day in mondays:
        talk(weekly, day + timedelta(days=6))
    for day in mondays[:3]:
        talk(by_item, day)
        talk(void, day)
    kit.consult(kit.item(by_item), on=mondays[3] + timedelta(days=6))
    talk(void, mondays[3], is_void=True)
    talk(once_missing, mondays[0] - timedelta(days=1))
    for day in mondays[1:]:
        talk(once_missing, day)
    found = rows("R81", weekly, once_missing, by_item, void, newcomer)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        once_missing.pk: "violating",
        void.pk: "violating",
        newcomer.pk: "unknown",
    }
    assert found[once_missing.pk]["sentence"] == (
        "10月19日起四个整周依次沟通 0、1、1、1 次，每周应 1 次，不足的 1 周 ＞ 0 周。"
    )


def test_policies_are_filed(kit, joined):
    complete, lacking, waiting, early, same_day, refiled = joined(6)
    (unused,) = joined()
    for school in (complete, lacking, waiting, early, same_day, refiled):
        kit.meeting(party_body(school))

    def file(school, kind, **fields):
        registers.PolicyFiling.objects.create(
            school=school,
            kind=kind,
            title="制度",
            edition="一",
            **{"filed_on": ago(90), "state": "approved", "reviewed_on": ago(60)} | fields,
        )

    for kind in ("party_rules", "admin_rules", "major_list"):
        file(complete, kind, effective_on=ago(30))
        file(waiting, kind, **({"state": "filed", "reviewed_on": None} if kind == "major_list" else {}))
        file(early, kind, effective_on=ago(61) if kind == "admin_rules" else ago(60))
        file(same_day, kind, effective_on=ago(60))
        file(refiled, kind)
        if kind != "major_list":
            file(lacking, kind)
    # A charter is no rule of procedure; a new edition under review leaves the approved one in force.
    file(lacking, "charter")
    file(refiled, "party_rules", state="filed", reviewed_on=None, filed_on=ago(1))
    found = rows("R82", complete, lacking, waiting, early, same_day, refiled, unused)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        lacking.pk: "violating",
        waiting.pk: "unknown",
        early.pk: "violating",
    }
    assert found[lacking.pk]["sentence"] == "应审核备案 3 项，审核通过 2 项，待审核 0 项：2 ＜ 3。"
    assert found[early.pk]["sentence"] == "早于区审核通过启用的制度 1 件 ＞ 0 件。"
    assert found[lacking.pk]["level"] == "B"


def test_integrity_is_studied(kit, joined):
    twice, once, none = joined(3)
    (newcomer,) = joined(since=date(2025, 1, 2))
    for school, days in (
        (twice, (date(2025, 1, 1), date(2025, 12, 31))),
        (once, (date(2025, 5, 6), date(2026, 1, 1))),
    ):
        for day in days:
            kit.conclude(kit.item(school, "A06"), on=day, resolve_item=False)
    kit.conclude(kit.item(none, "A01"), on=date(2025, 5, 6), resolve_item=False)
    found = rows("R83", twice, once, none, newcomer)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        once.pk: "violating",
        none.pk: "violating",
        newcomer.pk: "unknown",
    }
    assert found[once.pk]["sentence"] == ("2025年党组织会议应专题研究党风廉政建设 2 次，审议 1 次：1 ＜ 2。")


def test_organisation_life(kit, joined):
    kept, half, grouped, idle = joined(4)
    (on_platform,) = joined(kind="party_branch")
    (assembly,) = joined(kind="party_branch", committee=False)
    (newcomer,) = joined(since=date(2026, 7, 2))

    def hold(school, kind, day, due=5, present=3, **fields):
        registers.OrgLife.objects.create(
            school=school,
            kind=kind,
            branch="第一支部",
            held_on=day,
            topic="学习",
            due=due,
            present=present,
            **fields,
        )

    for school in (kept, half, grouped, on_platform):
        hold(school, "assembly", date(2026, 9, 30))
    for school in (kept, grouped):
        hold(school, "committee", date(2026, 10, 31))
    hold(half, "committee", date(2026, 10, 15), due=4, present=2)
    hold(grouped, "group", date(2026, 9, 30))
    hold(idle, "assembly", date(2026, 10, 1))
    kit.meeting(party_body(on_platform), on=date(2026, 10, 12))
    kit.meeting(party_body(assembly), on=date(2026, 7, 1))
    found = rows("R84", kept, half, grouped, idle, on_platform, assembly, newcomer)
    assert {pk: row["sentence"] for pk, row in found.items()} == {
        half.pk: "10月支委会 0 次 ＜ 1 次（另有 1 次到会未超过半数）。",
        grouped.pk: "10月党小组会 0 次 ＜ 1 次。",
        idle.pk: "7月1日起一季党员大会 0 次 ＜ 1 次；10月支委会 0 次 ＜ 1 次。",
        newcomer.pk: "无法判定：缺少接入满一个季度的登记。",
    }


def test_yearly_appraisal_and_review(joined):
    good, low, talked, none = joined(4)
    (newcomer,) = joined(since=date(2025, 1, 2))
    appraise = registers.Appraisal.objects.create
    appraise(school=good, year=2025, held_on=date(2026, 1, 9), voters=90, average_tenths=800)
    appraise(school=low, year=2025, held_on=date(2026, 1, 9), voters=90, average_tenths=799)
    appraise(
        school=talked,
        year=2025,
        held_on=date(2026, 1, 9),
        voters=90,
        average_tenths=500,
        talked_on=date(2026, 2, 1),
    )
    found = rows("R85", good, low, talked, none, newcomer)
    assert {pk: row["sentence"] for pk, row in found.items()} == {
        low.pk: "平均 79.9 分 ＜ 80 分，没有登记上级谈话。",
        none.pk: "2025年度民主测评 0 次 ＜ 1 次。",
        newcomer.pk: "无法判定：缺少接入满一个年度的测评。",
    }
    assert verdicts("R85", talked, as_of=date(2026, 1, 31)) == {talked.pk: "violating"}

    review = registers.DutyReview.objects.create
    review(school=good, year=2025, held_on=date(2026, 1, 20), plan_on=date(2026, 1, 20))
    review(school=low, year=2025, held_on=date(2026, 1, 20))
    review(school=none, year=2026, held_on=ago(5), plan_on=ago(5))
    found = rows("R86", good, low, none, newcomer)
    assert {pk: row["sentence"] for pk, row in found.items()} == {
        low.pk: "2025年度述职评议 1 次，没有整改方案的 1 次 ＞ 0 次。",
        none.pk: "2025年度述职评议 0 次 ＜ 1 次。",
        newcomer.pk: "无法判定：缺少接入满一个年度的述职评议。",
    }


def test_inspections_are_answered(joined):
    school, newcomer = *joined(), *joined(since=date(2026, 9, 2))
    add = registers.InspectionRectification.objects.create
    day = date(2026, 9, 1)
    late = add(school=school, source="第二轮巡察", feedback_on=day, reported_on=date(2026, 11, 2))
    add(school=school, source="第三轮巡察", feedback_on=day, reported_on=date(2026, 10, 31))
    running = add(school=school, source="审计", feedback_on=day, due_on=TODAY)
    before = add(school=newcomer, source="旧巡察", feedback_on=day)
    add(school=school, source="误", feedback_on=day, is_void=True)
    found = rows("R87", school, newcomer)
    assert {pk: row["sentence"] for pk, row in found.items()} == {
        late.pk: "9月1日反馈，整改报告期限 10月31日，11月2日报送，超期 2 日。",
        before.pk: "无法判定：缺少接入前的报送日期。",
    }
    assert "至11月21日尚未报送，超期 1 日" in rows("R87", school, as_of=ago(-1))[running.pk]["sentence"]


def test_staff_congress(joined):
    met, few, split, none = joined(4)
    (newcomer,) = joined(since=date(2025, 9, 2))

    def hold(school, **fields):
        base = {"school_year": 2025, "name": "第五届第二次", "held_on": date(2026, 3, 20)}
        people = {"delegates": 60, "present": 40, "teachers": 36, "votes_for": 31}
        registers.StaffCongressSession.objects.create(school=school, **base | people | fields)

    hold(met)
    hold(met, school_year=2026, held_on=ago(9), votes_for=None)
    hold(few)
    hold(few, school_year=2026, held_on=ago(9), present=39)
    hold(split, votes_for=30, teachers=35)
    found = rows("R88", met, few, split, none, newcomer)
    assert {pk: row["sentence"] for pk, row in found.items()} == {
        few.pk: "11月11日的会次代表 60 人，到会 39 人：39 × 3 ＜ 60 × 2。",
        split.pk: (
            "3月20日的会次代表 60 人，教师代表 35 人：35 × 5 ＜ 60 × 3；"
            "3月20日的会次代表 60 人，同意 30 票：30 × 2 ≤ 60。"
        ),
        none.pk: "2025—2026学年教代会 0 次 ＜ 1 次。",
        newcomer.pk: "无法判定：缺少接入满一个学年的会次。",
    }


def test_party_funds(kit, joined):
    enough, short, none = joined(3)
    fund = registers.PartyFunds.objects.create
    base = {"year": 2026, "members": 62, "payroll": 9_000_000, "allocated_members": 12_400}
    fund(school=enough, allocated_payroll=135_000, **base)
    fund(school=short, allocated_payroll=134_999, **base)
    fund(school=none, allocated_payroll=135_000, **base | {"year": 2025})
    assert verdicts("R89", enough, short, none) == {short.pk: "violating", none.pk: "unknown"}
    assert sentence("R89", short) == (
        "2026年度工资总额 9,000,000 元，列支 134,999 元：134,999 × 200 ＜ 9,000,000 × 3。"
    )
    kit.parameter("fund.per_member", 300, school=enough)
    assert sentence("R89", enough) == (
        "2026年度按党员应安排 62 × 300 = 18,600 元，已安排 12,400 元 ＜ 18,600 元。"
    )


def test_split_payments(kit, joined):
    (school,) = joined()

    def pay(days, amount, project="绿化", supplier="园林公司", **fields):
        return registers.Expenditure.objects.create(
            school=school,
            project=project,
            supplier=supplier,
            amount=Decimal(amount),
            spent_on=ago(days),
            **fields,
        )

    pay(100, "100000")
    pay(99, "100000", supplier="")
    pay(10, "100000")  # the first lies exactly 90 days before and is out of the window
    pay(9, "100000.00", project="围墙")
    decided = kit.item(school, "G01")
    pay(8, "290000", project="食堂", supplier="厨具公司", item=decided)
    pay(7, "10000", project="食堂", supplier="厨具公司")
    pay(6, "300000", project="屋面", supplier="建筑公司")
    cents = pay(5, "0.01", supplier="")
    pay(4, "400000", project="图书", supplier="书店", is_void=True)
    assert rows("R77", school) == {}
    by_supplier = pay(3, "100000")
    by_project = pay(2, "99999.99", supplier="")
    assert {pk: row["sentence"] for pk, row in rows("R77", school).items()} == {
        by_supplier.pk: "本笔 100,000 元，90 日内同一供应商 3 笔累计 300,000 元 ≥ 300,000 元，未见集体决策。",
        by_project.pk: "本笔 99,999.99 元，90 日内同一项目 4 笔累计 300,000 元 ≥ 300,000 元，未见集体决策。",
    }
    kit.parameter("fund.large_threshold", 50_000, school=school)
    assert verdicts("R77", school) == {cents.pk: "violating"}


def test_loans(joined):
    (school,) = joined()
    lend = registers.Loan.objects.create
    base = {"school": school, "borrower": "后勤中心", "purpose": "垫付维修款", "amount": Decimal("30000.50")}
    old = lend(lent_on=date(2026, 3, 10), **base)
    lend(lent_on=date(2026, 5, 20), **base)
    slow = lend(lent_on=date(2026, 3, 10), settled_on=date(2026, 9, 11), **base)
    lend(lent_on=date(2026, 3, 10), settled_on=date(2026, 9, 10), **base)
    lend(lent_on=date(2026, 3, 10), is_void=True, **base)
    found = rows("R79", school)
    assert {pk: row["sentence"] for pk, row in found.items()} == {
        old.pk: "3月10日借出 30,000.50 元，应在 6 个月内（9月10日前）核销，至11月20日尚未核销，超期 71 日。",
        slow.pk: "3月10日借出 30,000.50 元，应在 6 个月内（9月10日前）核销，至9月11日才核销，超期 1 日。",
    }
