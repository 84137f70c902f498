"""The kit for every test of rules."""

import pytest

from tests.compliance.kit import Kit


@pytest.fixture
def kit(db) -> Kit:
    return Kit()
