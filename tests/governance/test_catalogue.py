"""The published catalogue is the one of the domain file; schools only tighten it."""

import csv

import pytest

from common.errors import Blocked, NotNow, NotPermitted, NotVisible
from decisions.models import DecisionItem
from decisions.rules import entry_check
from governance import services
from governance.choices import AccessScope, AttendanceKind, BallotMethod, CongressMode, PrerequisiteKind
from governance.models import CatalogueEntry
from governance.services.catalogue import TABLE, read_table
from ledger.models import LedgerEntry
from tests.factories.decisions import make_item


def test_table_is_read_completely():
    rows = {row["code"]: row for row in read_table()}
    with TABLE.open(encoding="utf-8", newline="") as file:
        assert list(rows) == [row["code"] for row in csv.DictReader(file)]
    assert len(rows) == 73
    assert rows["B01"] == {
        "code": "B01",
        "title": "中层干部任免",
        "aspect": "B",
        "major_classes": ["K"],
        "route": "P",
        "prerequisites": ["deliberation", "inspection", "discipline"],
        "congress_mode": "",
        "attendance": "t",
        "ballot": "secret",
        "publicity": "公示 5 个工作日、备案",
        "notice_workdays": 5,
        "access_scope": 2,
        "note": "",
    }
    assert rows["D03"]["major_classes"] == ["D", "F"]
    assert rows["E01"]["prerequisites"] == [PrerequisiteKind.EXPERT]
    assert rows["E01"]["note"] == "专家论证包括政治审核。"
    assert (rows["E04"]["ballot"], rows["E04"]["major_classes"]) == (BallotMethod.PRINCIPAL, [])


def test_congress_approves_what_touches_pay_posts_and_assessment_and_hears_the_rest():
    modes = {row["code"]: row["congress_mode"] for row in read_table() if row["congress_mode"]}
    assert {code for code, mode in modes.items() if mode == CongressMode.APPROVE} == {"B06", "B08", "B09"}
    assert {code for code, mode in modes.items() if mode == CongressMode.HEAR} == {
        "B07", "C01", "C02", "C04", "C07", "D02", "F01", "G01",
    }  # fmt: skip


def test_adoption_is_complete_sealed_and_happens_once(cast):
    own = CatalogueEntry.objects.in_force().filter(school=cast.school)
    assert own.count() == 73
    assert CatalogueEntry.history.filter(school=cast.school).count() == 73
    assert services.adopt_catalogue(actor=cast.secretary, school=cast.school) == []
    assert LedgerEntry.objects.filter(kind="catalogue.adopted").count() == 1


def test_tightening_makes_a_new_version_and_keeps_the_old(cast):
    old = cast.entry("G03")
    new = services.tighten_entry(
        actor=cast.clerk,
        entry_id=old.pk,
        reason="校党总支会议第3次",
        attendance=AttendanceKind.TWO_THIRDS,
        ballot=BallotMethod.SECRET,
        add_prerequisites=[PrerequisiteKind.LEGAL, PrerequisiteKind.CONGRESS],
    )
    old.refresh_from_db()
    assert (old.is_current, old.attendance) == (False, AttendanceKind.HALF)
    assert cast.entry("G03") == new
    assert (new.version, new.attendance, new.ballot) == (2, AttendanceKind.TWO_THIRDS, BallotMethod.SECRET)
    assert new.prerequisites == ["budget", "legal", "congress"]
    assert new.congress_mode == CongressMode.HEAR
    seal = LedgerEntry.objects.get(kind="catalogue.tightened")
    assert seal.payload["before"]["attendance"] == "h"
    assert seal.payload["after"]["attendance"] == "t"
    assert new.history.get().history_user == cast.clerk


def test_loosening_is_refused_with_every_reason_and_leaves_no_trace(cast):
    entry = cast.entry("C01")
    counts = CatalogueEntry.objects.count(), LedgerEntry.objects.count()
    with pytest.raises(Blocked) as refusal:
        services.tighten_entry(
            actor=cast.secretary,
            entry_id=cast.entry("B01").pk,
            reason="从宽",
            attendance=AttendanceKind.HALF,
            ballot=BallotMethod.ORAL,
            access_scope=AccessScope.PUBLIC,
            notice_workdays=0,
        )
    assert [check.title for check in refusal.value.checks] == [
        "到会要求", "表决方式", "知悉范围", "公示工作日",
    ]  # fmt: skip
    with pytest.raises(NotNow):
        services.tighten_entry(actor=cast.secretary, entry_id=entry.pk, reason="没有改动")
    assert (CatalogueEntry.objects.count(), LedgerEntry.objects.count()) == counts


def test_only_the_school_s_own_administrators_tighten(cast):
    entry = cast.entry("G03")
    wanted = {"entry_id": entry.pk, "reason": "从严", "attendance": AttendanceKind.TWO_THIRDS}
    for person in (cast.principal, cast.staff):
        with pytest.raises(NotPermitted):
            services.tighten_entry(actor=person, **wanted)
    for person in (cast.other_secretary, cast.outsider, cast.ended):
        with pytest.raises(NotVisible):
            services.tighten_entry(actor=person, **wanted)
    template = CatalogueEntry.objects.templates().get(code="G03")
    with pytest.raises(NotVisible):
        services.tighten_entry(actor=cast.secretary, **{**wanted, "entry_id": template.pk})
    assert services.tighten_entry(actor=cast.inspector, **wanted).version == 2


def test_an_item_under_way_keeps_the_version_it_was_drafted_under(cast):
    item = make_item(cast, "G03")
    old = item.catalogue_entry
    services.tighten_entry(
        actor=cast.clerk, entry_id=old.pk, reason="从严", attendance=AttendanceKind.TWO_THIRDS
    )
    item = DecisionItem.objects.get(pk=item.pk)
    assert item.catalogue_entry == old
    assert entry_check(item).ok
    CatalogueEntry.objects.filter(school=cast.school, code="G03").update(is_current=False)
    assert not entry_check(DecisionItem.objects.get(pk=item.pk)).ok
