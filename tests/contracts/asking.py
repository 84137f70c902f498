"""Asking the site as one person: sessions of the whole cast in one world, each request undone again."""

import json
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.contracts.world import World, make_world
from tests.factories.cast import ADMINISTRATORS, NAMES, make_cast


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """The world of tests.contracts.world, never committed."""
    folder = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=folder):
        made = make_world(make_cast())
        made.media = folder
        yield made
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _files_of_the_world(settings, _private_media, world):
    """Downloads find the files that were stored when the world was made."""
    settings.MEDIA_ROOT = world.media


@pytest.fixture(scope="module")
def sessions(world) -> dict[str, str]:
    """The session key of every member of the cast, empty for who is not signed in."""
    keys = {"anonymous": ""}
    for who in (*NAMES, *ADMINISTRATORS):
        client = Client()
        client.force_login(getattr(world.cast, who))
        keys[who] = client.session.session_key
    return keys


def browser(session: str) -> Client:
    """A browser with nothing but the session of one person."""
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def send(
    session: str, method: str, url: str, body: dict[str, Any] | None = None, *, as_fragment: bool = False
) -> HttpResponse:
    """One request; `data` is the whole answer. An exception of a view is raised here: no 500 goes by.

    Asked as a fragment (htmx), a refusal is answered in a line instead of a whole page.
    """
    client = browser(session)
    headers = {"HX-Request": "true"} if as_fragment else {}
    # As from a browser: a form always sends something, if only its token.
    body = body or {"sent": "1"}
    response = client.get(url) if method == "get" else client.post(url, body, headers=headers)
    response.data = response.getvalue() if response.streaming else response.content
    return response


def ask(session: str, method: str, url: str, body: dict[str, Any] | None = None) -> HttpResponse:
    """One request, undone again."""
    point = transaction.savepoint()
    try:
        return send(session, method, url, body)
    finally:
        transaction.savepoint_rollback(point)


def text_of(response: HttpResponse) -> str:
    """Everything a reader finds in an answer: a page, the cells of a workbook, a PDF, JSON, and its headers."""
    kind, data = response.get("Content-Type", ""), response.data
    if "spreadsheetml" in kind:
        sheets = load_workbook(BytesIO(data)).worksheets
        found = "\n".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row)
    elif kind == "application/pdf":
        found = "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
        found = found.replace("\n", "")
    elif kind == "application/json":
        found = json.dumps(json.loads(data), ensure_ascii=False)
    else:
        found = unescape(data.decode(errors="replace"))
    return found + "".join(f"{name}: {value}" for name, value in response.items())
