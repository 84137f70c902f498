"""The kit of the rules' tests, for figures that are made of the same records."""

from tests.compliance.conftest import kit as kit
