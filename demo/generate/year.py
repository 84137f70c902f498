"""What happens in one school in the period: matters arise, travel through the meetings, are carried out."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from decisions.choices import FAVOURABLE, ItemState, Outcome, Purpose, ResolutionState, StageState
from decisions.models import ConcernedPerson, DecisionItem, ItemEvent, Resolution, Stage
from decisions.transitions import ROUTES
from demo.generate.evidence import prepare
from demo.generate.follow import act_in_haste, publish
from demo.generate.registers import keep_registers
from demo.generate.sitting import Hearing, Sitting, hold, plan_ahead
from demo.generate.tasks import give_tasks
from demo.generate.world import World, at
from documents.choices import DocumentKind
from documents.models import NumberCounter
from governance.choices import BodyKind, MajorClass, Route

ROUTE_SHARES = {Route.ADMIN.value: 60, Route.PARTY.value: 25, Route.LOOP.value: 15}
PARTY_EVERY, ADMIN_EVERY = 28, 14  # days between meetings
CAPACITY = 9  # matters in one meeting
MEETING_OF_SUPERVISION = "A06"  # 从严治党、廉政专题: some every year (R83)


@dataclass
class Matter:
    """One item on its way. `stages` are the columns of its rows, written when the period is over."""

    id: int
    entry: dict[str, Any]
    title: str
    number: str
    proposer: tuple[int, str]
    presenter: tuple[int, str]
    department: str
    amount: int | None
    submitted: datetime
    ready: date
    stages: list[dict[str, Any]]
    concerned: tuple[int, ...] = ()
    place: int = 0
    state: ItemState = ItemState.PENDING
    resolution: int | None = None
    completed: datetime | None = None
    published: date | None = None

    @property
    def stage(self) -> dict[str, Any]:
        return self.stages[self.place]

    @property
    def is_under_way(self) -> bool:
        return self.state in (ItemState.PENDING, ItemState.DEFERRED)


@dataclass
class Year:
    """The bookkeeping of one school's period."""

    world: World
    waiting: list[Matter] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    serials: Counter[tuple[str, int]] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)

    def serial(self, kind: DocumentKind, year: int) -> int:
        self.serials[kind.value, year] += 1
        return self.serials[kind.value, year]


def live(world: World) -> None:
    """Let the whole period happen."""
    year = Year(world)
    arrivals = _arrivals(world)
    for day, body in _calendar(world):
        while arrivals and arrivals[0][0] < day:
            _arise(year, *arrivals.pop(0))
        if day <= world.frame.until - timedelta(days=1):
            _sit(year, body, day)
    for arrival in arrivals:
        _arise(year, *arrival)
    _next_meeting(year)
    for matter in year.matters:
        _write(year, matter)
    for (kind, when), last in year.serials.items():
        world.books.add(NumberCounter, school_id=world.school, kind=kind, year=when, last=last)
    keep_registers(world)


