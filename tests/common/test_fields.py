"""Days, moments, numbers and months as anybody might write them: understood, or refused in words; never an error."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from common.fields import FIRST_YEAR, LAST_YEAR, DayField, MomentField, whole_number
from decisions.forms.base import YuanField
from oversight.calendar import months_back, parse_month

EXAMPLES = settings(max_examples=150, derandomize=True, deadline=None, database=None)
WRITTEN = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat(sep=" ", timespec="minutes")),
    st.integers(0, 99_999).map(lambda year: f"{year:04}-09-01T00:00"),
)


def understood(field, text):
    """What the field makes of it; None where it refuses. Any other error is a fault."""
    try:
        return field.clean(text)
    except ValidationError:
        return None


@EXAMPLES
@given(WRITTEN)
def test_a_day_or_moment_lies_in_a_known_year_or_is_refused(text):
    for field in (DayField(), MomentField()):
        found = understood(field, text)
        assert found is None or FIRST_YEAR <= found.year <= LAST_YEAR


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "0206-09-01T08:00", "9999-12-31T23:59"])
def test_a_slip_of_the_year_is_told(text):
    """The year 1 would be stored and then never read again: its instant in UTC lies before the first year."""
    for field, written in ((DayField(), text[:10]), (MomentField(), text.replace("T", " "))):
        with pytest.raises(ValidationError, match="请核对年份，应在 1950 到 2100 年之间。"):
            field.clean(written)


@EXAMPLES
@given(st.one_of(st.text(max_size=30), st.integers().map(str)))
def test_a_number_of_an_address_fits_a_key_or_is_none(text):
    number = whole_number(text)
    assert number is None or 0 <= number < 2**63


def test_a_number_no_computer_reads_is_none():
    assert [whole_number(text) for text in ("9" * 5000, "²", "-1", "1.0", "", "12")] == [None] * 5 + [12]


@EXAMPLES
@given(st.one_of(st.text(max_size=12), st.integers(0, 9999).map(lambda year: f"{year:04}-01")))
def test_any_month_asked_for_can_be_drawn(text):
    month = parse_month(text, date(2026, 11, 27))
    assert FIRST_YEAR <= month.year <= 2026
    assert len(months_back(month, 24)) == 24


@EXAMPLES
@given(WRITTEN)
def test_an_amount_is_a_number_or_is_refused(text):
    found = understood(YuanField(max_digits=14, decimal_places=2, required=False), text)
    assert found is None or found.is_finite()
