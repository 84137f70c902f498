"""会议记录工作台: everything the live recording of one agenda entry shows, computed once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, Sum

from accounts.models import User
from common.components import attendance_marks, vote_marks
from common.errors import NotVisible
from decisions.choices import Outcome, Purpose
from decisions.models import Attachment
from governance.choices import AccessScope, AttendanceKind, BallotMethod
from governance.models import Seat
from governance.selectors import people_of
from meetings import access
from meetings.choices import AttendanceStatus, EntryKind, EntryState, MeetingState, Stance
from meetings.models import (
    AgendaEntry,
    Attendance,
    Ballot,
    Meeting,
    Observer,
    Recusal,
    Statement,
    Tally,
    TaskDraft,
)
from meetings.rules import FEW_BALLOTS, Assessment, Quorum, Vote, assess, quorum_of
from meetings.selectors.planning import agenda, withheld_numbers

# Parts whose every save leaves a row of history, with the way from that history to the meeting.
_WITH_HISTORY: tuple[tuple[Any, str], ...] = (
    (Meeting, "id"),
    (AgendaEntry, "meeting_id"),
    (Attendance, "meeting_id"),
    (Recusal, "entry__meeting_id"),
    (Statement, "entry__meeting_id"),
    (Tally, "entry__meeting_id"),
    (Ballot, "tally__entry__meeting_id"),
)


def stamp_of(meeting_id: int) -> str:
    """A short text that changes with every change of the meeting's facts; nine small queries, no rendering."""
    parts = [
        model.history.filter(**{path: meeting_id}).aggregate(last=Max("history_id"))["last"] or 0
        for model, path in _WITH_HISTORY
    ]
    observers = Observer.objects.filter(meeting=meeting_id).aggregate(
        n=Count("pk"), last=Max("pk"), here=Count("pk", filter=Q(is_present=True))
    )
    drafts = TaskDraft.objects.filter(entry__meeting=meeting_id).aggregate(n=Count("pk"), last=Sum("pk"))
    rest = [*observers.values(), *drafts.values()]
    return ".".join(str(part or 0) for part in (*parts, *rest))


@dataclass(frozen=True)
class Speaker:
    """Somebody who may speak now: a member present, or an observer."""

    value: str
    name: str
    role: str
    has_spoken: bool
    is_chair: bool


@dataclass(frozen=True)
class Result:
    """One question with its arithmetic, its seat strip and its place in a named vote."""

    tally: Tally
    vote: Vote
    marks: list[str]
    spare: int
    choices: list[tuple[Seat, str]]

    @property
    def gate_text(self) -> str:
        return f"通过须 {self.vote.required} 票"

    @property
    def is_balanced(self) -> bool:
        """Whether as many votes came back as there are voters, and secret ones as were given out."""
        issued = self.vote.issued
        return self.spare == 0 and (issued is None or issued == self.vote.cast)


@dataclass(frozen=True)
class Verdict:
    """The conclusion the facts lead to now, in words, and the outcome the main button records."""

    tone: str
    title: str
    text: str
    outcome: str
    action: str


@dataclass
class Desk:
    """The whole screen."""

    meeting: Meeting
    offices: Any
    entries: list[Any]  # AgendaEntry with number and score
    entry: AgendaEntry | None
    attendances: list[Any]  # Attendance with recusal and is_here
    observers: list[Any]  # Observer with topic
    withheld: list[int] = field(default_factory=list)  # numbers of the entries the person must keep away from
    assessment: Assessment | None = None
    general: Quorum | None = None
    quorum: Quorum | None = None
    quorum_marks: list[str] = field(default_factory=list)
    present: int = 0
    speakers: list[Speaker] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    written: list[Statement] = field(default_factory=list)
    absent_seats: list[Seat] = field(default_factory=list)
    recusals: list[Recusal] = field(default_factory=list)
    concerned: list[Any] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    drafts: list[TaskDraft] = field(default_factory=list)
    materials: list[Attachment] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    verdict: Verdict | None = None
    number: str = ""  # of the entry shown
    is_readable: bool = False  # its item has a page for this person
    following: Any = None
    stamp: str = ""

    @property
    def may_write(self) -> bool:
        """Whether the entry shown takes records now."""
        return (
            self.entry is not None
            and self.entry.state == EntryState.DELIBERATING
            and self.meeting.state == MeetingState.IN_PROGRESS
        )

    @property
    def is_recess(self) -> bool:
        return self.meeting.state == MeetingState.RECESS

    @property
    def may_open(self) -> bool:
        return (
            self.entry is not None
            and self.entry.state == EntryState.WAITING
            and self.meeting.state == MeetingState.IN_PROGRESS
        )

    @property
    def takes_tasks(self) -> bool:
        """Tasks are laid down where the matter is decided or deployed, not while it is only proposed."""
        return bool(self.entry and self.entry.stage and self.entry.stage.purpose != Purpose.PROPOSE)

    @property
    def concluded_count(self) -> int:
        return sum(entry.state == EntryState.CONCLUDED for entry in self.entries)

    @property
    def expected_count(self) -> int:
        return sum(row.status == AttendanceStatus.EXPECTED for row in self.attendances)

    @property
    def next_speaker(self) -> Speaker | None:
        """Who has not spoken yet, the chair last (R51)."""
        silent = [speaker for speaker in self.speakers if not speaker.has_spoken and speaker.value[0] == "s"]
        return next((s for s in silent if not s.is_chair), silent[0] if silent else None)

    @property
    def is_named(self) -> bool:
        return self.entry is not None and self.entry.method == BallotMethod.NAMED

    @property
    def is_secret(self) -> bool:
        return self.entry is not None and self.entry.method == BallotMethod.SECRET

    @property
    def has_few_voters(self) -> bool:
        """Whether the result of this secret ballot may betray single voters."""
        room = self.assessment.room if self.assessment else None
        return self.is_secret and room is not None and len(room.voters) <= FEW_BALLOTS

    @property
    def is_restricted(self) -> bool:
        stage = self.entry.stage if self.entry else None
        return stage is not None and stage.item.access_scope == AccessScope.RESTRICTED

    @property
    def gate_text(self) -> str:
        return f"本题须 {self.quorum.required} 人" if self.quorum else ""

    @property
    def quorum_note(self) -> str:
        """How the two thresholds of attendance come about, in words."""
        if self.quorum is None or self.general is None:
            return ""
        tail = "请假计入应到，列席不计。"
        if self.quorum.code == "R31":
            return f"{self.quorum.why}：{self.quorum.formula}。一般事项须 {self.general.required} 人。{tail}"
        return f"{self.quorum.why}：{self.quorum.formula}。{tail}"


