"""One meeting: who came, what was said and voted, and the papers it left."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from decisions.choices import FAVOURABLE, Outcome
from demo.generate.names import DOUBTS, LEAVE_REASONS, OPINIONS, STUDIES
from demo.generate.papers import leave_papers
from demo.generate.snapshot import Present, snapshot_text, vote_passes
from demo.generate.world import Member, World, at
from documents.choices import DocumentKind
from governance.arithmetic import quorum_threshold
from governance.choices import AttendanceKind, BallotMethod, MajorClass, SeatRole
from meetings.choices import AttendanceStatus, EntryKind, EntryState, MeetingMode, MeetingState, Stance
from meetings.models import AgendaEntry, Attendance, Meeting, Observer, Recusal, Statement, Tally

PLACES = {"party": "党员活动室", "admin": "行政楼会议室"}
SPEAKING_MINUTES = 12
SETTLED_AFTER = timedelta(days=3)  # younger papers may still be unsigned


@dataclass
class Sitting:
    """Which body meets on which day."""

    body: str
    day: date
    number: int

    def label(self, world: World) -> str:
        return f"{world.body_names[self.body]}第{self.number}次"


@dataclass
class Hearing:
    """One matter before a meeting; the lower half is what came out."""

    stage: int
    title: str
    entry: dict[str, Any]
    presenter: int
    concerned: tuple[int, ...]
    is_last: bool
    outcome: Outcome = Outcome.PASSED
    decision: str = ""
    concluded: datetime | None = None
    id: int = 0


def hold(
    world: World, sitting: Sitting, hearings: list[Hearing], serial: Callable[[DocumentKind, int], int]
) -> Iterator[Hearing]:
    """Hold the meeting; yields each hearing with its outcome, in order."""
    books, day = world.books, sitting.day
    start = at(day, 15 if sitting.body == "party" else 9, 0)
    is_paper = world.dice.random() < 0.02
    chair, delegation = _chair(world, sitting)
    present = _attendance(world, sitting, chair, any(_needs_two_thirds(h) for h in hearings))
    end = start + timedelta(minutes=20 + SPEAKING_MINUTES * len(hearings))
    meeting = books.reserve(Meeting)
    for row in present:
        there = row.status == AttendanceStatus.PRESENT
        books.add(
            Attendance,
            meeting_id=meeting,
            seat_id=row.member.seat,
            status=row.status.value,
            arrived_at=start - timedelta(minutes=5) if there else None,
            reason=row.reason,
            version=2,
        )
    observer, name = world.people["second_vice"]
    if all(row.member.person != observer for row in present):
        books.add(
            Observer, meeting_id=meeting, person_id=observer, name=name, identity="副校长", is_present=True
        )
    _first_topic(world, sitting, meeting, start, len(present))
    moment = start + timedelta(minutes=10)
    for position, hearing in enumerate(hearings, 2):
        hearing.id = books.reserve(AgendaEntry)
        hearing.concluded = moment + timedelta(minutes=SPEAKING_MINUTES)
        _hear(world, sitting, meeting, position, hearing, present, chair, moment)
        moment = hearing.concluded
    is_signed = leave_papers(world, sitting, meeting, hearings, present, chair, start, end, is_paper, serial)
    books.add(
        Meeting,
        id=meeting,
        school_id=world.school,
        body_id=world.bodies[sitting.body],
        year=day.year,
        number=sitting.number,
        mode=(MeetingMode.RETROSPECTIVE if is_paper else MeetingMode.LIVE).value,
        retrospective_reason="当日停电，先以纸质记录。" if is_paper else "",
        state=(MeetingState.SIGNED if is_signed else MeetingState.CLOSED).value,
        scheduled_at=start,
        place=PLACES[sitting.body],
        chair_id=chair.person,
        chair_delegation=delegation,
        recorder_id=world.people["clerk"][0],
        parameters=world.parameters_text,
        notified_at=start - timedelta(days=3),
        materials_sent_at=start - timedelta(days=1 if world.slips(0.02) else 3),
        started_at=start,
        ended_at=end,
        version=4,
        created_by_id=world.people["clerk"][0],
        created_at=start + timedelta(days=1) if is_paper else start - timedelta(days=5),
    )
    yield from hearings


def _needs_two_thirds(hearing: Hearing) -> bool:
    return (
        hearing.entry["attendance"] == AttendanceKind.TWO_THIRDS
        or MajorClass.CADRE in hearing.entry["major_classes"]
    )


def _chair(world: World, sitting: Sitting) -> tuple[Member, str]:
    """书记 or 校长; rarely a delegate, with or without a written delegation (R34)."""
    seats = world.voting(sitting.body, sitting.day)
    head = next(m for m in seats if m.role in (SeatRole.SECRETARY, SeatRole.PRINCIPAL))
    if len(seats) > 3 and world.dice.random() < 0.01:
        return seats[1], "" if world.slips(0.3) else f"{head.name}外出，书面委托{seats[1].name}主持。"
    return head, ""


def _attendance(world: World, sitting: Sitting, chair: Member, two_thirds: bool) -> list[Present]:
    """Most come; enough of them, unless something goes wrong (R30–R32)."""
    dice, seats = world.dice, world.voting(sitting.body, sitting.day)
    due = len(seats)
    share = [2, 3] if two_thirds and sitting.body == "party" else [1, 2]
    may_miss = due - quorum_threshold(share, half_inclusive=False).required(due)
    others = [m for m in seats if m.person != chair.person]
    # Who is in charge of matters, and the 纪检委员, seldom stay away (R26, R43).
    busy = {world.people[key][0] for key in ("secretary", "vice", "second_vice", "discipline")}
    away = [m for m in others if dice.random() < 0.12 and (m.person not in busy or world.slips(0.04))][
        :may_miss
    ]
    if world.slips(0.008):
        away = others[: min(may_miss + 1, due - 1)]
    missing = {m.seat for m in away}
    rows = []
    for member in seats:
        if member.seat not in missing:
            rows.append(Present(member, AttendanceStatus.PRESENT, ""))
        elif dice.random() < 0.85:
            rows.append(Present(member, AttendanceStatus.LEAVE, dice.choice(LEAVE_REASONS)))
        else:
            rows.append(Present(member, AttendanceStatus.ABSENT, ""))
    return rows


def _first_topic(world: World, sitting: Sitting, meeting: int, start: datetime, due: int) -> None:
    """第一议题 is studied before anything else, nearly always (R42)."""
    if world.slips(0.02):
        return
    here = {"at": start.isoformat(), "meeting": sitting.label(world), "due": due, "votes": [], "recused": 0}
    world.books.add(
        AgendaEntry,
        meeting_id=meeting,
        kind=EntryKind.FIRST_TOPIC.value,
        position=1,
        title=f"第一议题：{STUDIES[(sitting.number + world.plan.index) % len(STUDIES)]}",
        state=EntryState.CONCLUDED.value,
        opened_at=start,
        concluded_at=start + timedelta(minutes=10),
        concluded_by_id=world.people["clerk"][0],
        snapshot={**here, "outcome": "", "decision_text": "", "checks": [], "opinions": [], "electorate": []},
    )


def _outcome(world: World, is_party: bool) -> Outcome:
    draw = world.dice.random()
    if draw < 0.93:
        return Outcome.PASSED
    if draw < 0.96:
        return Outcome.PASSED_AMENDED
    if draw < 0.98:
        return Outcome.DEFERRED
    return Outcome.RETURNED if draw < 0.99 or not is_party else Outcome.REJECTED


def _hear(
    world: World,
    sitting: Sitting,
    meeting: int,
    position: int,
    hearing: Hearing,
    present: list[Present],
    chair: Member,
    opened: datetime,
) -> None:
    """One matter: recusal, everybody's word, the vote, the conclusion."""
    books, dice, entry = world.books, world.dice, hearing.entry
    is_party = sitting.body == "party"
    method = entry["ballot"] if is_party else BallotMethod.PRINCIPAL.value
    if is_party and method == BallotMethod.PRINCIPAL:
        method = BallotMethod.SHOW_OF_HANDS.value
    if method == BallotMethod.SECRET and world.slips():  # a secret vote taken openly (R52)
        method = BallotMethod.SHOW_OF_HANDS.value
    kind = (
        AttendanceKind.TWO_THIRDS if is_party and _needs_two_thirds(hearing) else AttendanceKind.HALF
    ).value
    hearing.outcome = _outcome(world, is_party)
    recused = [
        row.member
        for row in present
        if row.is_there and row.member.person in hearing.concerned and not world.slips(0.03)
    ]
    away = {member.seat for member in recused}
    voters = [row.member for row in present if row.is_there and row.member.seat not in away]
    for member in recused:
        books.add(
            Recusal,
            entry_id=hearing.id,
            seat_id=member.seat,
            reason="本人",
            left_at=opened,
            returned_at=hearing.concluded,
        )
    due, there = len(present), sum(row.is_there for row in present)
    tally, against = None, 0
    if method != BallotMethod.PRINCIPAL:
        against = _against(world, hearing, voters, due)
        tally = _tally(world, hearing, voters, against, method)
        passes = vote_passes(len(voters) - against, due)
        if hearing.outcome in FAVOURABLE and not passes and not world.slips(0.05):
            hearing.outcome = Outcome.DEFERRED
    opinions = _statements(world, hearing, voters, chair, against)
    hearing.decision = "" if world.slips(0.004) else f"会议{hearing.outcome.label}：{hearing.title}。"
    books.add(
        AgendaEntry,
        id=hearing.id,
        meeting_id=meeting,
        stage_id=hearing.stage,
        position=position,
        title=hearing.title,
        presenter_id=hearing.presenter,
        attendance_kind=kind,
        method=method,
        is_ad_hoc=(is_ad_hoc := world.slips(0.006)),
        ad_hoc_reason="上级当日通知，主持人同意。" if is_ad_hoc and dice.random() < 0.5 else "",
        state=EntryState.CONCLUDED.value,
        outcome=hearing.outcome.value,
        decision_text=hearing.decision,
        opened_at=opened,
        concluded_at=hearing.concluded,
        concluded_by_id=world.people["clerk"][0],
        version=3,
        snapshot=snapshot_text(
            world, sitting, hearing, present, away, there, kind, method, tally, opinions, chair
        ),
    )


