"""无记名投票: nothing kept anywhere leads from a person to a vote (R58, facts.md §7)."""

import json
import logging
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import DateTimeField
from django.urls import reverse

from common.errors import Blocked, NotNow
from meetings.models import AgendaEntry, Tally
from meetings.services import conclusion, deliberation
from tests.meetings.scenes import PARTY_SIX, say_all, sitting_meeting

pytestmark = pytest.mark.django_db

SPEAKERS = ("principal", "deputy", "vice", "vice_second", "discipline", "secretary")
COUNT = {"votes_for": 4, "votes_against": 1, "abstentions": 1, "issued": 6}
STAFF = {"tellers": "孙正清、周婉宁", "counter": "罗敏"}


@pytest.fixture
def entry(cast):
    """A secret vote under way: six voters, everybody has spoken."""
    entry = sitting_meeting(cast, present=PARTY_SIX)
    say_all(cast, entry, *SPEAKERS)
    return deliberation.save_entry(
        entry.pk, actor=cast.clerk, version=entry.version, method="secret", decision_text="同意。"
    )


def seats_of(cast, entry, *names):
    rows = entry.meeting.attendances.select_related("seat")
    found = {row.seat.person_id: row.seat_id for row in rows}
    return [found[getattr(cast, name).pk] for name in names]


def save(cast, tally, **fields):
    version = Tally.objects.get(pk=tally.pk).version
    return deliberation.save_tally(
        tally.pk, actor=cast.clerk, version=version, **({**COUNT, **STAFF} | fields)
    )


def conclude(cast, entry):
    entry = AgendaEntry.objects.get(pk=entry.pk)
    return conclusion.conclude_entry(entry.pk, actor=cast.clerk, outcome="passed", version=entry.version)


LASTING = {"accounts.User", "governance.Seat", "meetings.AgendaEntry", "meetings.Tally", "meetings.Meeting"}
MASKS = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.+Z]+"), "<time>"),
    (re.compile(r"[0-9a-f]{16,}"), "<digest>"),
    (re.compile(r"([a-z]+\.[a-z]+):\d+"), r"\1:<row>"),
)


def _told(field: Any, value: Any) -> str:
    """What one stored value tells: times, digests and keys of new rows are the clock's and the sequence's."""
    if field.primary_key or field.name == "id" or isinstance(field, DateTimeField):
        return ""
    if field.is_relation and field.related_model._meta.label not in LASTING:
        return ""
    text = json.dumps(value, default=str, ensure_ascii=False, sort_keys=True)
    for pattern, word in MASKS:
        text = pattern.sub(word, text)
    return text


def everything() -> dict[str, list[str]]:
    """Every row of every table: field history, ledger, events, inbox and outbox, trail included."""
    kept = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            fields = model._meta.concrete_fields
            rows = model._base_manager.values_list(*(field.attname for field in fields))
            kept[model._meta.label] = sorted(
                " ".join(_told(field, value) for field, value in zip(fields, row, strict=True))
                for row in rows
            )
    return kept


def test_what_is_kept_is_the_same_in_whatever_order_people_voted(cast, entry, caplog):
    """Ticked one by one as each goes to the box, in two orders, with the same count: no table differs afterwards."""
    tally, voters = entry.tallies.get(), seats_of(cast, entry, *SPEAKERS)
    caplog.set_level(logging.DEBUG)
    kept = []
    for order in (voters, voters[::-1]):
        point = transaction.savepoint()
        for size in range(1, len(order) + 1):
            save(cast, tally, voted=order[:size])
        concluded = conclude(cast, entry)
        votes = concluded.snapshot["votes"]
        kept.append(everything())
        transaction.savepoint_rollback(point)
    assert kept[0] == kept[1]
    assert sum(len(rows) for rows in kept[0].values()) > 500
    electorate = [p["name"] for p in concluded.snapshot["electorate"] if p["status"] == "present"]
    assert votes[0]["voted"] == electorate and votes[0]["named"] == []
    assert kept[0]["meetings.Ballot"] == kept[0]["meetings.HistoricalBallot"] == []
    history = {field.name for field in Tally.history.model._meta.concrete_fields}
    assert "votes_for" in history and "voted" not in history
    assert not [line for line in caplog.messages if "voted" in line]


