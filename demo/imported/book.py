"""The writer of taken-over papers: meetings and deliberations as the former records tell them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from decisions.choices import ItemState, Outcome, Purpose, StageState
from decisions.models import DecisionItem, Resolution, Stage
from demo.imported.matters import Matters, matter_of
from documents.choices import DocumentKind
from documents.services import next_number
from governance.choices import BallotMethod, SeatRole
from governance.models import Body, Seat
from governance.parameters import resolve
from meetings.choices import (
    AttendanceStatus,
    EntryKind,
    EntryState,
    MeetingFormat,
    MeetingState,
    Stance,
)
from meetings.models import (
    AgendaEntry,
    Attendance,
    Meeting,
    MeetingRecord,
    Recusal,
    Statement,
    Tally,
)
from meetings.rules import assess, snapshot_of
from meetings.services import records

MINUTES_EACH = 15
Says = Sequence[tuple[str, str, str]]  # who, stance, words; in speaking order


class Book(Matters):
    """Writes the meetings too. What is heard has passed: that is what the breaches are about."""

    def meeting(
        self,
        body: Body,
        day: int,
        clock: str,
        *,
        minutes: int = 60,
        leave: Mapping[str, str] | None = None,
        also: Sequence[Seat] = (),
        chair: str = "secretary",
        sent: int = 3,
        is_studied: bool = True,
        form: str = MeetingFormat.REGULAR,
    ) -> Meeting:
        """A closed meeting; seats on `leave` stayed away, seats in `also` were counted beside the body's own.

        `sent` is the number of working days before the meeting when notice and papers went out.
        """
        starts, away = self.calendar.at(day, clock), leave or {}
        held = self.calendar.day(day)
        kind = DocumentKind.PARTY_MEETING if body.is_party else DocumentKind.ADMIN_MEETING
        notice = self.calendar.at(day - sent, "09:00")
        meeting = self.save(
            Meeting(
                school=self.school,
                body=body,
                year=starts.year,
                number=next_number(self.school, kind, starts.year),
                form=form,
                state=MeetingState.CLOSED,
                scheduled_at=starts,
                place="行政楼二楼会议室",
                chair=self.people[chair],
                recorder=self.clerk,
                parameters=resolve(self.school, held).values,
                notified_at=notice,
                materials_sent_at=notice,
                started_at=starts,
                ended_at=starts + timedelta(minutes=minutes),
                created_by=self.clerk,
            )
        )
        by_person = {person.pk: key for key, person in self.people.items()}
        seats = Seat.objects.active(held).voting().filter(body=body).order_by("order", "pk")
        for seat in (*seats, *also):
            reason = away.get(by_person[seat.person_id], "")
            self.save(
                Attendance(
                    meeting=meeting,
                    seat=seat,
                    status=AttendanceStatus.LEAVE if reason else AttendanceStatus.PRESENT,
                    arrived_at=None if reason else starts - timedelta(minutes=5),
                    reason=reason,
                )
            )
        self.save(MeetingRecord(meeting=meeting))
        if is_studied and body.is_party:
            self._study(meeting)
        return meeting

    def _study(self, meeting: Meeting) -> None:
        """第一议题, studied in the first minutes."""
        ended = meeting.scheduled_at + timedelta(minutes=10)
        entry = AgendaEntry(
            meeting=meeting,
            kind=EntryKind.FIRST_TOPIC,
            position=1,
            title="学习关于教育工作的重要论述",
            state=EntryState.CONCLUDED,
            opened_at=meeting.started_at,
            concluded_at=ended,
            concluded_by=self.clerk,
        )
        there = meeting.attendances.filter(status=AttendanceStatus.PRESENT).count()
        entry.snapshot = {
            "at": ended.isoformat(),
            "meeting": meeting.label,
            "due": meeting.attendances.count(),
            "present": there,
            "recused": 0,
            "votes": [],
            "outcome": "",
            "decision_text": "",
            "checks": [],
            "opinions": [],
            "electorate": [],
        }
        self.save(entry)

    def hear(
        self,
        meeting: Meeting,
        item: DecisionItem,
        purpose: str = Purpose.DECIDE,
        *,
        votes: tuple[int, int, int] | None = None,
        ballots: Mapping[str, Any] | None = None,
        method: str = "",
        says: Says | None = None,
        written: Mapping[str, str] | None = None,
        recused: Mapping[str, str] | None = None,
        ad_hoc: str | None = None,
        confirmed: int | None = None,
        decision: str = "",
    ) -> AgendaEntry:
        """One deliberation that passed. `confirmed` is the day on which the chair put it on the agenda, if ever.

        Without `says` everybody there agrees, the chair last; without `votes` all of them vote in favour.
        `ad_hoc` is the reason given for adding it after the notice; None: it was announced.
        """
        stage = item.stages.get(purpose=purpose)
        position = meeting.entries.count() + 1
        opened: datetime = meeting.scheduled_at + timedelta(minutes=MINUTES_EACH * (position - 1))
        entry = AgendaEntry(
            meeting=meeting,
            stage=stage,
            position=position,
            title=item.title,
            presenter=item.presenter,
            attendance_kind=item.catalogue_entry.attendance,
            method=method
            or (item.catalogue_entry.ballot if meeting.body.is_party else BallotMethod.PRINCIPAL),
            is_ad_hoc=ad_hoc is not None,
            ad_hoc_reason=ad_hoc or "",
            state=EntryState.DELIBERATING,
            decision_text=decision or f"会议同意{matter_of(item.title)}，由{item.department}按会议要求落实。",
            opened_at=opened,
        )
        self.save(entry)
        room = self._room(meeting)
        for key, reason in (recused or {}).items():
            self.save(Recusal(entry=entry, seat=room[key], reason=reason, left_at=opened))
        voters = [key for key in room if key not in (recused or {})]
        self._words(entry, room, voters if says is None else says, written or {})
        if not entry.is_principal_decision:
            self._count(entry, votes or (len(voters), 0, 0), ballots or {})
        self._conclude(entry, stage, opened + timedelta(minutes=MINUTES_EACH - 2))
        self._travel(item, stage, meeting, confirmed)
        return entry

    def _room(self, meeting: Meeting) -> dict[str, Seat]:
        """Seats there by the key of their person, the chair last."""
        by_person = {person.pk: key for key, person in self.people.items()}
        rows = meeting.attendances.filter(status=AttendanceStatus.PRESENT).select_related("seat")
        seats = sorted((row.seat for row in rows), key=lambda seat: seat.person_id == meeting.chair_id)
        return {by_person[seat.person_id]: seat for seat in seats}

    def _words(
        self, entry: AgendaEntry, room: dict[str, Seat], says: Any, written: Mapping[str, str]
    ) -> None:
        spoken = [
            line if isinstance(line, tuple) else (line, Stance.AGREE, "同意所提方案。") for line in says
        ]
        for order, (key, stance, text) in enumerate(spoken, start=1):
            self._word(entry, room[key], order, stance, text)
        for key, text in written.items():
            seat = entry.meeting.attendances.get(seat__person=self.people[key]).seat
            self._word(entry, seat, len(spoken) + 1, Stance.AGREE, text, is_written=True)

    def _word(
        self, entry: AgendaEntry, seat: Seat, order: int, stance: str, text: str, **fields: Any
    ) -> None:
        self.save(
            Statement(
                entry=entry, seat=seat, order=order, stance=stance, text=text, updated_by=self.clerk, **fields
            )
        )

    def _count(self, entry: AgendaEntry, votes: tuple[int, int, int], ballots: Mapping[str, Any]) -> None:
        is_secret = entry.method == BallotMethod.SECRET
        secret = {"issued": sum(votes), "tellers": "郑向阳、冯素心", "counter": str(self.clerk)}
        row = Tally(
            entry=entry,
            question=f"是否同意{matter_of(entry.title)}",
            votes_for=votes[0],
            votes_against=votes[1],
            abstentions=votes[2],
            **{**(secret if is_secret else {}), **ballots},
        )
        self.save(row)

    def _conclude(self, entry: AgendaEntry, stage: Stage, ended: datetime) -> None:
        """The snapshot is made by the code that makes it in a live meeting."""
        entry = AgendaEntry.objects.select_related("meeting__body", "stage__item").get(pk=entry.pk)
        found = assess(entry, outcome=Outcome.PASSED, moment=entry.opened_at)
        entry.snapshot = snapshot_of(entry, found, at=ended, outcome=Outcome.PASSED)
        entry.state, entry.outcome = EntryState.CONCLUDED, Outcome.PASSED
        entry.concluded_at, entry.concluded_by = ended, self.clerk
        self.save(entry)

    def _travel(self, item: DecisionItem, stage: Stage, meeting: Meeting, confirmed: int | None) -> None:
        """Conclude the stage; the item waits for its next one or is carried out."""
        if confirmed is not None:
            stage.confirmed_by = self._head(meeting.body)
            stage.confirmed_at = self.calendar.at(confirmed, "08:30")
        self.conclude_stage(item, stage, meeting.scheduled_at, meeting.label)

    def conclude_stage(self, item: DecisionItem, stage: Stage, at: datetime, label: str) -> None:
        """Record a stage as passed at a moment, with its 决议 where it forms one."""
        stage.state, stage.outcome, stage.concluded_at = StageState.CONCLUDED, Outcome.PASSED, at
        self.save(stage)
        if stage.forms_resolution:
            self._resolve(item, stage, at, label)
        following = item.stages.filter(position__gt=stage.position).order_by("position").first()
        if following is not None:
            following.state = StageState.OPEN
            self.save(following)
        else:
            item.state = ItemState.IMPLEMENTING
        item.current_stage = following
        self.save(item)

    def _resolve(self, item: DecisionItem, stage: Stage, at: datetime, label: str) -> None:
        is_party = stage.body.is_party
        kind = DocumentKind.RESOLUTION if is_party else DocumentKind.ADMIN_RESOLUTION
        serial = next_number(self.school, kind, at.year)
        row = Resolution(
            school=self.school,
            item=item,
            stage=stage,
            number=f"{self.school.short_name}{'党决' if is_party else '校决'}〔{at.year}〕{serial}号",
            text=f"同意{matter_of(item.title)}。",
            decided_on=timezone.localtime(at).date(),
            meeting_label=label,
        )
        self.save(row)

    def publish(self, meeting: Meeting) -> None:
        """Sign the record and issue the minutes on the day of the import, through the services."""
        for is_chair, person in ((False, meeting.recorder), (True, meeting.chair)):
            records.sign_record(meeting.pk, actor=person, is_chair=is_chair)
        minutes = records.draft_minutes(meeting.pk, actor=self.clerk)
        records.issue_minutes(minutes.pk, actor=self._head(meeting.body))

    def _head(self, body: Body) -> Any:
        role = SeatRole.SECRETARY if body.is_party else SeatRole.PRINCIPAL
        return Seat.objects.get(body=body, role=role).person
