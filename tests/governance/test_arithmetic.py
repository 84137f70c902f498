"""The 取整表 of facts.md §4 for n = 1…15 in every base, and properties no sample can miss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.arithmetic import (
    MORE_THAN_HALF,
    TWO_THIRDS,
    Threshold,
    Verdict,
    judge_quorum,
    quorum_threshold,
    vote_threshold,
)

N = range(1, 16)
# Written out by hand, not computed: n → needed.
STRICT_HALF = dict(zip(N, (1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8), strict=True))
INCLUSIVE_HALF = dict(zip(N, (1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8), strict=True))
TWO_THIRDS_OF = dict(zip(N, (1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 10, 10), strict=True))


@pytest.mark.parametrize("n", N)
def test_more_than_half_of_every_body(n):
    assert MORE_THAN_HALF.required(n) == STRICT_HALF[n]
    assert quorum_threshold([1, 2], half_inclusive=False).required(n) == STRICT_HALF[n]
    assert vote_threshold("gt_half").required(n) == STRICT_HALF[n]


@pytest.mark.parametrize("n", N)
def test_half_included_where_a_district_says_so(n):
    assert quorum_threshold([1, 2], half_inclusive=True).required(n) == INCLUSIVE_HALF[n]


@pytest.mark.parametrize("n", N)
def test_two_thirds_rounds_up(n):
    assert TWO_THIRDS.required(n) == TWO_THIRDS_OF[n]
    assert quorum_threshold([2, 3], half_inclusive=False).required(n) == TWO_THIRDS_OF[n]
    assert vote_threshold("two_thirds").required(n) == TWO_THIRDS_OF[n]


@pytest.mark.parametrize("n", N)
def test_exactly_half_is_a_result_of_its_own(n):
    half = Verdict.EXACTLY_HALF if n % 2 == 0 else Verdict.NOT_MET
    assert judge_quorum([1, 2], False, n // 2, n) is half
    assert judge_quorum([1, 2], False, n // 2 + 1, n) is Verdict.MET
    assert judge_quorum([1, 2], True, (n + 1) // 2, n) is Verdict.MET


def test_exactly_half_never_passes_a_vote():
    assert not any(MORE_THAN_HALF.is_met(n // 2, n) for n in range(2, 100, 2))


def test_no_members_cannot_be_judged():
    assert judge_quorum([1, 2], False, 0, 0) is Verdict.UNKNOWN
    assert not MORE_THAN_HALF.is_met(0, 0)


@given(st.integers(1, 20), st.integers(1, 20), st.booleans(), st.integers(1, 500))
def test_required_is_the_least_number_that_meets(a, b, strict, base):
    threshold = Threshold(min(a, b), max(a, b), strict)
    need = threshold.required(base)
    exceeds = need * threshold.denominator > base * threshold.numerator
    assert exceeds if strict else need * threshold.denominator >= base * threshold.numerator
    less = (need - 1) * threshold.denominator
    assert less <= base * threshold.numerator if strict else less < base * threshold.numerator
    assert not threshold.is_met(need - 1, base)


@given(st.integers(1, 200), st.integers(0, 200))
def test_more_present_never_hurts(due, present):
    order = [Verdict.NOT_MET, Verdict.EXACTLY_HALF, Verdict.MET]
    now = judge_quorum([1, 2], False, min(present, due), due)
    more = judge_quorum([1, 2], False, min(present + 1, due), due)
    assert order.index(more) >= order.index(now)


@pytest.mark.parametrize(
    ("threshold", "count", "base", "text"),
    [
        (MORE_THAN_HALF, 5, 7, "5 ＞ 7÷2 = 3.5"),
        (MORE_THAN_HALF, 3, 6, "3 不大于 6÷2 = 3"),
        (TWO_THIRDS, 4, 7, "4 ＜ 7×2/3，进位为 5"),
        (TWO_THIRDS, 6, 9, "6 ≥ 9×2/3 = 6"),
    ],
)
def test_formula_shows_the_arithmetic(threshold, count, base, text):
    assert threshold.formula(count, base) == text


@pytest.mark.parametrize(("a", "b"), [(0, 2), (3, 2), (-1, 2)])
def test_a_share_lies_between_nothing_and_all(a, b):
    with pytest.raises(ValueError, match="not a share"):
        Threshold(a, b)
