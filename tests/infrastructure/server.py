"""The real server: gunicorn in a process of its own, as `make run` starts it."""

from __future__ import annotations

import multiprocessing
import os
import signal
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
PATIENCE = 40


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
    with serve_in_turn(installation, log, workers) as servers:
        servers.begin()
        yield LiveServer(servers.url, installation)


class Servers:
    """Servers of one installation, one after the other on the same listening socket, as systemd holds it."""

    def __init__(self, installation: Installation, log: Path, workers: int, listener: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.process: multiprocessing.process.BaseProcess | None = None
        self._log = log
        self._arguments = (listener, workers, installation.environment(), log)

    def begin(self) -> None:
        """Start the server, and wait until it answers."""
        self.process = PREPARED.Process(target=_serve, args=self._arguments, name="gunicorn")
        self.process.start()
        _wait_until_it_answers(self.url, self.process, self._log)

    def reload(self) -> None:
        """Tell the server to start its workers anew."""
        assert self.process is not None
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGHUP)

    def children(self) -> set[int]:
        """The processes of the server: its workers, and the one of background work."""
        assert self.process is not None
        pid = self.process.pid
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def end(self) -> None:
        """Tell the server to end, and wait."""
        if self.process is None:
            return
        self.process.terminate()
        self.process.join(PATIENCE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


@contextmanager
def serve_in_turn(installation: Installation, log: Path, workers: int) -> Iterator[Servers]:
    """A listening socket on a free port of 127.0.0.1, and who answers there."""
    # It is handed down, so that nobody can take the port between choosing and binding.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        servers = Servers(installation, log, workers, listener)
        try:
            yield servers
        finally:
            servers.end()


def _serve(listener: socket.socket, workers: int, environment: Mapping[str, str], log: Path) -> None:
    """gunicorn in this process, with that environment and its output in the log, until it is told to end."""
    from gunicorn.app.wsgiapp import run

    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
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
