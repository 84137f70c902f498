"""Reads of 限定范围 content and what leaves the platform stand in the security trail, in moderation."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.models import SecurityEvent
from accounts.services import trail
from decisions.services import evidence
from tests.factories.decisions import make_item
from tests.factories.files import PDF
from tests.factories.findings import make_finding
from tests.meetings import scenes

pytestmark = pytest.mark.django_db


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def lines(kind: str) -> list[tuple[str, str]]:
    found = SecurityEvent.objects.filter(kind=kind).order_by("id")
    return [(str(event.person), event.subject) for event in found]


def test_a_restricted_item_is_written_once_a_person_and_day(cast, monkeypatch):
    item, other = make_item(cast, "B03", "submitted"), make_item(cast, "G05", "submitted")
    page, plain = (reverse("decisions:item_detail", args=[found.pk]) for found in (item, other))
    secretary, clerk, stranger = map(client_of, (cast.secretary, cast.clerk, cast.other_secretary))
    for client in (secretary, secretary, clerk):
        assert client.get(page).status_code == 200
        assert client.get(plain).status_code == 200
    assert stranger.get(page).status_code == 404
    expected = [(str(cast.secretary), item.subject), (str(cast.clerk), item.subject)]
    assert lines(SecurityKind.RESTRICTED_READ) == expected
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    trail.note_reading(cast.secretary, [item.subject, item.subject])
    assert lines(SecurityKind.RESTRICTED_READ) == [*expected, expected[0]]
    assert list(trail.verify()) == []


def test_a_restricted_finding_is_written_and_another_is_not(cast):
    finding, plain = make_finding(cast.school, access_scope=2), make_finding(cast.school)
    client = client_of(cast.secretary)
    for found in (finding, plain):
        assert client.get(reverse("compliance:finding_detail", args=[found.pk])).status_code == 200
    assert lines(SecurityKind.RESTRICTED_READ) == [(str(cast.secretary), finding.subject)]


def test_what_leaves_is_written_whoever_sends_the_bytes_and_a_mere_question_is_not(cast, settings):
    item = make_item(cast, "G05", "submitted")
    [kept] = evidence.add_attachments(item.pk, actor=cast.vice, files=[SimpleUploadedFile("方案.pdf", PDF)])
    address, client = reverse("decisions:attachment_download", args=[kept.pk]), client_of(cast.secretary)
    asked = client.head(address)
    assert asked.status_code == 200
    for (
        close
    ) in asked._resource_closers:  # the file; closing the answer would close the test's connection too
        close()
    assert lines(SecurityKind.DOWNLOADED) == []
    shown = client.get(address)
    assert shown["Content-Disposition"].startswith("inline") and shown.getvalue() == PDF
    settings.X_ACCEL_PREFIX = "/protected-media/"
    assert client.get(address)["X-Accel-Redirect"].startswith("/protected-media/attachments/")
    assert lines(SecurityKind.DOWNLOADED) == [(str(cast.secretary), address)] * 2
    assert client.get("/items/?format=xlsx").status_code == 200
    assert lines(SecurityKind.EXPORTED) == [(str(cast.secretary), "/items/")]


def test_meeting_pages_with_a_restricted_entry_are_written(cast):
    entry = scenes.sitting_meeting(cast, "B01", present=scenes.PARTY_SIX)
    meeting, subject = entry.meeting_id, entry.stage.item.subject
    asked = [
        (cast.clerk, reverse("meetings:desk_entry", args=[meeting, entry.pk])),
        (cast.principal, reverse("meetings:record", args=[meeting])),
        (cast.secretary, reverse("meetings:meeting_detail", args=[meeting])),
    ]
    for who, address in asked:
        assert client_of(who).get(address).status_code == 200
    assert lines(SecurityKind.RESTRICTED_READ) == [(str(who), subject) for who, _ in asked]
