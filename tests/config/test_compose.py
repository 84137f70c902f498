"""docker-compose.yml hands every setting to the processes that read it (no container engine is needed to see that)."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(scope="module")
def services() -> dict[str, dict]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]


@pytest.mark.parametrize("name", ["migrate", "web", "worker", "beat"])
def test_the_application_reads_every_setting_of_the_operator(services, name):
    """CLAMAV or LEDGER_HASH in .env must not stay without effect."""
    assert services[name]["env_file"] == [".env"]
    assert services[name]["environment"]["APP_ENV"] == "production"


@pytest.mark.parametrize("name", ["nginx", "postgres", "redis"])
def test_others_do_not_read_its_secrets(services, name):
    assert "env_file" not in services[name]
    assert "SECRET_KEY" not in services[name].get("environment", {})
