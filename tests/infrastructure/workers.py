"""Real workers of background work."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from config import MailServer

from .availability import unavailable
from .templates import ROOT, Installation

#: seconds that a worker may take to end by itself
PATIENCE = 30


def with_queue(installation: Installation) -> Installation:
    """The installation with a queue: beside its files, or in its own PostgreSQL."""
    if installation.url.startswith("sqlite"):
        return replace(installation, queue=f"sqlite:///{installation.instance / 'queue.db'}")
    return replace(installation, queue=installation.url)


@contextmanager
def serve_redis(folder: Path) -> Iterator[str]:
    """A Redis of the test's own on a free port; its address. Skips the test where there is none."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        unavailable("no Redis is installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"bind": "127.0.0.1", "port": port, "dir": folder, "save": "", "appendonly": "no"}
    process = subprocess.Popen(
        [binary, *(str(part) for name, value in options.items() for part in (f"--{name}", value))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def worker(
    installation: Installation, log: Path, more: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """`flask work` until the block ends, or until it is killed in it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "work"],
            cwd=ROOT,
            env=installation.environment() | dict(more or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def mail_settings(server: MailServer) -> dict[str, str]:
    """The environment that sends letters to that server."""
    return {
        "VEKHA_SMTP_HOST": server.host,
        "VEKHA_SMTP_PORT": str(server.port),
        "VEKHA_SMTP_TLS": server.tls,
        "VEKHA_MAIL_FROM": server.sender,
    }