def _calendar(world: World) -> list[tuple[date, str]]:
    """Days of the meetings, in order: 党组织会议 every four weeks, 校长办公会议 every two; some are left out (R39)."""
    frame, dice, days = world.frame, world.dice, []
    monday = frame.since - timedelta(days=frame.since.weekday())
    week = dice.randrange(PARTY_EVERY // 7)
    # The administration meets on the Tuesday after the Party organisation, so that it deploys in time (R14).
    first = {"party": timedelta(days=3, weeks=week), "admin": timedelta(days=1, weeks=(week + 1) % 2)}
    for body, every in (("party", PARTY_EVERY), ("admin", ADMIN_EVERY)):
        day = monday + first[body]
        mine = []
        while day <= frame.until:
            if day >= frame.since:
                mine.append((day, body))
            day += timedelta(days=every)
        if len(mine) > 3 and world.slips(0.03):
            mine.pop(dice.randrange(1, len(mine)))
        days += mine
    return sorted(days)


def _arrivals(world: World) -> list[tuple[date, dict[str, Any]]]:
    """When which matter of the catalogue comes up."""
    frame, dice = world.frame, world.dice
    span = (frame.until - frame.since).days
    routes = dice.choices(list(ROUTE_SHARES), list(ROUTE_SHARES.values()), k=frame.items)
    found = [
        (frame.since + timedelta(days=dice.randrange(span)), dice.choice(world.entries[r])) for r in routes
    ]
    topic = next(e for e in world.entries[Route.PARTY] if e["code"] == MEETING_OF_SUPERVISION)
    for year in range(frame.since.year, frame.until.year + 1):
        begins = max(frame.since, date(year, 1, 1))
        if (min(frame.until, date(year, 12, 31)) - begins).days > 35 and not world.slips(0.02):
            found += [(begins + timedelta(days=day), topic) for day in (1, 3)]
    found = found[max(0, len(found) - frame.items) :]
    return sorted(found, key=lambda pair: (pair[0], pair[1]["code"]))


def _arise(year: Year, day: date, entry: dict[str, Any]) -> None:
    """A matter is drafted and submitted."""
    world, dice = year.world, year.world.dice
    leaders = [("secretary", 0), ("vice", 1), ("second_vice", 2)]
    proposer = world.people[dice.choice(leaders)[0]]
    if world.slips():  # proposed by somebody outside the leadership (R10)
        proposer = world.staff[0][:2]
    presenter = dice.choice(world.staff)
    number = year.serial(DocumentKind.ITEM, day.year)
    year.titles[entry["code"]] += 1
    is_money = {MajorClass.FUND.value, MajorClass.PROJECT.value} & set(entry["major_classes"])
    concerned = ()
    if MajorClass.CADRE in entry["major_classes"] and dice.random() < 0.4:
        concerned = (dice.choice(world.members["party"][1:] or world.members["party"]).person,)
    id = world.books.reserve(DecisionItem)
    stages = [
        {
            "id": world.books.reserve(Stage),
            "body": "admin" if kind == BodyKind.ADMIN else "party",
            "purpose": purpose.value,
            "state": StageState.WAITING,
            "outcome": "",
        }
        for purpose, kind in ROUTES[Route(entry["route"])]
    ]
    place = 1 if entry["route"] == Route.LOOP and world.slips() else 0  # decided without 提出 (R13)
    stages[place]["state"] = StageState.OPEN
    matter = Matter(
        id=id,
        entry=entry,
        title=f"{entry['title']}（{day.year}年第{year.titles[entry['code']]}次）",
        number=f"{day.year}-{number:03d}",
        proposer=proposer,
        presenter=presenter[:2],
        department=presenter[2],
        amount=dice.randrange(5, 900) * 1000 if is_money else None,
        submitted=at(day, dice.randint(8, 17), dice.randrange(60)),
        ready=day + timedelta(days=1 if world.slips(0.02) else 4),
        stages=stages,
        concerned=concerned,
        place=place,
    )
    for person in concerned:
        world.books.add(ConcernedPerson, item_id=id, person_id=person, relation="本人")
    _event(
        world,
        matter,
        "item.submitted",
        f"申报议题，编号{matter.number}",
        matter.proposer[0],
        matter.submitted,
    )
    year.waiting.append(matter)
    year.matters.append(matter)


def _sit(year: Year, body: str, day: date) -> None:
    """One meeting: takes up what is ready, moves each matter by its outcome."""
    world = year.world
    kind = DocumentKind.PARTY_MEETING if body == "party" else DocumentKind.ADMIN_MEETING
    sitting = Sitting(body, day, year.serial(kind, day.year))
    world.sittings.append(day)
    taken = [m for m in year.waiting if m.stage["body"] == body and m.ready <= day][:CAPACITY]
    taken += [m for m in year.waiting if m.stage["body"] == body and m not in taken and _presses(m, day)]
    hearings = []
    for matter in taken:
        stage = matter.stage
        confirmed = max(at(day - timedelta(days=4), 9), matter.submitted + timedelta(hours=1))
        chair = world.chair[body][0]
        if world.slips():  # confirmed by somebody else (R11)
            chair = world.people["vice"][0]
        stage |= {"confirmed_by_id": chair, "confirmed_at": confirmed}
        if stage["purpose"] == Purpose.DECIDE or len(matter.stages) == 1:
            prepare(world, matter, day)
        hearings.append(
            Hearing(
                stage=stage["id"],
                title=matter.title,
                entry=matter.entry,
                presenter=matter.presenter[0],
                concerned=matter.concerned,
                is_last=matter.place == len(matter.stages) - 1,
            )
        )
    for matter, hearing in zip(taken, hold(world, sitting, hearings, year.serial), strict=True):
        _move(year, matter, sitting, hearing)
    year.waiting = [m for m in year.waiting if m.is_under_way]


def _presses(matter: Matter, day: date) -> bool:
    """Decided matters are deployed at the next meeting, however long its agenda (R14)."""
    return matter.stage["purpose"] == Purpose.DEPLOY and matter.place > 0 and matter.ready <= day


def _move(year: Year, matter: Matter, sitting: Sitting, hearing: Hearing) -> None:
    """The outcome of a meeting upon a matter."""
    world, stage, outcome = year.world, matter.stage, hearing.outcome
    stage |= {"concluded_at": hearing.concluded, "outcome": outcome.value, "state": StageState.CONCLUDED}
    text = f"{sitting.label(world)}{Purpose(stage['purpose']).label}：{outcome.label}"
    _event(world, matter, "stage.concluded", text, world.people["clerk"][0], hearing.concluded)
    if outcome == Outcome.DEFERRED:
        stage |= {"state": StageState.OPEN, "outcome": "", "concluded_at": None}
        stage |= {"confirmed_by_id": None, "confirmed_at": None}
        matter.state, matter.ready = ItemState.DEFERRED, sitting.day + timedelta(days=4)
        return
    if outcome not in FAVOURABLE:
        matter.state = ItemState.RETURNED if outcome == Outcome.RETURNED else ItemState.REJECTED
        return
    matter.state = ItemState.PENDING
    if stage["purpose"] == Purpose.DECIDE or len(matter.stages) == 1:
        _resolve(year, matter, sitting, hearing)
    if matter.place < len(matter.stages) - 1:
        matter.place += 1
        matter.stage["state"] = StageState.OPEN
        matter.ready = sitting.day + timedelta(days=2)
        return
    matter.state = ItemState.IMPLEMENTING
    if world.slips():  # nobody was given the work (R70)
        return
    matter.completed = give_tasks(world, matter, sitting, hearing.concluded, matter.published)
    if matter.completed is not None:
        matter.state = ItemState.COMPLETED


def _resolve(year: Year, matter: Matter, sitting: Sitting, hearing: Hearing) -> None:
    world, is_party = year.world, sitting.body == "party"
    kind = DocumentKind.RESOLUTION if is_party else DocumentKind.ADMIN_RESOLUTION
    serial = year.serial(kind, sitting.day.year)
    word = "党决" if is_party else "校决"
    matter.resolution = world.books.add(
        Resolution,
        school_id=world.school,
        item_id=matter.id,
        stage_id=matter.stage["id"],
        number=f"{world.plan.short_name}{word}〔{sitting.day.year}〕{serial}号",
        text=hearing.decision,
        decided_on=sitting.day,
        meeting_label=sitting.label(world),
        state=ResolutionState.IN_FORCE.value,
        created_at=hearing.concluded,
    )
    matter.published = publish(world, matter, sitting.day)
    if is_party:
        act_in_haste(world, matter, sitting.day)


def _next_meeting(year: Year) -> None:
    """The coming 党组织会议, already called, with what waits for it."""
    world, until = year.world, year.world.frame.until
    day = until + timedelta(days=world.dice.randint(2, 9))
    kind = DocumentKind.PARTY_MEETING
    sitting = Sitting("party", day, year.serial(kind, day.year))
    taken = [m for m in year.waiting if m.stage["body"] == "party" and m.ready <= until][:CAPACITY]
    for matter in taken:
        matter.stage.update(
            {
                "state": StageState.SCHEDULED,
                "confirmed_by_id": world.chair["party"][0],
                "confirmed_at": max(
                    at(until - timedelta(days=1), 10), matter.submitted + timedelta(minutes=5)
                ),
            }
        )
        matter.state = ItemState.PENDING
    titles = [(m.stage["id"], m.title, m.entry, m.presenter[0]) for m in taken]
    plan_ahead(world, sitting, titles)


def _event(world: World, matter: Matter, kind: str, text: str, actor: int, moment: datetime) -> None:
    world.books.add(
        ItemEvent, school_id=world.school, item_id=matter.id, kind=kind, text=text, actor_id=actor, at=moment
    )


def _write(year: Year, matter: Matter) -> None:
    """The rows of one matter as it stands at the end."""
    world, entry = year.world, matter.entry
    for position, stage in enumerate(matter.stages, 1):
        columns = {name: value for name, value in stage.items() if name not in ("body", "state")}
        world.books.add(
            Stage,
            school_id=world.school,
            item_id=matter.id,
            body_id=world.bodies[stage["body"]],
            position=position,
            state=stage["state"].value,
            **columns,
        )
    last = max([s["concluded_at"] for s in matter.stages if s.get("concluded_at")] + [matter.submitted])
    world.books.add(
        DecisionItem,
        id=matter.id,
        school_id=world.school,
        number=matter.number,
        catalogue_entry_id=entry["id"],
        title=matter.title,
        route=entry["route"],
        major_classes=entry["major_classes"],
        access_scope=entry["access_scope"],
        background=f"根据学校工作安排，就“{entry['title']}”提出建议。",
        proposal=""
        if world.slips(0.006)
        else f"拟按《事项清单》{entry['code']}办理，由{matter.department}具体落实。",
        proposal_revised_at=matter.submitted,
        amount=matter.amount,
        fund_source="公用经费" if matter.amount else "",
        department=matter.department,
        created_by_id=world.people["clerk"][0],
        proposer_id=matter.proposer[0],
        presenter_id=matter.presenter[0],
        state=matter.state.value,
        current_stage_id=matter.stage["id"] if matter.is_under_way else None,
        created_at=matter.submitted - timedelta(hours=20),
        updated_at=matter.completed or last,
        submitted_at=matter.submitted,
        completed_at=matter.completed,
        completion_note="已完成，结果已公开。" if matter.completed else "",
    )