def _against(world: World, hearing: Hearing, voters: list[Member], due: int) -> int:
    """How many do not agree: mostly nobody; where the outcome says so, enough."""
    if hearing.outcome == Outcome.REJECTED:
        return min(len(voters), len(voters) - due // 2 + 1)
    if hearing.outcome == Outcome.DEFERRED:
        return len(voters) // 2
    return 1 if len(voters) > 2 and world.dice.random() < 0.08 else 0


def _tally(world: World, hearing: Hearing, voters: list[Member], against: int, method: str) -> dict[str, Any]:
    is_secret = method == BallotMethod.SECRET
    names = [member.name for member in voters]
    abstain = 1 if against > 1 else 0
    tally = {
        "question": hearing.title,
        "votes_for": len(voters) - against,
        "votes_against": against - abstain,
        "abstentions": abstain,
        "invalid": 0,
        "issued": len(voters) + (1 if world.slips() else 0) if is_secret else None,
        "tellers": "、".join(names[:1] if world.slips() else names[:2]) if is_secret else "",
        "counter": ("" if world.slips() else world.people["clerk"][1]) if is_secret else "",
    }
    if not is_secret and world.slips(0.006):  # the count and the sign-in do not agree (R38)
        tally["votes_for"] += 1
    world.books.add(Tally, entry_id=hearing.id, **tally)
    return tally


def _statements(
    world: World, hearing: Hearing, voters: list[Member], chair: Member, against: int
) -> list[dict[str, Any]]:
    """Everybody in turn, the chair last; seldom somebody is not asked or the chair speaks first (R50, R51)."""
    order = [m for m in voters if m.person != chair.person]
    order += [m for m in voters if m.person == chair.person]
    if world.slips():
        order.insert(0, order.pop())
    if len(order) > 2 and world.slips():
        order.pop(0)
    doubtful = set(range(against))
    silent = world.slips(0.01)
    opinions = []
    for number, member in enumerate(order):
        stance = Stance.DISAGREE if number in doubtful and not silent else Stance.AGREE
        words = DOUBTS if stance == Stance.DISAGREE else OPINIONS
        text = words[(number + hearing.id) % len(words)]
        world.books.add(
            Statement,
            entry_id=hearing.id,
            seat_id=member.seat,
            order=number + 1,
            text=text,
            stance=stance.value,
            updated_by_id=world.people["clerk"][0],
            updated_at=hearing.concluded,
        )
        opinions.append(
            {"name": member.name, "role": member.role.label, "stance": stance.value, "is_written": False}
        )
    return opinions


def plan_ahead(world: World, sitting: Sitting, matters: list[tuple[int, str, dict[str, Any], int]]) -> None:
    """A meeting that is called and not yet held."""
    books, start = world.books, at(sitting.day, 15)
    clerk = world.people["clerk"][0]
    meeting = books.add(
        Meeting,
        school_id=world.school,
        body_id=world.bodies[sitting.body],
        year=sitting.day.year,
        number=sitting.number,
        mode=MeetingMode.LIVE.value,
        state=MeetingState.NOTIFIED.value,
        scheduled_at=start,
        place=PLACES[sitting.body],
        chair_id=world.chair[sitting.body][0],
        recorder_id=clerk,
        parameters=world.parameters_text,
        notified_at=at(world.frame.until - timedelta(days=1), 17),
        materials_sent_at=at(world.frame.until - timedelta(days=1), 17),
        created_by_id=clerk,
    )
    for member in world.voting(sitting.body, sitting.day):
        books.add(Attendance, meeting_id=meeting, seat_id=member.seat)
    for position, (stage, title, entry, presenter) in enumerate(matters, 1):
        kind = (
            AttendanceKind.TWO_THIRDS if MajorClass.CADRE in entry["major_classes"] else entry["attendance"]
        )
        books.add(
            AgendaEntry,
            meeting_id=meeting,
            stage_id=stage,
            position=position,
            title=title,
            presenter_id=presenter,
            attendance_kind=str(kind),
            method=entry["ballot"],
        )
