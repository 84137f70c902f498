"""Whoever changes, deletes or inserts a formal record, or a row of its field history, by SQL is found out.

Hundreds of random attempts; every one must be named.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from common.history import delete_as
from decisions.models import Consultation, DecisionItem
from ledger.models import Chain, LedgerEntry
from ledger.rows import REGISTRY, Seal, Sealed, compare, read, touch
from ledger.services import append, close_day, export, merkle_root, verify, verify_against
from meetings.models import MeetingRecord
from meetings.services import records
from tests.contracts.world import World, make_world
from tests.factories.cast import make_cast

pytestmark = pytest.mark.django_db
ATTEMPTS, AT_ONCE = 280, 8
# Working papers, or written by no formal act; each is protected by what it belongs to.
NOT_SEALED = {"meetings.TaskDraft", "documents.NumberCounter", "documents.FileScan"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Something of every kind, never committed."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), transaction.atomic(), media:
        yield make_world(make_cast())
        transaction.set_rollback(True)


def found(chains: list[str]) -> list[Any]:
    return [breach for key in chains for breach in verify(key, with_rows=True)]


def school_chains() -> list[str]:
    return list(Chain.objects.filter(key__startswith="school:").values_list("key", flat=True))


def test_every_model_of_decisions_and_meetings_is_sealed():
    formal = {
        model._meta.label
        for app in ("governance", "decisions", "meetings", "documents", "registers")
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    }
    assert formal - {sealed.model._meta.label for sealed in REGISTRY.values()} == NOT_SEALED


def test_a_world_made_by_services_is_as_sealed(world):
    assert found(school_chains()) == []


def other(field: models.Field, value: Any, dice: random.Random) -> Any:
    """Another value of the same type."""
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return (value or datetime.fromisoformat("2026-01-01T00:00:00+08:00")) + timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return (value or date(2026, 1, 1)) + timedelta(days=1)
    if isinstance(field, models.DecimalField):
        return (value or Decimal(0)) + Decimal("0.01")
    if isinstance(field, models.IntegerField | models.AutoField | models.ForeignKey):
        return (value or 0) + dice.randint(1, 9)
    if isinstance(field, models.JSONField):
        return json.dumps({"tampered": dice.random()})
    if isinstance(field, models.CharField | models.TextField | models.FileField):
        changed = f"{value or ''}。"
        return changed if not field.max_length or len(changed) <= field.max_length else changed[1:]
    return ["D"] if value != ["D"] else ["F"]  # arrays of one letter


@dataclass(frozen=True)
class Attempt:
    """One change, deletion or insertion that the administrator of the database makes by SQL.

    `model` is a sealed one or its history, `pk` the key of the row there, `record` the record it belongs to.
    """

    act: str
    sealed: Sealed
    model: type[models.Model]
    pk: int
    record: int
    column: str = ""
    value: Any = None

    def make(self) -> str:
        """Do it; the record it concerns, or nothing where the database itself refused."""
        meta = self.model._meta
        table, key = f'"{meta.db_table}"', f'"{meta.pk.column}"'
        copied = ", ".join(f'"{f.column}"' for f in meta.concrete_fields if not f.primary_key)
        statement = {
            "change": f'UPDATE {table} SET "{self.column}" = %s WHERE {key} = %s RETURNING {key}',
            "delete": f"DELETE FROM {table} WHERE {key} = %s RETURNING {key}",
            "insert": f"INSERT INTO {table} ({copied}) SELECT {copied} FROM {table} WHERE {key} = %s RETURNING {key}",
        }[self.act]
        values = [self.value, self.pk] if self.act == "change" else [self.pk]
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                made = cursor.fetchone()[0]
        except DatabaseError:
            return ""
        return f"{self.sealed.label}:{made if self.model is self.sealed.model else self.record}"


def attempt_on(sealed: Sealed, record: int, act: str, dice: random.Random, in_history: bool) -> Attempt:
    """A random attempt on a record, or on one row of its field history."""
    model, pk = sealed.model, record
    fields = [f for f in model._meta.concrete_fields if f.attname in sealed.columns]
    if in_history:
        model = sealed.history.model
        fields = list(model._meta.concrete_fields)
        past = model._base_manager.filter(**{sealed.model._meta.pk.attname: record})
        pk = dice.choice(list(past.order_by("pk").values_list("pk", flat=True)))
    field = dice.choice([f for f in fields if not f.primary_key])
    value = model._base_manager.values_list(field.attname, flat=True).get(pk=pk)
    is_emptied = field.null and value is not None and dice.random() < 0.3
    changed = None if is_emptied else other(field, value, dice)
    return Attempt(act, sealed, model, pk, record, field.column, changed)


def attempts(seed: int) -> Iterator[Attempt]:
    """Endless random attempts, half of them on the history where there is one; eight in a row on eight tables."""
    dice = random.Random(seed)
    rows: dict[str, list[int]] = {}
    for label, sealed in REGISTRY.items():
        if keys := [row["pk"] for chain in school_chains() for row in sealed.of_chain(chain)]:
            rows[label] = keys
    while True:
        for label in dice.sample(list(rows), AT_ONCE):
            act, sealed = dice.choice(["change", "change", "change", "delete", "insert"]), REGISTRY[label]
            in_history = sealed.history is not None and dice.random() < 0.5
            yield attempt_on(sealed, dice.choice(rows[label]), act, dice, in_history)


def unnoticed(made: list[Attempt], chains: list[str]) -> tuple[list[Attempt], int]:
    """Make the attempts together, look, and undo them: which were not named, and how many were made at all."""
    point = transaction.savepoint()
    done = [(attempt, row) for attempt in made if (row := attempt.make())]
    named = {breach.row for breach in found(chains)}
    transaction.savepoint_rollback(point)
    return [attempt for attempt, row in done if row not in named], len(done)


@pytest.fixture
def as_owner():
    """Triggers and foreign keys do not hold back the owner of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_every_tampering_is_found_and_named(world: World, as_owner):
    chains, done, source = school_chains(), 0, attempts(20261121)
    kinds: set[tuple[str, str, bool]] = set()
    while done < ATTEMPTS:
        made = list(islice(source, AT_ONCE))
        hidden, number = unnoticed(made, chains)
        # One attempt may take another with it (an entry set back hides a vote added to it); alone it must show.
        assert [attempt for attempt in hidden if unnoticed([attempt], chains)[0]] == []
        done += number
        kinds |= {(a.act, a.sealed.label, a.model is not a.sealed.model) for a in made}
    for in_history in (False, True):
        assert {act for act, _, is_past in kinds if is_past == in_history} == {"change", "delete", "insert"}
    assert len({label for _, label, is_past in kinds if is_past}) > 25  # each of them in test_walk
    assert {"decisions.itemevent", "compliance.findingstep", "decisions.taskreport"} <= {k[1] for k in kinds}


