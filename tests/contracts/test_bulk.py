"""No write passes beside the field history: what saves without `save_as`, writes in bulk or by SQL is listed here."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Apps with formal records, and those above them that could reach them.
APPS = ("common", "governance", "decisions", "meetings", "documents", "registers", "compliance", "workbench")
SAVING = {"save", "create", "get_or_create", "update_or_create"}
IN_BULK = {"bulk_create", "bulk_update", "bulk_create_with_history", "bulk_update_with_history"}
BY_SQL = {"_raw_delete", "_update", "raw", "extra", "execute", "executemany"}

# Every such call, with the reason why nothing is lost.
ALLOWED: dict[tuple[str, str], str] = {
    ("common/append_only.py", "cursor.execute"): "makes and lifts triggers, writes no rows",
    ("common/history.py", "cursor.execute"): "remember: writes the history of a bulk write",
    ("common/history.py", "record.delete"): "delete_as itself",
    ("common/history.py", "record.save"): "save_as itself",
    ("common/history.py", "vars(record).update"): "a dictionary",
    ("common/management/commands/application_role.py", "cursor.execute"): "grants, writes no rows",
    ("common/workbook.py", "book.save"): "a workbook into memory",
    ("compliance/registry.py", "cursor.execute"): "settings of the planner for one transaction",
    ("compliance/services/attempts.py", "BlockedAttempt.objects.create"): "an event",
    ("compliance/services/evaluation.py", "Evaluation.objects.create"): "a run, no record",
    (
        "compliance/services/evaluation.py",
        "Finding.objects.bulk_create",
    ): "thousands at a time, then remember",
    (
        "compliance/services/evaluation.py",
        "Finding.objects.filter(pk__in=unchanged).update",
    ): "only when they were last seen, which is told by the run",
    ("compliance/services/evaluation.py", "Finding.objects.filter(pk__in=vanished).update"): "then remember",
    ("compliance/services/evaluation.py", "RuleError.objects.create"): "a fault of a run",
    ("compliance/services/evaluation.py", "cursor.execute"): "an advisory lock",
    ("compliance/services/evaluation.py", "run.save"): "a run, no record",
    ("compliance/services/followup.py", "Finding.objects.filter(pk__in=ids).update"): "then remember",
    ("compliance/services/parameters.py", "cursor.execute"): "EffectiveParameter is derived",
    ("compliance/services/rectification.py", "FindingFile.objects.create"): "only ever added",
    ("compliance/services/rectification.py", "FindingStep.objects.create"): "an event",
    ("decisions/services/acts.py", "ItemEvent.objects.create"): "an event",
    ("decisions/services/grants.py", "ItemEvent.objects.create"): "an event",
    ("documents/services/issuing.py", "IssuedDocument.objects.create"): "never changed but for its PDF",
    ("documents/services/issuing.py", "NumberCounter.objects.get_or_create"): "a counter",
    ("documents/services/issuing.py", "counter.save"): "a counter",
    ("documents/services/issuing.py", "document.file.save"): "the PDF",
    ("documents/services/issuing.py", "document.save"): "the PDF; the trigger lets nothing else change",
    ("documents/services/scanning.py", "FileScan.objects.create"): "what the scanner said, no record",
    ("documents/services/scanning.py", "FileScan.objects.get_or_create"): "what the scanner said, no record",
    ("documents/services/scanning.py", "found.save"): "what the scanner said, no record",
    ("documents/watermark.py", "shown.convert('RGB').save"): "a picture into memory",
    ("governance/services/catalogue.py", "bulk_create_with_history"): "with history, as its name says",
    ("meetings/services/deliberation.py", "TaskDraft.objects.create"): "a working paper",
    ("meetings/services/deliberation.py", "TaskDraft.objects.filter(pk=draft_id).delete"): "a working paper",
    ("registers/services/acts.py", "record.file.save"): "the file, not the record",
    ("workbench/services/ledger.py", "cursor.execute"): "an advisory lock",
}


def writes(path: Path) -> Iterator[str]:
    """Every call that writes without `save_as` and `delete_as`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        of_something = isinstance(node.func, ast.Attribute)
        if (
            called in IN_BULK | BY_SQL
            or (of_something and called in SAVING)
            or (called == "update" and node.keywords and not node.args)
            or (of_something and called == "delete" and not node.args)
        ):
            yield ast.unparse(node.func)


def test_what_writes_beside_the_history_is_known():
    found = {
        (path.relative_to(ROOT).as_posix(), call)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
        for call in writes(path)
    }
    assert found == set(ALLOWED)


def test_the_search_finds_what_it_looks_for(tmp_path):
    source = tmp_path / "sample.py"
    source.write_text(
        "Item.objects.filter(pk=1).update(title='x')\nItem.objects.all().delete()\nrow.save()\n"
        "Item.objects.bulk_update(rows, ['a'])\ncursor.execute('UPDATE x')\nItem.objects.raw('x')\n"
        "words.update({'a': 1})\nsave_as(row, actor, 'why')\n"
    )
    assert len(list(writes(source))) == 6
