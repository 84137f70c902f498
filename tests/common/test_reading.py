"""Read rules compiled once: the same rows as the rule itself, for each person and each day."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from common import reading
from common.reading import readable
from decisions.models import DecisionItem
from governance.models import Seat
from meetings.models import AgendaEntry, Meeting
from tests.factories.cast import NAMES
from tests.factories.decisions import make_item

pytestmark = pytest.mark.django_db


def test_it_gives_what_the_rule_gives(cast):
    make_item(cast, "G14", amount=None)
    make_item(cast, "B03")
    make_item(cast, "G14", "draft", amount=None)
    seen = set()
    for who in NAMES:
        user = getattr(cast, who)
        for model, rule in (
            (DecisionItem, "visible_to"),
            (DecisionItem, "barred_to"),
            (Meeting, "visible_to"),
        ):
            expected = set(getattr(model.objects, rule)(user))
            assert set(model.objects.filter(pk__in=readable(model, user, rule))) == expected, (who, rule)
            seen.add(len(expected))
    assert len(seen) > 2  # not the same answer to everybody


def test_nobody_reads_nothing(cast):
    make_item(cast, "G14", amount=None)
    assert not DecisionItem.objects.filter(pk__in=readable(DecisionItem, AnonymousUser())).exists()
    assert not AgendaEntry.objects.visible_to(AnonymousUser()).exists()


def test_what_the_database_says_is_asked_each_time(cast):
    item = make_item(cast, "G14", amount=None)
    mine = DecisionItem.objects.filter(pk__in=readable(DecisionItem, cast.vice_second))
    assert mine.exists()
    cast.vice_second.seats.update(until=timezone.localdate(), ended_at=timezone.now())
    assert not DecisionItem.objects.filter(
        pk=item.pk, pk__in=readable(DecisionItem, cast.vice_second)
    ).exists()


def test_another_day_is_another_rule(cast, monkeypatch):
    make_item(cast, "G14", amount=None)
    Seat.objects.filter(person=cast.vice_second).update(until=timezone.localdate())
    assert DecisionItem.objects.filter(pk__in=readable(DecisionItem, cast.vice_second)).exists()
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *args: tomorrow)
    assert not DecisionItem.objects.filter(pk__in=readable(DecisionItem, cast.vice_second)).exists()


def test_it_keeps_no_more_than_it_may(cast, monkeypatch):
    monkeypatch.setattr(reading, "KEPT", 2)
    monkeypatch.setattr(reading, "_compiled", {})
    for who in ("vice", "clerk", "staff", "principal"):
        readable(DecisionItem, getattr(cast, who))
        assert len(reading._compiled) <= 2


def test_an_empty_rule_still_compiles():
    rows = DecisionItem.objects.filter(pk__in=readable(DecisionItem, AnonymousUser()))
    sql, params = rows.query.get_compiler(connection=connection).as_sql()
    assert "WHERE false" in sql and params == ()


def test_it_is_compiled_once_for_everybody(cast, monkeypatch):
    monkeypatch.setattr(reading, "_compiled", {})
    first = readable(DecisionItem, cast.clerk)
    known = dict(reading._compiled)
    second = readable(DecisionItem, cast.outsider)
    assert reading._compiled == known
    assert first.sql == second.sql
    assert cast.clerk.pk in first.params and cast.clerk.pk not in second.params
    assert reading._Anybody.pk not in (*first.params, *second.params)
