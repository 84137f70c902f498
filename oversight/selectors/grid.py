"""Schools × groups of rules: filtered, sorted, paged; read from the standings, one query a page."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Value

from compliance.choices import RuleGroup
from governance.choices import PartyOrgKind, SchoolStage
from governance.models import Authority
from oversight.choices import PostSetup
from oversight.models import SchoolStanding
from oversight.setups import BRANCH_KINDS, SEPARATE_KINDS, SetupCount, SetupTable, setup_table

PAGE_SIZE = 40
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "worst": ("问题重的在前", ("-blocks", "-breaches", "-warns", "-unknowns", "pk")),
    "overdue": ("逾期多的在前", ("-overdue", "-blocks", "-breaches", "pk")),
    "unknown": ("无法判定多的在前", ("-unknowns", "pk")),
    "meeting": (
        "最久没开党组织会议的在前",
        (F("last_party_on").asc(nulls_first=True), "pk"),
    ),
    "name": ("校名", ("name", "pk")),
}
NEEDS: dict[str, tuple[str, Q]] = {
    "problem": (
        "有未整改问题",
        Q(blocks__gt=0) | Q(breaches__gt=0) | Q(warns__gt=0) | Q(infos__gt=0),
    ),
    "overdue": ("有逾期未整改", Q(overdue__gt=0)),
    "separate": ("应分设未分设", Q(kind__in=SEPARATE_KINDS, setup=PostSetup.DUAL)),
    "deputy": (
        "应配未配专职副书记",
        Q(fulltime_deputies=0)
        & (Q(kind=PartyOrgKind.COMMITTEE) | Q(kind__in=BRANCH_KINDS, setup=PostSetup.DUAL)),
    ),
    "vacant": ("书记或校长空缺", Q(setup=PostSetup.VACANT)),
}


@dataclass(frozen=True)
class Filters:
    """What is asked of the grid; unknown values ask nothing."""

    q: str = ""
    stage: str = ""
    kind: str = ""
    setup: str = ""
    cluster: str = ""
    need: str = ""
    sort: str = "worst"

    @classmethod
    def of(cls, data: Any) -> "Filters":
        """From the query of a request."""
        known = {
            "stage": SchoolStage.values,
            "kind": PartyOrgKind.values,
            "setup": PostSetup.values,
            "need": list(NEEDS),
            "sort": list(SORTS),
        }
        chosen = {name: data.get(name, "") for name, values in known.items() if data.get(name) in values}
        return cls(q=data.get("q", "").strip()[:40], cluster=data.get("cluster", "")[:40], **chosen)

    @property
    def is_narrow(self) -> bool:
        return any((self.q, self.stage, self.kind, self.setup, self.cluster, self.need))

    def applied(self, standings: QuerySet[SchoolStanding]) -> QuerySet[SchoolStanding]:
        """The standings asked for, in order."""
        for name in ("stage", "kind", "setup", "cluster"):
            if getattr(self, name):
                standings = standings.filter(**{name: getattr(self, name)})
        if self.need:
            standings = standings.filter(NEEDS[self.need][1])
        for word in self.q.split():
            standings = standings.filter(
                Q(name__icontains=word) | Q(code__iexact=word) | Q(cluster__icontains=word)
            )
        return standings.order_by(*SORTS[self.sort][1])


@dataclass(frozen=True)
class Cell:
    """One group of rules of one school."""

    group: str
    label: str
    number: int
    unknown: int
    tone: str  # bad, warn, info, unknown, ok, na

    @property
    def shown(self) -> str:
        return str(self.number or self.unknown)

    @property
    def words(self) -> str:
        """The cell read aloud."""
        said = {
            "bad": f"{self.number} 件，有违规或阻断",
            "warn": f"预警 {self.number} 件",
            "info": f"提示 {self.number} 件",
            "unknown": f"无法判定 {self.unknown} 件",
            "ok": "合规",
            "na": "尚未检查",
        }[self.tone]
        return f"{said}，另有无法判定 {self.unknown} 件" if self.number and self.unknown else said


@dataclass(frozen=True)
class GridRow:
    """One school of the grid."""

    standing: SchoolStanding
    cells: list[Cell]

    @property
    def severe(self) -> int:
        return self.standing.blocks + self.standing.breaches


def _cell(group: str, label: str, standing: SchoolStanding) -> Cell:
    bad, warn, info, unknown = standing.groups.get(group, (0, 0, 0, 0))
    number = bad + warn + info
    if bad:
        tone = "bad"
    elif warn:
        tone = "warn"
    elif unknown:
        tone = "unknown"
    elif info:
        tone = "info"
    else:
        tone = "ok" if standing.checked_at else "na"
    return Cell(group, label, number if tone != "unknown" else 0, unknown, tone)


def row_of(standing: SchoolStanding) -> GridRow:
    """One school with a cell per group of rules."""
    return GridRow(standing, [_cell(str(key), str(label), standing) for key, label in RuleGroup.choices])


def grid_page(standings: QuerySet[SchoolStanding], filters: Filters, number: Any, total: int) -> Page:
    """One page of the grid; the count is asked only where a filter makes it unknown."""
    rows = filters.applied(standings)
    paginator = Paginator(rows, PAGE_SIZE)
    if not filters.is_narrow:
        paginator.count = total
    page: Any = paginator.get_page(number)
    page.object_list = [row_of(standing) for standing in page.object_list]
    return page


def every_row(standings: QuerySet[SchoolStanding], filters: Filters, limit: int = 5000) -> list[GridRow]:
    """All rows the filters leave, for an export; one query."""
    return [row_of(standing) for standing in filters.applied(standings)[:limit]]


def page_sums(rows: list[GridRow]) -> tuple[list[int], int, int, int]:
    """Sums of the page shown: per group, then 违规 with 阻断, 预警 and 无法判定."""
    cells = [sum(row.cells[place].number for row in rows) for place in range(len(RuleGroup.choices))]
    severe, warned = sum(row.severe for row in rows), sum(row.standing.warns for row in rows)
    return cells, severe, warned, sum(row.standing.unknowns for row in rows)


@dataclass(frozen=True)
class Overview:
    """The schools of an authority as a whole: setup, clusters, sums and freshness."""

    setup: SetupTable
    clusters: list[str]
    schools: int
    problems: int
    unknowns: int
    overdue: int
    unchecked: int
    checked_since: Any
    checked_until: Any
    refreshed_at: Any


def overview(standings: QuerySet[SchoolStanding]) -> Overview:
    """One query of a dozen rows, kinds × setups, however many schools and clusters there are."""
    rows = list(
        standings.order_by()
        .values("kind", "setup")
        .annotate(
            clusters=ArrayAgg("cluster", distinct=True, filter=~Q(cluster=""), default=Value([])),
            n=Count("pk"),
            with_deputy=Count("pk", filter=Q(fulltime_deputies__gt=0)),
            known=Count("office_staff"),
            staff=Sum("office_staff"),
            open_findings=Sum(F("blocks") + F("breaches") + F("warns") + F("infos")),
            unknowns=Sum("unknowns"),
            overdue=Sum("overdue"),
            unchecked=Count("pk", filter=Q(checked_at__isnull=True)),
            since=Min("checked_at"),
            until=Max("checked_at"),
            fresh=Max("refreshed_at"),
        )
    )
    counts = [
        SetupCount(r["kind"], r["setup"], r["n"], r["with_deputy"], r["known"], r["staff"] or 0) for r in rows
    ]
    return Overview(
        setup=setup_table(counts),
        clusters=sorted({cluster for row in rows for cluster in row["clusters"]}),
        schools=sum(row["n"] for row in rows),
        problems=sum(row["open_findings"] for row in rows),
        unknowns=sum(row["unknowns"] for row in rows),
        overdue=sum(row["overdue"] for row in rows),
        unchecked=sum(row["unchecked"] for row in rows),
        checked_since=min((row["since"] for row in rows if row["since"]), default=None),
        checked_until=max((row["until"] for row in rows if row["until"]), default=None),
        refreshed_at=max((row["fresh"] for row in rows), default=None),
    )


def schools_of(authority: Authority) -> QuerySet[SchoolStanding]:
    """How the schools of an authority stand; the caller asked access.authority_of whose they are."""
    return SchoolStanding.objects.under(authority)
