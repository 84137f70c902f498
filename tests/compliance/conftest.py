"""The kit for every test of rules."""

import pytest
from django.db import connection

from tests.compliance.kit import Kit
from tests.guards import lift_guards


@pytest.fixture
def kit(db) -> Kit:
    """The kit; what it plants may break what the database guards."""
    if connection.in_atomic_block:
        lift_guards()
    return Kit()
