"""监督台账 of one school over the period: what is reported, filed, talked over, appraised and spent."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from demo.generate.world import World, at
from governance.choices import PartyOrgKind
from registers.choices import (
    ApprovalMatter,
    FilingState,
    InspectionKind,
    OrgLifeKind,
    PolicyKind,
    ReportState,
)
from registers.models import (
    Appraisal,
    ArchiveTransfer,
    DutyReview,
    ExecutionReport,
    Expenditure,
    InspectionRectification,
    Loan,
    OrgLife,
    PartyFunds,
    PolicyFiling,
    RegularConsultation,
    StaffCongressSession,
    SuperiorApproval,
    TermReport,
)
from registers.periods import Period, accounted_year, recent_terms

REGISTERS = (
    Appraisal,
    ArchiveTransfer,
    DutyReview,
    ExecutionReport,
    Expenditure,
    InspectionRectification,
    Loan,
    OrgLife,
    PartyFunds,
    PolicyFiling,
    RegularConsultation,
    StaffCongressSession,
    SuperiorApproval,
    TermReport,
)
AVERAGE_PAY = 110_000  # 元 a year
FILED = (
    (PolicyKind.CHARTER, "学校章程"),
    (PolicyKind.PARTY_RULES, "党组织会议议事规则"),
    (PolicyKind.ADMIN_RULES, "校长办公会议议事规则"),
    (PolicyKind.MAJOR_LIST, "“三重一大”事项清单"),
)
PROJECTS = ("教学楼维修", "图书购置", "食堂设备", "校园绿化", "信息化设备", "校服采购")
SUPPLIERS = ("曲岭正和建筑公司", "云塘文教用品公司", "青麓科技公司", "宣岭园林公司")


def keep_registers(world: World) -> None:
    """All entries of one school, most of them in time."""
    _talks(world)
    _branch_life(world)
    _terms(world)
    _years(world)
    _filings(world)
    _money(world)


def _record(world: World, model: Any, day: date, **values: Any) -> int:
    clerk = world.people["clerk"][0]
    return world.books.add(
        model, school_id=world.school, recorded_by_id=clerk, recorded_at=at(day, 17), **values
    )


def _talks(world: World) -> None:
    """书记 and 校长 talk every week (R81)."""
    people = world.people
    other = people.get("deputy", people["vice"]) if world.plan.is_dual else people["principal"]
    monday = world.frame.since - timedelta(days=world.frame.since.weekday())
    lazy = world.slips(0.02)
    while monday + timedelta(days=3) < world.frame.until:
        day = monday + timedelta(days=world.dice.randrange(1, 4))
        monday += timedelta(days=7)
        if day < world.frame.since or (lazy and world.dice.random() < 0.5):
            continue
        _record(
            world,
            RegularConsultation,
            day,
            held_on=day,
            secretary_id=people["secretary"][0],
            counterpart_id=other[0],
            topics="近期重点工作和拟上会事项。",
        )


def _branch_life(world: World) -> None:
    """党员大会 every quarter, 支委会 and 党小组会 every month (R84)."""
    members = max(3, world.plan.party_members)
    seats = max(1, len(world.members["party"]))
    month = world.frame.since.replace(day=1)
    while month < world.frame.until:
        day = month + timedelta(days=world.dice.randrange(3, 18))
        meetings = [(OrgLifeKind.GROUP, members), (OrgLifeKind.THEME_DAY, members)]
        if world.plan.has_committee:
            meetings.append((OrgLifeKind.COMMITTEE, seats))
        if month.month % 3 == 1 or month.month % 3 == 2:
            meetings.append((OrgLifeKind.ASSEMBLY, members))
        for kind, due in meetings:
            if world.frame.since <= day < world.frame.until and not world.slips():
                _record(
                    world,
                    OrgLife,
                    day,
                    kind=kind.value,
                    branch="第一支部",
                    held_on=day,
                    topic=kind.label,
                    due=due,
                    present=due - world.dice.randrange(0, max(1, due // 6)),
                )
        month = (month + timedelta(days=32)).replace(day=1)


def _terms(world: World) -> None:
    """学期报告 (R80) and the principal's report on resolutions (R73), for every term that has ended."""
    until = world.frame.until
    for start in recent_terms(until, 4)[1:]:
        end = (start + timedelta(days=185)).replace(day=1) - timedelta(days=1)
        if end < world.frame.since:
            continue
        if not world.slips(0.02):
            reviewed = world.dice.random() < 0.8
            _record(
                world,
                TermReport,
                end,
                term_starts_on=start,
                summary="本学期会议、议题、决议落实情况。",
                state=(ReportState.REVIEWED if reviewed else ReportState.SUBMITTED).value,
                submitted_on=end - timedelta(days=world.dice.randrange(3, 12)),
                reviewed_on=end if reviewed else None,
            )
        if not world.slips(0.02):
            day = end - timedelta(days=world.dice.randrange(10, 30))
            _record(
                world,
                ExecutionReport,
                day,
                term_starts_on=start,
                reported_on=day,
                summary="重大决议执行情况：按期办结。",
            )


