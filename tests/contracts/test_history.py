"""What every act leaves in the history: who, why, by which request and from where; nothing passes beside it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test import override_settings

from common.append_only import Closed, guarded, install, lifted, only_growing
from common.history import Provenance, save_as
from common.where import Where, enter, leave
from decisions.models import DecisionItem
from meetings.models import Meeting
from tests.contracts.matrix import histories, new_history
from tests.contracts.world import World, make_world
from tests.factories.cast import make_cast

pytestmark = pytest.mark.django_db
HERE = Where(address="10.20.30.40", agent="Firefox", request_id="5f" * 16)
FORMAL_APPS = (
    *("governance", "decisions", "meetings", "documents", "registers", "compliance"),
    *("oversight", "accounts", "handover"),
)
# Tables without field history, each with the reason.
NO_HISTORY = {
    "documents.FileScan": "what the scanner said of a file; each infected one is an event of the security trail",
    "accounts.PasswordRecord": "hashes of earlier passwords; each change is an event of the security trail",
    "accounts.SecurityEvent": "an event: only ever added, a trigger refuses the rest",
    "accounts.User": "every act on an account is an event of the security trail, which is sealed",
    "compliance.BlockedAttempt": "an event: only ever added",
    "compliance.EffectiveParameter": "derived from ProcedureParameter, made again at any time",
    "compliance.Evaluation": "a run of the rules, not a record of the school",
    "compliance.FindingFile": "only ever added, sealed with its step",
    "compliance.FindingStep": "an event: only ever added, the finding saved beside it has history",
    "compliance.RuleError": "a fault of a run",
    "decisions.ItemEvent": "an event: only ever added, the item saved beside it has history",
    "documents.IssuedDocument": "never changed but for its PDF, sealed field by field",
    "documents.NumberCounter": "a counter; the numbers given stand on the documents",
    "handover.HandoverLine": "only ever added, sealed with its handover",
    "meetings.TaskDraft": "a working paper; the task issued from it has history",
    "oversight.AuthorityMonth": "figures, computed again at any time",
    "oversight.SchoolDay": "figures, computed again at any time",
    "oversight.SchoolStanding": "figures, computed again at any time",
}
# What the system does on its own: the only rows of history without a person. The world founds its second school so.
BY_THE_SYSTEM = {
    *("再次出现", "R31 发现", "已自行消除，不再计时限", "设定答复时限"),
    *("登记学校", "登记党组织", "设立议事机构", "启用区版清单", "登记任职", "登记教职工", "分工调整"),
}
# Written by every save, and told by history_date.
CLOCKED = {"updated_at"}


def tracked() -> list[type[models.Model]]:
    """Models with field history."""
    return [model for model in apps.get_models() if hasattr(model, "history")]


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[World, list[Any]]]:
    """Something of every kind, made by acts of one request, and the history they left; never committed."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), transaction.atomic(), media:
        cast = make_cast()  # the school is founded by the system itself
        before, token = histories(), enter(HERE)
        try:
            world = make_world(cast)
        finally:
            leave(token)
        yield world, new_history(before)
        transaction.set_rollback(True)


@pytest.fixture
def world(made: tuple[World, list[Any]]) -> World:
    return made[0]


def test_every_formal_model_keeps_its_history():
    without = {
        model._meta.label
        for label in FORMAL_APPS
        for model in apps.get_app_config(label).get_models()
        if not issubclass(model, Provenance) and not hasattr(model, "history")
    }
    assert without == set(NO_HISTORY)
    assert {
        model._meta.label for model in tracked() if not issubclass(model.history.model, Provenance)
    } == set()


def test_every_act_names_person_reason_request_and_address(made: tuple[World, list[Any]]):
    for row in made[1]:
        told = (row.history_change_reason or "").strip()
        assert told, row
        assert row.history_user_id or told in BY_THE_SYSTEM, (row, told)
        assert (row.history_request, row.history_address) == (HERE.request_id, HERE.address), row
    assert len(made[1]) > 150
    assert len({type(row) for row in made[1]}) > 20


def test_no_record_was_changed_beside_its_history(world: World):
    """The last row of history is the record as it stands; what is gone ends with a deletion."""
    seen = set()
    for model in tracked():
        last: dict[Any, Any] = {}
        key = model._meta.pk.attname
        for row in model.history.order_by("history_date", "history_id"):
            last[getattr(row, key)] = row
        fields = [f.attname for f in model.history.model.tracked_fields if f.attname not in CLOCKED]
        standing = {record.pk: record for record in model._base_manager.all()}
        for pk, record in standing.items():
            seen.add(model._meta.label)
            assert {n: getattr(record, n) for n in fields} == {n: getattr(last[pk], n) for n in fields}, (
                record
            )
        assert {pk for pk, row in last.items() if row.history_type != "-"} == set(standing)
    assert len(seen) > 30


