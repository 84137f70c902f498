"""What rules ask about, shared: schools, decided agenda entries, held meetings. Each knows label, day and scope."""

from datetime import date
from typing import Any

from django.db.models import CharField, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from compliance.registry import Rule
from compliance.words import day
from decisions.choices import FAVOURABLE, Outcome, Purpose
from governance.choices import AccessScope, BodyKind, SeatRole
from governance.models import School, Seat
from meetings.choices import EntryKind, EntryState, MeetingState
from meetings.models import AgendaEntry, Meeting

DECIDING = (*FAVOURABLE, Outcome.REJECTED)
PARTY_BODIES = (BodyKind.PARTY, BodyKind.ASSEMBLY)
HELD = (MeetingState.CLOSED, MeetingState.SIGNED)


def in_office(role: str, *, school: str = "pk", on: str = "as_of") -> QuerySet[Seat]:
    """Seats of a role in force on a day, correlated with the school of the outer row; newest first."""
    return Seat.objects.filter(
        Q(until__isnull=True) | Q(until__gte=OuterRef(on)),
        school=OuterRef(school),
        role=role,
        since__lte=OuterRef(on),
    ).order_by("-since", "-pk")


def holder(role: str, *, school: str = "pk", on: str = "as_of") -> Subquery:
    """The person (id) who holds an office on a day, or NULL."""
    return Subquery(in_office(role, school=school, on=on).values("person")[:1])


SECRETARY, PRINCIPAL = SeatRole.SECRETARY, SeatRole.PRINCIPAL


class SchoolRule(Rule):
    """Asked of each school as it stands on the day."""

    model = School
    school = "pk"
    link = "governance:leadership"
    link_id = ""

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return School.objects.filter(pk__in=schools.values("pk"))


def item_label(item: str, *, before: str = "") -> Concat:
    """Number and catalogue entry of an item: metadata, never its title."""
    path = f"{item}__" if item else ""
    return Concat(
        Value(before),
        F(f"{path}number"),
        Value(" "),
        F(f"{path}catalogue_entry__code"),
        Value(" "),
        F(f"{path}catalogue_entry__title"),
        output_field=CharField(),
    )


def meeting_label(meeting: str = "") -> Concat:
    """Name of a meeting, e.g. 2026年党总支会议第19次."""
    path = f"{meeting}__" if meeting else ""
    return Concat(
        Cast(F(f"{path}year"), CharField()),
        Value("年"),
        F(f"{path}body__name"),
        Value("第"),
        Cast(F(f"{path}number"), CharField()),
        Value("次"),
        output_field=CharField(),
    )


class EntryRule(Rule):
    """Asked of each agenda entry on which a body formed a decision (通过, 修改后通过, 否决)."""

    model = AgendaEntry
    school = "meeting__school"
    pinned = "meeting__parameters"
    link = "meetings:meeting_detail"
    link_id = "meeting_id"
    outcomes_asked: tuple[str, ...] = DECIDING

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return AgendaEntry.objects.filter(
            meeting__school__in=schools,
            kind=EntryKind.ITEM,
            state=EntryState.CONCLUDED,
            outcome__in=self.outcomes_asked,
            meeting__started_at__date__lte=as_of,
        )

    def label(self) -> Any:
        return Concat(meeting_label("meeting"), Value("："), item_label("stage__item"))

    def occurred_on(self) -> Any:
        return day("meeting__started_at")

    def scope(self) -> Any:
        return F("stage__item__access_scope")


class DecisionRule(EntryRule):
    """Asked of each entry in which an item was decided in favour: 决定 on routes L and P, 部署 on route A."""

    outcomes_asked = FAVOURABLE
    link = "decisions:item_detail"
    link_id = "stage__item_id"
    purposes: tuple[str, ...] = (Purpose.DECIDE,)

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(stage__purpose__in=self.purposes)


def narrowest_scope(meeting: str) -> Coalesce:
    """知悉范围 of the papers of a meeting: that of its narrowest item."""
    narrowest = (
        AgendaEntry.objects.filter(meeting=OuterRef(meeting), stage__isnull=False)
        .order_by()
        .values("meeting")
        .annotate(narrowest=Max("stage__item__access_scope"))
        .values("narrowest")
    )
    return Coalesce(Subquery(narrowest), AccessScope.INTERNAL, output_field=IntegerField())


class MeetingRule(Rule):
    """Asked of each meeting that was held and closed."""

    model = Meeting
    pinned = "parameters"
    link = "meetings:meeting_detail"

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return Meeting.objects.filter(
            school__in=schools, state__in=HELD, started_at__isnull=False, started_at__date__lte=as_of
        )

    def label(self) -> Any:
        return meeting_label()

    def occurred_on(self) -> Any:
        return day("started_at")

    def scope(self) -> Any:
        return narrowest_scope("pk")
