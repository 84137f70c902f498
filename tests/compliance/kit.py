"""Builders for tests of rules: facts straight through the ORM, few statements, snapshots made by the real code.

kit = Kit()                                        an authority with 300,000 元 as large amount
school = kit.school(kind="party_branch")           bodies, 书记, 校长, 3 委员, 3 副校长
item = kit.item(school, "G01")                     an item of the catalogue entry, route and classes as in it
entry = kit.decide(item, present=4, votes=(4, 0, 0))   held and closed meeting with the concluded entry
assert verdicts("R30", school) == {entry.pk: "violating"}      one statement, checked
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import count as counter
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from compliance.choices import FindingVerdict
from compliance.registry import RULES, Rule
from compliance.services import refresh_parameters
from decisions.choices import FAVOURABLE, Disagreement, ItemState, Outcome, Purpose, StageState
from decisions.models import Consultation, DecisionItem, Prerequisite, Resolution, Stage, Task
from decisions.transitions import ROUTES
from governance.choices import BallotMethod, BodyKind, PartyOrgKind, SeatRole
from governance.models import Authority, Body, CatalogueEntry, PartyOrg, ProcedureParameter, School, Seat
from governance.parameters import resolve
from governance.services.catalogue import publish_catalogue
from meetings.choices import AttendanceStatus, EntryState, MeetingState, MinutesState
from meetings.models import AgendaEntry, Attendance, Meeting, MeetingRecord, Minutes, Tally
from meetings.rules import assess, snapshot_of

SINCE = date(2024, 9, 1)
TODAY = date(2026, 11, 20)  # a Friday; every kit meeting lies before it
_serial = counter(1)


def at(day: date, hour: int = 9) -> datetime:
    """An instant on a local day."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


