"""What was sent is noted outside of the database, by any number of machines, and not for ever."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.sent import SentLetters

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
ADDRESS = "college01@example.org"


def test_what_one_machine_has_sent_every_other_knows_at_once(tmp_path: Path) -> None:
    one, other = SentLetters(tmp_path, NOW), SentLetters(tmp_path, NOW)
    assert not other.has("<1@vekha.test>", ADDRESS)
    one.add("<1@vekha.test>", ADDRESS)
    assert other.has("<1@vekha.test>", ADDRESS)
    assert not other.has("<2@vekha.test>", ADDRESS)
    # Another person's letter, whatever it is called.
    assert not other.has("<1@vekha.test>", "college02@example.org")


def test_nobody_learns_an_address_from_it(tmp_path: Path) -> None:
    SentLetters(tmp_path, NOW).add("<1@vekha.test>", ADDRESS)
    [file] = tmp_path.iterdir()
    assert file.name == "2026-03.log"
    assert "example" not in file.read_text()


@pytest.mark.parametrize("left", ["2026-03-01T04:00:00+00:00 0123abc", "\n", "\0\0\0\0"])
def test_what_a_power_failure_has_left_hides_no_other_letter(left: str, tmp_path: Path) -> None:
    SentLetters(tmp_path, NOW).add("<1@vekha.test>", ADDRESS)
    with (tmp_path / "2026-03.log").open("a") as file:
        file.write(left)
    SentLetters(tmp_path, NOW).add("<2@vekha.test>", ADDRESS)
    found = SentLetters(tmp_path, NOW)
    assert [found.has(f"<{number}@vekha.test>", ADDRESS) for number in (1, 2, 3)] == [True, True, False]


def test_it_remembers_400_days_and_not_much_longer(tmp_path: Path) -> None:
    SentLetters(tmp_path, NOW).add("<1@vekha.test>", ADDRESS)
    later = SentLetters(tmp_path, NOW + timedelta(days=400))
    assert later.has("<1@vekha.test>", ADDRESS)
    later.add("<2@vekha.test>", ADDRESS)
    latest = SentLetters(tmp_path, NOW + timedelta(days=500))
    latest.add("<3@vekha.test>", ADDRESS)
    long_after = SentLetters(tmp_path, NOW + timedelta(days=532))
    assert not long_after.has("<1@vekha.test>", ADDRESS)
    assert long_after.has("<2@vekha.test>", ADDRESS)


def test_a_start_with_a_clock_that_is_far_ahead_forgets_nothing(tmp_path: Path) -> None:
    SentLetters(tmp_path, NOW).add("<1@vekha.test>", ADDRESS)
    ahead = SentLetters(tmp_path, NOW + timedelta(days=20_000))
    assert ahead.has("<1@vekha.test>", ADDRESS)
    ahead.add("<2@vekha.test>", ADDRESS)
    back = SentLetters(tmp_path, NOW + timedelta(days=40))
    assert back.has("<1@vekha.test>", ADDRESS)


def _add(folder: Path, sender: int) -> None:
    log = SentLetters(folder, NOW)
    for number in range(40):
        log.add(f"<{sender}.{number}@vekha.test>", ADDRESS)


def test_several_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    spawning = multiprocessing.get_context("forkserver")
    senders = [spawning.Process(target=_add, args=(tmp_path, number)) for number in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    found = SentLetters(tmp_path, NOW)
    written = [f"<{sender}.{number}@vekha.test>" for sender in range(4) for number in range(40)]
    assert all(found.has(message_id, ADDRESS) for message_id in written)
