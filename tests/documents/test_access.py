"""A document is read by those who may read what it tells of, and by nobody else."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from common.append_only import lifted
from common.errors import NotVisible
from decisions.models import DecisionItem
from documents import access
from documents.choices import DocumentKind
from documents.models import IssuedDocument
from governance.choices import AccessScope, AuthorityLevel, AuthorityRole
from governance.models import Authority, AuthorityMember
from meetings.choices import MinutesState
from meetings.models import Minutes
from tests.documents.world import SINCE, World, agenda, person


def readers(world: World, *more: Any) -> set[str]:
    people = [world.secretary, world.member, world.outsider, *more]
    return {p.display_name for p in people if IssuedDocument.objects.visible_to(p).exists()}


def test_minutes_are_read_by_the_body_that_met(world):
    agenda(world, world.item, 1)
    world.issue()
    assert readers(world) == {"陈立德", "许静"}
    assert not IssuedDocument.objects.visible_to(AnonymousUser()).exists()


def test_an_item_document_is_read_with_the_item(world):
    world.issue(meeting=None, item=world.item)
    assert readers(world) == {"陈立德", "许静"}


def test_the_item_decides_where_a_document_has_both(world):
    agenda(world, world.item, 1)
    guest = world.observer(agenda(world, secret_item(world), 2))
    world.issue(item=world.item)
    assert readers(world, guest) == {
        "陈立德",
        "许静",
        "罗建平",
    }  # internal item: all office holders of the school
    with lifted():
        IssuedDocument.objects.update(item=DecisionItem.objects.get(number="2026-002"))
    assert readers(world, guest) == {"陈立德", "许静"}


def secret_item(world: World) -> DecisionItem:
    item = DecisionItem.objects.get(pk=world.item.pk)
    item.pk, item.number, item.access_scope = None, "2026-002", AccessScope.RESTRICTED
    item.title = "干部人选"
    item.created_by = item.proposer = world.member
    item.save()
    return item


def test_an_observer_does_not_read_the_papers_of_the_meeting(world):
    guest = world.observer(agenda(world, world.item, 1))
    document = world.issue()
    assert readers(world, guest) == {"陈立德", "许静"}
    with pytest.raises(NotVisible):
        access.document(guest, document.pk)


def test_the_district_reads_issued_minutes_without_restricted_items(world):
    agenda(world, world.item, 1)
    world.issue()
    reviewer = person("区督查", "qu")
    AuthorityMember.objects.create(
        authority=world.school.authority, person=reviewer, role=AuthorityRole.REVIEWER, since=SINCE
    )
    elsewhere = Authority.objects.create(name="他区教育工委", level=AuthorityLevel.DISTRICT, path="/2/")
    stranger = person("他区督查", "ta")
    AuthorityMember.objects.create(
        authority=elsewhere, person=stranger, role=AuthorityRole.REVIEWER, since=SINCE
    )
    assert readers(world, reviewer, stranger) == {"陈立德", "许静"}
    document = IssuedDocument.objects.get()
    Minutes.objects.create(
        meeting=world.meeting,
        state=MinutesState.ISSUED,
        drafted_by=world.member,
        issued_by=world.secretary,
        issued_at=document.issued_at,
        document=document,
    )
    assert readers(world, reviewer, stranger) == {"陈立德", "许静", "区督查"}
    with lifted():
        IssuedDocument.objects.update(kind=DocumentKind.MEETING_RECORD)
    assert readers(world, reviewer, stranger) == {"陈立德", "许静"}  # the verbatim record stays in the body
    with lifted():
        IssuedDocument.objects.update(kind=DocumentKind.PARTY_MINUTES)
    agenda(world, secret_item(world), 2)
    assert readers(world, reviewer, stranger) == {"陈立德", "许静"}


def test_a_document_of_nothing_is_read_by_nobody(world):
    world.issue(meeting=None)
    assert readers(world) == set()
