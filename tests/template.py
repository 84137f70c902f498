"""A database that every test database is copied from: its tables as the models say, its triggers from the migrations.

Django spends more than a minute on the migrations themselves, a few seconds on this. That both give the same schema
is a test (tests/contracts/test_migrations.py).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

PREFIX = "copied_from_"
LIBRARIES = ("Django", "django-allauth", "django-axes", "django-guardian", "django-simple-history")
LOCK = 20_261_127  # an advisory lock of the cluster: one builder at a time


def fingerprint() -> str:
    """Changes with every model and migration, ours or a library's."""
    digest = hashlib.sha256("".join(version(name) for name in LIBRARIES).encode())
    root = Path(settings.BASE_DIR)
    for pattern in ("*/models.py", "*/models/*.py", "*/migrations/*.py", "*/seals.py", "common/*.py"):
        for path in sorted(root.glob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def ensure() -> str:
    """Return the name of the template of today's models; build it where it is missing."""
    name = PREFIX + fingerprint()
    quote = connection.ops.quote_name
    # The connection that waits here is not the one that builds: that one is closed, so that it can be copied from.
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        known = {row[0] for row in cursor.fetchall()}
        if name in known:
            return name
        for old in (*known, building := f"building_{name}"):
            cursor.execute(f"DROP DATABASE IF EXISTS {quote(old)}")
        cursor.execute(f"CREATE DATABASE {quote(building)}")
        with connected_to(building):
            build()
        cursor.execute(f"ALTER DATABASE {quote(building)} RENAME TO {quote(name)}")
    return name


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """The default connection leads to another database of the cluster."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def build() -> None:
    """Make the tables of the models, then run the SQL that migrations carry: triggers and the like."""
    loader = MigrationLoader(None)
    written, settings.MIGRATION_MODULES = (
        settings.MIGRATION_MODULES,
        {app.label: None for app in apps.get_app_configs()},
    )
    try:
        call_command("migrate", run_syncdb=True, verbosity=0)
    finally:
        settings.MIGRATION_MODULES = written
    now = ProjectState.from_apps(apps)
    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        for operation in loader.graph.nodes[key].operations:
            if isinstance(operation, RunSQL):
                with connection.schema_editor() as editor:
                    operation.database_forwards(key[0], editor, now, now)
