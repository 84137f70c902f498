"""The ledger: appended within the act, unbroken under threads, and every kind of tampering found."""

import hashlib
import threading
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from ledger import hashes
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


def test_sm3_is_that_of_the_standard():
    """The two examples of GB/T 32905-2016, appendix A."""
    assert hashes.digest("sm3", b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert hashes.digest("sm3", b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )
    with pytest.raises(ValueError, match="md5"):
        hashes.digest("md5", b"")


def test_a_chain_goes_over_to_sm3_and_not_back(chain, settings):
    settings.LEDGER_HASH = "sm3"
    fifth = seal(5)
    settings.LEDGER_HASH = "sha256"
    sixth = seal(6)
    entries = list(LedgerEntry.objects.filter(chain_id=KEY).values_list("algorithm", flat=True))
    assert entries == ["sha256"] * 4 + ["sm3"] * 2
    assert (fifth.digest, sixth.previous) == (digest_of(fifth), fifth.digest)
    assert breaches() == []

    body = {"kind": sixth.kind, "algorithm": "sha256"}
    sixth.algorithm = "sha256"  # whoever rewrites an entry with its hash cannot do so by the weaker function
    sixth.digest = digest_of(sixth)
    with without_trigger():
        LedgerEntry.objects.filter(sequence=6).update(digest=sixth.digest, **body)
    Chain.objects.filter(key=KEY).update(head=sixth.digest, algorithm="sha256")
    assert breaches() == [(6, "算法倒退"), (7, "链尾与最后一条不符")]


def test_the_algorithm_itself_is_sealed(chain):
    with without_trigger():
        LedgerEntry.objects.filter(sequence=2).update(algorithm="sm3")
    assert breaches()[0] == (2, "内容与哈希不符")
    Chain.objects.filter(key=KEY).update(algorithm="sm3")
    assert (5, "链尾与最后一条不符") in breaches()


def test_a_chain_made_before_there_was_a_choice_still_holds(chain):
    """The text that was hashed then, written out."""
    entry = chain[0]
    text = (
        f'{{"actor_id":null,"actor_name":"系统","chain":"school:1","kind":"item.submitted","payload":{{"n":1}},'
        f'"recorded_at":"{entry.recorded_at.isoformat()}","rows":{{}},"sequence":1,'
        f'"subject":"decisions.decisionitem:1"}}'
    )
    assert entry.digest == hashlib.sha256(("0" * 64 + text).encode()).hexdigest()


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
