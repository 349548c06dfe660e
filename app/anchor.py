"""The anchor: where each plan's journal ended, written to a file outside of the database.

Whoever can write to the database can also compute its chains anew. The anchor tells what they were: it lies
in a folder of its own, best on another disk or where files can only be appended to (`chattr +a`), and each of
its lines holds the hash of the one before it, so that the file is a chain itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from app.domain.canonical import canonical
from app.domain.errors import StorageError
from app.durable import sync_folder

FILE = "heads.jsonl"
#: hash before the first line
GENESIS = "0" * 64


class Head(NamedTuple):
    """Where a plan's chain ends: the position and the hash of its last entry."""

    plan: str
    position: int
    hash: str


class Anchored(NamedTuple):
    """A head as it was at an instant (UTC)."""

    plan: str
    position: int
    hash: str
    at: datetime


class Accepted(NamedTuple):
    """That what was anchored from a position on counts no longer, and why."""

    since: int
    reason: str


def heads_elsewhere(path: Path) -> list[Anchored]:
    """The heads of a file that somebody kept: a copy of the anchor, or the lines of its letters.

    Raises StorageError when it cannot be read; what is no such line is passed over.
    """
    found = []
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise StorageError("“%(path)s” cannot be read.", path=str(path)) from error
    for text in lines:
        try:
            found.append(_anchored(json.loads(text)))
        except (ValueError, TypeError, KeyError):
            continue
    return found


class Anchor:
    """The file of heads in a folder. A folder that is not there yet is an empty one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE

    def append(self, heads: Iterable[Head], at: datetime, accepted: Accepted | None = None) -> int:
        """Write the heads down, on the disk when this returns; how many. Raises StorageError.

        A head that is the last one written of its plan is not written again, unless it is `accepted`.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            is_new = not self.path.exists()
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                written = _append(file.fileno(), self.path.read_bytes(), heads, at, accepted)
            if is_new:
                sync_folder(self.folder)
        except OSError as error:
            raise StorageError("“%(path)s” cannot be written.", path=str(self.path)) from error
        return written

    def heads(self) -> list[Anchored]:
        """What counts of all that was written, oldest first. Raises StorageError when it cannot be read.

        Heads in whose place others were accepted later are left out.
        """
        found: list[Anchored] = []
        for _number, line in _lines(self._texts()):
            if accepted := line.get("accepted"):
                found = [
                    each for each in found if each.plan != line["plan"] or each.position < accepted["since"]
                ]
            found.append(_anchored(line))
        return found

    def last(self) -> dict[str, Anchored]:
        """The furthest head that counts of each plan; the file is read again only when it is another one.

        Raises StorageError when it cannot be read.
        """
        try:
            found = self.path.stat()
            return dict(_furthest(self.path, found.st_ino, found.st_size, found.st_mtime_ns))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StorageError("“%(path)s” cannot be read.", path=str(self.path)) from error

    def first_broken(self) -> int | None:
        """Number of the first line that does not follow from the one before it; None: the file holds.

        What is no whole line was cut off by a power failure: the chain goes on behind it. Raises StorageError
        when the file cannot be read.
        """
        previous = GENESIS
        for number, line in _lines(self._texts()):
            if line["previous"] != previous or line["seal"] != _seal(line):
                return number
            previous = line["seal"]
        return None

    def writable(self) -> bool:
        """Whether a head could be written down now."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self.path if self.path.exists() else self.folder, os.W_OK)

    def _texts(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                yield from file
        except FileNotFoundError:
            return
        except OSError as error:
            raise StorageError("“%(path)s” cannot be read.", path=str(self.path)) from error


@lru_cache(maxsize=4)
def _furthest(path: Path, _inode: int, _size: int, _changed: int) -> dict[str, Anchored]:
    """`Anchor.last` of the file that is in this place, kept as long as it is the same one."""
    found: dict[str, Anchored] = {}
    with path.open("rb") as file:
        for _number, line in _lines(file):
            known = found.get(line["plan"])
            # What is merely appended overrules nothing: only what was accepted does.
            if known is None or "accepted" in line or line["position"] > known.position:
                found[line["plan"]] = _anchored(line)
    return found


def _append(file: int, content: bytes, heads: Iterable[Head], at: datetime, accepted: Accepted | None) -> int:
    written = [line for _number, line in _lines(content.split(b"\n"))]
    previous = written[-1]["seal"] if written else GENESIS
    known = {line["plan"]: (line["position"], line["hash"]) for line in written}
    # A line that was cut off is ended, not taken away: a file that can only grow allows no more.
    text = b"\n" if content and not content.endswith(b"\n") else b""
    number = 0
    for head in heads:
        if not accepted and known.get(head.plan) == (head.position, head.hash):
            continue
        line = {"at": at.isoformat(), **head._asdict(), "previous": previous}
        if accepted:
            line["accepted"] = accepted._asdict()
        line["seal"] = previous = _seal(line)
        text += json.dumps(line, ensure_ascii=False).encode() + b"\n"
        number += 1
    if number:
        _write(file, text)
    return number


def _write(file: int, text: bytes) -> None:
    while text:
        text = text[os.write(file, text) :]
    os.fsync(file)


def _lines(texts: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The whole lines with their numbers."""
    for number, text in enumerate(texts, start=1):
        try:
            line = json.loads(text)
            datetime.fromisoformat(line["at"])
            if {"plan", "position", "hash", "previous", "seal"} <= line.keys():
                yield number, line
        except (ValueError, TypeError, KeyError):
            continue


def _anchored(line: Mapping[str, Any]) -> Anchored:
    return Anchored(line["plan"], line["position"], line["hash"], datetime.fromisoformat(line["at"]))


def _seal(line: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a line and the seal of the one before it."""
    content = {name: value for name, value in line.items() if name != "seal"}
    return hashlib.sha256(canonical(content).encode()).hexdigest()
