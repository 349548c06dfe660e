"""Figures for Prometheus: told at an address of their own, of all workers together, and only where wanted."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import Config, ConfigError
from tests.infrastructure.server import LiveServer, serve
from tests.infrastructure.signing_in import csrf_token
from tests.infrastructure.templates import ROOT, Installation, Templates


@dataclass(frozen=True)
class Watched(Installation):
    """An installation that tells its figures."""

    port: int = 0

    def environment(self) -> dict[str, str]:
        return super().environment() | {"VEKHA_METRICS": f"127.0.0.1:{self.port}"}


@pytest.fixture
def watched(templates: Templates, tmp_path: Path) -> Iterator[tuple[LiveServer, str]]:
    """A server of two workers, and where its figures are told."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with templates.copy("plan", tmp_path) as plain:
        installation = Watched(plain.url, plain.instance, port=port)
        with serve(installation, tmp_path / "log", workers=2) as server:
            yield server, f"http://127.0.0.1:{port}"


def told(address: str) -> dict[str, float]:
    """The figures by their names and labels, as soon as they are told."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{address}/metrics", timeout=5) as answer:
                lines = answer.read().decode().splitlines()
            return {
                line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[0] != "#"
            }
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("nothing is told")


def status(address: str, form: dict[str, str] | None = None, cookie: str = "") -> tuple[int, str, str]:
    """The status of an answer, its text, and the cookie that it sets."""
    data = urllib.parse.urlencode(form).encode() if form else None
    asked = urllib.request.Request(address, data, {"Cookie": cookie})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers.get("Set-Cookie", "").split(";")[0]
    except urllib.error.HTTPError as error:
        return error.code, "", ""


@pytest.mark.one_database
@pytest.mark.sqlite
def test_workers_count_together_and_another_address_tells_it(watched: tuple[LiveServer, str]) -> None:
    server, address = watched
    for _ in range(20):
        assert status(f"{server.url}/login")[0] == 200
    _, page, cookie = status(f"{server.url}/login")
    form = {"username": "nobody", "password": "wrong-password", "csrf_token": csrf_token(page)}
    assert status(f"{server.url}/login", form, cookie)[0] == 422
    assert status(f"{server.url}/tasks/7/../..%2f")[0] == 404
    # the public address knows nothing of it
    assert status(f"{server.url}/metrics")[0] == 404
    figures = told(address)
    assert figures['vekha_requests_total{method="GET",route="/login",status="200"}'] == 21
    assert figures['vekha_request_seconds_count{method="GET",route="/login"}'] == 21
    assert figures["vekha_sign_in_failures_total"] == 1
    assert figures['vekha_requests_total{method="GET",route="none",status="404"}'] == 2
    assert figures['vekha_check_ok{check="writing"}'] == 1
    assert figures['vekha_journal_position{plan="2022"}'] >= 1
    assert figures['vekha_overdue_tasks{plan="2022"}'] > 0
    assert figures['vekha_outbox_letters{state="dead"}'] == 0
    assert figures['vekha_disk_free_bytes{folder="instance"}'] > 0
    assert {name for name in figures if name.startswith("vekha_build")}
    details = json.loads(status(f"{address}/readyz")[1])
    assert details["checks"]["migrations"] == {"state": "ok", "details": ""}
    assert status(f"{address}/login")[0] == 404
    # what a worker counted outlives it
    victim = json.loads((server.installation.instance.parent / "log").read_text().splitlines()[-1])["pid"]
    os.kill(victim, signal.SIGKILL)
    time.sleep(0.3)
    assert told(address)['vekha_requests_total{method="GET",route="/login",status="200"}'] == 21
    # whom figures name is in the plan, never a person
    assert not re.search(r"nobody|@|127\.0", "".join(figures))


def test_a_server_that_tells_nothing_imports_nothing_for_it(tmp_path: Path) -> None:
    program = (
        "import sys; from app import create_app; from config import Config; create_app(Config.from_env());"
        "assert 'prometheus_client' not in sys.modules; assert 'app.metrics' not in sys.modules"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEKHA_")}
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment | {"VEKHA_INSTANCE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("setting", "listener"),
    [("", ("", 0)), ("127.0.0.1:9100", ("127.0.0.1", 9100)), ("[::1]:9100", ("::1", 9100))],
)
def test_the_listener_is_an_address_and_a_port(
    setting: str, listener: tuple[str, int], tmp_path: Path
) -> None:
    given = {"VEKHA_INSTANCE": str(tmp_path), "VEKHA_METRICS": setting}
    assert Config.from_env(given).metrics == listener
    for wrong in ("9100", "127.0.0.1", "127.0.0.1:*", "http://127.0.0.1:9100"):
        with pytest.raises(ConfigError, match="metrics"):
            Config.from_env(given | {"VEKHA_METRICS": wrong})
