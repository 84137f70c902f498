"""What the demo schools enter in their registers; each kind of breach stands in one school on purpose."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from demo.player import Player
from governance.choices import SeatRole
from governance.models import Authority, School
from governance.selectors import consultation_counterparts
from registers import services
from registers.choices import FilingState, InspectionKind, OrgLifeKind, PolicyKind, ReportState
from registers.models import PolicyFiling, TermReport
from registers.periods import Period, accounted_year

# Rules that a school breaks, by its slug; the empty slug is the school most people look at.
BREAKS: dict[str, frozenset[str]] = {
    "": frozenset({"R73", "R79"}),
    "zhiyuan": frozenset({"R84", "R85"}),
    "yucai": frozenset({"R81"}),
    "beichen": frozenset({"R80"}),
    "chongshi": frozenset({"R77", "R89"}),
    "qiuzhen": frozenset({"R87", "R82"}),
    "huaiyin": frozenset({"R88", "R86"}),
}
NOTHING: frozenset[str] = frozenset()
FILED = (
    (PolicyKind.PARTY_RULES, "党组织会议议事规则"),
    (PolicyKind.ADMIN_RULES, "校长办公会议议事规则"),
    (PolicyKind.MAJOR_LIST, "“三重一大”事项清单"),
)
TALKS = (
    "教学常规检查和期中安排",
    "安全隐患排查进度",
    "教师培训和梯队建设",
    "后勤保障和食堂管理",
    "党建重点工作进度",
)


def lay_registers(player: Player) -> None:
    """Have a school's entries made on their days, in the order of time with everything else."""
    today, slug = player.calendar.today, player.story.slug
    for day, entered, values in [
        *_upwards(today, slug),
        *_conduct(today, slug),
        *_money(today, slug, player.school),
    ]:
        _lay(player, day, _enter, entered, values)
    monday = Period.WEEK.start(today)
    for week in range(1, 7):
        if "R81" not in BREAKS.get(slug, NOTHING) or week != 2:
            day = monday - timedelta(days=7 * week - 2)
            _lay(player, day, _talk, day, TALKS[week % len(TALKS)])


def _lay(player: Player, day: date, act: Callable[..., None], *args: Any) -> None:
    """Lay an act on the last working day up to a day, not before the story began."""
    index = 0
    while player.calendar.day(index) > day:
        index -= 1
    player.at(index, "17:20", act, player, *args)


def _upwards(today: date, slug: str) -> list[tuple[date, str, dict[str, Any]]]:
    """Term report, filings and an inspection."""
    term, term_ends = Period.TERM.before(today)
    found: list[tuple[date, str, dict[str, Any]]] = []
    if "R80" not in BREAKS.get(slug, NOTHING):
        summary = "本学期党组织会议、校长办公会议按期召开，重大决议按分工落实，未办结的已列入下学期。"
        found.append((term_ends, "term_report", {"term_starts_on": term, "part": 1, "summary": summary}))
    filed = today - timedelta(days=75)
    for kind, title in FILED:
        if "R82" not in BREAKS.get(slug, NOTHING) or kind != PolicyKind.MAJOR_LIST:
            found.append(
                (
                    filed,
                    "policy_filing",
                    {"kind": kind, "title": title, "edition": f"{today.year}年修订稿", "filed_on": filed},
                )
            )
    feedback = today - timedelta(days=100)
    answered = {} if "R87" in BREAKS.get(slug, NOTHING) else {"reported_on": today - timedelta(days=45)}
    found.append(
        (
            today - timedelta(days=45),
            "inspection_rectification",
            {
                "kind": InspectionKind.INSPECTION,
                "source": "区委巡察反馈",
                "problems": 5,
                "feedback_on": feedback,
                **answered,
            },
        )
    )
    if "R73" not in BREAKS.get(slug, NOTHING):
        found.append(
            (
                term_ends,
                "execution_report",
                {
                    "term_starts_on": term,
                    "reported_on": term_ends,
                    "summary": "重大决议按分工推进，延期事项已说明原因。",
                },
            )
        )
    return found


