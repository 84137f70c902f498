"""People at the same moment, real threads, real PostgreSQL: each irreversible act happens once and as a whole."""

from collections.abc import Iterator

import pytest

from config.celery import app
from tests.factories.cast import make_cast
from tests.robustness.races import GROUPS
from tests.robustness.racing import run
from tests.robustness.wholeness import broken


@pytest.fixture(autouse=True)
def _queue() -> Iterator[None]:
    """Tasks wait in a queue nobody reads: PDFs and e-mails are races of their own."""
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.django_db(transaction=True)
def test_every_irreversible_act(group, subtests):
    """One world for many races: emptying the tables takes longer than most of them."""
    cast = make_cast()
    for name, race in GROUPS[group].items():
        for is_reversed in (False, True) if race.is_rivalry else (False,):
            with subtests.test(name, is_reversed=is_reversed):
                run(race, cast, is_reversed=is_reversed)
    assert broken() == []
