"""Fixtures for every test; the cast of people and the browser have files of their own."""

import gc

import pytest
from django.core.cache import cache
from django.db import connection

from tests import emptying, template
from tests.factories.cast import cast as cast  # fixtures of every test folder
from tests.factories.cast import cast_once as cast_once


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """Test databases are copies of one that is built once."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"] |= {"TEMPLATE": template.ensure(), "MIGRATE": False}


emptying.after_committing_tests()

# Django's modules are many and stay: looking through them for garbage again and again takes a tenth of a run.
gc.freeze()
gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def _private_media(settings, tmp_path):
    """No test writes into the project's media folder, and none sees another one's cache."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()


def pytest_collection_modifyitems(items):
    """The longest first: nobody waits for them at the end, and they meet a database without the dead rows of others."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