class Kit:
    """One authority and whatever schools a test asks for."""

    def __init__(self, *, threshold: int | None = 300_000) -> None:
        self.authority = Authority.objects.create(name="云川区教育工委", level="district", path="/new/")
        self.authority.path = f"/{self.authority.pk}/"
        self.authority.save(update_fields=["path"])
        if threshold is not None:
            self.parameter("fund.large_threshold", threshold)
        publish_catalogue(actor=None, authority=self.authority)
        self.templates = {entry.code: entry for entry in CatalogueEntry.objects.templates()}

    def parameter(
        self, key: str, value: Any, *, school: School | None = None, since: date = SINCE
    ) -> ProcedureParameter:
        """A district value, or a school's own."""
        return ProcedureParameter.objects.create(
            level="school" if school else "district",
            authority=None if school else self.authority,
            school=school,
            key=key,
            value=value,
            source="《云川区实施办法》",
            since=since,
        )

    def person(self, name: str) -> User:
        return User.objects.create(username=f"kit-{next(_serial)}", display_name=name)

    def school(
        self,
        *,
        kind: str = PartyOrgKind.GENERAL_BRANCH,
        dual: bool = False,
        party: int = 7,
        admin: int = 6,
        committee: bool = True,
        roles: Iterable[str] = (),
        members: int = 62,
    ) -> School:
        """A school with `party` and `admin` voting seats, 书记 and 校长 first; `roles` go to the next Party seats."""
        serial = next(_serial)
        school = School.objects.create(
            authority=self.authority,
            code=f"K{serial}",
            name=f"第{serial}中学",
            short_name=f"{serial}中",
            stage="junior",
        )
        PartyOrg.objects.create(
            school=school,
            kind=kind,
            name=f"{school.name}党组织",
            has_committee=committee,
            party_members=members,
        )
        party_kind = BodyKind.PARTY if committee else BodyKind.ASSEMBLY
        party_body = Body.objects.create(school=school, kind=party_kind, name="党总支会议")
        admin_body = Body.objects.create(school=school, kind=BodyKind.ADMIN, name="校长办公会议")
        people = [self.person(f"委员{n}") for n in range(max(party, 1))]
        others = [self.person(f"成员{n}") for n in range(max(admin, 1))]
        extra = list(roles)
        for n in range(party):
            role = SeatRole.SECRETARY if n == 0 else extra[n - 1] if n <= len(extra) else SeatRole.MEMBER
            self.seat(party_body, people[n], role, order=n)
        for n in range(admin):
            role = SeatRole.PRINCIPAL if n == 0 else SeatRole.VICE_PRINCIPAL
            self.seat(admin_body, people[0] if n == 0 and dual else others[n], role, order=n)
        return school

    def seat(self, body: Body, person: User, role: str, *, order: int = 50, **fields: Any) -> Seat:
        return Seat.objects.create(
            school=body.school,
            body=body,
            person=person,
            role=role,
            is_voting=role != SeatRole.CLERK,
            order=order,
            **{"since": SINCE, **fields},
        )

    def entry(self, school: School, code: str, **fields: Any) -> CatalogueEntry:
        """The school's catalogue entry of a code, adopted on first use."""
        found = CatalogueEntry.objects.in_force().filter(school=school, code=code).first()
        if found:
            return found
        entry = CatalogueEntry.objects.get(pk=self.templates[code].pk)
        entry.pk, entry.school, entry.template, entry._state.adding = None, school, self.templates[code], True
        for name, value in fields.items():
            setattr(entry, name, value)
        entry.save()
        return entry

    def item(self, school: School, code: str = "G01", **fields: Any) -> DecisionItem:
        """An item under way with the stages of its route laid; nobody has deliberated it."""
        entry = self.entry(school, code)
        serial = next(_serial)
        leader = school.seats.get(role=SeatRole.SECRETARY).person
        values = {
            "number": f"2026-{serial:03d}",
            "title": f"{entry.title}第{serial}件",
            "route": entry.route,
            "major_classes": entry.major_classes,
            "access_scope": entry.access_scope,
            "background": "依据工作计划。",
            "proposal": "按方案实施。",
            "department": "总务处",
            "state": ItemState.PENDING,
            "submitted_at": at(TODAY - timedelta(days=60)),
            **fields,
        }
        item = DecisionItem.objects.create(
            school=school,
            catalogue_entry=entry,
            created_by=leader,
            proposer=leader,
            presenter=leader,
            **values,
        )
        party, admin = party_body(school), school.bodies.get(kind=BodyKind.ADMIN)
        for position, (purpose, kind) in enumerate(ROUTES[item.route], start=1):
            Stage.objects.create(
                school=school,
                item=item,
                body=admin if kind == BodyKind.ADMIN else party,
                position=position,
                purpose=purpose,
                state=StageState.WAITING,
            )
        return item

    def meeting(
        self,
        body: Body,
        *,
        on: date | None = None,
        present: int | None = None,
        state: str = MeetingState.CLOSED,
        **fields: Any,
    ) -> Meeting:
        """A held and closed meeting; the first `present` seats came (all by default), the others took leave."""
        day = on or TODAY - timedelta(days=20)
        chair = body.seats.get(role=body.chair_role).person
        meeting = Meeting.objects.create(
            school=body.school,
            body=body,
            year=day.year,
            number=next(_serial),
            scheduled_at=at(day),
            place="行政楼 301",
            chair=chair,
            recorder=fields.pop("recorder", None) or chair,
            created_by=chair,
            state=state,
            notified_at=at(day - timedelta(days=3)),
            materials_sent_at=at(day - timedelta(days=3)),
            started_at=at(day),
            ended_at=at(day, 11),
            **{"parameters": resolve(body.school, day).values, **fields},
        )
        seats = list(Seat.objects.active(day).voting().filter(body=body).order_by("order", "id"))
        came = len(seats) if present is None else present
        Attendance.objects.bulk_create(
            Attendance(
                meeting=meeting,
                seat=seat,
                status=AttendanceStatus.PRESENT if n < came else AttendanceStatus.LEAVE,
                arrived_at=at(day) if n < came else None,
                reason="" if n < came else "外出培训",
            )
            for n, seat in enumerate(seats)
        )
        return meeting

    def conclude(
        self,
        item: DecisionItem,
        purpose: str = Purpose.DECIDE,
        *,
        meeting: Meeting | None = None,
        outcome: str = Outcome.PASSED,
        votes: tuple[int, int, int] | None = None,
        text: str = "会议同意所提方案。",
        recused: Iterable[Seat] = (),
        resolve_item: bool = True,
        entry_fields: dict[str, Any] | None = None,
        **meeting_fields: Any,
    ) -> AgendaEntry:
        """One stage concluded in a meeting (made unless given), its votes counted, its snapshot taken.

        A favourable 决定 (and 部署 on route A) forms a resolution; the last stage makes the item 落实中.
        """
        stage = item.stages.get(purpose=purpose, round=item.round)
        meeting = meeting or self.meeting(stage.body, **meeting_fields)
        is_party = stage.body.is_party
        entry = AgendaEntry.objects.create(
            meeting=meeting,
            stage=stage,
            position=meeting.entries.count() + 1,
            title=item.title,
            attendance_kind=item.catalogue_entry.attendance,
            method=BallotMethod.SHOW_OF_HANDS if is_party else BallotMethod.PRINCIPAL,
            state=EntryState.DELIBERATING,
            decision_text=text,
            opened_at=meeting.started_at,
            **(entry_fields or {}),
        )
        for seat in recused:
            entry.recusals.create(seat=seat, reason="本人亲属", left_at=meeting.started_at)
        if is_party:
            came = (
                meeting.attendances.filter(status=AttendanceStatus.PRESENT).count() - entry.recusals.count()
            )
            cast = votes if votes is not None else (came, 0, 0)
            Tally.objects.create(
                entry=entry,
                question="是否同意",
                votes_for=cast[0],
                votes_against=cast[1],
                abstentions=cast[2],
            )
        entry = AgendaEntry.objects.select_related("meeting__body", "stage__item").get(pk=entry.pk)
        end = meeting.ended_at or meeting.started_at + timedelta(hours=1)
        entry.snapshot = snapshot_of(
            entry, assess(entry, outcome=outcome, moment=meeting.started_at), at=end, outcome=outcome
        )
        entry.state, entry.outcome, entry.concluded_at = EntryState.CONCLUDED, outcome, end
        entry.save()
        stage.state, stage.outcome, stage.concluded_at = StageState.CONCLUDED, outcome, end
        stage.save()
        if outcome in FAVOURABLE and resolve_item:
            self._resolve(item, stage, meeting)
        return entry

    def decide(self, item: DecisionItem, **fields: Any) -> AgendaEntry:
        """`conclude` for the stage that decides: 决定, or 部署 on route A."""
        purpose = Purpose.DEPLOY if item.route == "A" else Purpose.DECIDE
        return self.conclude(item, purpose, **fields)

    def _resolve(self, item: DecisionItem, stage: Stage, meeting: Meeting) -> None:
        day = timezone.localtime(meeting.started_at).date()
        if stage.forms_resolution:
            Resolution.objects.create(
                school=item.school,
                item=item,
                stage=stage,
                number=f"决〔{day.year}〕{next(_serial)}号",
                text="同意。",
                decided_on=day,
                meeting_label=meeting.label,
            )
        if not item.stages.filter(round=item.round, position__gt=stage.position).exists():
            item.state = ItemState.IMPLEMENTING
            item.save(update_fields=["state"])

    def evidence(
        self,
        item: DecisionItem,
        kind: str,
        *,
        on: date | None = None,
        result: str = "favourable",
        **fields: Any,
    ) -> Prerequisite:
        return Prerequisite.objects.create(
            school=item.school,
            item=item,
            kind=kind,
            held_on=on or TODAY - timedelta(days=30),
            participants="有关人员",
            conclusion="同意。",
            result=result,
            recorded_by=item.proposer,
            **fields,
        )

    def consult(
        self, item: DecisionItem, *, on: date | None = None, disagreement: str = Disagreement.NONE
    ) -> Consultation:
        return Consultation.objects.create(
            school=item.school,
            item=item,
            held_at=at(on or TODAY - timedelta(days=25)),
            secretary=item.proposer,
            counterpart=admin_body(item.school).seats.order_by("-order").first().person,
            opinions="同意。",
            disagreement=disagreement,
            proposal_version=item.proposal_version,
            recorded_by=item.proposer,
        )

    def task(
        self, item: DecisionItem, *, due: date | None = None, issued: date | None = None, **f: Any
    ) -> Task:
        task = Task.objects.create(
            school=item.school,
            item=item,
            title="落实所定事项",
            owner=item.proposer,
            issued_by=item.proposer,
            **{"department": "总务处", "due_on": due or TODAY + timedelta(days=10), **f},
        )
        Task.objects.filter(pk=task.pk).update(issued_at=at(issued or TODAY - timedelta(days=5)))
        return task

    def record(self, meeting: Meeting, *, recorder: bool = True, chair: bool = True) -> MeetingRecord:
        """会议记录 with the given signatures."""
        return MeetingRecord.objects.create(
            meeting=meeting,
            content={"text": "记录"},
            recorder_signed_by=meeting.recorder if recorder else None,
            recorder_signed_at=meeting.ended_at if recorder else None,
            chair_signed_by=meeting.chair if chair else None,
            chair_signed_at=meeting.ended_at if chair else None,
        )

    def minutes(self, meeting: Meeting, *, issued: date | None = None) -> Minutes:
        """会议纪要, issued on a day or still a draft."""
        return Minutes.objects.create(
            meeting=meeting,
            drafted_by=meeting.recorder,
            state=MinutesState.ISSUED if issued else MinutesState.DRAFT,
            issued_at=at(issued) if issued else None,
            issued_by=meeting.chair if issued else None,
        )


