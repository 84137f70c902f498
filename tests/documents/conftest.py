import pytest

from tests.documents.world import World, build


@pytest.fixture
def world(db) -> World:
    return build()
