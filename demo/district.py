"""Founding the demo district and playing the story of each of its schools."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import date, datetime
from multiprocessing import get_context

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from accounts.choices import AdminRole
from accounts.models import User
from compliance.hooks import paused
from compliance.services import evaluate, follow_up
from decisions.models import DecisionItem, Task
from demo import direct, imported, mingde, schools
from demo.clock import Calendar, StoryClock, story_time
from demo.exceptions import lay_exceptions, let_inspect
from demo.followup import lay_followup, told
from demo.live import LiveRoom
from demo.player import Player
from demo.registers import answer_registers, lay_registers
from demo.room import Room
from demo.story import SchoolStory
from demo.worker import play_in_process, prepare
from documents import services as documents
from documents.models import IssuedDocument
from documents.services import issuing
from governance import services as governance
from governance.choices import AuthorityLevel, AuthorityRole, ParameterLevel
from governance.models import Authority, AuthorityMember, School
from ledger.models import LedgerEntry
from ledger.services import verify
from meetings.models import Meeting
from notifications.services import mark_all_read

DISTRICT = "云川区教育工委"
CITY = "云川市委教育工委"
FOUNDED = -290  # working days before today on which the platform began to be used
INSPECTED = ("明德", "致远")  # by a secretary of another school, for three weeks
READ_UNTIL = -6  # everybody has read the messages up to here
STORIES: tuple[SchoolStory, ...] = (mingde.STORY, *schools.STORIES)
DISTRICT_PEOPLE = (
    ("inspector", "沈知行", AuthorityRole.REVIEWER, "区督查"),
    ("leader", "高维平", AuthorityRole.LEADER, "区领导"),
)


def exists() -> bool:
    """Whether the demo district has been founded in this database."""
    return Authority.objects.filter(name=DISTRICT).exists()


def is_complete() -> bool:
    """Whether its loading came to the end."""
    return AuthorityMember.objects.filter(authority__name=DISTRICT).exists()


@contextmanager
def held_back() -> Iterator[list[int]]:
    """Collect the documents issued in this block instead of having their PDFs made; yields their ids.

    A story issues hundreds of documents at once; the loader renders a few, the others when they are opened.
    """
    real, waiting = issuing.schedule, []
    issuing.schedule = lambda document: waiting.append(document.pk)
    try:
        yield waiting
    finally:
        issuing.schedule = real


def load(
    now: datetime,
    tell: Callable[[str], None],
    *,
    pdfs: int = 6,
    workers: int = 1,
    stories: tuple[SchoolStory, ...] = STORIES,
) -> None:
    """Found the district and play every story up to `now`; then make some PDFs.

    The same `now` gives the same district. Each school is one transaction; with several workers the schools are
    played in processes of their own. RuntimeError outside demo and test. `is_complete` is true only afterwards.
    """
    calendar = Calendar(now)
    password = make_password(settings.DEMO_PASSWORD)
    with transaction.atomic(), story_time(calendar.at(FOUNDED, "09:00")):
        found_district(founding_day(calendar))
        for story in stories:
            for person in story.people:
                make_person(username_of(story, person.key), person.name, person.label, password)
    waiting: list[int] = []
    if workers == 1:
        for story in stories:
            line, issued = play_story(story.slug, now)
            waiting += issued
            tell(line)
    else:
        with ProcessPoolExecutor(workers, get_context("spawn"), prepare) as pool:
            jobs = [pool.submit(play_in_process, story.slug, now) for story in stories]
            for job in as_completed(jobs):
                line, issued = job.result()
                waiting += issued
                tell(line)
    if stories is STORIES:
        line, issued = play_import(calendar, password)
        waiting += issued
        tell(line)
    with transaction.atomic():
        with story_time(calendar.at(FOUNDED, "09:30")):
            join_district(founding_day(calendar), password)
        if stories is STORIES:
            with paused(), story_time(calendar.at(FOUNDED, "09:40")):
                direct.found(CITY, founding_day(calendar), password)
        with paused(), story_time(now):
            answer_registers(Authority.objects.get(name=DISTRICT), User.objects.get(username="inspector"))
        if stories is STORIES:
            with paused(), story_time(now):
                let_inspect(DISTRICT, "inspector", "yucai.secretary", INSPECTED)
        with paused():
            rendered = last_of_main_school(waiting, pdfs)
            for document_id in rendered:
                documents.make_pdf(document_id)
        run = evaluate(schools=School.objects.filter(authority__parent__name=CITY), scope=CITY)
        follow_up()
    tell(f"已生成 {len(rendered)} 份 PDF，其余 {len(waiting) - len(rendered)} 份在首次打开时生成。")
    found = sum(counts.get("violating", 0) for counts in run.counts.values())
    tell(f"合规检查：{len(run.rules)} 条规则，发现 {found} 处不符合。")


def founding_day(calendar: Calendar) -> date:
    """1 September of the year before: the day everybody's office began."""
    return date(calendar.day(FOUNDED).year - 1, 9, 1)


def play_story(slug: str, now: datetime) -> tuple[str, list[int]]:
    """Play one school in one transaction; returns a line about it and the documents without PDF."""
    story = next(story for story in STORIES if story.slug == slug)
    calendar = Calendar(now)
    began = calendar.at(FOUNDED, "10:00")
    with paused(), transaction.atomic(), story_time(began) as clock, held_back() as waiting:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        line = summary(play_school(story, calendar, clock))
    return line, waiting


