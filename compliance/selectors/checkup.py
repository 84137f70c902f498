"""合规体检: a school's own picture before the district asks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from common.choices import Level
from compliance.choices import FindingVerdict, RuleGroup
from compliance.models import BlockedAttempt, Evaluation, Finding
from compliance.registry import RULES, rules
from compliance.selectors.lists import FindingRow, most_pressing, state_counts
from compliance.selectors.rules import last_evaluation
from decisions.models import EmergencyAction
from governance.models import School
from meetings.choices import MeetingMode
from meetings.models import AgendaEntry, Meeting

MONTHS = 12
CHART_HEIGHT, CHART_BAR, CHART_STEP = 160, 18, 58


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One rule group of a school: open findings by kind, and how many of its rules have none."""

    key: str
    label: str
    rules: int
    breach: int
    warn: int
    info: int
    unknown: int
    met: int

    @property
    def is_clean(self) -> bool:
        return self.met == self.rules


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the trend in the picture's own units, with what it counts."""

    x: int
    y: int
    height: int
    count: int


@dataclass(frozen=True, slots=True)
class Month:
    """What was found and what was settled or gone in one month."""

    first: date
    found: Bar
    settled: Bar
    label_x: int


@dataclass(frozen=True, slots=True)
class Unusual:
    """A count of acts outside the usual course, with what it means."""

    label: str
    count: int
    note: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything the page shows."""

    school: School
    groups: list[GroupRow]
    total: GroupRow
    first: list[FindingRow]
    states: dict[str, int]
    months: list[Month]
    chart_width: int
    exceptions: list[Unusual]
    blocked: list[tuple[str, str, int]]
    fresh: Evaluation | None

    @property
    def headline(self) -> str:
        """How many rules have something open, in words; a rule that asked nothing is not called 合规."""
        open_rules = self.total.rules - self.total.met
        return f"{self.total.rules} 条规则中，{open_rules} 条有未整改的问题"

    @property
    def subline(self) -> str:
        """What is open, by kind."""
        kinds = (
            ("违规", self.total.breach),
            ("预警", self.total.warn),
            ("提示", self.total.info),
            ("无法判定", self.total.unknown),
        )
        return "，".join(f"{word} {number} 项" for word, number in kinds if number)

    @property
    def blocked_number(self) -> int:
        """How often rules refused something."""
        return sum(number for _, _, number in self.blocked)


def checkup(user: Any, school: School) -> Checkup:
    """The picture of one school as the person may see it; a fixed number of queries."""
    today = timezone.localdate()
    findings = Finding.objects.visible_to(user).filter(school=school)
    since = month_back(today, MONTHS - 1)
    groups = _groups(findings)
    months = _months(findings, since)
    return Checkup(
        school=school,
        groups=groups,
        total=GroupRow(
            "",
            "合计",
            *(
                sum(getattr(row, name) for row in groups)
                for name in ("rules", "breach", "warn", "info", "unknown", "met")
            ),
        ),
        first=most_pressing(user, school),
        states=state_counts(findings, today),
        months=months,
        chart_width=len(months) * CHART_STEP,
        exceptions=_exceptions(school, since),
        blocked=_blocked(school, since),
        fresh=last_evaluation(school),
    )


def month_back(day: date, number: int) -> date:
    """The first day of the month `number` months before the day's."""
    months = day.year * 12 + day.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)


def _groups(findings: Any) -> list[GroupRow]:
    """Open findings by group and kind; one query."""
    counts: Counter[tuple[str, str]] = Counter()
    broken: set[str] = set()
    rows = findings.open().order_by().values("rule_code", "level", "verdict").annotate(n=Count("pk"))
    for row in rows:
        rule = RULES.get(row["rule_code"])
        if rule is None:
            continue
        kind = "unknown" if row["verdict"] == FindingVerdict.UNKNOWN else row["level"]
        counts[rule.group, kind] += row["n"]
        broken.add(rule.code)
    found = []
    for group in RuleGroup:
        own = [rule for rule in rules() if rule.group == group]
        if own:
            found.append(
                GroupRow(
                    group,
                    str(group.label),
                    len(own),
                    counts[group, Level.BLOCK] + counts[group, Level.BREACH],
                    counts[group, Level.WARN],
                    counts[group, Level.INFO],
                    counts[group, "unknown"],
                    sum(rule.code not in broken for rule in own),
                )
            )
    return found


def _by_month(rows: QuerySet, moment: str) -> dict[date, int]:
    counted = rows.order_by().annotate(month=TruncMonth(moment)).values("month").annotate(n=Count("pk"))
    return {timezone.localtime(row["month"]).date(): row["n"] for row in counted}


def _months(findings: QuerySet[Finding], since: date) -> list[Month]:
    """Twelve months of findings first seen, and of those gone or settled; three queries."""
    found = _by_month(findings.filter(first_seen_at__date__gte=since), "first_seen_at")
    gone = _by_month(findings.filter(resolved_at__date__gte=since), "resolved_at")
    settled = _by_month(
        findings.filter(resolved_at__isnull=True, rectification__settled_at__date__gte=since),
        "rectification__settled_at",
    )
    firsts = [month_back(timezone.localdate(), MONTHS - 1 - n) for n in range(MONTHS)]
    numbers = [(found.get(first, 0), gone.get(first, 0) + settled.get(first, 0)) for first in firsts]
    highest = max((n for pair in numbers for n in pair), default=0) or 1
    return [
        Month(
            first,
            _bar(n * CHART_STEP + 8, new, highest),
            _bar(n * CHART_STEP + 8 + CHART_BAR + 3, over, highest),
            n * CHART_STEP + 8 + CHART_BAR,
        )
        for n, (first, (new, over)) in enumerate(zip(firsts, numbers, strict=True))
    ]


def _bar(x: int, count: int, highest: int) -> Bar:
    height = CHART_HEIGHT * count // highest
    return Bar(x, 22 + CHART_HEIGHT - height, height, count)


def _exceptions(school: School, since: date) -> list[Unusual]:
    """Emergencies, ad hoc motions and meetings entered afterwards of the last twelve months (R76); three queries."""
    emergencies = EmergencyAction.objects.filter(school=school, happened_at__date__gte=since).count()
    motions = AgendaEntry.objects.filter(
        meeting__school=school, is_ad_hoc=True, meeting__started_at__date__gte=since
    ).count()
    late = Meeting.objects.filter(
        school=school, mode=MeetingMode.RETROSPECTIVE, started_at__date__gte=since
    ).count()
    return [
        Unusual("紧急处置", emergencies, "先处置后补议的事项"),
        Unusual("临时动议", motions, "会上临时增加的议题"),
        Unusual("补录会议", late, "会后才登记的会议"),
    ]


def _blocked(school: School, since: date) -> list[tuple[str, str, int]]:
    """Attempts that rules refused, by rule: code, title, how often; one query."""
    codes: Iterable[list[str]] = BlockedAttempt.objects.filter(
        school=school, at__date__gte=since
    ).values_list("rule_codes", flat=True)
    counts = Counter(code for group in codes for code in group)
    return [
        (code, RULES[code].title if code in RULES else "", number)
        for code, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
