"""The role the application works under, asked as that role over a connection of its own."""

from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from common.append_only import guarded, only_growing

ROLE = "school_application"


@pytest.fixture
def as_application(transactional_db) -> Iterator[psycopg.Connection]:
    """Make the role and connect as it; both are gone afterwards."""
    call_command("application_role", ROLE, stdout=StringIO())
    call_command("application_role", ROLE, stdout=StringIO())  # after the next migrate again
    parameters = connection.get_connection_params()
    known = {
        name: parameters[name]
        for name in ("dbname", "host", "port", "user", "password")
        if name in parameters
    }
    own = psycopg.connect(**known, autocommit=True)
    own.execute(f"SET SESSION AUTHORIZATION {ROLE}")
    try:
        yield own
    finally:
        own.close()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {ROLE}")
            cursor.execute(f"DROP ROLE {ROLE}")


@pytest.mark.django_db(transaction=True)
def test_the_application_works_but_cannot_rewrite(as_application):
    def denied(statement: str) -> bool:
        try:
            as_application.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
        return False

    as_application.execute(
        "INSERT INTO ledger_chain (key, sequence, head, algorithm) VALUES ('school:1', 0, '0', 'sha256')"
    )
    as_application.execute("UPDATE ledger_chain SET head = '1'")
    as_application.execute("DELETE FROM ledger_chain")
    for table in only_growing():
        assert denied(f'UPDATE "{table}" SET id = 1') or denied(f'UPDATE "{table}" SET history_id = 1'), table
        assert denied(f'DELETE FROM "{table}"'), table
        as_application.execute(f'SELECT count(*) FROM "{table}"')
    for table in [closed.table for closed in guarded()]:
        assert denied(f'TRUNCATE "{table}"'), table
        assert denied(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL'), table
    assert denied("CREATE TABLE beside (id int)")
    assert denied("SET session_replication_role = replica")


@pytest.mark.django_db
def test_the_sql_can_be_read_first():
    said = StringIO()
    call_command("application_role", ROLE, "--print", stdout=said)
    lines = said.getvalue().splitlines()
    assert lines[0].startswith("CREATE ROLE")
    assert all(line.endswith(";") for line in lines)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [ROLE])
        assert cursor.fetchone() == (0,)
