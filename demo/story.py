"""The words a story is written in: people, posts, meetings, items, duties. Data only.

Days are working days counted from today (clock.Calendar): -5 is the fifth working day before today.
People are named by their key within the school.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """Somebody who signs in; `label` puts the account on the list of demo accounts."""

    key: str
    name: str
    label: str = ""


@dataclass(frozen=True)
class Post:
    """A seat in the body "party", "admin" or "congress"; from the founding unless a day is given."""

    body: str
    who: str
    role: str
    since: int | None = None
    until: int | None = None
    order: int = 50
    is_party_member: bool | None = None  # noted where a leader has no seat in the Party committee (R04)


@dataclass(frozen=True)
class Step:
    """One act on a task, so many working days after it was issued."""

    after: int
    verb: str
    text: str = ""
    progress: int = 0
    by: str = ""
    days: int = 0  # new time limit of an extension, in days from today
    accepted: bool = True


@dataclass(frozen=True)
class Duty:
    """A task laid down in a meeting; due so many working days later, or exactly so many days from today."""

    title: str
    owner: str
    due: int = 15
    due_exact: int | None = None
    department: str = ""
    requirement: str = ""
    helpers: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Visit:
    """One deliberation of an item in a meeting. Without votes everybody present votes in favour."""

    meeting: str
    outcome: str = "passed"
    votes: tuple[int, int, int] | None = None
    decision: str = ""
    duties: tuple[Duty, ...] = ()
    says: dict[str, tuple[str, str]] = field(default_factory=dict)
    recused: dict[str, str] = field(default_factory=dict)
    revise: str = ""  # the proposal brought back to this meeting


@dataclass(frozen=True)
class Act:
    """Something done to an item on a day outside a meeting; `verb` is a method of the player."""

    day: int
    clock: str
    verb: str
    args: tuple = ()


@dataclass(frozen=True)
class Item:
    """One matter. Its acts before each meeting follow from the visits; `acts` adds what is peculiar."""

    key: str
    code: str
    title: str
    who: str
    department: str
    background: str
    proposal: str
    visits: tuple[Visit, ...] = ()
    amount: int | None = None
    fund: str = ""
    drafter: str = ""
    presenter: str = ""
    observers: str = ""
    missing: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    finish: str = ""
    finish_after: int = 3
    drafted: int | None = None  # for items no meeting has taken up
    submitted: int | None = None
    confirmed: int | None = None


@dataclass(frozen=True)
class Sitting:
    """One meeting of "party" or "admin". `papers`: issued, corrected, review, half_signed, or unsigned."""

    key: str
    body: str
    day: int
    leaves: dict[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    chair: str = ""
    delegation: str = ""
    papers: str = "issued"
    recorder: str = "clerk"
    study: str = ""
    listed: int | None = None
    retrospective: str = ""
    entered: int = 0
    is_notified: bool = True
    is_held: bool = True

    @property
    def listed_on(self) -> int:
        """The day its agenda is made up."""
        if self.retrospective:
            return self.entered
        return self.listed if self.listed is not None else self.day - 3

    @property
    def happens_on(self) -> int:
        """The day the platform hears of it: that of the meeting, or of its later entry."""
        return self.entered if self.retrospective else self.day


@dataclass(frozen=True)
class SchoolStory:
    """One school with everybody in it and everything that happened there."""

    slug: str
    fields: dict
    people: tuple[Person, ...]
    posts: tuple[Post, ...]
    staff: tuple[tuple[str, str, str], ...]
    portfolios: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    sittings: tuple[Sitting, ...]
    items: tuple[Item, ...]
    place: dict[str, str] = field(default_factory=lambda: {"party": "会议室", "admin": "会议室"})


def done(after: int, text: str = "已按要求完成，佐证随附。", share: int = 60) -> tuple[Step, ...]:
    """A task received, reported on, submitted after so many days and accepted two days later."""
    half = max(2, after // 2)
    return (
        Step(1, "receive"),
        Step(half, "report", "按计划推进，重点环节已落实到人。", progress=share),
        Step(max(after, half + 1), "submit", text),
        Step(max(after, half + 1) + 2, "accept", "验收通过。"),
    )


def running(after: int, progress: int, text: str) -> tuple[Step, ...]:
    """A task received and reported on once."""
    return (Step(1, "receive"), Step(after, "report", text, progress=progress))


def submitted(after: int, text: str) -> tuple[Step, ...]:
    """A task that waits for acceptance."""
    return (
        Step(1, "receive"),
        Step(max(2, after // 2), "report", "主体工作已完成，正在收集佐证。", progress=70),
        Step(max(after, 3), "submit", text),
    )


def loop(key: str, code: str, title: str, who: str, department: str, words: tuple[str, str], **rest) -> Item:
    """An item of route L that passes everywhere; `meetings` names its three, `duties` its tasks."""
    meetings, duties = rest.pop("meetings"), rest.pop("duties", ())
    visits = (*(Visit(meeting) for meeting in meetings[:-1]), Visit(meetings[-1], duties=duties))
    return Item(key, code, title, who, department, *words, visits=visits, **rest)


def single(
    key: str, code: str, title: str, who: str, department: str, words: tuple[str, str], **rest
) -> Item:
    """An item one body alone decides, passed in one meeting."""
    visit = Visit(rest.pop("meeting"), duties=rest.pop("duties", ()), votes=rest.pop("votes", None))
    return Item(key, code, title, who, department, *words, visits=(visit,), **rest)
