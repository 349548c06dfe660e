"""Reading a backup alone, without any installation: whether it is whole and says what it said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from app.anchor import Head
from app.backups.archive import ABOUT, FORMAT, MANIFEST, Reader, Stream, parsed
from app.backups.contents import ENTRIES, FILES, HEADS, TABLES, Contents
from app.backups.errors import BackupError, BrokenBackupError
from app.backups.rows import Sum, TableSum, digest_of, restored, unpack, values_of
from app.db import Base
from app.models import JournalEntry
from app.services.journal import GENESIS, entry_hash

_PART_NAME = re.compile(r"tables/([a-z_]+)/(\d{6})\.jsonl\.gz")
_ENTRY_COLUMNS = {
    column.name: restored(column, "postgresql") for column in Base.metadata.tables[ENTRIES].columns
}


class Verified(NamedTuple):
    """A backup that is whole. `made_at` is UTC; `heads` is where the journals of its plans ended."""

    made_at: datetime
    product: str
    level: str
    heads: list[Head]
    tables: dict[str, TableSum]
    rows: int
    files: int
    digest: str
    #: SHA-256 of files that were gone, or changed, when it was made
    lost: list[str]


def verify(path: Path) -> Verified:
    """Read an archive from its beginning to its end. Raises BrokenBackupError for the first thing wrong.

    1. Every member is what the manifest says, and none is missing or too much.
    2. Every table has its rows, and every journal is a chain that ends where its head says.
    3. Every file has the hash that is its name, and every file that a row names is there.
    """
    try:
        with path.open("rb") as file:
            return verify_open(file)
    except OSError as error:
        raise BackupError("%(path)s cannot be read: %(reason)s.", path=path, reason=error.strerror) from error


def verify_open(file: BinaryIO) -> Verified:
    """`verify`, of an archive that is open already."""
    reader, reading = Reader(file), _Reading()
    place = ABOUT
    try:
        for stream in reader:
            place = stream.name
            reading.take(stream)
        place = MANIFEST
        return reading.end(reader.manifest)
    except (KeyError, TypeError, ValueError) as error:
        # Every byte is as somebody wrote it, but that was no backup of ours.
        raise BrokenBackupError(place, f"it does not say what it should: {error!r}") from error


class _Reading:
    """What was read of an archive so far."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = {}
        self.contents = Contents()
        self.sums: dict[str, Sum] = {}
        self.chains = _Chains()
        self.files: dict[str, str] = {}
        self.codes: dict[int, str] = {}

    def take(self, stream: Stream) -> None:
        if stream.name == ABOUT:
            self.about = described(stream)
        elif stream.name.startswith(FILES):
            self.files[stream.name.removeprefix(FILES)] = stream.member().sha256
        elif match := _PART_NAME.fullmatch(stream.name):
            self._take_rows(stream, match[1])
        else:
            raise BrokenBackupError(stream.name, "no backup has such a member")

    def _take_rows(self, stream: Stream, table: str) -> None:
        sum_ = self.sums.setdefault(table, Sum())
        for line, row in rows_in(stream):
            sum_.add(digest_of(table, line))
            self.contents.note(row)
            if table == ENTRIES:
                self.chains.follow(stream.name, row)
            elif table == HEADS:
                self.chains.heads[row["plan_id"]] = (row["position"], row["hash"])
            elif table == "plan":
                self.codes[row["id"]] = row["code"]

    def end(self, manifest: dict[str, Any]) -> Verified:
        """What it is, now that all of it was read and is as its manifest says."""
        self._check_tables(manifest)
        self.chains.end(self.codes)
        lost: list[str] = manifest["lost"]
        for name, sha256 in self.files.items():
            if name != sha256 and name not in lost:
                raise BrokenBackupError(FILES + name, "its bytes are not those that its name says")
        for name in sorted(self.contents.files - self.files.keys()):
            if name not in lost:
                raise BrokenBackupError(FILES + name, "a row names it, and it is missing")
        heads = [Head(*head) for head in self.about["heads"]]
        if {head.plan: (head.position, head.hash) for head in heads} != {
            self.codes[plan_id]: head for plan_id, head in self.chains.heads.items()
        }:
            raise BrokenBackupError(ABOUT, "it tells of other ends of the journals than their tables")
        return Verified(
            datetime.fromisoformat(self.about["made_at"]),
            self.about["product"],
            self.about["level"],
            heads,
            self.contents.tables,
            self.contents.rows,
            len(self.files),
            self.contents.digest,
            lost,
        )

    def _check_tables(self, manifest: dict[str, Any]) -> None:
        for table, (rows, told) in manifest["tables"].items():
            sum_ = self.sums.pop(table, None) or Sum()
            if (rows, told) != (sum_.number, sum_.text):
                raise BrokenBackupError(
                    TABLES + table, "it does not have the rows that the manifest tells of"
                )
            self.contents.tables[table] = TableSum(rows, told)
        if too_much := next(iter(self.sums), None):
            raise BrokenBackupError(TABLES + too_much, "the manifest does not tell of it")
        if self.contents.digest != manifest["digest"]:
            raise BrokenBackupError(MANIFEST, "its digest is not that of what was read")


class _Chains:
    """Follows the journals of all plans at once."""

    def __init__(self) -> None:
        self.heads: dict[int, tuple[int, str]] = {}
        self._ends: dict[int, tuple[int, str]] = {}

    def follow(self, place: str, row: dict[str, Any]) -> None:
        entry = JournalEntry(
            **{name: make(row[name]) for name, make in _ENTRY_COLUMNS.items() if name in row}
        )
        position, previous = self._ends.get(entry.plan_id, (0, GENESIS))
        if (entry.position, entry.previous_hash, entry.hash) != (position + 1, previous, entry_hash(entry)):
            raise BrokenBackupError(place, f"the journal breaks at position {position + 1}")
        self._ends[entry.plan_id] = entry.position, entry.hash

    def end(self, codes: dict[int, str]) -> None:
        for plan_id, (position, hash_) in self.heads.items():
            last, previous = self._ends.get(plan_id, (0, GENESIS))
            if (position, hash_ or GENESIS) != (last, previous):
                reason = (
                    f"the journal of {codes.get(plan_id, plan_id)} ends at position {last}, not {position}"
                )
                raise BrokenBackupError(TABLES + ENTRIES, reason)


def described(stream: Stream) -> dict[str, Any]:
    """What kind of backup it is. Raises BackupError for one of a format that is not known here."""
    about = parsed(stream.name, stream.read())
    if about["format"] != FORMAT:
        raise BackupError(
            "The backup has format %(format)s; this program reads %(ours)s.",
            format=about["format"],
            ours=FORMAT,
        )
    return about


def rows_in(stream: Stream) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Each line of a part of a table with its row. Raises BrokenBackupError."""
    names, lines = unpack(stream.name, stream.read())
    for line in lines:
        yield line, dict(zip(names, values_of(stream.name, line, names), strict=True))
