"""Find and start the Chromium of the browser tests: the system's, else Playwright's own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=zh-CN"]


def executable(playwright: Playwright) -> str | None:
    """Path of a browser that answers, or None. Ubuntu's chromium-browser may be a stub that asks for snap."""
    for name in NAMES:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def launch(playwright: Playwright) -> Browser:
    """Start headless Chromium. Without one the test fails in CI (CI=true) and is skipped elsewhere, saying why."""
    path = executable(playwright)
    if path is None:
        message = "没有可用的 Chromium：请运行 make test，或 apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
