"""The ledger: appended within the act, unbroken under threads, and every kind of tampering found."""

import threading
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.models import Chain, LedgerEntry
from ledger.services import append, digest_of, verify

KEY = "school:1"


def seal(number: int, key: str = KEY) -> LedgerEntry:
    with transaction.atomic():
        return append(
            key, kind="item.submitted", subject=f"decisions.decisionitem:{number}", payload={"n": number}
        )


def breaches(key: str = KEY) -> list[tuple[int, str]]:
    return [(breach.sequence, breach.problem) for breach in verify(key)]


@contextmanager
def without_trigger():
    """Somebody with the rights of the table's owner takes the guard away; the hashes must still tell."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_ledgerentry DISABLE TRIGGER ledger_append_only")
        yield
        cursor.execute("ALTER TABLE ledger_ledgerentry ENABLE TRIGGER ledger_append_only")


@pytest.fixture
def chain(db):
    """Four sealed entries."""
    return [seal(number) for number in range(1, 5)]


@pytest.mark.django_db(transaction=True)
def test_append_refuses_to_run_outside_a_transaction():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        append(KEY, kind="item.submitted", subject="x", payload={})
    assert (Chain.objects.count(), LedgerEntry.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_entry():
    seal(1)

    @transaction.atomic
    def failing_act():
        append(KEY, kind="item.submitted", subject="x", payload={})
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        failing_act()
    assert LedgerEntry.objects.count() == 1
    assert breaches() == []


@pytest.mark.django_db(transaction=True)
def test_the_chain_holds_under_eight_threads():
    barrier = threading.Barrier(8)

    def work(worker: int) -> None:
        try:
            barrier.wait()
            for number in range(5):
                seal(worker * 10 + number)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert list(LedgerEntry.objects.values_list("sequence", flat=True)) == list(range(1, 41))
    assert breaches() == []


def test_chains_are_apart(chain):
    seal(1, "school:2")
    assert LedgerEntry.objects.get(chain_id="school:2").sequence == 1
    assert breaches() == []
    assert breaches("school:2") == []


def test_an_entry_holds_what_was_sealed(chain):
    entry = LedgerEntry.objects.get(chain_id=KEY, sequence=3)
    assert entry.payload == {"n": 3}
    assert entry.previous == chain[1].digest
    assert entry.digest == digest_of(entry)
    assert (entry.actor_id, entry.actor_name) == (None, "系统")


def test_a_changed_payload_is_found(chain):
    with without_trigger():
        LedgerEntry.objects.filter(sequence=2).update(payload={"n": 99})
    assert breaches() == [(2, "内容与哈希不符")]


@pytest.mark.parametrize(
    "change", [{"actor_name": "他人"}, {"kind": "item.withdrawn"}, {"subject": "x"}, {"actor_id": 7}]
)
def test_every_sealed_field_counts(chain, change):
    with without_trigger():
        LedgerEntry.objects.filter(sequence=2).update(**change)
    assert breaches() == [(2, "内容与哈希不符")]


def test_a_change_with_its_hash_recomputed_is_found(chain):
    entry = LedgerEntry.objects.get(sequence=2)
    entry.payload = {"n": 99}
    entry.digest = digest_of(entry)
    with without_trigger():
        entry.save()
    assert breaches() == [(3, "与前一条不衔接")]


def test_a_deleted_entry_is_found(chain):
    with without_trigger():
        LedgerEntry.objects.filter(sequence=2).delete()
    assert breaches() == [(2, "序号中断"), (3, "与前一条不衔接")]


def test_a_removed_tail_is_found(chain):
    with without_trigger():
        LedgerEntry.objects.filter(sequence=4).delete()
    assert breaches() == [(4, "链尾与最后一条不符")]


def test_a_removed_chain_is_found(chain):
    with without_trigger():
        LedgerEntry.objects.all().delete()
    assert breaches() == [(1, "链尾与最后一条不符")]


def test_an_inserted_entry_is_found(chain):
    last = chain[-1]
    forged = LedgerEntry(
        chain_id=KEY,
        sequence=5,
        kind="item.completed",
        subject="decisions.decisionitem:1",
        payload={},
        actor_name="他人",
        recorded_at=last.recorded_at,
        previous=last.digest,
    )
    forged.digest = digest_of(forged)
    forged.save(force_insert=True)  # an INSERT is what the database allows; the head knows better
    assert breaches() == [(6, "链尾与最后一条不符")]


def test_the_database_refuses_update_and_delete(chain):
    for act in (
        lambda: LedgerEntry.objects.filter(sequence=2).update(payload={}),
        lambda: LedgerEntry.objects.filter(sequence=4).delete(),
        lambda: chain[0].save(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()
    assert LedgerEntry.objects.count() == 4
    assert breaches() == []
