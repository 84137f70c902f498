"""What left the platform shows every later rewrite, even one that recomputed all hashes; a school can prove its own."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from governance.models import School
from ledger.models import Chain, DailyRoot, LedgerCheck, LedgerEntry
from ledger.services import (
    append,
    check_all,
    check_chain,
    close_day,
    digest_of,
    export,
    latest_root,
    merkle_root,
    proof_holds,
    prove,
    short,
    verify,
    verify_against,
    verify_roots,
)
from tests.factories import governance as make
from tests.factories.decisions import make_item

pytestmark = pytest.mark.django_db
KEYS = [f"school:{number}" for number in range(901, 906)]
SCRIPT = Path(project.BASE_DIR) / "scripts" / "verify_root"


def seal(key: str, number: int) -> LedgerEntry:
    with transaction.atomic():
        return append(key, kind="item.submitted", subject=f"tests.act:{number}", payload={"n": number})


@pytest.fixture
def kept(db) -> DailyRoot:
    """Five chains of three entries, and their root; the owner of the database is not held back by triggers."""
    for key in KEYS:
        for number in range(3):
            seal(key, number)
    root = close_day()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    return root


def rewrite(key: str, payload: dict[str, Any]) -> None:
    """Another first act, and every hash after it made anew, with the head: the chain holds in itself."""
    previous = "0" * 64
    for entry in LedgerEntry.objects.filter(chain_id=key).order_by("sequence"):
        entry.previous = previous
        entry.payload = payload if entry.sequence == 1 else entry.payload
        entry.digest = previous = digest_of(entry)
        entry.save()
    Chain.objects.filter(key=key).update(head=previous)
    assert list(verify(key)) == []


def cut(key: str, upto: int) -> None:
    """Away with the entries after one, and the head set to it."""
    LedgerEntry.objects.filter(chain_id=key, sequence__gt=upto).delete()
    last = LedgerEntry.objects.get(chain_id=key, sequence=upto)
    Chain.objects.filter(key=key).update(sequence=upto, head=last.digest)
    assert list(verify(key)) == []


def found(breaches: Any) -> list[tuple[str, int | None]]:
    return [(breach.chain, breach.sequence) for breach in breaches]


def test_a_rewritten_chain_is_found(kept):
    exported = json.loads(json.dumps(export(kept)))
    seal(KEYS[1], 4)  # life goes on
    assert found(verify_against(exported)) == found(verify_roots()) == []
    rewrite(KEYS[2], {"n": "other"})
    assert found(verify_against(exported)) == [(KEYS[2], 3)]
    assert found(verify_roots()) == [(KEYS[2], 3)]
    assert [b["problem"] for b in check_all().breaches] == [f"与 {kept.day} 的根哈希不符"]


def test_a_cut_tail_is_found(kept):
    exported = export(kept)
    cut(KEYS[0], 2)
    assert found(verify_against(exported)) == found(verify_roots()) == [(KEYS[0], 3)]


def test_a_changed_root_is_found(kept):
    exported = export(kept)
    DailyRoot.objects.update(root="0" * 64)
    assert found(verify_roots()) == found(verify_against(exported)) == [(f"root:{kept.day}", None)]


def test_a_root_rewritten_with_its_chain_is_found_outside(kept):
    exported = json.loads(json.dumps(export(kept)))
    rewrite(KEYS[4], {"n": "other"})
    heads = [list(h) for h in Chain.objects.order_by("key").values_list("key", "sequence", "head")]
    DailyRoot.objects.update(heads=heads, root=merkle_root(heads))
    assert list(verify_roots()) == []  # nothing inside the platform can know
    assert found(verify_against(exported)) == [(f"root:{kept.day}", None), (KEYS[4], 3)]


def test_an_older_database_put_back_is_found(kept):
    """All chains shorter, and the root of the day not made yet: as a restored backup would have it."""
    exported = export(kept)
    for key in KEYS:
        cut(key, 2)
    DailyRoot.objects.all().delete()
    assert list(verify_roots()) == []
    assert found(verify_against(exported)) == [(f"root:{kept.day}", None), *((key, 3) for key in KEYS)]


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
@pytest.mark.parametrize("number", [1, 2, 3, 5, 8, 13])
def test_every_chain_is_proved_alone(number, algorithm):
    heads = [[f"school:{n}", n, f"{n:064x}"] for n in range(number)]
    root = DailyRoot(
        day=date(2026, 11, 20), root=merkle_root(heads, algorithm), heads=heads, algorithm=algorithm
    )
    for key, _, _ in heads:
        proof = prove(root, key)
        assert proof_holds(json.loads(json.dumps(proof)))
        assert len(proof["path"]) <= max(number - 1, 0).bit_length()
        for other in ({"chain": [key, 99, heads[0][2]]}, {"root": "0" * 64}):
            assert not proof_holds({**proof, **other})
        if proof["path"]:
            assert not proof_holds({**proof, "path": proof["path"][:-1]})


def test_the_proof_tells_on_its_chain_only(kept):
    proof = json.loads(json.dumps(prove(kept, KEYS[3])))
    rewrite(KEYS[1], {"n": "other"})
    assert list(verify_against(proof)) == []
    rewrite(KEYS[3], {"n": "other"})
    assert found(verify_against(proof)) == [(KEYS[3], 3)]
    proof["chain"][1] = 2
    with pytest.raises(ValueError, match="文件本身"):
        list(verify_against(proof))
    with pytest.raises(LookupError):
        prove(kept, "school:0")


def independent(*arguments: Any) -> tuple[int, str]:
    """The script, in a Python of its own without Django."""
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, *map(str, arguments)], capture_output=True, text=True
    )
    return done.returncode, done.stdout


def test_the_school_keeps_a_proof_that_needs_no_platform(tmp_path, capsys):
    school = make.school(make.authority())
    file, root_file = tmp_path / "proof.json", tmp_path / "root.json"
    with pytest.raises(CommandError, match="没有根哈希"):
        call_command("prove_chain", school.code)
    call_command("export_root", output=root_file)
    call_command("prove_chain", school.code, output=file)
    root = latest_root()
    assert independent(file, root.root[:4], root.root[4:8].upper())[0] == 0
    assert independent(root_file, root.root) == (0, f"相符：{root.day} 的根哈希 {root.root}。\n")
    assert short(root) == f"{root.day} {root.root[:4]} {root.root[4:8]} {root.root[8:12]} {root.root[12:16]}"
    call_command("verify_ledger", school=school.code, against=file)
    assert "记录与存证一致" in capsys.readouterr().out
    proof = json.loads(file.read_text())
    proof["chain"][1] += 1
    file.write_text(json.dumps(proof))
    assert independent(file)[0] == 1
    assert independent(root_file, "0000")[0] == 1
    new = make.school(School.objects.get().authority, code="N1", name="新学校", short_name="新")
    with pytest.raises(CommandError, match="没有新学校的链"):
        call_command("prove_chain", new.code)
    with pytest.raises(CommandError, match="没有代码"):
        call_command("prove_chain", "no-such")


def test_a_check_says_what_it_looked_at(kept):
    seal(KEYS[0], 4)
    LedgerEntry.objects.filter(chain_id=KEYS[0], sequence=1).update(payload={})
    one, other, whole = check_chain(KEYS[0]), check_chain(KEYS[1]), check_all()
    assert [(c.chain, c.chains, len(c.breaches)) for c in (one, other)] == [(KEYS[0], 1, 1), (KEYS[1], 1, 0)]
    assert (whole.chain, whole.chains, whole.breaches) == ("", 5, one.breaches)
    assert LedgerCheck.objects.filter(finished_at__isnull=False).count() == 3


def test_verification_asks_the_same_of_few_records_and_of_many(cast):
    """However much a school has, its chain is verified in the same number of statements."""

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert list(verify(cast.school.chain_key, with_rows=True)) == []
        return len(asked)

    make_item(cast, "G14", "submitted", amount=None)
    before = queries()
    for _ in range(2):
        make_item(cast, "G14", "submitted", amount=None)
    assert queries() == before