def test_a_list_that_does_not_agree_with_the_box_keeps_the_entry_open(cast, entry):
    tally = entry.tallies.get()
    save(cast, tally, voted=seats_of(cast, entry, *SPEAKERS[:5]))
    with pytest.raises(Blocked) as blocked:
        conclude(cast, entry)
    assert [(check.code, check.message) for check in blocked.value.checks] == [
        ("R58", "已投票名单 5 人，收回 6 张，不相符。请核对名单和票数。")
    ]
    save(cast, tally, voted=seats_of(cast, entry, *SPEAKERS))
    assert conclude(cast, entry).outcome == "passed"


def test_only_voters_of_a_secret_ballot_are_signed_off(cast, entry):
    tally = entry.tallies.get()
    away = seats_of(cast, entry, "organizer")
    with pytest.raises(NotNow, match="未到会或已回避"):
        save(cast, tally, voted=away)
    assert Tally.objects.get(pk=tally.pk).voted == []
    other = deliberation.save_entry(
        entry.pk, actor=cast.clerk, version=AgendaEntry.objects.get(pk=entry.pk).version, method="oral"
    )
    with pytest.raises(NotNow, match="只有无记名投票"):
        save(cast, tally, voted=seats_of(cast, other, "vice"))


def test_named_votes_of_an_entry_never_become_a_secret_ballot(cast, entry):
    """Their history would stand beside the secret count."""
    entry = deliberation.save_entry(entry.pk, actor=cast.clerk, version=entry.version, method="named")
    tally = entry.tallies.get()
    choices = dict.fromkeys(seats_of(cast, entry, "vice"), "for")
    deliberation.save_ballots(tally.pk, actor=cast.clerk, version=tally.version, choices=choices)
    tally.refresh_from_db()
    deliberation.save_ballots(tally.pk, actor=cast.clerk, version=tally.version, choices={})
    with pytest.raises(NotNow, match="登记过记名票"):
        deliberation.save_entry(entry.pk, actor=cast.clerk, version=entry.version, method="secret")


def test_few_ballots_are_warned_of_on_desk_and_record(cast, client):
    entry = sitting_meeting(cast, present=PARTY_SIX)
    deliberation.save_entry(entry.pk, actor=cast.clerk, version=entry.version, method="secret")
    tally = entry.tallies.get()
    client.force_login(cast.clerk)
    desk = reverse("meetings:desk_entry", args=[entry.meeting_id, entry.pk])
    warning = "可能推断出个人选择"
    save(cast, tally, votes_for=4, votes_against=0, abstentions=0, issued=4)
    assert warning not in client.get(desk).content.decode()
    save(cast, tally, votes_for=3, votes_against=0, abstentions=0, issued=3)
    assert warning in client.get(desk).content.decode()


def test_the_desk_takes_the_list_with_the_count(cast, entry, client):
    tally = entry.tallies.get()
    seats = seats_of(cast, entry, "vice", "deputy")
    client.force_login(cast.clerk)
    act = reverse("meetings:part_act", args=[entry.meeting_id, entry.pk, "tally-save", tally.pk])
    typed = {"version": tally.version, "votes_for": 2, "votes_against": 0, "abstentions": 0, "issued": 2}
    answer = client.post(act, typed | {"voted": seats, "has_list": "1"}, headers={"X-Desk": "1"})
    assert answer.status_code == 200
    assert Tally.objects.get(pk=tally.pk).voted == sorted(seats)
    answer = client.post(act, typed | {"version": answer.json()["version"]}, headers={"X-Desk": "1"})
    assert Tally.objects.get(pk=tally.pk).voted == sorted(seats)  # a form without the list leaves it
    version = answer.json()["version"]
    client.post(act, typed | {"version": version, "has_list": "1"}, headers={"X-Desk": "1"})
    assert Tally.objects.get(pk=tally.pk).voted == []
