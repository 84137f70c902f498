"""How a committing test gives its database back: only tables that hold something are emptied.

Django's flush empties all of them and then makes content types and permissions anew, which takes a second; these
never change, so they stay.
"""

from typing import Any

from django.db import connections
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission", "django_migrations"}


def empty(alias: str) -> None:
    """Empty every table that holds rows, what Django itself made at set-up left as it is."""
    connection = connections[alias]
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT FROM {quote(table)})" for table in tables
            )
        )
        if filled := [row[0] for row in cursor.fetchall()]:
            cursor.execute(f"TRUNCATE {', '.join(map(quote, filled))} CASCADE")


def after_committing_tests() -> None:
    """Empty this way after every test that commits."""

    def give_back(case: Any) -> None:
        for alias in case._databases_names(include_mirrors=False):
            empty(alias)

    TransactionTestCase._fixture_teardown = give_back
