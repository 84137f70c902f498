"""阅看授权: the district reads a matter of scope 2 only by a dated grant, and each use is written down."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.errors import NotNow, NotPermitted
from decisions.models import Attachment, DecisionItem, ReadingGrant
from decisions.services.grants import grant_reading, withdraw_reading
from ledger.models import LedgerEntry
from ledger.services import verify
from tests.factories.decisions import make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(cast):
    return make_item(cast, "B03", "submitted", title="丁保密事项")


def grant(cast, item, days=7, person=None):
    until = timezone.localdate() + timedelta(days=days)
    return grant_reading(
        item.pk, actor=cast.secretary, person=person or cast.inspector, until=until, reason="核实任免程序"
    )


def readable(person, item):
    return DecisionItem.objects.visible_to(person).filter(pk=item.pk).exists()


def test_district_reads_only_while_the_grant_lasts(cast, item, client):
    client.force_login(cast.inspector)
    page = reverse("decisions:item_detail", args=[item.pk])
    assert client.get(page).status_code == 404
    given = grant(cast, item)
    for _ in range(2):
        shown = client.get(page)
        assert shown.status_code == 200 and item.title in shown.content.decode()
    assert [e.kind for e in item.events.filter(kind__startswith="grant").order_by("pk")] == [
        "grant.given",
        "grant.used",
    ]
    assert LedgerEntry.objects.filter(kind="grant.used", subject=item.subject).count() == 1
    withdraw_reading(given.pk, actor=cast.secretary)
    assert client.get(page).status_code == 404
    assert list(verify(item.school.chain_key)) == []


def test_grant_ends_by_itself_and_with_the_office(cast, item):
    given = grant(cast, item)
    assert readable(cast.inspector, item)
    today = timezone.localdate()
    ReadingGrant.objects.filter(pk=given.pk).update(
        since=today - timedelta(days=9), until=today - timedelta(days=1)
    )
    assert not readable(cast.inspector, item)
    ReadingGrant.objects.filter(pk=given.pk).update(until=today)
    assert readable(cast.inspector, item)
    cast.inspector.authority_memberships.update(until=today - timedelta(days=1))
    assert not readable(cast.inspector, item)


def test_grant_opens_nothing_else(cast, item):
    other = make_item(cast, "B03", "submitted", title="另一保密事项")
    grant(cast, item)
    assert not readable(cast.inspector, other)
    assert set(Attachment.objects.visible_to(cast.inspector)) == set(item.attachments.all())


@pytest.mark.parametrize("days", [-1, 32])
def test_period_is_short_and_ahead(cast, item, days):
    with pytest.raises(NotNow, match="31 日以内"):
        grant(cast, item, days=days)
    assert not ReadingGrant.objects.exists()


def test_only_the_secretary_grants_and_only_to_the_district(cast, item):
    with pytest.raises(NotNow, match="上级教育工委"):
        grant(cast, item, person=cast.other_secretary)
    with pytest.raises(NotPermitted):
        grant_reading(
            item.pk,
            actor=cast.principal,
            person=cast.inspector,
            until=timezone.localdate(),
            reason="核实",
        )
    with pytest.raises(NotNow, match="知悉范围"):
        grant(cast, make_item(cast, "G14", "submitted"))
    grant(cast, item)
    with pytest.raises(NotNow, match="已有有效"):
        grant(cast, item)
    assert ReadingGrant.objects.count() == 1


def test_secretary_grants_on_the_page(cast, item, client):
    client.force_login(cast.secretary)
    asked = reverse("decisions:grant_new", args=[item.pk])
    assert client.post(asked, {}).status_code == 422
    until = timezone.localdate() + timedelta(days=3)
    done = client.post(
        asked,
        {"person": cast.inspector.pk, "until": until.isoformat(), "reason": "核实任免程序"},
        follow=True,
    )
    assert "已授权" in done.content.decode() and "核实任免程序" in done.content.decode()
    given = ReadingGrant.objects.get()
    assert given.history.latest().history_user == cast.secretary
    client.post(reverse("decisions:grant_withdraw", args=[given.pk]))
    assert not readable(cast.inspector, item)
    assert client.post(reverse("decisions:grant_withdraw", args=[given.pk])).status_code == 409