def party_body(school: School) -> Body:
    return school.bodies.get(kind__in=[BodyKind.PARTY, BodyKind.ASSEMBLY])


def admin_body(school: School) -> Body:
    return school.bodies.get(kind=BodyKind.ADMIN)


def rows(code: str, *schools: School, as_of: date = TODAY) -> dict[int, dict[str, Any]]:
    """What a rule finds in schools by subject: verdict, level, evidence, sentence. Checks that it is one statement,
    that `violations` and `unknowns` agree with it, and that every verdict replays from its evidence."""
    rule = RULES[code]
    scope = School.objects.filter(pk__in=[school.pk for school in schools])
    refresh_parameters(scope)
    subjects = rule.subjects(scope, as_of)
    with CaptureQueriesContext(connection) as asked:
        found = list(rule.outcomes(subjects))
    assert len(asked) == 1, [query["sql"][:200] for query in asked]
    result = {}
    for row in found:
        unknown = row.is_gap or row.is_breach is None
        verdict = FindingVerdict.UNKNOWN if unknown else FindingVerdict.VIOLATING
        gaps = rule.gaps_of(row.gaps)
        assert rule.verdict_of(row.evidence) == verdict
        result[row.pk] = {
            "verdict": str(verdict),
            "level": row.found_level,
            "evidence": row.evidence,
            "missing": gaps,
            "label": row.found_label,
            "on": row.found_on,
            "sentence": rule.explain(verdict, row.evidence, gaps),
        }
    _agree(rule, subjects, result)
    return result


def _agree(rule: Rule, subjects: Any, result: dict[int, dict[str, Any]]) -> None:
    for verdict, words in (("violating", rule.violations), ("unknown", rule.unknowns)):
        with CaptureQueriesContext(connection) as asked:
            found = {row.pk for row in words(subjects)}
        assert len(asked) == 1
        assert found == {pk for pk, row in result.items() if row["verdict"] == verdict}


def verdicts(code: str, *schools: School, as_of: date = TODAY) -> dict[int, str]:
    """{subject: violating | unknown} of one rule; compliant subjects are absent."""
    return {pk: row["verdict"] for pk, row in rows(code, *schools, as_of=as_of).items()}


def sentence(code: str, *schools: School, as_of: date = TODAY) -> str:
    """The explanation of the only finding of a rule."""
    (row,) = rows(code, *schools, as_of=as_of).values()
    return row["sentence"]
