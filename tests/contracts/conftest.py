"""One cast for a whole module; every test (marked django_db) is undone inside it."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.factories.cast import Cast, make_cast


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """The named cast, made once for the module inside a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_cast()
        transaction.set_rollback(True)
