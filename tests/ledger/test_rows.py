"""Whoever changes, deletes or inserts a formal record by SQL is found out: 200 random attempts, every one named."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import override_settings

from decisions.models import DecisionItem
from ledger.models import Chain, LedgerEntry
from ledger.rows import REGISTRY, Sealed
from ledger.services import close_day, export, merkle_root, verify, verify_against
from tests.contracts.world import World, make_world
from tests.factories.cast import make_cast

pytestmark = pytest.mark.django_db
ATTEMPTS, AT_ONCE = 200, 8
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
    """One change, deletion or insertion that the administrator of the database makes by SQL."""

    act: str
    sealed: Sealed
    pk: int
    column: str = ""
    value: Any = None

    def make(self) -> str:
        """Do it; the row it concerns, or nothing where the database itself refused."""
        meta = self.sealed.model._meta
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
                return f"{self.sealed.label}:{cursor.fetchone()[0]}"
        except DatabaseError:
            return ""


def attempts(seed: int) -> Iterator[Attempt]:
    """Endless random attempts, no row twice in a row of eight."""
    dice = random.Random(seed)
    rows = [
        (sealed, row["pk"])
        for sealed in REGISTRY.values()
        for key in school_chains()
        for row in sealed.of_chain(key)
    ]
    while True:
        for sealed, pk in dice.sample(rows, AT_ONCE):
            act = dice.choice(["change", "change", "change", "delete", "insert"])
            fields = [f for f in sealed.model._meta.concrete_fields if f.attname in sealed.columns]
            field = dice.choice([f for f in fields if not f.primary_key])
            value = sealed.model._base_manager.values_list(field.attname, flat=True).get(pk=pk)
            yield Attempt(act, sealed, pk, field.column, other(field, value, dice))


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
    kinds: set[tuple[str, str]] = set()
    while done < ATTEMPTS:
        made = list(islice(source, AT_ONCE))
        hidden, number = unnoticed(made, chains)
        # One attempt may take another with it (an entry set back hides a vote added to it); alone it must show.
        assert [attempt for attempt in hidden if unnoticed([attempt], chains)[0]] == []
        done += number
        kinds |= {(attempt.act, attempt.sealed.label) for attempt in made}
    assert {act for act, _ in kinds} == {"change", "delete", "insert"}
    assert len({label for _, label in kinds}) > 20


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