def test_the_field_is_named(world: World, as_owner):
    item = world.items["decided1"]
    point = transaction.savepoint()
    DecisionItem.objects.filter(pk=item.pk).update(title="改写的标题")
    event = item.events.order_by("pk").first()
    type(event).objects.filter(pk=event.pk).update(text="改写的历程")
    lines = {b.row: (b.problem, b.fields, bool(b.sequence)) for b in found([item.school.chain_key])}
    transaction.savepoint_rollback(point)
    assert lines == {
        f"decisions.decisionitem:{item.pk}": ("与存证不符", ("标题",), True),
        f"decisions.itemevent:{event.pk}": ("与存证不符", ("内容",), True),
    }


def told(key: str, record: Any) -> tuple[str, tuple[str, ...], int | None]:
    """The one breach of a chain, which must be of this record: problem, places, entry."""
    (breach,) = found([key])
    assert breach.row == f"{record._meta.label_lower}:{record.pk}"
    return breach.problem, breach.fields, breach.sequence


def sealing(record: Any) -> list[tuple[int, int]]:
    """(rows of history, entry) of every seal of a record, in order."""
    name = f"{record._meta.label_lower}:{record.pk}"
    entries = LedgerEntry.objects.filter(rows__has_key=name).order_by("sequence")
    return [(entry.rows[name]["past"][0], entry.sequence) for entry in entries]


