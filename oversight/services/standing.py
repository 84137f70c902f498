"""How each school stands: setup from today's seats, open findings by group and level, last meetings and report."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf, TruncDate
from django.utils import timezone

from common.choices import Level
from compliance.choices import FindingVerdict
from compliance.models import Finding
from compliance.registry import RULES
from compliance.rules.subjects import HELD, PARTY_BODIES
from governance.choices import BodyKind, SeatRole
from governance.models import School, Seat, Staff
from meetings.models import Meeting
from oversight.choices import PostSetup
from oversight.models import SchoolStanding
from registers.choices import ReportState
from registers.models import TermReport

OFFICE = "组织办"  # department of the Party office, as schools enter it (facts.md §2)
FIELDS = (
    *(
        "authority_path",
        "code",
        "name",
        "stage",
        "cluster",
        "kind",
        "setup",
        "fulltime_deputies",
        "office_staff",
    ),
    *("blocks", "breaches", "warns", "infos", "unknowns", "overdue", "groups"),
    *("last_party_on", "last_admin_on", "last_report_term"),
)
_COLUMNS = {Level.BLOCK: "blocks", Level.BREACH: "breaches", Level.WARN: "warns", Level.INFO: "infos"}
_CELL = {Level.BLOCK: 0, Level.BREACH: 0, Level.WARN: 1, Level.INFO: 2}


def _number(rows: QuerySet) -> Subquery:
    count = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return Subquery(rows.order_by().annotate(how_many=count).values("how_many"))


def described(ids: Sequence[int]) -> QuerySet:
    """Schools with everything a standing says of them but findings; one statement."""
    here = Seat.objects.active().filter(school=OuterRef("pk"))
    secretaries = here.filter(role=SeatRole.SECRETARY)
    principals = here.filter(role=SeatRole.PRINCIPAL)
    both = Seat.objects.active().filter(
        school=OuterRef("school"), role=SeatRole.SECRETARY, person=OuterRef("person")
    )
    office = Staff.objects.active().filter(school=OuterRef("pk"), department__startswith=OFFICE)

    def last(kinds: Sequence[str]) -> Subquery:
        held = Meeting.objects.filter(
            school=OuterRef("pk"), state__in=HELD, body__kind__in=kinds, started_at__isnull=False
        ).order_by("-started_at")
        return Subquery(held.annotate(on=TruncDate("started_at")).values("on")[:1], output_field=DateField())

    reports = TermReport.objects.filter(
        school=OuterRef("pk"), is_void=False, state__in=[ReportState.SUBMITTED, ReportState.REVIEWED]
    )
    newest = reports.order_by().values("school").annotate(on=Max("term_starts_on")).values("on")
    return School.objects.filter(pk__in=ids).annotate(
        authority_path=F("authority__path"),
        kind=Coalesce("party_org__kind", Value(""), output_field=CharField()),
        setup=Case(
            When(Exists(principals.filter(Exists(both))), then=Value(PostSetup.DUAL)),
            When(Exists(secretaries) & Exists(principals), then=Value(PostSetup.SEPARATE)),
            default=Value(PostSetup.VACANT),
            output_field=CharField(),
        ),
        fulltime_deputies=_number(here.filter(role=SeatRole.FULLTIME_DEPUTY_SECRETARY)),
        office_staff=NullIf(_number(office), Value(0)),
        last_party_on=last(PARTY_BODIES),
        last_admin_on=last([BodyKind.ADMIN]),
        last_report_term=Subquery(newest, output_field=DateField()),
    )


def group_of_rule() -> Case:
    """The group of a finding's rule; rules that are no longer live have none."""
    codes: dict[str, list[str]] = defaultdict(list)
    for rule in RULES.values():
        codes[str(rule.group)].append(rule.code)
    return Case(
        *(When(rule_code__in=found, then=Value(group)) for group, found in sorted(codes.items())),
        default=Value(""),
        output_field=CharField(),
    )


def counted(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Open findings of schools by level and by group of rules, as the fields of a standing; one statement."""
    today = timezone.localdate()
    rows = (
        Finding.objects.open()
        .filter(school__in=ids)
        .order_by()
        .values("school", "level", "verdict", group=group_of_rule())
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    )
    found: dict[int, dict[str, Any]] = {
        pk: {**dict.fromkeys((*_COLUMNS.values(), "unknowns", "overdue"), 0), "groups": {}} for pk in ids
    }
    for row in rows:
        school, is_unknown = found[row["school"]], row["verdict"] == FindingVerdict.UNKNOWN
        school["unknowns" if is_unknown else _COLUMNS[row["level"]]] += row["n"]
        if not is_unknown:
            school["overdue"] += row["late"]
        if row["group"]:
            place = 3 if is_unknown else _CELL[row["level"]]
            school["groups"].setdefault(row["group"], [0, 0, 0, 0])[place] += row["n"]
    return found


def write_standing(ids: Sequence[int], *, checked_at: datetime | None = None) -> None:
    """Compute how schools stand and write the rows that changed; the caller holds their locks."""
    now = timezone.now()
    findings = counted(ids)
    kept = SchoolStanding.objects.in_bulk(ids)
    changed, stages = [], described(ids).values("pk", "code", "name", "stage", "cluster", *_ANNOTATED)
    for row in stages:
        fields = {**row, **findings[row["pk"]]}
        fields.pop("pk")
        standing = kept[row["pk"]]
        if any(getattr(standing, name) != fields[name] for name in FIELDS):
            for name, value in fields.items():
                setattr(standing, name, value)
            changed.append(standing)
    SchoolStanding.objects.bulk_update(changed, FIELDS, batch_size=200)
    freshness: dict[str, Any] = {"refreshed_at": now}
    if checked_at is not None:
        freshness["checked_at"] = checked_at
    SchoolStanding.objects.filter(pk__in=ids).update(**freshness)


_ANNOTATED = (
    *("authority_path", "kind", "setup", "fulltime_deputies", "office_staff"),
    *("last_party_on", "last_admin_on", "last_report_term"),
)
