"""整改台账: the findings a person may see, narrowed, counted, and as rows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from common.choices import Level
from common.components import Pill, pill_for
from compliance.choices import DISTRICT_STATES, SETTLED_STATES, FindingState, FindingVerdict
from compliance.models import Finding, FindingQuerySet
from compliance.registry import rules
from compliance.selectors.reading import plain_explanation, rule_of
from governance.models import School

# key → (label, icon, tone) of each number at the top of the list; the number is the filter
TILES: dict[str, tuple[str, str, str]] = {
    "": ("未整改", "", ""),
    "found": ("待核实", "circle-dashed", "t-warn"),
    "working": ("整改中", "progress-check", "t-run"),
    "submitted": ("待验收", "clipboard-check", "t-run"),
    "appealed": ("申诉中", "message-dots", "t-warn"),
    "overdue": ("已逾期", "alarm", "t-bad"),
    "settled": ("已销号", "circle-check", "t-ok"),
}
STATES: tuple[tuple[str, str], ...] = (
    *((key, label) for key, (label, _, _) in TILES.items()),
    ("rectifying", "整改中（未退回）"),
    ("returned", "退回整改"),
    ("dismissed", "误报已撤销"),
    ("closed", "已销号（待回头看）"),
    ("reviewed", "回头看通过"),
    ("vanished", "已自行消除"),
    ("all", "全部"),
)


def _condition(state: str, today: date) -> Q:
    """What a state filter means; shared by the tiles and the list."""
    standing = Q(resolved_at__isnull=True)
    match state:
        case "":
            return standing & ~Q(state__in=SETTLED_STATES)
        case "found":
            return standing & Q(state=FindingState.FOUND)
        case "working":
            return Q(state__in=[FindingState.RECTIFYING, FindingState.RETURNED])
        case "settled":
            return Q(state__in=[FindingState.CLOSED, FindingState.REVIEWED])
        case "vanished":
            return Q(resolved_at__isnull=False, state=FindingState.FOUND)
        case "overdue":
            waiting = ~Q(state__in=[FindingState.DISMISSED, FindingState.REVIEWED])
            return Q(due_on__lt=today) & waiting & (standing | ~Q(state=FindingState.FOUND))
        case "all":
            return Q()
        case _:
            return Q(state=state)


def visible_findings(user: Any) -> FindingQuerySet:
    """Findings the person may see."""
    return Finding.objects.visible_to(user)


def narrow(findings: QuerySet[Finding], chosen: dict[str, Any]) -> QuerySet[Finding]:
    """Findings by school, group, rule, level, verdict and words; the state is asked by `in_state`."""
    if chosen.get("school"):
        findings = findings.filter(school=chosen["school"])
    if chosen.get("group"):
        findings = findings.filter(rule_code__in=[r.code for r in rules() if r.group == chosen["group"]])
    for name in ("rule", "level", "verdict"):
        if chosen.get(name):
            findings = findings.filter(**{{"rule": "rule_code"}.get(name, name): chosen[name]})
    for word in chosen.get("q", "").split():
        titled = [rule.code for rule in rules() if word in rule.title]
        findings = findings.filter(
            Q(rule_code__iexact=word)
            | Q(rule_code__in=titled)
            | Q(subject_label__icontains=word)
            | Q(school__name__icontains=word)
        )
    return findings


def in_state(findings: QuerySet[Finding], state: str, today: date) -> QuerySet[Finding]:
    """Findings of one tile or state."""
    return findings.filter(_condition(state, today))


def state_counts(findings: QuerySet[Finding], today: date) -> dict[str, int]:
    """What each tile counts; one query."""
    return findings.aggregate(**{key or "open": Count("pk", filter=_condition(key, today)) for key in TILES})


def ordered(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """The most pressing first: level, breaches before 无法判定, the nearest deadline, the newest fact."""
    hardness = Case(
        *(
            When(level=level, then=Value(n))
            for n, level in enumerate((Level.BLOCK, Level.BREACH, Level.WARN))
        ),
        default=Value(9),
        output_field=IntegerField(),
    )
    return findings.order_by(
        hardness, "-verdict", F("due_on").asc(nulls_last=True), F("occurred_on").desc(nulls_last=True), "-pk"
    ).select_related("school")


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding as lists show it."""

    finding: Finding
    title: str
    mend: str
    sentence: str
    level: Pill
    state: Pill
    is_late: bool


def level_pill(finding: Finding) -> Pill:
    """The level, or 无法判定 where the rule could not answer."""
    if finding.verdict == FindingVerdict.UNKNOWN:
        return pill_for("无法判定")
    return pill_for(Level(finding.level).label)


def state_pill(finding: Finding) -> Pill:
    """The state of the rectification, or that the breach is gone by itself."""
    if finding.resolved_at is not None and finding.state == FindingState.FOUND:
        return pill_for("已自行消除")
    return pill_for(finding.get_state_display())


def row_of(finding: Finding) -> FindingRow:
    """One row; no query."""
    rule = rule_of(finding)
    return FindingRow(
        finding,
        rule.title,
        rule.mend,
        plain_explanation(finding),
        level_pill(finding),
        state_pill(finding),
        finding.is_overdue,
    )


def open_findings(user: Any, school: Any) -> QuerySet[Finding]:
    """Open findings of one school that the person may see."""
    return visible_findings(user).filter(school=school).open()


def most_pressing(user: Any, school: Any, limit: int = 5) -> list[FindingRow]:
    """先改这几项: open findings of a school that wait for the school, hardest first; one query."""
    findings = open_findings(user, school).exclude(state__in=DISTRICT_STATES)
    return [row_of(finding) for finding in ordered(findings)[:limit]]


def waiting_for_district(user: Any) -> QuerySet[Finding]:
    """待验收 and 申诉中 of the supervised schools, the nearest deadline first."""
    supervised = School.objects.all().supervised_by(user)
    return (
        Finding.objects.filter(state__in=DISTRICT_STATES, school__in=supervised.values("pk"))
        .select_related("school")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )
