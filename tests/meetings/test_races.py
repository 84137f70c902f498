"""Two people at the same moment: exactly one irreversible act happens. Real threads, real PostgreSQL."""

import threading
from typing import Any

import pytest
from django.db import connection

from common.errors import NotNow, Refusal, StaleVersion
from decisions.models import DecisionItem, ItemEvent, Resolution
from decisions.services import items
from documents.models import IssuedDocument
from ledger.models import LedgerEntry
from ledger.services import verify
from meetings.models import AgendaEntry
from meetings.services import conclusion, deliberation, planning, records, sitting
from tests.factories.cast import make_cast
from tests.factories.decisions import make_item
from tests.factories.meetings import begin, list_item, plan, take_up

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Any) -> list[Any]:
    """Run the acts in threads that start together; results or refusals in order."""
    barrier = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(index: int) -> None:
        barrier.wait()
        try:
            answers[index] = acts[index]()
        except Refusal as refusal:
            answers[index] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.fixture
def cast():
    """The cast; whatever race was run, every record is as it was sealed in the end."""
    made = make_cast()
    yield made
    assert list(verify(made.school.chain_key, with_rows=True)) == []


def ready(cast):
    """An entry of 校长办公会议 ready to be concluded."""
    item = make_item(cast, "G14", amount=None)
    meeting = plan(cast, cast.admin)
    entry = list_item(cast, meeting, item)
    begin(cast, meeting)
    entry = take_up(cast, entry)
    entry = AgendaEntry.objects.get(pk=entry.pk)
    return deliberation.save_entry(entry.pk, actor=cast.clerk, version=entry.version, decision_text="同意。")


def test_two_recorders_conclude_one_entry(cast):
    entry = ready(cast)
    before = LedgerEntry.objects.filter(kind="entry.concluded").count()
    answers = at_once(
        *[
            lambda who=who: conclusion.conclude_entry(
                entry.pk, actor=who, outcome="passed", version=entry.version
            )
            for who in (cast.clerk, cast.principal)
        ]
    )
    losers = [a for a in answers if isinstance(a, Refusal)]
    assert len(losers) == 1
    assert isinstance(losers[0], NotNow)
    winner = AgendaEntry.objects.get(pk=entry.pk).concluded_by
    assert str(winner) in losers[0].message
    assert "通过" in losers[0].message
    assert LedgerEntry.objects.filter(kind="entry.concluded").count() == before + 1
    assert Resolution.objects.count() == 1
    assert ItemEvent.objects.filter(kind="stage.concluded").count() == 1


def test_two_saves_upon_one_version(cast):
    entry = ready(cast)
    answers = at_once(
        *[
            lambda text=text: deliberation.save_entry(
                entry.pk, actor=cast.clerk, version=entry.version, decision_text=text
            )
            for text in ("甲稿", "乙稿")
        ]
    )
    assert sum(isinstance(a, StaleVersion) for a in answers) == 1
    kept = next(a for a in answers if not isinstance(a, Refusal))
    assert AgendaEntry.objects.get(pk=entry.pk).decision_text == kept.decision_text


def test_one_item_is_listed_in_one_meeting(cast):
    item = make_item(cast, "G14", amount=None)
    meetings = [plan(cast, cast.admin), plan(cast, cast.admin, days=6)]
    stage = DecisionItem.objects.get(pk=item.pk).current_stage_id
    answers = at_once(
        *[lambda m=m: planning.add_entry(m.pk, actor=cast.clerk, stage_id=stage) for m in meetings]
    )
    assert sum(isinstance(a, NotNow) for a in answers) == 1
    assert AgendaEntry.objects.filter(stage=stage).count() == 1


def test_numbers_of_items_are_unique_and_without_gap(cast):
    drafts = [make_item(cast, "G14", "draft", amount=None) for _ in range(6)]
    answers = at_once(*[lambda d=d: items.submit(d.pk, actor=cast.vice) for d in drafts])
    numbers = sorted(int(a.number.rsplit("-", 1)[1]) for a in answers)
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_minutes_are_issued_once(cast):
    entry = ready(cast)
    conclusion.conclude_entry(entry.pk, actor=cast.clerk, outcome="passed", version=entry.version)
    meeting = sitting.close_meeting(entry.meeting_id, actor=cast.clerk)
    records.sign_record(meeting.pk, actor=cast.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=cast.principal, is_chair=True)
    minutes = records.draft_minutes(meeting.pk, actor=cast.clerk)
    answers = at_once(*[lambda: records.issue_minutes(minutes.pk, actor=cast.principal) for _ in range(3)])
    assert sum(isinstance(a, NotNow) for a in answers) == 2
    assert IssuedDocument.objects.filter(kind="admin_minutes").count() == 1


def test_submitting_twice_lays_one_route(cast):
    draft = make_item(cast, "G14", "draft", amount=None)
    answers = at_once(*[lambda: items.submit(draft.pk, actor=cast.vice) for _ in range(2)])
    assert sum(isinstance(a, NotNow) for a in answers) == 1
    assert DecisionItem.objects.get(pk=draft.pk).stages.count() == 1
