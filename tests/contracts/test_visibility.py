"""visible_to of every model × every role: who sees what stands in workbench/rights/data/seeing.csv (R66)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import SecurityEvent
from common.errors import NotNow
from compliance.models import Finding
from decisions import models as decisions
from documents.models import IssuedDocument
from governance import models as governance
from governance.choices import AccessScope
from meetings import models as meetings
from meetings.services import planning
from notifications.models import Message
from registers.specs import REGISTERS
from tests.contracts.matrix import CAST, INTERNAL, RESTRICTED, table_line
from tests.contracts.world import TITLES, World, make_world
from tests.factories.cast import make_cast
from workbench.rights import catalogue

pytestmark = pytest.mark.django_db

WATCHERS = {**CAST, "未登录": "anonymous"}
PUBLIC = AccessScope.PUBLIC.label
# The items of the world → state and access scope, as the catalogue calls them.
PLACES = {
    "draft": ("草拟", INTERNAL),
    "open0": ("待审议", PUBLIC),
    "open1": ("待审议", INTERNAL),
    "open2": ("待审议", RESTRICTED),
    "listed": ("已列会", INTERNAL),
    "sitting": ("正在审议", INTERNAL),
    "decided0": ("已审议，纪要未签发", PUBLIC),
    "decided1": ("纪要已签发", INTERNAL),
    "decided2": ("纪要已签发", RESTRICTED),
    "elsewhere": ("外校待审议", INTERNAL),
}
MINUTES = {
    ("decided0", "draft"): "起草",
    ("decided1", "draft"): "更正起草",
    ("decided1", "issued"): "已签发",
    ("decided2", "issued"): "已签发",
}
PAPERS = {"meeting_record": "会议记录", "party_minutes": "党组织会议纪要", "resolution": "决议"}
SCHOOLS = {"明德": "本校", "育才": "外校"}

# Read only through the record they belong to, which decides who sees them.
THROUGH_ANOTHER = {
    "decisions.ItemEvent": "item.events",
    "decisions.ConcernedPerson": "item.concerned",
    "decisions.ReconsiderationSecond": "reconsideration.seconds",
    "meetings.Ballot": "tally.ballots",
}


# Asked by the tests of their own app.
ASKED_ELSEWHERE = {f"registers.{register.model.__name__}" for register in REGISTERS.values()} | {
    *("handover.Handover", "notifications.Message"),
    *("oversight.AuthorityMonth", "oversight.SchoolDay", "oversight.SchoolStanding"),
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world of tests.contracts.world, never committed."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), transaction.atomic(), media:
        yield make_world(make_cast())
        transaction.set_rollback(True)


Place = tuple[str, str]


def name_of(row: Any) -> str:
    """The name of the item a part belongs to."""
    return next(name for name, title in TITLES.items() if title == row.item.title)


def held(row: Any) -> str:
    """The name of the item a meeting deals with."""
    return name_of(row.meeting.entries.get().stage)


def by_item(row: Any) -> Place:
    return PLACES[name_of(row)]


def by_meeting(row: Any) -> Place:
    return PLACES[held(row)]


def by_entry(row: Any) -> Place:
    return by_item(row.entry.stage)


def by_file(row: Any) -> Place:
    name = row.name.removesuffix(".txt")
    state, scope = PLACES[name.removeprefix("task-")]
    return (f"任务佐证，{state}" if name.startswith("task-") else state), scope


def by_paper(row: Any) -> Place:
    name = name_of(row) if row.item_id else held(row)
    return PAPERS[row.kind], PLACES[name][1]


def by_school(row: Any) -> Place:
    return SCHOOLS[row.school.short_name], ""


NAMES: dict[type, Callable[[Any], Place]] = {
    decisions.DecisionItem: lambda row: by_item(decisions.Stage(item=row)),
    decisions.Stage: by_item,
    decisions.Prerequisite: by_item,
    decisions.Consultation: by_item,
    decisions.ReadingGrant: by_item,
    decisions.Resolution: by_item,
    decisions.Reconsideration: by_item,
    decisions.PublicNotice: by_item,
    decisions.EmergencyAction: by_item,
    decisions.Attachment: by_file,
    decisions.Task: by_item,
    decisions.TaskReport: lambda row: by_item(row.task),
    decisions.TaskExtension: lambda row: by_item(row.task),
    meetings.Meeting: lambda row: by_item(row.entries.get().stage),
    meetings.AgendaEntry: lambda row: by_item(row.stage),
    meetings.Attendance: by_meeting,
    meetings.Observer: by_meeting,
    meetings.Recusal: by_entry,
    meetings.Statement: by_entry,
    meetings.Tally: by_entry,
    meetings.TaskDraft: by_entry,
    meetings.MeetingRecord: by_meeting,
    meetings.Minutes: lambda row: (MINUTES[held(row), row.state], by_meeting(row)[1]),
    IssuedDocument: by_paper,
    Finding: lambda row: (row.get_state_display(), AccessScope(row.access_scope).label),
    SecurityEvent: lambda row: ("安全审计", ""),
    governance.School: lambda row: (SCHOOLS[row.short_name], ""),
    governance.Seat: by_school,
    governance.Staff: by_school,
    governance.ObjectGrant: lambda row: (row.kind.label, ""),
    governance.CatalogueEntry: lambda row: by_school(row) if row.school else ("区版清单", ""),
    governance.ProcedureParameter: lambda row: by_school(row) if row.school else ("区级参数", ""),
}


def person(world: World, name: str) -> Any:
    return AnonymousUser() if name == "anonymous" else getattr(world.cast, name)


def sight(world: World, model: type) -> dict[Place, dict[str, str]]:
    """For each kind of row and each role: whether all rows of that kind are seen, some, or none."""
    places = {row.pk: NAMES[model](row) for row in model._default_manager.all()}
    seen = {
        role: set(model._default_manager.visible_to(person(world, who)).values_list("pk", flat=True))
        for role, who in WATCHERS.items()
    }
    table = {}
    for place in sorted(set(places.values())):
        rows = {pk for pk, own in places.items() if own == place}
        table[place] = {
            role: catalogue.YES if rows <= found else catalogue.SOME if rows & found else catalogue.HIDDEN
            for role, found in seen.items()
        }
    return table


@pytest.mark.parametrize("model", NAMES, ids=lambda model: model._meta.label)
def test_who_sees_what(world, model):
    subject = str(model._meta.verbose_name)
    expected = {
        ("、".join(line.states), line.scope): line.marks
        for line in catalogue.seeing()
        if line.subject == subject
    }
    found = sight(world, model)
    wrong = [
        table_line(subject, *place, marks=row) for place, row in found.items() if expected.get(place) != row
    ]
    if wrong:
        pytest.fail("workbench/rights/data/seeing.csv says otherwise; found:\n" + "\n".join(wrong))
    assert set(expected) == set(found), subject


def test_messages_are_read_by_their_recipient_only(world):
    for who in WATCHERS.values():
        reader = person(world, who)
        found = set(Message.objects.visible_to(reader).values_list("recipient", flat=True))
        assert found <= {reader.pk}, who
    assert Message.objects.values("recipient").distinct().count() > 5


def test_every_model_with_a_read_rule_is_asked():
    ruled = {
        model._meta.label for model in apps.get_models() if hasattr(model._default_manager, "visible_to")
    }
    assert ruled - ASKED_ELSEWHERE == {model._meta.label for model in NAMES}
    assert {line.subject for line in catalogue.seeing()} == {str(m._meta.verbose_name) for m in NAMES}


def test_every_model_of_items_and_meetings_has_a_read_rule():
    """A new table fails here until its read rule, or the record it is read through, is decided."""
    without = {
        model._meta.label
        for label in ("decisions", "meetings")
        for model in apps.get_app_config(label).get_models()
        if not hasattr(model._default_manager, "visible_to") and not model.__name__.startswith("Historical")
    }
    assert without == set(THROUGH_ANOTHER)


def test_nobody_sees_without_an_office(world):
    """任期已满者 and 外来人 see no row of anything."""
    for who in (world.cast.ended, world.cast.outsider, AnonymousUser()):
        for model in NAMES:
            assert not model._default_manager.visible_to(who).exists(), (who, model)


def test_an_office_that_ends_closes_every_door(world):
    """Task owner, helper, maker, guardian permission: none outlives the last office in the school."""
    yesterday = timezone.localdate() - timedelta(days=1)
    for who in (world.cast.staff, world.cast.finance, world.cast.vice):
        who.seats.update(until=yesterday)
        who.staff_posts.update(until=yesterday)
        for model in NAMES:
            assert not model._default_manager.visible_to(who).exists(), (who, model)


def test_being_concerned_takes_everything(world):
    """Concerned persons (R36) do not read at all, not even a member of the deciding body by the seat."""
    restricted = decisions.DecisionItem.objects.filter(pk=world.items["open2"].pk)
    assert restricted.visible_to(world.cast.discipline).exists()
    for who in (world.cast.organizer, world.cast.teacher):
        assert not restricted.visible_to(who).exists()
        assert not decisions.Attachment.objects.visible_to(who).filter(item__in=restricted).exists()


def test_whoever_records_can_read_the_meeting(world):
    """A recorder without office in the body would be sent to pages that do not exist for them."""
    with pytest.raises(NotNow, match="不能担任记录人"):
        planning.plan_meeting(
            actor=world.cast.clerk,
            body=world.cast.party,
            scheduled_at=timezone.now() + timedelta(days=2),
            place="行政楼 301",
            chair=world.cast.secretary,
            recorder=world.cast.staff,
        )
