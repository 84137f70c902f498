"""The world of tests.contracts.world, made once for a module and never committed."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from tests.contracts.world import World, make_world
from tests.factories.cast import make_cast


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), transaction.atomic(), media:
        yield make_world(make_cast())
        transaction.set_rollback(True)
