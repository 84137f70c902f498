"""Breaches that no service would write and the database refuses: planted as the owner of the tables."""

from django.db import connection


def lift_guards() -> None:
    """Have the triggers let everything pass until the present transaction is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL school.lifted = 'on'")
