"""The child process that looks at a file: it has little, and whatever becomes of it the file is refused."""

from __future__ import annotations

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.inspection import child
from app.inspection.child import inspect
from app.inspection.refusing import BUSY, UNFINISHED, RefusedError
from tests.infrastructure.files import PDF
from tests.infrastructure.templates import ROOT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(PDF)
    return path


# what the process does instead of answering → what is noted of it
DEATHS = [
    ("kill -9 $$", "ended with -9"),
    ("echo Segmentation fault >&2; exit 139", "ended with 139"),
    ("exit 0", "ended without an answer"),
    ("echo '{\"media_type\":'", "ended without an answer"),
    ("exec sleep 20", "took longer"),
]


@pytest.mark.parametrize(("death", "noted"), DEATHS)
def test_a_child_that_does_not_answer_refuses_the_file_and_is_noted(
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    death: str,
    noted: str,
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{death}\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(child, "PATIENCE", 1)
    with caplog.at_level(logging.WARNING), pytest.raises(RefusedError) as caught:
        inspect(file, "pdf")
    assert caught.value.reason == UNFINISHED
    assert noted in caplog.text


def test_two_files_are_looked_at_at_once_and_the_others_wait_as_long_as_they_may(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, most = tmp_path / "here", tmp_path / "most"
    here.mkdir()
    python = tmp_path / "python"
    python.write_text(
        f"#!/bin/sh\ntouch {here}/$$; ls {here} | wc -l >> {most}; sleep 0.6; rm {here}/$$\n"
        'echo \'{"media_type": ""}\'\n'
    )
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))

    def told() -> str:
        try:
            return inspect(file, "pdf")
        except RefusedError as error:
            return error.reason

    with ThreadPoolExecutor(5) as pool:
        assert [each.result() for each in [pool.submit(told) for _ in range(5)]] == ["application/pdf"] * 5
        assert max(int(line) for line in most.read_text().split()) == 2
    monkeypatch.setattr(child, "PATIENCE", 0.1)
    with child._free, child._free:
        assert told() == BUSY
    assert told() == UNFINISHED


_BEGUN = "from app.inspection.__main__ import _give_up; _give_up()"

# what a library could be made to do in the child → how that ends
ATTEMPTS = [
    ("bytearray(700 * 1024 * 1024)", "MemoryError"),
    ("import socket; socket.create_connection(('127.0.0.1', 9))", "PermissionError"),
    ("import os; os.system('true')", "PermissionError"),
    ("import subprocess; subprocess.run(['true'])", "PermissionError"),
    ("open(FILE, 'wb', 0).write(b'x')", "File too large"),
]


@pytest.mark.parametrize(("attempt", "end"), ATTEMPTS)
def test_the_child_has_no_more_memory_network_programs_and_files_than_it_needs(
    tmp_path: Path, attempt: str, end: str
) -> None:
    script = (
        f"from app.inspection.__main__ import _give_up; _give_up(); FILE = {str(tmp_path / 'x')!r}\n{attempt}"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert end in done.stderr


@pytest.mark.torture
def test_the_child_has_no_more_time_than_it_needs() -> None:
    script = f"{_BEGUN}\nwhile True: pass"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=120)
    assert done.returncode < 0
