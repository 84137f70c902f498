"""visible_to of every model × the whole cast: who sees what, written out (architecture.md §4.4, R66).

Columns: 书记 校长 专职副书记 副校长(提出人) 副校长 纪检委员 | 非党组织班子副校长 行政班子成员 | 会议秘书
| 经办人 教务 财务 | 任期已满者 外校书记 区督查员 外来人 | 未登录
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from common.errors import NotNow
from decisions import models as decisions
from documents.models import IssuedDocument
from governance import models as governance
from meetings import models as meetings
from meetings.services import planning
from notifications.models import Message
from registers.specs import REGISTERS
from tests.contracts.matrix import ROLES
from tests.contracts.world import TITLES, World, make_world
from tests.factories.cast import make_cast

pytestmark = pytest.mark.django_db

WATCHERS = (*ROLES[:11], "finance", *ROLES[11:], "anonymous")
GROUPS = (6, 2, 1, 3, 4, 1)

# Read only through the record they belong to, which decides who sees them.
THROUGH_ANOTHER = {
    "decisions.ItemEvent": "item.events",
    "decisions.ConcernedPerson": "item.concerned",
    "decisions.ReconsiderationSecond": "reconsideration.seconds",
    "meetings.Ballot": "tally.ballots",
}


# Asked by the tests of their own app.
ASKED_ELSEWHERE = {f"registers.{register.model.__name__}" for register in REGISTERS.values()} | {
    "handover.Handover",
    *("accounts.SecurityEvent", "compliance.Finding"),
    *("oversight.AuthorityMonth", "oversight.SchoolDay", "oversight.SchoolStanding"),
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world of tests.contracts.world, never committed."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), transaction.atomic(), media:
        yield make_world(make_cast())
        transaction.set_rollback(True)


def by_item(row: Any) -> str:
    """The name of the item a part belongs to."""
    return next(name for name, title in TITLES.items() if title == row.item.title)


def by_meeting(row: Any) -> str:
    entry = row.meeting.entries.get()
    return by_item(entry.stage)


NAMES: dict[type, Callable[[Any], str]] = {
    decisions.DecisionItem: lambda row: by_item(decisions.Stage(item=row)),
    decisions.Stage: by_item,
    decisions.Prerequisite: by_item,
    decisions.Consultation: by_item,
    decisions.ReadingGrant: by_item,
    decisions.Resolution: by_item,
    decisions.Reconsideration: by_item,
    decisions.PublicNotice: by_item,
    decisions.EmergencyAction: by_item,
    decisions.Attachment: lambda row: row.name.removesuffix(".txt"),
    decisions.Task: by_item,
    decisions.TaskReport: lambda row: by_item(row.task),
    decisions.TaskExtension: lambda row: by_item(row.task),
    meetings.Meeting: lambda row: by_item(row.entries.get().stage),
    meetings.AgendaEntry: lambda row: by_item(row.stage),
    meetings.Attendance: by_meeting,
    meetings.Observer: by_meeting,
    meetings.Recusal: lambda row: by_item(row.entry.stage),
    meetings.Statement: lambda row: by_item(row.entry.stage),
    meetings.Tally: lambda row: by_item(row.entry.stage),
    meetings.TaskDraft: lambda row: by_item(row.entry.stage),
    meetings.MeetingRecord: by_meeting,
    meetings.Minutes: lambda row: f"{by_meeting(row)} {row.state}",
    IssuedDocument: lambda row: (
        f"{row.kind} {by_item(row if row.item_id else row.meeting.entries.get().stage)}"
    ),
    Message: lambda row: row.kind,
    governance.School: lambda row: row.short_name,
    governance.Seat: lambda row: row.school.short_name,
    governance.Staff: lambda row: row.school.short_name,
    governance.CatalogueEntry: lambda row: row.school.short_name if row.school else "template",
    governance.ProcedureParameter: lambda row: row.school.short_name if row.school else "district",
}

# fmt: off
SIGHT: dict[str, dict[str, str]] = {
    "decisions.DecisionItem": {
        "decided0":  "++++++ ++ + +++ .... .",
        "decided1":  "++++++ ++ + +++ ..+. .",
        "decided2":  "++++++ .. + ... .... .",
        "draft":     "...+.. .. . ... .... .",
        "elsewhere": "...... .. . ... .+.. .",
        "listed":    "++++++ ++ + ... .... .",
        "open0":     "++++++ ++ + ... .... .",
        "open1":     "++++++ ++ + ... .... .",
        "open2":     "++++++ .. + ... .... .",
        "sitting":   "++++++ ++ + ... .... .",
    },
    "decisions.Stage": {
        "decided0":  "++++++ ++ + +++ .... .",
        "decided1":  "++++++ ++ + +++ ..+. .",
        "decided2":  "++++++ .. + ... .... .",
        "elsewhere": "...... .. . ... .+.. .",
        "listed":    "++++++ ++ + ... .... .",
        "open0":     "++++++ ++ + ... .... .",
        "open1":     "++++++ ++ + ... .... .",
        "open2":     "++++++ .. + ... .... .",
        "sitting":   "++++++ ++ + ... .... .",
    },
    "decisions.Prerequisite": {
        "decided1": "++++++ ++ + +++ ..+. .",
        "decided2": "++++++ .. + ... .... .",
    },
    "decisions.Consultation": {
        "decided1": "++++++ ++ + +++ ..+. .",
        "decided2": "++++++ .. + ... .... .",
    },
    "decisions.ReadingGrant": {
        "decided2": "++++++ .. + ... ..+. .",
    },
    "decisions.Resolution": {
        "decided0": "++++++ ++ + +++ .... .",
        "decided1": "++++++ ++ + +++ ..+. .",
        "decided2": "++++++ .. + ... .... .",
    },
    "decisions.Reconsideration": {
        "decided1": "++++++ ++ + +++ ..+. .",
    },
    "decisions.PublicNotice": {
        "decided1": "++++++ ++ + +++ ..+. .",
        "decided2": "++++++ .. + ... .... .",
    },
    "decisions.EmergencyAction": {
        "decided1": "++++++ ++ + +++ ..+. .",
        "decided2": "++++++ .. + ... .... .",
    },
    "decisions.Attachment": {
        "decided0":      "++++++ ++ + +++ .... .",
        "decided1":      "++++++ ++ + +++ ..+. .",
        "decided2":      "++++++ .. + ... .... .",
        "listed":        "++++++ ++ + ... .... .",
        "open0":         "++++++ ++ + ... .... .",
        "open1":         "++++++ ++ + ... .... .",
        "open2":         "++++++ .. + ... .... .",
        "sitting":       "++++++ ++ + ... .... .",
        "task-decided1": "++++++ ++ + +++ ..+. .",
        "task-decided2": "++++++ .. + ..+ .... .",
    },
    "decisions.Task": {
        "decided1": "++++++ ++ + +++ ..+. .",
        "decided2": "++++++ .. + ..+ .... .",
    },
    "decisions.TaskReport": {
        "decided1": "++++++ ++ + +++ ..+. .",
        "decided2": "++++++ .. + ..+ .... .",
    },
    "decisions.TaskExtension": {
        "decided1": "++++++ ++ + +++ ..+. .",
        "decided2": "++++++ .. + ..+ .... .",
    },
    "meetings.Meeting": {
        "decided0": ".+.++. ++ + ... .... .",
        "decided1": "++++++ .. + ... ..+. .",
        "decided2": "++++++ .. + ... ..+. .",
        "listed":   ".+.++. ++ + ..+ .... .",
        "sitting":  ".+.++. ++ + ... .... .",
    },
    "meetings.AgendaEntry": {
        "decided0": ".+.++. ++ + ... .... .",
        "decided1": "++++++ .. + ... ..+. .",
        "decided2": "++++++ .. + ... .... .",
        "listed":   ".+.++. ++ + ..+ .... .",
        "sitting":  ".+.++. ++ + ... .... .",
    },
    "meetings.Attendance": {
        "decided0": ".+.++. ++ + ... .... .",
        "decided1": "++++++ .. + ... ..+. .",
        "decided2": "++++++ .. + ... ..+. .",
        "listed":   ".+.++. ++ + ..+ .... .",
        "sitting":  ".+.++. ++ + ... .... .",
    },
    "meetings.Observer": {
        "listed": ".+.++. ++ + ..+ .... .",
    },
    "meetings.Recusal": {
        "sitting": ".+.++. ++ + ... .... .",
    },
    "meetings.Statement": {
        "decided0": ".+.++. ++ + ... .... .",
        "decided1": "++++++ .. + ... .... .",
        "decided2": "++++++ .. + ... .... .",
        "sitting":  ".+.++. ++ + ... .... .",
    },
    "meetings.Tally": {
        "decided1": "++++++ .. + ... ..+. .",
        "decided2": "++++++ .. + ... .... .",
    },
    "meetings.TaskDraft": {
        "sitting": ".+.++. ++ + ... .... .",
    },
    "meetings.MeetingRecord": {
        "decided0": ".+.++. ++ + ... .... .",
        "decided1": "++++++ .. + ... .... .",
        "decided2": "++++++ .. + ... .... .",
        "sitting":  ".+.++. ++ + ... .... .",
    },
    "meetings.Minutes": {
        "decided0 draft":  ".+.++. ++ + ... .... .",
        "decided1 draft":  "++++++ .. + ... .... .",
        "decided1 issued": "++++++ .. + ... ..+. .",
        "decided2 issued": "++++++ .. + ... .... .",
    },
    "documents.IssuedDocument": {
        "meeting_record decided1": "++++++ .. + ... .... .",
        "meeting_record decided2": "++++++ .. + ... .... .",
        "party_minutes decided1":  "++++++ .. + ... ..+. .",
        "party_minutes decided2":  "++++++ .. + ... .... .",
        "resolution decided1":     "++++++ ++ + +++ ..+. .",
        "resolution decided2":     "++++++ .. + ... .... .",
    },
    "notifications.Message": {
        "emergency.recorded": "?????? .. . ... .... .",
        "extension.requested":       ".+.... .. . ... .... .",
        "finding.news":              "...?.. .. . ... ..?. .",
        "grant.given":               "...... .. . ... ..+. .",
        "minutes.issued":            "?????? .. . ... .... .",
        "reconsideration.requested": "?????. .. . ... .... .",
        "record.awaiting":           "+..... .. . ... .... .",
        "stage.awaiting":            "??.... .. . ... .?.. .",
        "stage.concluded":           "...+.. .. . ... .... .",
        "task.issued":               "...... .. . ??? .... .",
    },
    "governance.School": {
        "明德": "++++++ ++ + +++ ..+. .",
        "育才": "...... .. . ... .++. .",
    },
    "governance.Seat": {
        "明德": "++++++ ++ + +++ ..+. .",
        "育才": "...... .. . ... .++. .",
    },
    "governance.Staff": {
        "明德": "++++++ ++ + +++ ..+. .",
    },
    "governance.CatalogueEntry": {
        "template": "++++++ ++ + +++ .++. .",
        "明德":     "++++++ ++ + +++ ..+. .",
        "育才":     "...... .. . ... .++. .",
    },
    "governance.ProcedureParameter": {
        "district": "++++++ ++ + +++ .++. .",
    },
}
# fmt: on


def person(world: World, name: str) -> Any:
    return AnonymousUser() if name == "anonymous" else getattr(world.cast, name)


def spaced(letters: str) -> str:
    parts, rest = [], letters
    for size in GROUPS:
        parts.append(rest[:size])
        rest = rest[size:]
    return " ".join(parts)


def sight(world: World, model: type) -> dict[str, str]:
    """For each named kind of row: who sees all rows of that kind (+), none (.), or only some (?)."""
    name_of = NAMES[model]
    names = {row.pk: name_of(row) for row in model._default_manager.all()}
    seen = {
        who: set(model._default_manager.visible_to(person(world, who)).values_list("pk", flat=True))
        for who in WATCHERS
    }
    table = {}
    for name in sorted(set(names.values())):
        rows = {pk for pk, own in names.items() if own == name}
        letters = ["+" if rows <= found else "." if not rows & found else "?" for found in seen.values()]
        table[name] = spaced("".join(letters))
    return table


@pytest.mark.parametrize("model", NAMES, ids=lambda model: model._meta.label)
def test_who_sees_what(world, model):
    expected, found = SIGHT.get(model._meta.label), sight(world, model)
    if found != expected:
        lines = "\n".join(f'        "{name}": "{row}",' for name, row in found.items())
        pytest.fail(f"{model._meta.label} differs; found:\n{lines}")


def test_every_model_with_a_read_rule_is_asked():
    ruled = {
        model._meta.label for model in apps.get_models() if hasattr(model._default_manager, "visible_to")
    }
    assert ruled - ASKED_ELSEWHERE == {model._meta.label for model in NAMES} == set(SIGHT)


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
