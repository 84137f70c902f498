"""What a district sees of its schools: numbers of everything, words only of what `visible_to` lets it read."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from decisions.choices import FAVOURABLE, ItemState, Purpose
from decisions.models import DecisionItem, Stage, Task
from governance.choices import BodyKind, Route
from governance.models import School
from governance.selectors import with_dual_role
from meetings.models import Meeting

UNDER_WAY = (ItemState.PENDING, ItemState.DELIBERATING, ItemState.DEFERRED)
STEPS: tuple[tuple[str, str], ...] = (
    ("propose", "提出"),
    ("decide", "决定"),
    ("deploy", "部署"),
    ("implement", "落实"),
    ("completed", "办结"),
)
SORTS: dict[str, str] = {
    "urgent": "最该管的在前",
    "name": "校名",
    "closed": "三段闭环率低的在前",
    "meeting": "最久没开会的在前",
}
PARTY_BODIES = (BodyKind.PARTY, BodyKind.ASSEMBLY)


@dataclass
class SchoolRow:
    """One school with its counts."""

    school: Any
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((key for key, _ in STEPS), 0))
    returned: int = 0
    closed: int = 0
    due_to_close: int = 0
    overdue: int = 0
    last_party: datetime | None = None
    last_admin: datetime | None = None

    @property
    def steps(self) -> list[int]:
        """Items at each step, in the order of STEPS."""
        return [self.counts[key] for key, _label in STEPS]

    @property
    def named_steps(self) -> list[tuple[str, int]]:
        """Each step in words with its items."""
        return [(label, self.counts[key]) for key, label in STEPS]

    @property
    def is_open_loop(self) -> bool:
        """Whether a decided loop item still lacks one of its three stages."""
        return self.closed < self.due_to_close


def school_rows(
    user: Any,
    *,
    q: str = "",
    stage: str = "",
    kind: str = "",
    setup: str = "",
    sort: str = "urgent",
) -> list[SchoolRow]:
    """The supervised schools with loop counts, overdue tasks and last meetings; five queries at any size.

    Numbers cover every item but drafts, whatever its scope; no title is read here (facts.md §6, 看板指标).
    """
    schools: QuerySet[Any] = with_dual_role(School.objects.all().supervised_by(user))
    schools = schools.select_related("party_org")
    if q:
        schools = schools.filter(Q(name__icontains=q) | Q(code__iexact=q) | Q(cluster__icontains=q))
    if stage:
        schools = schools.filter(stage=stage)
    if kind:
        schools = schools.filter(party_org__kind=kind)
    if setup:
        schools = schools.filter(dual_role=setup == "dual")
    rows = {school.pk: SchoolRow(school) for school in schools}
    _fill(rows)
    return sorted(rows.values(), key=_ORDERS[sort])


_NEVER = datetime(1970, 1, 1, tzinfo=timezone.get_fixed_timezone(0))
_ORDERS: dict[str, Any] = {
    "urgent": lambda r: (-r.overdue, r.closed - r.due_to_close, r.school.code),
    "name": lambda r: r.school.name,
    "closed": lambda r: (r.closed / r.due_to_close if r.due_to_close else 1, r.school.code),
    "meeting": lambda r: (r.last_party or _NEVER, r.school.code),
}


_ENDED_STEPS: dict[str, str] = {ItemState.IMPLEMENTING: "implement", ItemState.COMPLETED: "completed"}


def _fill(rows: dict[int, SchoolRow]) -> None:
    """Add the counts of all schools at once; four queries."""
    items = DecisionItem.objects.filter(school__in=list(rows)).exclude(state=ItemState.DRAFT).order_by()
    for place in items.values("school", "state", "current_stage__purpose").annotate(n=Count("pk")):
        row, state = rows[place["school"]], place["state"]
        step = place["current_stage__purpose"] if state in UNDER_WAY else _ENDED_STEPS.get(state)
        if step:
            row.counts[step] += place["n"]
        elif state == ItemState.RETURNED:
            row.returned += place["n"]
    loops = (
        _loops(items)
        .values("school")
        .annotate(
            decided=Count("pk", filter=Q(has_decide=True)),
            closed=Count("pk", filter=Q(has_propose=True, has_decide=True, has_deploy=True)),
        )
    )
    for loop in loops:
        rows[loop["school"]].due_to_close, rows[loop["school"]].closed = loop["decided"], loop["closed"]
    late = Task.objects.filter(school__in=list(rows)).overdue().order_by()
    for task in late.values("school").annotate(n=Count("pk")):
        rows[task["school"]].overdue = task["n"]
    held = (
        Meeting.objects.filter(school__in=list(rows), started_at__isnull=False)
        .order_by()
        .values("school")
        .annotate(
            party=Max("started_at", filter=Q(body__kind__in=PARTY_BODIES)),
            admin=Max("started_at", filter=Q(body__kind=BodyKind.ADMIN)),
        )
    )
    for last in held:
        rows[last["school"]].last_party, rows[last["school"]].last_admin = last["party"], last["admin"]


def _loops(items: QuerySet[DecisionItem]) -> QuerySet[DecisionItem]:
    """Loop items with whether 提出, 决定 and 部署 of their present round have passed (循环议事)."""

    def passed(purpose: str) -> Exists:
        return Exists(
            Stage.objects.filter(
                item=OuterRef("pk"), round=OuterRef("round"), purpose=purpose, outcome__in=FAVOURABLE
            )
        )

    return items.filter(route=Route.LOOP).annotate(
        has_propose=passed(Purpose.PROPOSE),
        has_decide=passed(Purpose.DECIDE),
        has_deploy=passed(Purpose.DEPLOY),
    )


def totals(rows: list[SchoolRow]) -> SchoolRow:
    """The sums of the rows shown."""
    total = SchoolRow(None)
    for row in rows:
        for key, _label in STEPS:
            total.counts[key] += row.counts[key]
        total.closed += row.closed
        total.due_to_close += row.due_to_close
        total.overdue += row.overdue
    return total


def school_row(school: School) -> SchoolRow:
    """The counts of one school; four queries."""
    row = SchoolRow(school)
    _fill({school.pk: row})
    return row


def meeting_counts(school: School, since: date) -> list[Any]:
    """Bodies with the number of their meetings begun since a day (`n`) and the last one (`last`); one query."""
    return list(
        school.bodies.order_by("id").annotate(
            n=Count("meetings", filter=Q(meetings__started_at__date__gte=since)),
            last=Max("meetings__started_at"),
        )
    )


def readable_items(user: Any, school: School, limit: int = 30) -> list[DecisionItem]:
    """Items the district may read: scopes 0 and 1 once 会议纪要 are issued; newest first; one query."""
    return list(
        DecisionItem.objects.visible_to(user)
        .filter(school=school)
        .annotate(code=F("catalogue_entry__code"))
        .order_by("-updated_at", "-pk")[:limit]
    )
