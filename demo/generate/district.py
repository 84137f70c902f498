"""Generating the whole district: authorities through services, schools in bulk, in several processes."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from multiprocessing import get_context
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User
from compliance.hooks import paused
from decisions import models as decisions
from demo.generate.books import Books, highest, settle
from demo.generate.plan import CITY, COUNTIES, SchoolPlan, plans
from demo.generate.registers import REGISTERS
from demo.generate.worker import prepare, write
from demo.generate.world import Frame, found
from demo.generate.year import live
from documents.models import NumberCounter
from governance import services as governance
from governance.choices import AuthorityLevel, AuthorityRole, ParameterLevel
from governance.models import (
    Authority,
    Body,
    CatalogueEntry,
    PartyOrg,
    Portfolio,
    ProcedureParameter,
    School,
    Seat,
    Staff,
)
from governance.parameters import KEYS
from governance.services.catalogue import CARRIED
from meetings import models as meetings

CHUNK = 12  # schools written in one transaction
ITEMS_PER_YEAR = 84  # per school; 485 × 84 = 40,740
THRESHOLDS = (300_000, 200_000, 200_000, 100_000, 100_000, 50_000, 50_000, 50_000, 30_000, 300_000)
# Every model a generated school has rows of.
WRITTEN = (
    User,
    School,
    PartyOrg,
    Body,
    Seat,
    Staff,
    Portfolio,
    CatalogueEntry,
    ProcedureParameter,
    NumberCounter,
    decisions.DecisionItem,
    decisions.Stage,
    decisions.ItemEvent,
    decisions.ConcernedPerson,
    decisions.Prerequisite,
    decisions.Consultation,
    decisions.Resolution,
    decisions.Task,
    decisions.TaskReport,
    decisions.TaskExtension,
    meetings.Meeting,
    meetings.Attendance,
    meetings.Observer,
    meetings.AgendaEntry,
    meetings.Recusal,
    meetings.Statement,
    meetings.Tally,
    meetings.MeetingRecord,
    meetings.Minutes,
    decisions.PublicNotice,
    decisions.EmergencyAction,
    *REGISTERS,
)
Progress = Callable[[int, int], None]


class NotEmpty(RuntimeError):
    """The database already has schools; a generated district wants one of its own."""


def generate(
    *,
    schools: int = 485,
    months: int = 12,
    seed: int = 1,
    items_per_school: int | None = None,
    until: date | None = None,
    workers: int = 1,
    progress: Progress = lambda done, total: None,
) -> dict[str, int]:
    """Fill an empty database with a district; returns how many rows of each model.

    The same arguments and the same last day (`until`, today by default) give the same rows. NotEmpty where there
    is a school already, ValueError for sizes that make no sense, RuntimeError outside demo and test.
    """
    if settings.APP_ENV not in ("demo", "test"):
        raise RuntimeError("A generated district is for demo, bench and tests only.")
    if months < 1 or (items_per_school is not None and items_per_school < 1):
        raise ValueError("months and items per school are at least 1")
    if School.objects.exists() or Authority.objects.exists():
        raise NotEmpty("库中已有学校或教育工委。请换一个空的数据库（例如 DEMO_DB_NAME=bench）再生成。")
    drawn = plans(schools, seed)
    with paused():
        frame = _frame(until or timezone.localdate(), months, seed, items_per_school)
        counts = (
            _in_one(frame, drawn, progress) if workers == 1 else _in_many(frame, drawn, workers, progress)
        )
        settle(WRITTEN)
        _sign_ins(frame)
    return counts


def write_schools(frame: Frame, drawn: list[SchoolPlan]) -> dict[str, int]:
    """Generate some schools in one transaction."""
    books = Books(frame.moment, frame.base)
    for plan in drawn:
        live(found(frame, plan, books))
    books.flush()
    return books.counts


def _chunks(drawn: list[SchoolPlan]) -> list[list[SchoolPlan]]:
    return [drawn[start : start + CHUNK] for start in range(0, len(drawn), CHUNK)]


def _in_one(frame: Frame, drawn: list[SchoolPlan], progress: Progress) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for chunk in _chunks(drawn):
        counts.update(write_schools(frame, chunk))
        progress(chunk[-1].index + 1, len(drawn))
    return dict(counts)


def _in_many(frame: Frame, drawn: list[SchoolPlan], workers: int, progress: Progress) -> dict[str, int]:
    counts: Counter[str] = Counter()
    done = 0
    with ProcessPoolExecutor(workers, get_context("spawn"), prepare) as pool:
        jobs = {pool.submit(write, frame, chunk): len(chunk) for chunk in _chunks(drawn)}
        for job in as_completed(jobs):
            counts.update(job.result())
            done += jobs[job]
            progress(done, len(drawn))
    return dict(counts)


def _frame(until: date, months: int, seed: int, items: int | None) -> Frame:
    """Authorities, their catalogue and parameters, made through services; then what schools need to know of them."""
    bare = Frame(until, months, seed, 0, timezone.now(), {}, (), (), ())
    city = governance.create_authority(actor=None, name=CITY, level=AuthorityLevel.CITY)
    counties = [
        governance.create_authority(
            actor=None, name=f"{name}委教育工委", level=AuthorityLevel.DISTRICT, parent=city
        )
        for name in COUNTIES
    ]
    authorities = [*counties, city]
    for authority, threshold in zip(authorities, THRESHOLDS, strict=True):
        governance.publish_catalogue(actor=None, authority=authority)
        governance.set_parameter(
            actor=None,
            level=ParameterLevel.PROVINCE if authority == city else ParameterLevel.DISTRICT,
            authority=authority,
            key="fund.large_threshold",
            value=threshold,
            source=f"《{authority.name.removesuffix('委教育工委')}学校“三重一大”实施办法》第9条",
            since=bare.founded,
        )
    templates = CatalogueEntry.objects.templates()
    return Frame(
        until=until,
        months=months,
        seed=seed,
        items=items or max(1, round(ITEMS_PER_YEAR * months / 12)),
        moment=timezone.now(),
        base=highest(WRITTEN),
        authorities=tuple(authority.pk for authority in authorities),
        parameters=tuple(_parameters(authority) for authority in authorities),
        templates=tuple(list(templates.filter(authority=a).values("id", *CARRIED)) for a in authorities),
    )


def _parameters(authority: Authority) -> dict[str, dict[str, Any]]:
    """As governance.parameters.resolve would answer for a school of the authority (tested)."""
    values: dict[str, dict[str, Any]] = {
        key.key: {
            "value": key.default,
            "source": key.source,
            "level": ParameterLevel.NATIONAL.value,
            "since": None,
        }
        for key in KEYS.values()
    }
    for above in (authority.parent, authority):
        for row in above.parameters.all() if above else ():
            values[row.key] = {
                "value": row.value,
                "source": row.source,
                "level": row.level,
                "since": row.since.isoformat(),
            }
    return values


def _sign_ins(frame: Frame) -> None:
    """Four people to look at it with: two of the city, one of a county, one 书记."""
    password = make_password(settings.DEMO_PASSWORD)
    city, county = frame.authorities[-1], frame.authorities[0]
    for username, name, label, authority, role in (
        ("city", "沈知远", "市级督查", city, AuthorityRole.REVIEWER),
        ("city.leader", "高维岳", "市级领导", city, AuthorityRole.LEADER),
        ("county", "施清和", "县级督查", county, AuthorityRole.REVIEWER),
    ):
        person = User.objects.create(
            username=username, display_name=name, demo_label=label, password=password
        )
        governance.join_authority(
            actor=None,
            authority=Authority.objects.get(pk=authority),
            person=person,
            role=role,
            since=frame.founded,
        )
    secretary = User.objects.filter(username__endswith=".secretary").order_by("pk").first()
    if secretary is not None:
        secretary.password, secretary.demo_label = password, "书记"
        secretary.save(update_fields=["password", "demo_label"])
