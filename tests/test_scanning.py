"""The client of clamd, against a server that speaks as clamd does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.scanning import Clamd, UnansweredError, Verdict
from config import Config, ConfigError
from tests.infrastructure import clamd
from tests.infrastructure.clamd import EICAR
from tests.infrastructure.files import PDF


@pytest.fixture
def server() -> Iterator[clamd.Clamd]:
    with clamd.clamd() as server:
        yield server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(PDF)
    return path


def test_a_file_is_clean_or_has_the_name_of_what_was_found(server: clamd.Clamd, file: Path) -> None:
    scanner = Clamd(server.address)
    assert scanner.scan(file, 5) == Verdict("clean")
    file.write_bytes(PDF + EICAR)
    assert scanner.scan(file, 5) == Verdict("infected", "Eicar-Signature")


def test_a_file_of_many_pieces_is_heard_to_its_end(server: clamd.Clamd, file: Path) -> None:
    file.write_bytes(bytes(3_000_000) + EICAR)
    assert Clamd(server.address).scan(file, 5).state == "infected"


def test_a_server_at_a_socket_is_asked_too(tmp_path: Path, file: Path) -> None:
    with clamd.clamd(tmp_path / "ctl") as server:
        assert Clamd(server.address).scan(file, 5) == Verdict("clean")


def test_a_file_that_is_too_large_for_the_server_has_no_answer(server: clamd.Clamd, file: Path) -> None:
    server.take_at_most(100)
    with pytest.raises(UnansweredError, match="size limit exceeded"):
        Clamd(server.address).scan(file, 5)


def test_a_server_that_is_silent_or_away_has_no_answer_in_time(server: clamd.Clamd, file: Path) -> None:
    server.fall_silent()
    with pytest.raises(UnansweredError):
        Clamd(server.address).scan(file, 0.3)
    with pytest.raises(UnansweredError):
        Clamd("tcp:127.0.0.1:1").scan(file, 5)
    with pytest.raises(UnansweredError):
        Clamd("unix:/nowhere/clamd.ctl").scan(file, 5)


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "unix:", "tcp:host", "http://host:1"])
def test_an_address_that_is_none_is_told_at_the_start(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match="clamav: use an address like"):
        Config.from_env({"VEKHA_INSTANCE": str(tmp_path), "VEKHA_CLAMAV": address})
