"""No key, token or password of anything real stands in a tracked file."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PATTERNS = {
    "private key": r"-----BEGIN (?:RSA |EC |OPENSSH |DSA |ENCRYPTED )?PRIVATE KEY-----",
    "cloud key": r"\b(?:AKIA[0-9A-Z]{16}|LTAI[0-9A-Za-z]{12,}|AKID[0-9A-Za-z]{13,})\b",
    "access token": r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|glpat-[\w-]{20}|xox[abpr]-[\w-]{10,}|sk-[A-Za-z0-9]{32,})",
    "web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "long secret": r"(?i)\b(?:secret|token|passw(?:or)?d|api_?key)\w*[\"']?\s*[:=]\s*[\"'][\w+/=-]{24,}[\"']",
    "password in an address": r"\b[a-z][a-z0-9+]*://[^\s/:@\"'<>]+:(?P<password>[^\s/@\"'<>{}$]+)@",
}
# What documentation and tests write where a password would stand.
PLACEHOLDERS = {"password", "secret", "pw", "…"}
# Made up for tests: seeds of second factors, and a key that is long enough.
KNOWN = {
    "tests/accounts/test_external.py",
    "tests/accounts/test_factor.py",
    "tests/config/test_settings.py",
}
GENERATED = {"package-lock.json"}
SECRET_FILES = re.compile(r"(?:^|/)(?:\.env|id_(?:rsa|ed25519|ecdsa)|.*\.(?:pem|key|p12|pfx|jks|kdbx))$")
EXAMPLES = {
    "private key": "-----BEGIN " + "PRIVATE KEY-----",
    "cloud key": "AKIA" + "A1B2C3D4E5F6G7H8",
    "access token": "ghp_" + "a1B2" * 9,
    "web token": "eyJ" + "hbGciOiJIUzI" + ".eyJ" + "zdWIiOiIxMjM0" + ".c2lnbmF0dXJl",
    "long secret": "API_KEY = '" + "a1B2c3D4" * 3 + "'",
    "password in an address": "postgresql://school:" + "Gx83kd@db.example/school",
}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [name for name in listed.decode().split("\0") if name]


def found_in(text: str) -> list[tuple[str, str]]:
    return [
        (kind, match.group())
        for kind, pattern in PATTERNS.items()
        for match in re.finditer(pattern, text)
        if match.groupdict().get("password", "").lower() not in PLACEHOLDERS
    ]


@pytest.mark.parametrize("kind", PATTERNS)
def test_each_pattern_finds_its_kind(kind):
    assert kind in [name for name, _ in found_in(EXAMPLES[kind])]


def test_tracked_files_hold_no_secret():
    names = tracked()
    assert len(names) > 500
    assert [name for name in names if SECRET_FILES.search(name)] == []
    found: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        path = ROOT / name
        if Path(name).name in GENERATED or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures
        if here := found_in(text):
            found[name] = here
    assert {name: found[name] for name in found.keys() - KNOWN} == {}
    assert [kind for name in KNOWN for kind, _ in found[name]] == ["long secret"] * len(KNOWN)
