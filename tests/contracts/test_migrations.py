"""The migrations give the database that the tests run on (tests/template.py)."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests import template

SCHEMA = {
    "columns": """SELECT table_name, column_name, data_type, coalesce(character_maximum_length, -1), is_nullable,
        coalesce(column_default, ''), is_identity FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


def schema() -> dict[str, set[tuple]]:
    """Columns, constraints, indexes of our own tables, all triggers and functions."""
    ours = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if Path(apps.get_app_config(model._meta.app_label).path).parent == settings.BASE_DIR
    }
    with connection.cursor() as cursor:
        found = {}
        for part, sql in SCHEMA.items():
            cursor.execute(sql)
            rows = cursor.fetchall()
            found[part] = (
                set(rows) if part in ("triggers", "functions") else {r for r in rows if r[0] in ours}
            )
        return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_migrations_give_the_schema_of_the_models():
    expected = schema()
    assert {row[0] for row in expected["columns"]} >= {
        "decisions_decisionitem",
        "accounts_user",
        "ledger_chain",
    }
    assert len(expected["triggers"]) >= 2
    name = f"migrated_for_{connection.settings_dict['NAME']}"
    quoted = connection.ops.quote_name(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
        cursor.execute(f"CREATE DATABASE {quoted}")
        try:
            with template.connected_to(name):
                call_command("migrate", verbosity=0)
                found = schema()
        finally:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
    for part in SCHEMA:
        assert found[part] == expected[part], part
