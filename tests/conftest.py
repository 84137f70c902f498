"""Fixtures for every test; the cast of people and the browser have files of their own."""

import pytest
from django.core.cache import cache

from tests.factories.cast import cast as cast  # a fixture of every test folder


@pytest.fixture(autouse=True)
def _private_media(settings, tmp_path):
    """No test writes into the project's media folder, and none sees another one's cache."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
