"""Registers, 公示, 紧急处置 and rows handed over: each rule is broken and kept somewhere."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import transaction

from accounts.models import User
from compliance.hooks import paused
from compliance.registry import RULES
from compliance.services import refresh_parameters
from demo import carried, direct, district, followup, registers, schools
from demo.clock import Calendar, story_time
from governance.models import Authority, School
from ledger.models import LedgerEntry
from ledger.services import verify
from registers.choices import Retention

TODAY = date(2026, 11, 19)
NOW = datetime.fromisoformat("2026-11-19T15:42:00+08:00")  # a Thursday
ALL = frozenset({"R73", "R77", "R79", "R80", "R81", "R82", "R84", "R85", "R86", "R87", "R88", "R89"})
PAPERS = (
    (carried.issued_by_another, ("P1", "deputy")),
    (carried.rewritten, ("P1",)),
    (carried.taken_up_by_few, ("m2",)),
    (carried.dropped, ("m2",)),
)
AMISS = (
    (-46, "16:31", followup.count_members, 96),
    (-45, "10:40", followup.dispose, "m2", "须当日处置。", "先行停用。"),
    (-30, "16:31", followup.expire_term, 5),
)
BROKEN = ALL - {"R73"} | {"R01", "R04", "R05", "R60", "R63", "R64", "R67", "R74", "R75", "R76"}
BY_THE_CITY = {"R78", "R83"}  # broken in the school directly under the city
KEPT_ELSEWHERE = {"R74", "R75", "R76"}  # asked in test_load.py


@pytest.mark.django_db
def test_each_rule_is_broken_and_kept(monkeypatch):
    """崇实 does everything wrong, 求真 nothing: two schools instead of the eight that share it in the demo."""
    monkeypatch.setattr(carried, "ACTS", {"chongshi": PAPERS})
    monkeypatch.setattr(registers, "BREAKS", {"chongshi": ALL})
    monkeypatch.setattr(followup, "ACTS", {"chongshi": AMISS})
    monkeypatch.setattr(followup, "KEPT", {"chongshi": Retention.TEN, "qiuzhen": Retention.PERMANENT})
    monkeypatch.setattr(followup, "LATER", "qiuzhen")
    wrong, right = (next(s for s in district.STORIES if s.slug == slug) for slug in ("chongshi", "qiuzhen"))
    items = tuple(item for item in wrong.items if item.key == "m2")
    sittings = tuple(replace(sitting, recorder="secretary") for sitting in wrong.sittings)
    stories = (replace(wrong, items=items, sittings=sittings), replace(right, items=()))
    calendar = Calendar(NOW)
    since = district.founding_day(calendar)
    began = calendar.at(district.FOUNDED, "09:00")
    with paused(), transaction.atomic(), story_time(began) as clock, district.held_back():
        district.found_district(since)
        direct.found(district.CITY, since, "!")
        for story in stories:
            clock.restart(began)
            for person in story.people:
                district.make_person(district.username_of(story, person.key), person.name, "", "!")
            district.play_school(story, calendar, clock)
        district.join_district(since, "!")
    with paused(), story_time(NOW):
        reviewer = User.objects.get(username="inspector")
        registers.answer_registers(Authority.objects.get(name=district.DISTRICT), reviewer)
    for school in School.objects.all():
        assert list(verify(school.chain_key, with_rows=True)) == []
    assert LedgerEntry.objects.filter(kind="import.recorded").count() == len(PAPERS)
    refresh_parameters(School.objects.all())
    names = dict(School.objects.values_list("pk", "short_name"))
    lapses = set()
    for code in BROKEN | BY_THE_CITY:
        rule = RULES[code]
        subjects = rule.subjects(School.objects.all(), TODAY)
        found = rule.outcomes(subjects).values_list("found_school", "is_gap", "is_breach")
        broken = {names[school] for school, is_gap, is_breach in found if is_breach and not is_gap}
        if ("市实验" if code in BY_THE_CITY else "崇实") not in broken or "求真" in broken:
            lapses.add((code, *broken))
        if (rule.asked(School.objects.all(), TODAY).count() == len(found)) != (code in KEPT_ELSEWHERE):
            lapses.add((code, "kept"))
    assert lapses == set()


def test_what_is_laid_names_schools_and_matters_of_the_stories():
    """A school or matter renamed in the stories must be renamed here."""
    stories = {story.slug: story for story in district.STORIES}
    plans = {**followup.ACTS, **carried.ACTS, **followup.KEPT, **registers.BREAKS}
    assert set(plans) | {followup.SHORT_NOTICE, followup.LATER} <= set(stories)
    for slug, acts in carried.ACTS.items():
        known = {item.key for item in stories[slug].items} | {
            sitting.key for sitting in stories[slug].sittings
        }
        assert {args[0] for _, args in acts} <= known
    assert frozenset().union(*registers.BREAKS.values()) == ALL
    assert {sketch.lapse for sketch in schools.SKETCHES} == {"", "unsigned", "own_recorder", "new_vice"}
