"""The generated district: 曲靖's proportions, the same rows every time, and rows every rule can judge."""

import hashlib
from collections import Counter
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, Q

from accounts.models import User
from compliance import registry
from compliance.models import Finding, RuleError
from compliance.services import evaluate
from decisions.models import DecisionItem
from demo.generate.books import Books, as_json
from demo.generate.district import WRITTEN, NotEmpty, generate
from demo.generate.plan import plans, shares
from demo.generate.world import Frame, found
from demo.generate.year import live
from governance.choices import PartyOrgKind
from governance.models import School
from governance.parameters import KEYS, resolve
from governance.selectors import is_dual_role
from governance.services.catalogue import read_table
from meetings.models import AgendaEntry, Meeting

UNTIL = date(2026, 11, 20)
KINDS = (PartyOrgKind.COMMITTEE, PartyOrgKind.GENERAL_BRANCH, PartyOrgKind.BRANCH)


def digest(schools: int, seed: int) -> str:
    """SHA-256 over all rows of a small district, without a database."""
    templates = [{"id": number, **row} for number, row in enumerate(read_table(), 1)]
    parameters = {key: {"value": k.default, "source": k.source} for key, k in KEYS.items()}
    frame = Frame(
        until=UNTIL,
        months=2,
        seed=seed,
        items=12,
        moment=datetime(2026, 11, 20, tzinfo=UTC),
        base={model._meta.label: 0 for model in WRITTEN},
        authorities=tuple(range(1, 11)),
        parameters=(parameters,) * 10,
        templates=(templates,) * 10,
    )
    books = Books(frame.moment, frame.base)
    for plan in plans(schools, seed):
        live(found(frame, plan, books))
    text = as_json([[str(cell) for cell in row] for sheet in books.sheets.values() for row in sheet.rows])
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_same_seed_gives_the_same_rows():
    assert digest(3, seed=1) == digest(3, seed=1)
    assert digest(3, seed=1) != digest(3, seed=2)


def test_the_whole_plan_is_qujing():
    drawn = plans(485, seed=1)
    counts = Counter((plan.kind, plan.is_dual) for plan in drawn)
    assert [(counts[kind, True], counts[kind, False]) for kind in KINDS] == [(11, 7), (64, 13), (290, 100)]
    assert sum(plan.county < 0 for plan in drawn) == 14  # 市属学校
    assert len({plan.county for plan in drawn}) == 10
    assert len({plan.code for plan in drawn}) == 485
    assert len({(plan.county, plan.short_name) for plan in drawn}) == 485


@pytest.mark.parametrize("schools", [1, 8, 97, 4850])
def test_other_sizes_keep_the_proportions(schools):
    counts = shares(schools)
    assert sum(counts.values()) == schools
    assert all(abs(485 * number - schools * shares(485)[cell]) < 485 for cell, number in counts.items())


def test_a_district_needs_a_school():
    with pytest.raises(ValueError, match="at least one school"):
        plans(0, seed=1)


@pytest.mark.django_db
def test_a_small_district_can_be_judged_by_every_rule():
    seen: list[tuple[int, int]] = []
    counts = generate(
        schools=8, months=2, seed=1, until=UNTIL, progress=lambda done, total: seen.append((done, total))
    )
    connection.check_constraints()
    assert seen[-1] == (8, 8)
    assert counts["governance.School"] == School.objects.count() == 8
    assert counts["decisions.DecisionItem"] == DecisionItem.objects.count() == 8 * 14
    assert counts["meetings.Meeting"] == Meeting.objects.count() >= 8 * 6
    schools = {plan.code: plan for plan in plans(8, seed=1)}
    for school in School.objects.select_related("party_org", "authority"):
        plan = schools[school.code]
        assert (school.party_org.kind, is_dual_role(school)) == (plan.kind, plan.is_dual)
    # What a meeting pins and an entry keeps is what the platform itself would have written.
    held = Meeting.objects.filter(started_at__isnull=False).select_related("school__authority").first()
    assert held.parameters == resolve(held.school, held.started_at.date()).values
    entries = AgendaEntry.objects.filter(stage__isnull=False, snapshot__isnull=False)
    entry = entries.annotate(due=Count("meeting__attendances")).first()
    assert entry.snapshot["due"] == len(entry.snapshot["electorate"]) == entry.due
    assert entry.snapshot["parameters"] == entry.meeting.parameters
    # Numbers go on after the last one.
    assert User.objects.create(username="next").pk > User.objects.exclude(username="next").count()
    run = evaluate(schools=School.objects.all(), as_of=UNTIL)
    assert list(RuleError.objects.all()) == []
    assert set(run.counts) == set(registry.RULES)
    assert not Finding.objects.exists()  # a day that is not today is a trial
    judged = sum(count["violating"] for count in run.counts.values())
    assert 0 < judged < DecisionItem.objects.filter(Q(submitted_at__isnull=False)).count()
    with pytest.raises(NotEmpty, match="已有学校"):
        generate(schools=1)


@pytest.mark.django_db
def test_the_command_refuses_what_makes_no_sense():
    with pytest.raises(CommandError, match="at least 1"):
        call_command("generate_district", months=0, stdout=StringIO())
    assert not School.objects.exists()