def current_entry(entries: Iterable[Any]) -> Any:
    """The entry under deliberation, else the first that waits, else the last."""
    rows = list(entries)
    for state in (EntryState.DELIBERATING, EntryState.WAITING):
        found = next((entry for entry in rows if entry.state == state), None)
        if found is not None:
            return found
    return rows[-1] if rows else None


def desk_for(user: Any, meeting: Meeting, offices: Any, entry_id: int | None = None) -> Desk:
    """The workspace at one entry (by default the current one); raises NotVisible for an entry not seen."""
    entries = agenda(user, meeting)
    if entry_id is None:
        shown = current_entry(entries)
    else:
        shown = next((entry for entry in entries if entry.pk == entry_id), None)
        if shown is None:
            raise NotVisible("AgendaEntry")
    attendances = list(meeting.attendances.select_related("seat__person").order_by("seat__order", "seat_id"))
    desk = Desk(
        meeting=meeting,
        offices=offices,
        entries=entries,
        entry=None,
        attendances=attendances,
        observers=list(Observer.objects.visible_to(user).filter(meeting=meeting).select_related("person")),
        withheld=withheld_numbers(user, meeting),
        stamp=stamp_of(meeting.pk),
    )
    numbers = {row.pk: row.number for row in entries}
    for guest in desk.observers:
        guest.topic = f"议题 {numbers[guest.entry_id]}" if guest.entry_id in numbers else ""
    if shown is None:
        return desk
    entry = access.load_entry(shown.pk, meeting)
    desk.entry, desk.number, desk.is_readable = entry, shown.number, shown.is_readable
    desk.attendances = list(meeting.attendances.all())
    _fill_attendance(desk, entry)
    _fill_talk(desk, entry)
    _fill_votes(desk, entry)
    _fill_rest(desk, entry, user)
    desk.verdict = verdict_of(desk)
    return desk


def _fill_attendance(desk: Desk, entry: AgendaEntry) -> None:
    assessment = assess(entry)
    room = assessment.room
    desk.assessment = assessment
    desk.quorum = assessment.quorum
    desk.general = quorum_of(desk.meeting, AttendanceKind.HALF, room)
    desk.present = len(room.present)
    desk.quorum_marks = attendance_marks(room.due, desk.present)
    desk.recusals = list(entry.recusals.all())
    out = {recusal.seat_id: recusal for recusal in desk.recusals if recusal.returned_at is None}
    here = {seat.pk for seat in room.present}
    for row in desk.attendances:
        row.recusal = out.get(row.seat_id) if entry.state == EntryState.DELIBERATING else None
        row.is_here = row.seat_id in here
    if entry.stage is not None:
        voters = {seat.person_id: seat for seat in room.voters}
        desk.concerned = [
            {"person": row.person, "relation": row.relation, "seat": voters.get(row.person_id)}
            for row in entry.stage.item.concerned.select_related("person")
        ]


