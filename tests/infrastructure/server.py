"""The real server: gunicorn in a process of its own, as `make run` starts it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .templates import ROOT, Installation

#: seconds until a server that does not answer is given up
PATIENCE = 30


@dataclass(frozen=True)
class LiveServer:
    """A server under test. `url` has no slash at its end."""

    url: str
    installation: Installation


@contextmanager
def serve(installation: Installation, log: Path, workers: int = 1) -> Iterator[LiveServer]:
    """Serve the installation on a free port of 127.0.0.1 until the block ends."""
    # The listening socket is handed down, so that nobody can take the port between choosing and binding.
    with socket.socket() as listener, log.open("wb") as output:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"),
                *("--bind", f"fd://{listener.fileno()}", "--workers", str(workers), "wsgi:app"),
            ],
            cwd=ROOT,
            env=installation.environment(),
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_it_answers(url, process, log)
            yield LiveServer(url, installation)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return
        except urllib.error.HTTPError as error:
            raise RuntimeError(
                f"/healthz answers {error.code}:\n{log.read_text(errors='replace')}"
            ) from error
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not answer within {PATIENCE} s:\n{log.read_text(errors='replace')}")
