"""What the sources promise: one read rule, one door per change, no inline code, nothing from a CDN."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from config.external import VARIABLES

ROOT = Path(settings.BASE_DIR)
APPS = (
    *(
        "accounts",
        "common",
        "config",
        "compliance",
        "decisions",
        "documents",
        "governance",
        "grants",
        "handover",
    ),
    *("ledger", "meetings", "notifications", "oversight", "registers", "workbench"),
)
SOURCES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if path.exists() and "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))

# Reads in views that are no person's reading of a record, each with its reason.
READS_WITHOUT_RULE = {
    ("meetings/views/planning.py", "Body"): "bodies of the person's own school, to choose from",
    ("meetings/views/planning.py", "Seat"): "who chairs and records by office, the form's first suggestion",
    ("oversight/views/schools.py", "School"): "supervised_by is the read rule of the district",
    ("oversight/views/lists.py", "School"): "supervised_by is the read rule of the district",
    ("compliance/views/findings.py", "School"): "supervised_by is the read rule of the district",
    (
        "compliance/views/findings.py",
        "FindingFile",
    ): "of a finding that access.finding_for has let this person see",
    ("compliance/views/rules.py", "School"): "supervised_by is the read rule of the district",
    ("workbench/views.py", "ObjectGrant"): "whether the person holds one: where the desk of nobody leads",
    ("workbench/ledger_views.py", "School"): "supervised_by is the read rule of the district",
    ("workbench/ledger_views.py", "DailyRoot"): "hashes only; the view has asked whose chain it is",
    ("meetings/views/papers.py", "Meeting"): "papers_visible_to and records_visible_to narrow visible_to",
}
READ_RULES = {"visible_to", "papers_visible_to", "records_visible_to", "supervised_by"}

# Writes outside services, each with its reason.
WRITES_OUTSIDE_SERVICES: dict[tuple[str, str], str] = {
    ("accounts/middleware.py", ".save"): "the session",
    ("accounts/provider.py", ".delete"): "a token out of the cache",
    ("common/history.py", ".save"): "save_as itself",
    ("common/history.py", ".delete"): "delete_as itself",
    ("common/workbook.py", ".save"): "a workbook into memory",
    ("documents/watermark.py", ".save"): "a picture into memory",
}
WRITING = {
    *("save", "delete", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("save_as", "delete_as"),
}


def is_service(path: Path) -> bool:
    return "services" in path.parts or path.name == "services.py"


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def managers(path: Path) -> Iterator[tuple[str, str]]:
    """Every `X.objects` with the names called along its chain."""
    tree = ast.parse(path.read_text())
    above = parents(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            chain, up = [], above.get(node)
            while isinstance(up, ast.Attribute | ast.Call):
                if isinstance(up, ast.Attribute):
                    chain.append(up.attr)
                up = above.get(up)
            yield ast.unparse(node.value), ".".join(chain)


def test_views_read_by_the_rule_only():
    views = [path for path in SOURCES if "views" in path.parts or path.name.endswith("views.py")]
    assert len(views) >= 15
    found = {
        (name(path), model)
        for path in views
        for model, chain in managers(path)
        if chain.split(".")[0] != "visible_to"
    }
    assert found == set(READS_WITHOUT_RULE)
    for path in views:
        for model, chain in managers(path):
            if model in ("School", "Meeting"):
                assert READ_RULES & set(chain.split(".")), (name(path), chain)


def test_state_is_assigned_by_services_only():
    assigned = {
        (name(path), node.lineno)
        for path in SOURCES
        if not is_service(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for part in ast.walk(target)
        if isinstance(part, ast.Attribute)
        and part.attr in ("state", "outcome")
        and isinstance(part.ctx, ast.Store)
        and not (isinstance(part.value, ast.Name) and part.value.id == "self")
    }
    assert assigned == set()


def test_records_are_written_by_services_only():
    found = set()
    for path in SOURCES:
        if is_service(path) or "management" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in WRITING:
                found.add((name(path), f".{called.attr}"))
            elif isinstance(called, ast.Name) and called.id in WRITING:
                found.add((name(path), called.id))
    assert found == set(WRITES_OUTSIDE_SERVICES)


def test_services_know_no_requests():
    for path in SOURCES:
        if is_service(path):
            imported = {
                alias
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.ImportFrom | ast.Import)
                for alias in (
                    [node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
                )
            }
            assert not {m for m in imported if m.startswith(("django.http", "django.shortcuts"))}, name(path)


@pytest.mark.django_db
def test_no_migration_is_pending():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_environment_variable_is_explained():
    text = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text)) | set(
        re.findall(r"environ\[?\.?\w*\(?\"([A-Z_]+)\"", text)
    )
    read |= set(VARIABLES)
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "OIDC_URL"} <= read
    told = (ROOT / "docs" / "running.md").read_text() + (ROOT / "README.md").read_text()
    assert {variable for variable in read if f"`{variable}`" not in told} == set()


INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I)
INLINE_STYLE = re.compile(r"<style\b|\sstyle=", re.I)
# Event attributes, and htmx's ways to run code out of an attribute.
HANDLER = re.compile(
    r"\s(?:on(?:click|change|input|submit|load|error|focus\w*|blur|key\w+|mouse\w+|pointer\w+|toggle)=|hx-on)"
    r"|hx-(?:vals|headers)=[\"']js:",
    re.I,
)
ELSEWHERE = re.compile(r"(?:src|href|url|import|from)\s*[=(]?\s*[\"'(]?\s*(?:https?:)?//(?!\w+:)[\w.]", re.I)


def is_document(path: Path) -> bool:
    """A template of a PDF: rendered by WeasyPrint, never sent to a browser."""
    return "<style" in path.read_text() and path.parent.name == "documents"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_carry_no_code_of_their_own(path):
    text = path.read_text()
    assert not INLINE_SCRIPT.search(text)
    assert not HANDLER.search(text)
    assert is_document(path) or not INLINE_STYLE.search(text)
    assert not ELSEWHERE.search(text)


@pytest.mark.parametrize("path", [*SCRIPTS, ROOT / "static" / "app.css"], ids=name)
def test_own_files_fetch_nothing_from_elsewhere(path):
    text = path.read_text()
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)
    if path.suffix == ".js":
        assert not re.search(r"\beval\(|new Function\(|document\.write\(", text)
