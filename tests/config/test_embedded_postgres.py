"""The embedded server: spaces in the path, twice, after a kill, two starters at once."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from config import embedded_postgres

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data(tmp_path):
    """A data folder whose path holds a space; its server is removed afterwards."""
    folder = tmp_path / "学校 data" / "postgres"
    yield folder
    embedded_postgres.remove(folder)


def query(socket, text, database="postgres"):
    dsn = {"host": str(socket), "user": embedded_postgres.DATABASE_USER, "dbname": database}
    with psycopg.connect(**dsn, autocommit=True) as connection:
        return connection.execute(text).fetchone()[0]


def server_pid(socket):
    return int((Path(query(socket, "SHOW data_directory")) / "postmaster.pid").read_text().splitlines()[0])


def test_server_starts_in_a_path_with_spaces_and_is_found_again(data):
    socket = embedded_postgres.ensure_running(data, fast=True)
    pid = server_pid(socket)
    embedded_postgres.ensure_database(socket, "演示 库")
    embedded_postgres.ensure_database(socket, "演示 库")
    assert query(socket, "SHOW server_encoding", "演示 库") == "UTF8"
    assert query(socket, "SHOW listen_addresses") == ""
    assert query(socket, "SHOW fsync") == "off"
    assert socket.stat().st_mode & 0o777 == 0o700
    assert len(str(socket / ".s.PGSQL.5432")) <= 107
    assert embedded_postgres.ensure_running(data, fast=True) == socket
    assert server_pid(socket) == pid


def test_server_comes_back_after_an_unclean_kill_with_its_data(data):
    socket = embedded_postgres.ensure_running(data)
    assert query(socket, "SHOW fsync") == "on"
    embedded_postgres.ensure_database(socket, "kept")
    pid = server_pid(socket)
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        if not embedded_postgres._accepts(socket):
            break
        time.sleep(0.1)
    assert embedded_postgres.ensure_running(data) == socket
    assert server_pid(socket) != pid
    assert query(socket, "SELECT count(*) FROM pg_database WHERE datname = 'kept'") == 1


def test_a_stale_pid_file_naming_a_living_foreign_process_does_not_prevent_the_start(data):
    socket = embedded_postgres.ensure_running(data, fast=True)
    folder = Path(query(socket, "SHOW data_directory"))
    embedded_postgres.stop(data)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        (folder / "postmaster.pid").write_text(f"{other.pid}\n{folder}\n")
        try:
            assert embedded_postgres.ensure_running(data, fast=True) == socket
            assert server_pid(socket) != other.pid
        finally:
            other.kill()


def test_two_processes_starting_at_once_share_one_server(data):
    command = [sys.executable, "-m", "config.embedded_postgres", "start", str(data)]
    with ThreadPoolExecutor(3) as pool:
        runs = list(
            pool.map(
                lambda _: subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False),
                range(3),
            )
        )
    assert [run.returncode for run in runs] == [0, 0, 0], [run.stderr for run in runs]
    assert len({run.stdout for run in runs}) == 1


def test_stop_says_whether_a_server_ran(data):
    embedded_postgres.ensure_running(data, fast=True)
    assert embedded_postgres.stop(data) is True
    assert embedded_postgres.stop(data) is False


def test_remove_leaves_nothing_behind(data):
    socket = embedded_postgres.ensure_running(data, fast=True)
    folder = Path(query(socket, "SHOW data_directory"))
    embedded_postgres.remove(data)
    assert not folder.exists()
    assert not socket.exists()
    assert not folder.with_name("postgres.log").exists()
