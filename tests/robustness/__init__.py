import pytest

pytest.register_assert_rewrite(
    "tests.robustness.racing", "tests.robustness.races", "tests.robustness.exception_races"
)
