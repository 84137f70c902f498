"""Parameters: layered, dated, stricter only downwards where a threshold is concerned."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import Blocked, NotNow, NotPermitted
from governance.choices import ParameterLevel
from governance.models import ProcedureParameter
from governance.parameters import KEYS, is_stricter, resolve, words
from governance.services import set_parameter
from ledger.models import LedgerEntry

TODAY = timezone.localdate()


def at_school(cast, key, value, actor=None, since=TODAY):
    return set_parameter(
        actor=actor or cast.secretary,
        level=ParameterLevel.SCHOOL,
        school=cast.school,
        key=key,
        value=value,
        source="本校议事规则第4条",
        since=since,
    )


def at_district(cast, key, value, since=TODAY):
    return set_parameter(
        actor=cast.inspector,
        level=ParameterLevel.DISTRICT,
        authority=cast.authority,
        key=key,
        value=value,
        source="区议事规则第6条",
        since=since,
    )


def test_lower_levels_and_later_days_win(cast):
    at_district(cast, "loop.deploy_days", 10, since=TODAY - timedelta(days=30))
    at_district(cast, "loop.deploy_days", 8, since=TODAY)
    at_school(cast, "loop.deploy_days", 5, since=TODAY)
    key = "loop.deploy_days"
    assert resolve(cast.school, TODAY - timedelta(days=40))[key] == 7
    assert resolve(cast.school, TODAY - timedelta(days=1))[key] == 10
    today = resolve(cast.school, TODAY)
    assert (today[key], today.level(key), today.source(key)) == (5, "school", "本校议事规则第4条")
    assert resolve(cast.other_school, TODAY)[key] == 8


def test_school_may_raise_a_threshold_and_not_lower_it(cast):
    at_district(cast, "party.quorum", [2, 3])
    before = ProcedureParameter.objects.count(), LedgerEntry.objects.count()
    with pytest.raises(Blocked) as refusal:
        at_school(cast, "party.quorum", [1, 2])
    assert "2/3" in refusal.value.checks[0].message
    assert (ProcedureParameter.objects.count(), LedgerEntry.objects.count()) == before
    at_school(cast, "party.quorum", [3, 4])
    assert resolve(cast.school, TODAY)["party.quorum"] == [3, 4]


@pytest.mark.parametrize(
    ("key", "value", "above", "answer"),
    [
        ("party.quorum", [1, 2], [1, 2], True),
        ("party.quorum", [49, 100], [1, 2], False),
        ("vote.major_pass", [2, 3], None, True),
        ("vote.major_pass", None, [2, 3], False),
        ("quorum.half_inclusive", True, False, False),
        ("quorum.half_inclusive", False, True, True),
        ("vote.pass", "two_thirds", "gt_half", True),
        ("vote.pass", "gt_half", "two_thirds", False),
        ("vote.base", "present", "due", False),
        ("vote.base", "due", "present", True),
        ("fund.large_threshold", 500_000, 300_000, True),
        ("minutes.days", 9, 3, True),
    ],
)
def test_stricter(key, value, above, answer):
    assert is_stricter(key, value, above) is answer


def test_values_are_checked(cast):
    for key, value in (("party.quorum", [3, 2]), ("minutes.days", "3"), ("no.such", 1), ("vote.pass", "all")):
        with pytest.raises(NotNow):
            at_school(cast, key, value)


def test_who_may_set(cast):
    for person in (cast.principal, cast.staff):
        with pytest.raises(NotPermitted):
            at_school(cast, "minutes.days", 2, actor=person)
    with pytest.raises(NotPermitted):
        set_parameter(
            actor=cast.secretary,
            level=ParameterLevel.DISTRICT,
            authority=cast.authority,
            key="minutes.days",
            value=2,
            source="无",
            since=TODAY,
        )
    row = at_school(cast, "minutes.days", 2, actor=cast.clerk)
    assert row.history.get().history_user == cast.clerk
    assert LedgerEntry.objects.get(kind="parameter.set", chain=cast.school.chain_key).payload == {
        "level": "school",
        "key": "minutes.days",
        "value": 2,
        "source": "本校议事规则第4条",
        "since": TODAY.isoformat(),
    }


def test_every_default_has_words():
    assert all(words(key.key, key.default) for key in KEYS.values())
    assert words("fund.large_threshold", 300_000) == "300,000 元"
    assert words("fund.large_threshold", None) == "未设定"
    assert words("agenda.adhoc_forbidden", ["K", "F"]) == "重要干部任免、大额度资金使用"
