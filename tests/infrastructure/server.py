"""The real server: gunicorn in a process of its own, as `make run` starts it."""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
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


#: begins processes that have imported the application already: that takes longer than to begin serving
PREPARED = multiprocessing.get_context("forkserver")
PREPARED.set_forkserver_preload(["tests.infrastructure.imported"])


@contextmanager
def serve(installation: Installation, log: Path, workers: int = 1) -> Iterator[LiveServer]:
    """Serve the installation on a free port of 127.0.0.1 until the block ends."""
    # The listening socket is handed down, so that nobody can take the port between choosing and binding.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = PREPARED.Process(
            target=_serve, args=(listener, workers, installation.environment(), log), name="gunicorn"
        )
        process.start()
        try:
            _wait_until_it_answers(url, process, log)
            yield LiveServer(url, installation)
        finally:
            process.terminate()
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()


def _serve(listener: socket.socket, workers: int, environment: Mapping[str, str], log: Path) -> None:
    """gunicorn in this process, with that environment and its output in the log, until it is told to end."""
    from gunicorn.app.wsgiapp import run

    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    sys.argv = [
        *("gunicorn", "-c", "gunicorn.conf.py", "--bind", f"fd://{listener.fileno()}"),
        *("--workers", str(workers), "wsgi:app"),
    ]
    run()


def _wait_until_it_answers(url: str, process: multiprocessing.process.BaseProcess, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not process.is_alive():
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
