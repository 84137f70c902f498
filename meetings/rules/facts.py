"""Who counts, whether enough came, what the votes say: arithmetic over one entry's facts."""

from dataclasses import dataclass
from datetime import datetime

from governance.arithmetic import Verdict, judge_quorum, quorum_threshold, vote_threshold
from governance.choices import AttendanceKind
from governance.models import Seat
from governance.parameters import Parameters
from meetings.models import AgendaEntry, Attendance, Meeting, Tally


@dataclass(frozen=True)
class Room:
    """Who counts for one entry at one moment. 实到 includes those in recusal; they do not vote (R33, R36)."""

    attendances: tuple[Attendance, ...]
    present: tuple[Seat, ...]
    recused: tuple[Seat, ...]
    voters: tuple[Seat, ...]

    @property
    def due(self) -> int:
        """应到: voting seats of the body on the day; leave counts (R33)."""
        return len(self.attendances)


@dataclass(frozen=True)
class Quorum:
    """Attendance against the share the entry needs."""

    code: str
    share: list[int]
    required: int
    verdict: str
    formula: str
    why: str

    @property
    def is_met(self) -> bool:
        return self.verdict == Verdict.MET.value

    @property
    def allows_deciding(self) -> bool:
        """Exactly half warns and does not block (facts.md §4)."""
        return self.verdict in (Verdict.MET.value, Verdict.EXACTLY_HALF.value)


@dataclass(frozen=True)
class Vote:
    """One question as counted, against its threshold. `passed` is None while not counted."""

    tally: int
    question: str
    votes_for: int | None
    votes_against: int | None
    abstentions: int | None
    invalid: int
    issued: int | None
    cast: int
    base: int
    base_kind: str
    required: int
    passed: bool | None
    formula: str
    tellers: str
    counter: str
    named: tuple[dict[str, str], ...]
    voted: tuple[str, ...]  # the sign-off list of a secret ballot by name, in the order of the seats


def room_of(meeting: Meeting, entry: AgendaEntry | None, moment: datetime | None) -> Room:
    """Who is in the room for an entry. Without a moment, the last known state of each seat counts."""
    attendances = tuple(meeting.attendances.all())
    present = tuple(row.seat for row in attendances if row.is_present_at(moment))
    out = {recusal.seat_id for recusal in entry.recusals.all()} if entry else set()
    recused = tuple(seat for seat in present if seat.pk in out)
    return Room(attendances, present, recused, tuple(seat for seat in present if seat.pk not in out))


def quorum_of(meeting: Meeting, attendance_kind: str, room: Room) -> Quorum:
    """R30, R31 (party) or R32 (administration) under the parameters pinned on the meeting."""
    parameters = Parameters(meeting.parameters)
    is_major = meeting.body.is_party and attendance_kind == AttendanceKind.TWO_THIRDS
    if not meeting.body.is_party:
        key, code, why = "admin.quorum", "R32", "校长办公会议须半数以上到会"
    elif is_major:
        key, code, why = "party.quorum_major", "R31", "干部任免等重要事项须三分之二以上到会"
    else:
        key, code, why = "party.quorum", "R30", "党组织会议须半数以上到会"
    share, half = parameters[key], parameters["quorum.half_inclusive"]
    threshold = quorum_threshold(share, half)
    present, due = len(room.present), room.due
    verdict = judge_quorum(share, half, present, due)
    return Quorum(code, share, threshold.required(due), verdict.value, threshold.formula(present, due), why)


def vote_of(tally: Tally, entry: AgendaEntry, room: Room, parameters: Parameters) -> Vote:
    """R53, R54: the count of one question against its threshold, base 应到 or 实到 as the parameters say."""
    is_major = entry.attendance_kind == AttendanceKind.TWO_THIRDS
    base_kind = parameters["vote.base"]
    base = room.due if base_kind == "due" else len(room.present)
    if parameters["vote.recusal_reduces_base"]:
        base -= len(room.recused)
    threshold = vote_threshold(parameters["vote.pass"], parameters["vote.major_pass"] if is_major else None)
    votes_for = tally.votes_for or 0
    return Vote(
        tally=tally.pk,
        question=tally.question,
        votes_for=tally.votes_for,
        votes_against=tally.votes_against,
        abstentions=tally.abstentions,
        invalid=tally.invalid,
        issued=tally.issued,
        cast=tally.cast,
        base=base,
        base_kind=base_kind,
        required=threshold.required(base),
        passed=threshold.is_met(votes_for, base) if tally.is_counted else None,
        formula=threshold.formula(votes_for, base) if tally.is_counted else "",
        tellers=tally.tellers,
        counter=tally.counter,
        named=tuple(
            {"name": str(ballot.seat.person), "choice": ballot.choice} for ballot in tally.ballots.all()
        ),
        voted=tuple(str(row.seat.person) for row in room.attendances if row.seat_id in tally.voted),
    )