def _conduct(today: date, slug: str) -> list[tuple[date, str, dict[str, Any]]]:
    """Appraisal, duty review, staff congress and organisation life."""
    year, breaks = accounted_year(today), BREAKS.get(slug, NOTHING)
    judged, reviewed = date(year + 1, 1, 9), date(year + 1, 1, 20)
    points = 785 if "R85" in breaks else 872
    plan = {} if "R86" in breaks else {"plan_on": reviewed + timedelta(days=10)}
    congress_year = Period.SCHOOL_YEAR.before(today)[0].year
    congress = date(congress_year + 1, 3, 20)
    came = 30 if "R88" in breaks else 41
    found: list[tuple[date, str, dict[str, Any]]] = [
        (judged, "appraisal", {"year": year, "held_on": judged, "voters": 64, "average_tenths": points}),
        (reviewed + timedelta(days=10), "duty_review", {"year": year, "held_on": reviewed, **plan}),
        (
            congress,
            "staff_congress_session",
            {
                "school_year": congress_year,
                "name": "第四届第三次",
                "held_on": congress,
                "delegates": 46,
                "present": came,
                "teachers": 33,
                "matter": "年度考核办法",
                "votes_for": 28,
            },
        ),
    ]
    quarter, month = Period.QUARTER.before(today)[0], Period.MONTH.before(today)[0]
    lives = [(OrgLifeKind.ASSEMBLY, quarter + timedelta(days=9), 18, 16)]
    if "R84" not in breaks:
        lives.append((OrgLifeKind.COMMITTEE, month + timedelta(days=11), 5, 5))
        lives.append((OrgLifeKind.THEME_DAY, month + timedelta(days=4), 18, 17))
    else:
        lives.clear()
    for kind, day, due, present in lives:
        values = {
            "kind": kind,
            "branch": "第一党支部",
            "held_on": day,
            "topic": "学习教育和工作研究",
            "due": due,
            "present": present,
        }
        found.append((day, "org_life", values))
    return found


def _money(today: date, slug: str, school: School) -> list[tuple[date, str, dict[str, Any]]]:
    """Party funds, payments and a loan."""
    year, members = accounted_year(today) + 1, school.party_org.party_members
    payroll = school.teachers * 96_000
    short = 6_000 if "R89" in BREAKS.get(slug, NOTHING) else 0
    found: list[tuple[date, str, dict[str, Any]]] = [
        (
            date(year, 3, 10),
            "party_funds",
            {
                "year": year,
                "members": members,
                "payroll": payroll,
                "allocated_members": members * 200,
                "allocated_payroll": payroll * 3 // 200 - short,
                "spent": members * 120,
            },
        )
    ]
    each = 98_000 if "R77" in BREAKS.get(slug, NOTHING) else 18_000
    for weeks in (12, 9, 6, 3):
        day = today - timedelta(days=7 * weeks)
        values = {"project": "校园零星维修", "supplier": "云川建筑维修公司", "amount": each, "spent_on": day}
        found.append((day, "expenditure", values))
    lent = today - timedelta(days=260)
    settled = {} if "R79" in BREAKS.get(slug, NOTHING) else {"settled_on": lent + timedelta(days=120)}
    loan = {"borrower": "后勤服务中心", "purpose": "垫付应急维修款", "amount": 12_000, "lent_on": lent}
    found.append((lent + timedelta(days=120), "loan", loan | settled))
    return found


def _recorder(player: Player) -> User:
    """会议秘书 where there is one, else 书记."""
    seats = player.school.seats.active(player.clock.moment.date())
    found = seats.filter(role__in=[SeatRole.CLERK, SeatRole.SECRETARY]).select_related("person")
    return next(seat.person for seat in sorted(found, key=lambda seat: seat.role != SeatRole.CLERK))


def _enter(player: Player, slug: str, values: dict[str, Any]) -> None:
    recorder = _recorder(player)
    record = services.record(slug, actor=recorder, school=player.school, values=values)
    if isinstance(record, TermReport):
        services.submit_report(record.pk, actor=player.chair("party"), version=record.version)


def _talk(player: Player, day: date, topics: str) -> None:
    """书记 and 校长, or at a 一肩挑 school the deputy."""
    secretary = player.chair("party")
    other = next(person for person in consultation_counterparts(player.school) if person != secretary)
    services.record(
        "regular_consultation",
        actor=secretary,
        school=player.school,
        values={"held_on": day, "secretary": secretary, "counterpart": other, "topics": topics},
    )


def answer_registers(district: Authority, reviewer: User) -> None:
    """The district answers what the schools sent; the newest filing of the first school still waits."""
    first = School.objects.filter(authority=district).order_by("pk").first()
    for filing in (
        PolicyFiling.objects.standing()
        .filter(school__authority=district, state=FilingState.FILED)
        .order_by("pk")
    ):
        if filing.school_id != first.pk or filing.kind != PolicyKind.MAJOR_LIST:
            services.answer_filing(
                filing.pk, actor=reviewer, version=filing.version, accepted=True, opinion="同意备案。"
            )
    for report in TermReport.objects.standing().filter(
        school__authority=district, state=ReportState.SUBMITTED
    ):
        services.answer_report(report.pk, actor=reviewer, version=report.version, accepted=True)