def _years(world: World) -> None:
    """测评, 述职, 经费 of the accounted year and of this one; 教代会 of every school year (R85, R86, R88, R89)."""
    dice, plan, until = world.dice, world.plan, world.frame.until
    for year in (accounted_year(until) - 1, accounted_year(until)):
        held = date(year, 12, dice.randrange(5, 28))
        if not world.slips(0.02):
            tenths = dice.randrange(650, 790) if world.slips() else dice.randrange(820, 985)
            talked = held + timedelta(days=20) if tenths < 800 and dice.random() < 0.5 else None
            _record(
                world,
                Appraisal,
                held,
                year=year,
                held_on=held,
                voters=max(5, plan.teachers - 3),
                average_tenths=tenths,
                talked_on=talked,
            )
        if not world.slips(0.02):
            plan_on = None if world.slips(0.02) else held + timedelta(days=12)
            _record(world, DutyReview, held, year=year, held_on=held, plan_on=plan_on)
    for year in (until.year - 1, until.year):
        members, payroll = plan.party_members, plan.teachers * AVERAGE_PAY
        short = Decimal("0.7") if world.slips() else Decimal("1")
        _record(
            world,
            PartyFunds,
            date(year, 2, 20),
            year=year,
            members=members,
            payroll=payroll,
            allocated_members=int(members * 200 * short),
            allocated_payroll=payroll * 3 // 200,
            spent=members * 90,
        )
    for year in range(world.frame.since.year, until.year):
        handed = date(year + 1, 5, dice.randrange(6, 30))
        if handed < until and not world.slips(0.02):
            _record(
                world,
                ArchiveTransfer,
                handed,
                year=year,
                transferred_on=handed,
                meetings=max(1, sum(day.year == year for day in world.sittings)),
                archival_code=f"X{plan.index + 1:03d}-WS·{year}-Y-DZB",
                keeper="学校档案室",
            )
    school_year = Period.SCHOOL_YEAR.start(until).year
    for year in range(school_year - 2, school_year + 1):
        held = date(year, 10, dice.randrange(10, 28))
        if held >= until or world.slips(0.02):
            continue
        delegates = max(9, plan.teachers // 3)
        present = (
            delegates * 3 // 5 if world.slips() else delegates - dice.randrange(0, max(1, delegates // 6))
        )
        _record(
            world,
            StaffCongressSession,
            held,
            school_year=year,
            name=f"第三届第{year - school_year + 3}次",
            held_on=held,
            delegates=delegates,
            present=present,
            teachers=delegates * 4 // 5,
            matter="绩效工资分配方案",
            votes_for=present - dice.randrange(0, max(1, present // 8)),
        )


def _filings(world: World) -> None:
    """Rules filed and approved before they came into force (R82); exceptions granted; inspections (R87)."""
    dice, founded, until = world.dice, world.frame.founded, world.frame.until
    for kind, title in FILED:
        if world.slips(0.02):
            continue
        is_open = world.slips()
        _record(
            world,
            PolicyFiling,
            founded,
            kind=kind.value,
            title=title,
            edition=f"{founded.year}年修订稿",
            filed_on=founded + timedelta(days=5),
            effective_on=founded + timedelta(days=40),
            state=(FilingState.FILED if is_open else FilingState.APPROVED).value,
            reviewed_on=None if is_open else founded + timedelta(days=25),
        )
    big = world.plan.kind != PartyOrgKind.BRANCH
    if big and world.plan.is_dual and dice.random() < 0.1:
        _record(
            world,
            SuperiorApproval,
            founded,
            matter=ApprovalMatter.DUAL_ROLE.value,
            number=f"曲教工〔{founded.year}〕{world.plan.index + 1}号",
            issuer="曲岭市委教育工委",
            approved_on=founded,
        )
    if dice.random() < 0.1 and world.frame.months > 4:
        feedback = until - timedelta(days=dice.randrange(90, 300))
        late = world.slips(0.1)
        _record(
            world,
            InspectionRectification,
            feedback,
            kind=InspectionKind.INSPECTION.value,
            source="市委巡察组第二轮巡察",
            problems=dice.randrange(3, 15),
            feedback_on=feedback,
            due_on=feedback + timedelta(days=60),
            reported_on=None if late else feedback + timedelta(days=dice.randrange(40, 60)),
        )


def _money(world: World) -> None:
    """Everyday payments and loans; here and there a project in slices (R77) or a loan forgotten (R79)."""
    dice, frame = world.dice, world.frame
    span = (frame.until - frame.since).days
    for _ in range(2 * frame.months):
        day = frame.since + timedelta(days=dice.randrange(span))
        _record(
            world,
            Expenditure,
            day,
            project=f"{dice.choice(PROJECTS)}（{day:%y%m%d}）",
            supplier=f"{dice.choice(SUPPLIERS)}{dice.randrange(60)}部",
            amount=dice.randrange(2, 90) * 100,
            spent_on=day,
        )
    if world.slips(0.03):
        threshold = world.parameters["fund.large_threshold"]["value"] or 50_000
        start = frame.since + timedelta(days=dice.randrange(max(1, span - 40)))
        for number in range(3):
            day = start + timedelta(days=12 * number)
            _record(
                world,
                Expenditure,
                day,
                project="操场改造",
                supplier="曲岭正和建筑公司",
                amount=threshold * 2 // 5,
                spent_on=day,
            )
    if dice.random() < 0.5:
        lent = frame.since + timedelta(days=dice.randrange(max(1, span // 2)))
        _record(
            world,
            Loan,
            lent,
            borrower="教务处",
            purpose="竞赛活动备用金",
            amount=dice.randrange(2, 30) * 500,
            lent_on=lent,
            settled_on=None if world.slips(0.05) else lent + timedelta(days=dice.randrange(10, 50)),
        )
