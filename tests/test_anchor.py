"""The anchor's file: it only grows, it is a chain itself, and what power failures leave does no harm."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.anchor import Accepted, Anchor, Anchored, Head
from app.domain.errors import StorageError

AT = datetime(2022, 6, 15, 9, tzinfo=UTC)


def head(position: int, plan: str = "2022") -> Head:
    return Head(plan, position, f"{plan}:{position}")


def written(anchor: Anchor, *positions: int) -> None:
    for position in positions:
        anchor.append([head(position)], AT + timedelta(minutes=position))


@pytest.fixture
def anchor(tmp_path: Path) -> Anchor:
    return Anchor(tmp_path / "anchor")


def test_what_was_written_down_is_read_again_and_a_head_stands_there_once(anchor: Anchor) -> None:
    assert (anchor.heads(), anchor.last(), anchor.first_broken()) == ([], {}, None)
    assert anchor.append([head(3), head(7, "2023")], AT) == 2
    assert anchor.append([head(3), head(8, "2023")], AT + timedelta(hours=1)) == 1
    assert anchor.heads() == [
        Anchored("2022", 3, "2022:3", AT),
        Anchored("2023", 7, "2023:7", AT),
        Anchored("2023", 8, "2023:8", AT + timedelta(hours=1)),
    ]
    assert {plan: each.position for plan, each in anchor.last().items()} == {"2022": 3, "2023": 8}
    assert anchor.first_broken() is None


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        # a word of a line
        (lambda lines: [lines[0], lines[1].replace('"2022:2"', '"2022:9"'), *lines[2:]], 2),
        # a line left out
        (lambda lines: [lines[0], *lines[2:]], 2),
        # two lines in each other's place
        (lambda lines: [lines[1], lines[0], *lines[2:]], 1),
        # a line that was put in again
        (lambda lines: [*lines, lines[0]], 4),
        # a line that is none any more
        (lambda lines: [lines[0], "x" + lines[1], *lines[2:]], 3),
    ],
)
def test_a_line_that_was_touched_is_found(
    anchor: Anchor, tamper: Callable[[list[str]], list[str]], found: int
) -> None:
    written(anchor, 1, 2, 3)
    lines = anchor.path.read_text(encoding="utf-8").splitlines()
    anchor.path.write_text("\n".join(tamper(lines)) + "\n", encoding="utf-8")
    assert anchor.first_broken() == found


def test_a_line_that_was_cut_off_is_passed_over_and_nothing_is_taken_away(anchor: Anchor) -> None:
    written(anchor, 1, 2)
    whole = anchor.path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    for cut in (1, len(last) // 2, len(last) - 1):
        torn = whole[: len(whole) - len(last) + cut]
        anchor.path.write_bytes(torn)
        if cut < len(last) - 1:  # only the end of the line is missing from the longest one
            assert [each.position for each in anchor.heads()] == [1]
        written(anchor, 3)
        assert anchor.path.read_bytes().startswith(torn)
        assert [each.position for each in anchor.heads()][-1] == 3
        assert anchor.first_broken() is None


def test_many_who_write_at_once_write_one_chain(anchor: Anchor) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: anchor.append([head(number)], AT), range(1, 65)))
    assert sorted(each.position for each in anchor.heads()) == list(range(1, 65))
    assert anchor.first_broken() is None


def test_a_busy_plan_does_not_push_a_quiet_one_out(anchor: Anchor) -> None:
    anchor.append([head(7, "2019")], AT)
    anchor.append([head(position) for position in range(1, 1001)], AT)
    assert {plan: each.position for plan, each in anchor.last().items()} == {"2019": 7, "2022": 1000}


def test_the_last_heads_are_read_once_as_long_as_nothing_is_written(
    anchor: Anchor, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(anchor, 1)
    assert anchor.last()["2022"].position == 1
    with monkeypatch.context() as patch:
        patch.setattr("app.anchor._lines", lambda _texts: pytest.fail("read again"))
        anchor.last().clear()
        assert anchor.last()["2022"].position == 1
    written(anchor, 2)
    assert anchor.last()["2022"].position == 2


def test_a_line_that_is_appended_does_not_overrule_what_was_written_before(anchor: Anchor) -> None:
    written(anchor, 5)
    anchor.append([head(2), Head("2022", 5, "another")], AT)
    assert anchor.last()["2022"] == Anchored("2022", 5, "2022:5", AT + timedelta(minutes=5))
    anchor.append([head(3)], AT, Accepted(3, "Диск сгорел"))
    assert anchor.last()["2022"].position == 3


def test_what_was_accepted_sets_later_heads_of_its_plan_aside_and_leaves_them_in_the_file(
    anchor: Anchor,
) -> None:
    written(anchor, 1, 5, 9)
    anchor.append([head(7, "2023")], AT)
    anchor.append([head(6)], AT + timedelta(days=1), Accepted(5, "Диск сгорел"))
    assert [(each.plan, each.position) for each in anchor.heads()] == [("2022", 1), ("2023", 7), ("2022", 6)]
    lines = [json.loads(line) for line in anchor.path.read_text(encoding="utf-8").splitlines()]
    assert [line["position"] for line in lines] == [1, 5, 9, 7, 6]
    assert lines[-1]["accepted"] == {"since": 5, "reason": "Диск сгорел"}
    assert anchor.first_broken() is None


def test_a_head_is_on_the_disk_before_it_counts_as_written(
    anchor: Anchor, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = []
    monkeypatch.setattr(
        "app.anchor.os.fsync", lambda file: flushed.append(os.readlink(f"/proc/self/fd/{file}"))
    )
    written(anchor, 1)
    assert flushed == [str(anchor.path), str(anchor.folder)]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    anchor = Anchor(tmp_path / "file" / "anchor")
    assert not anchor.writable()
    with pytest.raises(StorageError):
        anchor.append([head(1)], AT)
    with pytest.raises(StorageError):
        anchor.heads()
