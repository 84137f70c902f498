"""The running product and people in front of it, each in a browser of their own."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import launch

WIDTHS = {1366: 768, 1920: 1080, 390: 844, 320: 640}
PATIENCE = 15_000  # ms; a busy machine is slow, a wrong page stays wrong
SHOTS = Path(django_settings.BASE_DIR) / ".run" / "e2e"
# What a browser logs for every answer of 400 and above and for a lost line; the tests look at these themselves.
EXPECTED = re.compile(r"Failed to load resource|ERR_INTERNET_DISCONNECTED")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the folder. Its driver keeps an event loop in this thread, which Django must bear."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE)
        started = launch(playwright)
        yield started
        started.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Keep a picture of every open page of a failed test in .run/e2e."""
    report = yield
    if report.when == "call" and report.failed and "people" in getattr(item, "funcargs", {}):
        item.funcargs["people"].picture(re.sub(r"\W+", "_", item.name))
    return report


class People:
    """Opens browsers for members of the cast; every fault of script or style policy is a failure in the end."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.browser, self.base_url = browser, base_url
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def at(self, user: Any = None, *, width: int = 1366, **options: Any) -> Page:
        """A new browser at this width; signed in as the user (None: nobody), on no page yet."""
        context = self.browser.new_context(
            base_url=self.base_url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": WIDTHS[width]},
            has_touch=width < 700,
            **options,
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
            name = django_settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": session, "url": self.base_url}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._console(page, message))
        return page

    def _console(self, page: Page, message: Any) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.faults.append(f"{page.url}: {message.text}")

    def picture(self, name: str) -> None:
        """Screenshots of all open pages."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages, start=1):
            page.screenshot(path=SHOTS / f"{name}-{number}.png", full_page=True, timeout=5_000)

    def close(self) -> None:
        """Close every browser, so that no request is under way when the tables are emptied."""
        for context in self.contexts:
            context.close()


@pytest.fixture
def people(browser: Browser, live_server: Any, settings: Any) -> Iterator[People]:
    """`people.at(cast.vice)` is a page signed in as 赵明川."""
    settings.SITE_URL = live_server.url
    crowd = People(browser, live_server.url)
    yield crowd
    crowd.close()
    assert crowd.faults == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
