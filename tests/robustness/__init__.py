import pytest

pytest.register_assert_rewrite("tests.robustness.racing", "tests.robustness.races")