def test_what_was_done_to_the_field_history_is_told(world: World, as_owner):
    item = world.items["decided1"]
    key, past = item.school.chain_key, DecisionItem.history.model.objects.filter(id=item.pk)
    ids, seals = list(past.order_by("history_id").values_list("history_id", flat=True)), sealing(item)
    number, last = len(ids), seals[-1][0]
    before, after = max(n for n, _ in seals if n < number), f"修改痕迹第 {number + 1} 条"
    assert (last, before) == (number, number - 1)  # each act adds one row, so that one row can be told
    copied = ", ".join(f.column for f in past.model._meta.concrete_fields if not f.primary_key)
    copy = f"INSERT INTO decisions_historicaldecisionitem (history_id, {copied}) SELECT %s, {copied}"
    copy += " FROM decisions_historicaldecisionitem WHERE history_id = %s"
    first = "修改痕迹第 1 条" if seals[0][0] == 1 else f"修改痕迹第 1 至 {seals[0][0]} 条"

    def inserted(pk: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(copy, [pk, ids[-1]])

    def sealed_again() -> None:
        past.filter(pk=ids[-1]).update(title="改写的标题")
        inserted(ids[-1] + 1000)
        touch([item])
        append(key, kind="item.revised", subject=f"decisions.decisionitem:{item.pk}", payload={})

    sealed_by = min(e for n, e in seals if n == number)
    changed = "修改痕迹与存证不符"
    for act, expected in (
        (
            lambda: past.filter(pk=ids[-1]).update(title="改写"),
            (changed, (f"修改痕迹第 {number} 条", "标题"), sealed_by),
        ),
        (
            lambda: past.filter(pk=ids[-1]).update(history_change_reason="另有原因"),
            (changed, (f"修改痕迹第 {number} 条",), sealed_by),
        ),
        (lambda: past.filter(pk=ids[0]).update(history_user=None), (changed, (first,), seals[0][1])),
        (lambda: past.filter(pk=ids[0]).update(history_address="10.0.0.9"), (changed, (first,), seals[0][1])),
        (lambda: inserted(-1), (changed, (first,), seals[0][1])),
        (lambda: past.filter(pk=ids[0]).delete(), ("修改痕迹缺失", (first,), seals[0][1])),
        (
            lambda: past.filter(pk=ids[-1]).delete(),
            ("修改痕迹缺失", (f"修改痕迹第 {number} 条",), sealed_by),
        ),
        (lambda: inserted(ids[-1] + 1000), ("没有存证的修改痕迹", (after,), None)),
        (sealed_again, (changed, (f"修改痕迹第 {number} 条",), sealed_by)),  # a later act does not launder it
    ):
        point = transaction.savepoint()
        act()
        assert told(key, item) == expected
        transaction.savepoint_rollback(point)
    assert found([key]) == []


def test_the_history_of_what_is_gone_is_held_too(world: World, as_owner):
    key = world.cast.school.chain_key
    talk = Consultation.objects.filter(school=world.cast.school).exclude(item__state="draft").first()
    assert talk is not None
    pk, point = talk.pk, transaction.savepoint()
    delete_as(talk, world.cast.clerk, "误记")
    append(key, kind="consultation.recorded", subject=f"decisions.consultation:{pk}", payload={})
    assert found([key]) == []
    talk.pk = pk
    Consultation.history.filter(id=pk, history_type="-").update(history_user=None)
    assert told(key, talk)[0] == "修改痕迹与存证不符"
    Consultation.history.filter(id=pk).delete()
    assert told(key, talk)[0] == "修改痕迹缺失"
    transaction.savepoint_rollback(point)


def test_seals_of_before_say_nothing_of_the_history(world: World, as_owner):
    item, key = world.items["decided1"], world.cast.school.chain_key
    seals: dict[str, Seal] = {}
    for entry in LedgerEntry.objects.filter(chain_id=key).order_by("sequence"):
        bare = {n: v["row"] if isinstance(v, dict) and "past" in v else v for n, v in entry.rows.items()}
        read(bare, entry.sequence, seals)
    point = transaction.savepoint()
    DecisionItem.history.filter(id=item.pk).delete()
    assert list(compare(key, seals)) == []
    DecisionItem.objects.filter(pk=item.pk).update(title="改写的标题")
    assert [breach.problem for breach in compare(key, seals)] == ["与存证不符"]
    transaction.savepoint_rollback(point)


def test_a_null_column_counts_in_no_digest(world: World):
    """So a column that a migration adds, null in old rows, breaks none of their seals; filling it does."""
    sealed = REGISTRY["decisions.decisionitem"]
    row = {**sealed.rows().first(), "amount": None}
    before = replace(sealed, without=sealed.without | {"amount"})
    assert sealed.digest(row) == before.digest(row) != sealed.digest({**row, "amount": Decimal(1)})
    link = REGISTRY["decisions.task_helpers"]
    assert link.digest({"pk": 1, "id": 1, "task_id": 2, "user_id": None}).keys() == {"id", "task_id"}


def test_a_record_is_sealed_from_its_first_signature(world: World):
    """The chair signs first: what the recorder has yet to sign is as sealed already."""
    key, meeting = world.cast.school.chain_key, world.meetings["decided0"]
    point = transaction.savepoint()
    records.sign_record(meeting.pk, actor=world.cast.principal, is_chair=True)
    assert found([key]) == []
    MeetingRecord.objects.filter(meeting=meeting).update(content={"改写": True})
    problems = [(breach.row.split(":")[0], breach.problem) for breach in found([key])]
    transaction.savepoint_rollback(point)
    assert problems == [("meetings.meetingrecord", "与存证不符")]


@pytest.mark.parametrize("act", ["add", "remove"])
def test_who_helps_with_a_task_is_sealed(world: World, act):
    """Past the services, in the table of the link."""
    key, task = world.cast.school.chain_key, world.tasks["decided1"]
    point = transaction.savepoint()
    with connection.cursor() as cursor:
        if act == "add":
            cursor.execute(
                "INSERT INTO decisions_task_helpers (task_id, user_id) VALUES (%s, %s)",
                [task.pk, world.cast.outsider.pk],
            )
        else:
            cursor.execute("DELETE FROM decisions_task_helpers WHERE task_id = %s", [task.pk])
    problems = [(breach.row.split(":")[0], breach.problem) for breach in found([key])]
    transaction.savepoint_rollback(point)
    word = "没有存证的记录" if act == "add" else "记录缺失"
    assert problems == [("decisions.task_helpers", word)]


def test_queries_do_not_grow_with_records(world: World):
    """Verifying asks each table once, and its history once; sealing asks the history once for all rows of an act."""
    key = world.cast.school.chain_key
    with CaptureQueriesContext(connection) as asked:
        assert found([key]) == []
    tables = [part for query in asked if (part := query["sql"].partition(' FROM "')[2].partition('"')[0])]
    history = [table for table in tables if "_historical" in table]
    assert len(history) > 20 and len(history) == len(set(history))
    assert len(asked) <= 2 + 2 * len(REGISTRY)
    point = transaction.savepoint()
    touch(DecisionItem.objects.filter(school=world.cast.school).exclude(state="draft"))
    with CaptureQueriesContext(connection) as asked:
        append(key, kind="item.revised", subject="decisions.decisionitem:1", payload={})
    assert sum('FROM "decisions_historicaldecisionitem"' in query["sql"] for query in asked) == 1
    transaction.savepoint_rollback(point)


def test_a_cut_tail_is_found_against_the_exported_root(world: World, as_owner):
    key = world.cast.school.chain_key
    exported = json.loads(json.dumps(export(close_day())))
    assert list(verify_against(exported)) == []
    point = transaction.savepoint()
    chain = Chain.objects.get(key=key)
    last = LedgerEntry.objects.filter(chain=chain).latest("sequence")
    LedgerEntry.objects.filter(pk=last.pk).delete()
    Chain.objects.filter(key=key).update(sequence=last.sequence - 1, head=last.previous)
    assert list(verify(key)) == []  # the chain alone cannot know
    broken = [(b.chain, b.sequence, b.problem) for b in verify_against(exported)]
    transaction.savepoint_rollback(point)
    assert broken == [(key, last.sequence, f"与 {exported['day']} 导出的根哈希不符")]
    exported["chains"][0][1] += 1
    with pytest.raises(ValueError, match="文件本身"):
        list(verify_against(exported))


def test_merkle_root_depends_on_every_head_and_their_order():
    heads = [[f"school:{n}", n, f"{n:064x}"] for n in range(5)]
    roots = {merkle_root(heads[:n]) for n in range(6)} | {merkle_root(heads[::-1])}
    assert len(roots) == 7
    changed = [list(head) for head in heads]
    changed[4][1] += 1
    assert merkle_root(changed) not in roots


def test_the_command_names_school_entry_and_field(world: World, as_owner, capsys, tmp_path):
    school = world.cast.school
    file = tmp_path / "root.json"
    call_command("export_root", output=file)
    call_command("verify_ledger", school=school.code, against=file)
    assert "记录与存证一致" in capsys.readouterr().out
    point = transaction.savepoint()
    DecisionItem.objects.filter(pk=world.items["decided2"].pk).update(state="rejected")
    with pytest.raises(CommandError, match="1 处不符"):
        call_command("verify_ledger", school=school.code)
    transaction.savepoint_rollback(point)
    line = capsys.readouterr().out
    assert school.name in line and "（状态）" in line and f"decisionitem:{world.items['decided2'].pk}" in line
    with pytest.raises(CommandError, match="没有代码"):
        call_command("verify_ledger", school="no-such")
