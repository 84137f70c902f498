"""Numbers come from one locked counter per school, kind and year."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from documents.choices import DocumentKind
from documents.models import NumberCounter
from documents.services import next_number
from tests.documents.world import school


def test_each_series_counts_from_one(db):
    here, there = school("MD", "明德中学"), school("YC", "育才中学")
    series = [
        (here, DocumentKind.PARTY_MINUTES, 2026),
        (here, DocumentKind.PARTY_MINUTES, 2026),
        (here, DocumentKind.RESOLUTION, 2026),
        (here, DocumentKind.PARTY_MINUTES, 2027),
        (there, DocumentKind.PARTY_MINUTES, 2026),
        (here, DocumentKind.PARTY_MINUTES, 2026),
    ]
    assert [next_number(*one) for one in series] == [1, 2, 1, 1, 1, 3]


def test_rollback_gives_the_number_back(db):
    here = school("MD", "明德中学")

    @transaction.atomic
    def act():
        assert next_number(here, DocumentKind.ITEM, 2026) == 1
        raise ValueError("the act failed")

    with pytest.raises(ValueError, match="the act failed"):
        act()
    assert not NumberCounter.objects.exists()
    assert next_number(here, DocumentKind.ITEM, 2026) == 1


@pytest.mark.django_db(transaction=True)
def test_needs_a_transaction():
    here = school("MD", "明德中学")
    with pytest.raises(RuntimeError, match="inside the transaction"):
        next_number(here, DocumentKind.ITEM, 2026)
    assert not NumberCounter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_eight_different_numbers():
    here, start = school("MD", "明德中学"), Barrier(8)

    def allocate(_: int) -> int:
        try:
            start.wait(timeout=10)
            with transaction.atomic():
                return next_number(here, DocumentKind.RESOLUTION, 2026)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(allocate, range(8)))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert NumberCounter.objects.get().last == 8