def test_a_request_is_named_in_what_it_wrote(client, world: World):
    client.force_login(world.cast.vice)
    item = world.items["draft"]
    answer = client.post(
        f"/items/{item.pk}/edit/", {"title": "换了标题", "version": item.version}, REMOTE_ADDR="10.9.8.7"
    )
    row = DecisionItem.history.filter(id=item.pk).latest()
    assert answer.status_code == 302
    assert (row.title, row.history_user) == ("换了标题", world.cast.vice)
    assert (row.history_request, row.history_address) == (answer["X-Request-ID"], "10.9.8.7")


def test_nothing_is_saved_without_a_reason(world: World):
    meeting = Meeting.objects.first()
    with pytest.raises(ValueError, match="needs a reason"):
        save_as(meeting, world.cast.clerk, " ")


# Tables besides history that only grow, and records that are closed once issued: written out, so that none is lost.
EVENTS = {
    "accounts_securityevent",
    "compliance_blockedattempt",
    "compliance_findingfile",
    "compliance_findingstep",
    "decisions_itemevent",
    "decisions_reconsiderationsecond",
    "decisions_taskreport",
    "ledger_ledgerentry",
}
ISSUED = {
    "decisions_resolution",
    "documents_issueddocument",
    "meetings_agendaentry",
    "meetings_attendance",
    "meetings_ballot",
    "meetings_meeting",
    "meetings_meetingrecord",
    "meetings_minutes",
    "meetings_observer",
    "meetings_recusal",
    "meetings_statement",
    "meetings_tally",
}
# Guarded tables of which this world holds no closed row.
EMPTY = {"compliance_blockedattempt", "meetings_ballot", "meetings_observer", "meetings_recusal"}


def test_every_table_of_history_and_events_is_guarded():
    history = {model.history.model._meta.db_table for model in tracked()}
    assert set(only_growing()) == history | EVENTS
    assert {closed.table for closed in guarded() if not closed.only_grows} == ISSUED
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled = 'O' GROUP BY 1"
        )
        made = dict(cursor.fetchall())
    assert set(made) == history | EVENTS | ISSUED
    assert {table for table, number in made.items() if number < 2} <= {
        "accounts_securityevent",
        "ledger_ledgerentry",
    }


def one_of(closed: Closed) -> tuple[str, Any] | None:
    """Key column and key of a row that is closed to changes."""
    model = next(m for m in apps.get_models() if m._meta.db_table == closed.table)
    key = model._meta.pk.column
    condition = closed.when.replace("($1)", "held")
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{key}" FROM "{closed.table}" held WHERE {condition} ORDER BY 1 LIMIT 1')
        row = cursor.fetchone()
    return (key, row[0]) if row else None


def refused(statement: str, values: list[Any]) -> bool:
    """Whether the database itself refuses a statement; nothing of it remains."""
    point = transaction.savepoint()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
    except IntegrityError as error:
        return "closed to changes" in str(error) or "only grows" in str(error)  # not a foreign key's word
    finally:
        transaction.savepoint_rollback(point)
    return False


def test_the_database_refuses_to_change_what_is_closed(world: World):
    tried, passed = set(), set()
    for closed in guarded():
        if (found := one_of(closed)) is None:
            continue
        key, pk = found
        tried.add(closed.table)
        change = f'UPDATE "{closed.table}" SET "{key}" = "{key}" + 1000000 WHERE "{key}" = %s'
        if not refused(change, [pk]):
            passed.add(closed.table)
        if not refused(f'DELETE FROM "{closed.table}" WHERE "{key}" = %s', [pk]):
            passed.add(closed.table)
    assert passed == set()
    assert (ISSUED | EVENTS) - tried == {"accounts_securityevent", "ledger_ledgerentry", *EMPTY}
    assert len(tried) > 40


def test_what_is_still_at_work_may_change_and_issued_papers_get_their_files(world: World):
    statement = world.parts["statement"]
    document = world.meetings["decided1"].minutes.exclude(document=None).first().document
    assert not refused("UPDATE meetings_statement SET text = 'x' WHERE id = %s", [statement.pk])
    assert not refused("UPDATE documents_issueddocument SET render_attempts = 9 WHERE id = %s", [document.pk])
    assert refused("UPDATE documents_issueddocument SET title = 'x' WHERE id = %s", [document.pk])


def test_history_cannot_be_emptied(world: World):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL school.may_truncate = 'off'")
    assert refused("TRUNCATE decisions_historicalstage", [])
    assert refused("TRUNCATE decisions_itemevent", [])


def test_a_lost_trigger_is_made_again_and_the_owner_can_lift_one(world: World):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TRIGGER append_only ON decisions_historicalstage")
    change = "UPDATE decisions_historicalstage SET state = 'open'"
    assert not refused(change, [])
    install()
    assert refused(change, [])
    with lifted():
        assert not refused(change, [])
    assert refused(change, [])
