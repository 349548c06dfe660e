"""A PostgreSQL server that lives as long as the test run.

It is made from the server's own binaries, listens on a socket in a temporary folder only, and never
waits for the disk. `VEKHA_TEST_POSTGRESQL_URL` names a server to use instead; its user must be
allowed to create databases.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy import make_url

#: seconds until a server that does not answer is given up
PATIENCE = 30


class PostgresqlMissingError(Exception):
    """There is no PostgreSQL on this machine, or it does not start; the message says which."""


def find_binaries() -> Path:
    """The folder of `initdb` and `postgres`. Raises PostgresqlMissingError."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.insert(0, Path(answer.stdout.strip()))
    if initdb := shutil.which("initdb"):
        folders.append(Path(initdb).parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresqlMissingError("PostgreSQL's server is not installed (no initdb and postgres found)")


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


@dataclass
class Cluster:
    """A running server. `url` is its maintenance database; `prefix` begins the name of every database
    of this run, for a borrowed server may serve several runs at once."""

    url: str
    prefix: str = field(default_factory=lambda: f"vekha_test_{uuid.uuid4().hex[:8]}_")
    process: subprocess.Popen[bytes] | None = None
    folder: Path | None = None

    def stop(self) -> None:
        """Stop the server and remove its folder; leave a borrowed one as it was found."""
        if self.process is None:
            for name in self._databases():
                drop_database(self.url, name)
            return
        # SIGINT is the server's "fast" shutdown: it ends the sessions that are still open.
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _databases(self) -> list[str]:
        with _maintenance(self.url) as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.prefix]
            ).fetchall()
        return [name for (name,) in rows]


def start_cluster() -> Cluster:
    """Start a server, or borrow the one of the environment. Raises PostgresqlMissingError."""
    if url := os.environ.get("VEKHA_TEST_POSTGRESQL_URL"):
        return Cluster(
            make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        )
    binaries = find_binaries()
    # In memory where that is possible. The name is short: a socket's path has at most 107 bytes.
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30 else None
    folder = Path(tempfile.mkdtemp(prefix="vekha-pg-", dir=parent))
    process = None
    try:
        identity = _identity(folder)
        _make(binaries, folder, identity)
        process = _start(binaries, folder, identity)
        url = f"postgresql+psycopg://vekha@/postgres?host={quote(str(folder))}"
        _wait_until_it_answers(url, process, folder)
    except BaseException:
        if process is not None:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Cluster(url, process=process, folder=folder)


@contextlib.contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    """A server of the test's own that is down until the block ends."""
    assert cluster.process is not None
    assert cluster.folder is not None
    cluster.process.send_signal(signal.SIGINT)
    cluster.process.wait(PATIENCE)
    try:
        yield
    finally:
        cluster.process = _start(find_binaries(), cluster.folder, _identity(cluster.folder))
        _wait_until_it_answers(cluster.url, cluster.process, cluster.folder)


def _make(binaries: Path, folder: Path, identity: dict[str, Any]) -> None:
    made = subprocess.run(
        [
            *(binaries / "initdb", "--pgdata", folder / "data", "--username", "vekha", "--auth", "trust"),
            # The plainest collation: nothing may lean on what a particular server does with Cyrillic.
            *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        **identity,
    )
    if made.returncode != 0:
        raise PostgresqlMissingError(f"initdb failed: {made.stderr.strip()}")


def _start(binaries: Path, folder: Path, identity: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": folder,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "max_connections": 200,
        "shared_buffers": "64MB",
        "timezone": "UTC",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("wb") as output:
        return subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            **identity,
        )


def _identity(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: an account without rights runs it then, and owns `folder`."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            os.chown(folder, account.pw_uid, account.pw_gid)
            environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(folder)}
            return {
                "user": account.pw_uid,
                "group": account.pw_gid,
                "extra_groups": [],
                "env": environment,
            }
    raise PostgresqlMissingError("PostgreSQL does not run as root, and there is no account to run it")


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            psycopg.connect(_conninfo(url)).close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None:
                said = (folder / "log").read_text(errors="replace").strip()
                raise PostgresqlMissingError(f"PostgreSQL did not start: {said}") from error
            time.sleep(0.05)
    raise PostgresqlMissingError(f"PostgreSQL did not answer within {PATIENCE} s")


def _conninfo(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def database_address(cluster_url: str, name: str) -> str:
    """The URL of the database `name` on the server of `cluster_url`."""
    return make_url(cluster_url).set(database=name).render_as_string(hide_password=False)


def create_database(cluster_url: str, name: str, template: str = "template0") -> str:
    """Make the database `name` as a copy of `template`; returns its URL."""
    with _maintenance(cluster_url) as connection:
        # Since release 15 a copy is written to the log row by row by default: four times as slow.
        strategy = "STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')
    return database_address(cluster_url, name)


def drop_database(cluster_url: str, name: str) -> None:
    """Drop the database `name`, whoever is still connected to it."""
    with _maintenance(cluster_url) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def _maintenance(cluster_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(_conninfo(cluster_url), autocommit=True) as connection:
        yield connection
