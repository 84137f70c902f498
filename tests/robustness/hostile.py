"""What a broken browser, a careless paste or an attacker sends, and what every answer to it must be."""

import json
import re
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.http import HttpResponse
from django.test import Client

MISSING = object()
# Right-to-left override, zero-width space, joined emoji, a pile of accents, a BOM, a noncharacter and U+2028.
TRICKS = "\u202e倒\u202c\u200b零 👩\u200d👩\u200d👧 e\u0301\u0323\u0332 \ufeff\uffff\u2028尾"
HOSTILE: dict[str, Any] = {
    "missing": MISSING,
    "empty": "",
    "blank": " \t\r\n ",
    "word": "x",
    "negative": "-1",
    "digits": "9" * 40,
    "infinite": "1e400",
    "not a number": "NaN",
    "huge": "长a" * 50_000,
    "tricks": TRICKS,
    "surrogates": "\ud83d\udc00半个",  # never valid UTF-8
    "markup": "'\"><script>alert(1)</script>",
    "no such day": "2026-02-31",
    "zero day": "0000-00-00",
    "far day": "99999-01-01",
    "twice": ["1", "2"],
    "nul": "a\0b",
    "a file": lambda: SimpleUploadedFile("脚本.html", b"<script>alert(1)</script>", "text/html"),
}
EXTRA = {
    "is_superuser": "1",
    "school": "1",
    "state": "done",
    "pk": "1",
    "__proto__": "x",
    "未知": "值",
    "[]": "y",
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Where a page, a fragment or JSON tells what is wrong.
MESSAGE = re.compile(
    r'role="alert"|verdict-|invalid-feedback|empty-title|没有办理|不能办理|"message"|"errors"'
)
MODES: dict[str, dict[str, str]] = {
    "page": {},
    "fragment": {"HX-Request": "true"},
    "json": {"Accept": "application/json", "X-Desk": "1"},
}


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """A body of tests.contracts.posts as a browser holds it."""
    values = {}
    for name, value in body.items():
        if isinstance(value, models.Model):
            value = value.pk
        values[name] = value if isinstance(value, SimpleUploadedFile) else str(value)
    return values


def with_value(body: dict[str, Any], names: Iterable[str], value: Any) -> dict[str, Any]:
    """The body with one hostile value in these fields."""
    changed = {**body, **dict.fromkeys(names, value)}
    return {
        name: value() if callable(value) else value for name, value in changed.items() if value is not MISSING
    }


def person(session: str, *, checks_token: bool = False) -> Client:
    """A browser with nothing but one session."""
    client = Client(enforce_csrf_checks=checks_token)
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def post(client: Client, url: str, body: dict[str, Any], mode: str = "page") -> HttpResponse:
    """One POST, with a file multipart, else urlencoded; an exception of a view is raised here."""
    sent: dict[str, Any] = {**body, "sent": "1"}
    files = [value for value in sent.values() if isinstance(value, SimpleUploadedFile)]
    for file in files:
        file.seek(0)
    if files:
        whole = {name: _encodable(value) for name, value in sent.items()}
        return client.post(url, whole, headers=MODES[mode])
    encoded = urlencode(sent, doseq=True, errors="surrogatepass")
    form = "application/x-www-form-urlencoded"
    return client.post(url, encoded, content_type=form, headers=MODES[mode])


def _encodable(value: Any) -> Any:
    """The test client writes multipart in UTF-8 only."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def text_of(response: HttpResponse) -> str:
    """The answer as people and scripts read it."""
    data = response.getvalue() if response.streaming else response.content
    kind = response.get("Content-Type", "")
    if kind.startswith("application/json"):
        return json.dumps(json.loads(data), ensure_ascii=False)
    return unescape(data.decode()) if kind.startswith("text/html") else ""


def speaks(text: str) -> bool:
    """Whether a refusal is told in Chinese at a place where people find it."""
    return bool(MESSAGE.search(text) and CHINESE.search(text))


def words_of(body: dict[str, Any]) -> dict[str, str]:
    """The fields that hold written words rather than a choice, a number or a day.

    `note` stands in for `reason` in forms that call it so: the same words are sent under both names.
    """
    return {
        name: value
        for name, value in body.items()
        if name != "note" and isinstance(value, str) and CHINESE.search(value)
    }
