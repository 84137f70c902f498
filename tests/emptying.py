"""What tables hold: emptied after a committing test, or written down to be put back.

Django's flush empties all of them and then makes content types and permissions anew, which takes a second; these
never change, so they stay.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected

TRIES = 5
KEPT = {"django_content_type", "auth_permission", "django_migrations"}


def _filled(connection: Any) -> list[str]:
    """The tables that hold rows, those aside that Django itself filled at set-up."""
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    asked = (f"SELECT '{t}' WHERE EXISTS (SELECT FROM {connection.ops.quote_name(t)})" for t in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [row[0] for row in cursor.fetchall()]


def empty(alias: str) -> None:
    """Empty every table that holds rows, what Django itself made at set-up left as it is.

    A browser's last question may still be on its way through the server; where the two get stuck, it is done again.
    """
    connection = connections[alias]
    if filled := _filled(connection):
        command = f"TRUNCATE {', '.join(map(connection.ops.quote_name, filled))} CASCADE"
        for _ in range(TRIES):
            try:
                with connection.cursor() as cursor:
                    cursor.execute(command)
                return
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
        raise RuntimeError("the tables could not be emptied: deadlock after deadlock")


def rows_as_sql() -> str:
    """Statements that put everything now stored back into empty tables, keys included."""
    connection = connections[DEFAULT_DB_ALIAS]
    statements = []
    with connection.cursor() as cursor:
        for table in map(connection.ops.quote_name, _filled(connection)):
            cursor.execute(f"SELECT quote_literal(json_agg(t)::text) FROM {table} t")
            (rows,) = cursor.fetchone()
            statements.append(
                f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, {rows})"
            )
    return ";".join(statements)


def after_committing_tests() -> None:
    """Empty this way after every test that commits."""

    def give_back(case: Any) -> None:
        for alias in case._databases_names(include_mirrors=False):
            empty(alias)

    TransactionTestCase._fixture_teardown = give_back
