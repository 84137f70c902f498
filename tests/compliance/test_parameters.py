"""The parameters laid out for SQL are those that governance resolves, on every day."""

from datetime import date, timedelta

from django.db import connection
from django.db.models import DateField, F, Value
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext

from compliance.models import EffectiveParameter
from compliance.services import refresh_parameters
from compliance.words import Workdays, workdays
from governance.choices import ParameterLevel
from governance.models import Authority, ProcedureParameter, School
from governance.parameters import KEYS, resolve
from tests.compliance.kit import SINCE


def laid_out(school, day):
    rows = (
        EffectiveParameter.objects.filter(school=school, since__lte=day)
        .order_by("key", "-since")
        .distinct("key")
    )
    return {row.key: (row.value, row.source, row.level) for row in rows}


def resolved(school, day):
    return {
        key: (entry["value"], entry["source"], entry["level"])
        for key, entry in resolve(school, day).values.items()
    }


def test_layers_dates_and_neighbours(kit):
    city = Authority.objects.create(name="云川市教育工委", level="city", path="/c/")
    city.path = f"/{city.pk}/"
    city.save()
    kit.authority.parent, kit.authority.path = city, f"/{city.pk}/{kit.authority.pk}/"
    kit.authority.save()
    school, neighbour = kit.school(party=1, admin=1), kit.school(party=1, admin=1)
    for level, key, value, since in (
        (ParameterLevel.PROVINCE, "minutes.days", 5, SINCE),
        (ParameterLevel.PROVINCE, "minutes.days", 6, date(2026, 3, 1)),
        (ParameterLevel.NATIONAL, "party.quorum", [3, 5], date(2026, 1, 1)),
    ):
        ProcedureParameter.objects.create(
            level=level, authority=city, key=key, value=value, source="省规定", since=since
        )
    kit.parameter("minutes.days", 4, since=date(2025, 1, 1))
    kit.parameter("minutes.days", 2, school=school, since=date(2026, 6, 1))
    kit.parameter("minutes.days", 1, school=school, since=date(2026, 6, 1))
    kit.parameter("vote.base", "present", since=date(2025, 9, 1))
    kit.parameter("quorum.half_inclusive", True, school=neighbour)
    with CaptureQueriesContext(connection) as asked:
        refresh_parameters(School.objects.filter(authority=kit.authority))
    assert len(asked) == 2  # the schools, and the one statement
    days = [date(2020, 1, 1), SINCE - timedelta(days=1), SINCE, date(2025, 3, 1), date(2026, 5, 31)]
    for one in (school, neighbour):
        for day in [*days, date(2026, 6, 1), date(2026, 11, 20)]:
            assert laid_out(one, day) == resolved(one, day)
    row = EffectiveParameter.objects.get(school=school, key="party.quorum", since=date(2026, 1, 1))
    assert (row.number, row.denominator, row.word) == (3, 5, "")
    flags = EffectiveParameter.objects.filter(school=neighbour, key="quorum.half_inclusive")
    assert set(flags.values_list("number", flat=True)) == {0, 1}
    assert (
        EffectiveParameter.objects.get(school=school, key="vote.base", since=date(2025, 9, 1)).word
        == "present"
    )


def test_refreshing_again_writes_nothing_and_follows_changes(kit):
    school = kit.school(party=1, admin=1)
    scope = School.objects.filter(pk=school.pk)
    assert refresh_parameters(scope) == len(KEYS) + 1
    assert refresh_parameters(scope) == 0
    own = kit.parameter("minutes.days", 2, school=school)
    assert refresh_parameters(scope) == 1
    own.delete()
    refresh_parameters(scope)
    assert laid_out(school, date(2026, 11, 20)) == resolved(school, date(2026, 11, 20))


def test_working_days_in_sql_are_those_of_python(kit):
    kit.school(party=1, admin=1)
    first = date(2026, 10, 26)
    for start in (first + timedelta(days=n) for n in range(8)):
        for end in (start + timedelta(days=n) for n in range(16)):
            row = School.objects.annotate(
                start=Cast(Value(start), DateField()), end=Cast(Value(end), DateField())
            ).annotate(days=Workdays(F("start"), F("end")))
            counted = sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, (end - start).days + 1))
            assert (row.get().days, workdays(start, end)) == (counted, counted)