def play_import(calendar: Calendar, password: str) -> tuple[str, list[int]]:
    """The ninth school, taken over from paper with its mistakes; returns as `play_story` does."""
    joined = calendar.at(imported.JOINED, "10:00")
    with paused(), transaction.atomic(), story_time(joined), held_back() as waiting:
        line = summary(imported.load(DISTRICT, calendar, founding_day(calendar), password))
    return line, waiting


def last_of_main_school(waiting: list[int], number: int) -> list[int]:
    """The newest documents of the school most people will look at."""
    found = IssuedDocument.objects.filter(pk__in=waiting, school__code=mingde.STORY.fields["code"])
    return list(found.order_by("-issued_at", "-pk").values_list("pk", flat=True)[:number])


ADMINISTRATORS = {
    AdminRole.SYSTEM: "sysadmin",
    AdminRole.SECURITY: "secadmin",
    AdminRole.AUDIT: "auditadmin",
}


def found_district(since: date) -> Authority:
    """市 and 区 with catalogue, threshold and the people who serve there."""
    city = governance.create_authority(actor=None, name=CITY, level=AuthorityLevel.CITY)
    district = governance.create_authority(
        actor=None, name=DISTRICT, level=AuthorityLevel.DISTRICT, parent=city
    )
    governance.publish_catalogue(actor=None, authority=district)
    for key, value, source in (
        ("fund.large_threshold", 300_000, "《云川区学校“三重一大”实施办法》第9条"),
        ("minutes.days", 3, "《云川区学校会议纪要管理规定》第6条"),
    ):
        governance.set_parameter(
            actor=None,
            level=ParameterLevel.DISTRICT,
            authority=district,
            key=key,
            value=value,
            source=source,
            since=since,
        )
    return district


def join_district(since: date, password: str) -> None:
    """区督查 and 区领导; made last, so that the sign-in page lists the school first and nothing is complete before."""
    district = Authority.objects.get(name=DISTRICT)
    for key, name, role, label in DISTRICT_PEOPLE:
        person = make_person(key, name, label, password)
        governance.join_authority(actor=None, authority=district, person=person, role=role, since=since)
    for role, username in ADMINISTRATORS.items():
        make_person(username, role.label, role.label, password, admin_role=role)


def make_person(username: str, name: str, label: str, password: str, admin_role: str = "") -> User:
    """One account without e-mail address: nothing leaves a demo."""
    return User.objects.create(
        username=username,
        display_name=name,
        demo_label=label,
        password=password,
        admin_role=admin_role,
        date_joined=timezone.now(),
    )


def username_of(story: SchoolStory, key: str) -> str:
    """Plain names in the school most people look at; elsewhere the school comes first."""
    return f"{story.slug}.{key}" if story.slug else key


def play_school(story: SchoolStory, calendar: Calendar, clock: StoryClock) -> School:
    """Found one school and let everything happen there."""
    district, since = Authority.objects.get(name=DISTRICT), founding_day(calendar)
    story = told(story, calendar)
    people = {
        person.key: User.objects.get(username=username_of(story, person.key)) for person in story.people
    }
    school = governance.create_school(actor=None, authority=district, term_started_on=since, **story.fields)
    governance.adopt_catalogue(actor=None, school=school)
    player = Player(story, school, people, calendar, clock)
    for post in story.posts:
        if post.since is None:
            seat = appoint(player, post, since, None)
            if post.until is not None:
                player.at(post.until, "16:40", end_post, player, seat, post.until)
        else:
            player.at(post.since, "08:20", appoint, player, post, calendar.day(post.since), "secretary")
    for key, department, title in story.staff:
        governance.employ(
            actor=None, school=school, person=people[key], department=department, title=title, since=since
        )
    for key, duties, aspects, departments in story.portfolios:
        governance.assign_portfolio(
            actor=None,
            school=school,
            person=people[key],
            duties=duties,
            since=since,
            aspects=list(aspects),
            departments=list(departments),
        )
    live = None
    for sitting in story.sittings:
        room = Room(player, sitting) if sitting.day != 0 else (live := LiveRoom(player, sitting))
        if room.visits:
            room.lay()
    lay_registers(player)
    lay_followup(player)
    lay_exceptions(player)
    player.at(READ_UNTIL, "18:00", read_everything, people)
    player.play()
    if live is not None:
        live.play()
    return school


def appoint(player: Player, post, since: date, by: str | None) -> int:
    """Appoint somebody to a post; returns the seat."""
    return governance.appoint(
        actor=player.who(by) if by else None,
        body=player.bodies[post.body],
        person=player.who(post.who),
        role=post.role,
        since=since,
        order=post.order,
        is_party_member=post.is_party_member,
    ).pk


def end_post(player: Player, seat: int, day: int) -> None:
    governance.end_seat(actor=player.who("secretary"), seat_id=seat, until=player.calendar.day(day))


def read_everything(people: dict[str, User]) -> None:
    """What is older has been read by everybody."""
    for person in people.values():
        mark_all_read(person)


def summary(school: School) -> str:
    """One line about a school: how much happened, and whether its ledger holds."""
    breaches = list(verify(school.chain_key))
    if breaches:
        raise RuntimeError(f"{school}: {breaches[0]}")
    return (
        f"{school.name}：议题 {DecisionItem.objects.filter(school=school).count()} 件，"
        f"会议 {Meeting.objects.filter(school=school).count()} 次，"
        f"任务 {Task.objects.filter(school=school).count()} 项，"
        f"存证 {LedgerEntry.objects.filter(chain_id=school.chain_key).count()} 条，链条完整。"
    )
