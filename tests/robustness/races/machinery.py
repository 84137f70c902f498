"""The chain, the daily root, the outbox and the PDFs."""

from functools import partial
from typing import Any

from django.core import mail
from django.db import transaction

from documents.models import IssuedDocument
from documents.services import make_pdf
from ledger import services as ledger
from ledger.models import DailyRoot
from meetings.services import records
from notifications import tasks as outbox
from notifications.models import Delivery
from notifications.services import notify
from tests.robustness.races.kit import _serial, day, twice
from tests.robustness.races.meetings import closed
from tests.robustness.racing import Act


def append(c: Any) -> list[Act]:
    """One chain that does not exist yet, eight writers."""
    key = f"test:{next(_serial)}"

    @transaction.atomic
    def write() -> Any:
        return ledger.append(key, kind="test.done", subject="test:1", payload={})

    return twice(write, "test.done", times=8)


def sequence_is_dense(c: Any, answers: list[Any]) -> None:
    assert sorted(entry.sequence for entry in answers) == list(range(1, 9))


def close_day(c: Any) -> list[Act]:
    return twice(ledger.close_day, times=4)


def one_root(c: Any, answers: list[Any]) -> None:
    assert {root.pk for root in answers} == {DailyRoot.objects.get(day=day()).pk}


def deliver(c: Any) -> list[Act]:
    outbox.deliver_outbox()
    mail.outbox.clear()
    notify(recipients=[c.vice, c.clerk], kind="task.assigned", title="请反馈", url="/tasks/1/")
    mail.outbox.clear()
    Delivery.objects.order_by("-pk").first()
    Delivery.objects.filter(pk__in=Delivery.objects.order_by("-pk").values("pk")[:2]).update(
        state="pending", sent_at=None
    )
    return twice(outbox.deliver_outbox, times=3)


def mailed_once(c: Any, answers: list[Any]) -> None:
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([c.vice.email, c.clerk.email])


def render(c: Any) -> list[Act]:
    meeting = closed(c)
    records.sign_record(meeting.pk, actor=c.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=c.principal, is_chair=True)
    make = partial(make_pdf, IssuedDocument.objects.get(meeting=meeting, kind="meeting_record").pk)
    return [Act(make, ("document.rendered",)), Act(make)]