def _fill_talk(desk: Desk, entry: AgendaEntry) -> None:
    statements: list[Any] = list(entry.statements.all())
    desk.statements = [s for s in statements if not s.is_written]
    desk.written = [s for s in statements if s.is_written]
    spoken = {f"s{s.seat_id}" if s.seat_id else f"o{s.observer_id}" for s in desk.statements}
    room = desk.assessment.room if desk.assessment else None
    chair_id = desk.meeting.chair_id
    members = [
        Speaker(
            f"s{seat.pk}",
            str(seat.person),
            seat.get_role_display(),
            f"s{seat.pk}" in spoken,
            seat.person_id == chair_id,
        )
        for seat in (room.voters if room else ())
    ]
    guests = [
        Speaker(f"o{o.pk}", o.name, o.identity or "列席", f"o{o.pk}" in spoken, False)
        for o in desk.observers
        if o.entry_id in (None, entry.pk)
    ]
    desk.speakers = members + guests
    wrote = {s.seat_id for s in desk.written}
    desk.absent_seats = [row.seat for row in desk.attendances if not row.is_here and row.seat_id not in wrote]
    for statement in statements:
        statement.is_chair = bool(statement.seat and statement.seat.person_id == chair_id)


def _fill_votes(desk: Desk, entry: AgendaEntry) -> None:
    assessment = desk.assessment
    if assessment is None:
        return
    room = assessment.room
    tallies = {tally.pk: tally for tally in entry.tallies.all()}
    for vote in assessment.votes:
        tally = tallies[vote.tally]
        spare = len(room.voters) - vote.cast
        named = {ballot.seat_id: ballot.choice for ballot in tally.ballots.all()}
        marks = vote_marks(
            room.due,
            approve=vote.votes_for or 0,
            against=vote.votes_against or 0,
            abstain=(vote.abstentions or 0) + vote.invalid,
            recused=len(room.recused),
            unvoted=max(spare, 0),
        )
        desk.results.append(
            Result(tally, vote, marks, spare, [(seat, named.get(seat.pk, "")) for seat in room.voters])
        )


def _fill_rest(desk: Desk, entry: AgendaEntry, user: Any) -> None:
    desk.drafts = list(
        entry.task_drafts.select_related("owner").prefetch_related(
            Prefetch("helpers", queryset=User.objects.order_by("display_name"))
        )
    )
    if entry.stage is not None:
        desk.materials = list(
            Attachment.objects.visible_to(user).filter(
                item=entry.stage.item_id, task_report=None, is_withdrawn=False
            )
        )
    if desk.may_write:
        desk.people = list(people_of(desk.meeting.school))
    later = [e for e in desk.entries if e.state == EntryState.WAITING and e.pk != entry.pk]
    desk.following = next((e for e in later if e.position > entry.position), later[0] if later else None)


def verdict_of(desk: Desk) -> Verdict | None:
    """What the facts lead to now. It asks `assess`; nothing is judged here."""
    entry, assessment = desk.entry, desk.assessment
    if entry is None or assessment is None or entry.kind != EntryKind.ITEM:
        return None
    onward = f"，进入议题 {desk.following.number}" if desk.following else ""
    is_paper = desk.meeting.is_retrospective
    refusing, noted = assessment.refusing, len(assessment.failing) - len(assessment.refusing)
    if assessment.is_counted and not assessment.has_passed:
        against = assess(entry, outcome=Outcome.REJECTED)
        if not against.refusing or is_paper:
            first = next(vote for vote in assessment.votes if not vote.passed)
            text = f"赞成 {first.votes_for} 票，须 {first.required} 票：{first.formula}"
            return Verdict("bad", "结论：未通过", text, Outcome.REJECTED, f"记为否决{onward}")
    if not assessment.quorum.allows_deciding and not is_paper:
        text = f"{assessment.quorum.why}，现为 {assessment.quorum.formula}。可记录情况，改为缓议"
        return Verdict("bad", "到会人数不足，不能形成决定", text, Outcome.DEFERRED, f"缓议{onward}")
    action = f"结束本题{onward}"
    if refusing and not is_paper:
        lacking = "、".join(dict.fromkeys(check.title for check in refusing))
        return Verdict("warn", "尚不能形成决定", f"还差：{lacking}", Outcome.PASSED, action)
    title = "结论：校长决定" if entry.is_principal_decision else "结论：通过"
    if is_paper and assessment.failing:
        text = f"补录如实记载，不拦截；{len(assessment.failing)} 项不符将随记录保存"
        return Verdict("warn", title, text, Outcome.PASSED, action)
    if noted:
        text = f"可以形成决定；另有 {noted} 项提示，请在结束前核对"
        return Verdict("warn", title, text, Outcome.PASSED, action)
    text = "到会、意见、决定均符合规则" if entry.is_principal_decision else "到会、票数、末位表态均符合规则"
    return Verdict("ok", title, text, Outcome.PASSED, action)


# Behind the main button, in the order of a menu.
OTHER_OUTCOMES = (Outcome.PASSED_AMENDED, Outcome.RETURNED, Outcome.REJECTED, Outcome.WITHDRAWN)
STANCES = [(value, label) for value, label in Stance.choices if value]
