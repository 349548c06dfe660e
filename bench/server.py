"""Starting what is measured: gunicorn with one worker, on the product or on the bare page."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: seconds until a server that does not answer is given up
PATIENCE = 60


@dataclass
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    #: seconds from its start to its first answer
    started_in: float

    def resident(self) -> list[float]:
        """Resident memory of each worker, MB."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [_resident(int(child)) for child in children]


@contextmanager
def serve(application: str, path: str, environment: dict[str, str]) -> Iterator[Server]:
    """gunicorn on `application`, up once `path` answers."""
    port = _free_port()
    own = own_environment()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", application],
        cwd=ROOT,
        env=own | {"PORT": str(port), "VEKHA_WORKERS": "1"} | environment,
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait(port, path, process)
        yield Server(port, process, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def prepare(instance: Path) -> dict[str, str]:
    """A demonstration of its own; the environment in which to serve it."""
    environment = {"VEKHA_INSTANCE": str(instance), "VEKHA_QUEUE": "none"}
    own = own_environment()
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "setup", "--demo"],
        cwd=ROOT,
        env=own | environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return environment


def own_environment() -> dict[str, str]:
    """Ours without settings of the product; compiled modules are kept, as everywhere by default."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("VEKHA_") and name != "PYTHONDONTWRITEBYTECODE"
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    from bench.client import Client

    end = time.perf_counter() + PATIENCE
    while time.perf_counter() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            with Client(port) as client:
                if client.request("GET", path)[0] == 200:
                    return
        except OSError:
            time.sleep(0.005)
    raise RuntimeError("the server does not answer")


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} tells no memory")
