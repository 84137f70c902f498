"""The rows of a whole played story are as they were sealed."""

import pytest

from demo import district
from governance.models import School
from ledger.services import verify
from tests.demo.test_load import NOW


@pytest.mark.django_db
@pytest.mark.slow
def test_story():
    stories = tuple(story for story in district.STORIES if story.slug in ("", "chenguang"))
    district.load(NOW, print, pdfs=1, stories=stories)
    found = [b for school in School.objects.all() for b in verify(school.chain_key, with_rows=True)]
    from collections import Counter
    print(Counter((b.row.partition(":")[0], b.problem) for b in found))
    for b in found[:20]: print(b)
    assert found == []
