"""The file of a backup: a plain tar whose last member says what all the others are.

It is written and read as a stream, a member at a time, whatever its size. A header holds nothing but name,
size and the moment of the backup, and what fills up a block is zeros: an archive that differs in any byte
from what was written is found. `tar` opens it all the same.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple, Protocol

from app.backups.errors import BrokenBackupError
from app.domain.canonical import canonical

#: the first member: what kind of backup this is
ABOUT = "backup.json"
#: the last member: what every other one is
MANIFEST = "manifest.json"
#: rises when older programs could not read what is written
FORMAT = 1

_CHUNK = 1024 * 1024
_ENDING = b"\0" * 2 * tarfile.BLOCKSIZE
_LARGEST_MANIFEST = 1 << 30


class Member(NamedTuple):
    """What a member is, as the manifest tells: bytes and their SHA-256."""

    size: int
    sha256: str


class Sink(Protocol):
    """What an archive is written to."""

    def write(self, content: bytes, /) -> int:
        """Write all of it."""


class Writer:
    """Writes members to a file, and at last the manifest. `at` is in seconds since the epoch."""

    def __init__(self, file: Sink, at: int) -> None:
        self._file = file
        self._at = at
        self.members: dict[str, Member] = {}

    def add(self, name: str, content: bytes) -> Member:
        """Add a member whose bytes are at hand."""
        return self.copy(name, io.BytesIO(content), len(content))

    def copy(self, name: str, source: BinaryIO, size: int) -> Member:
        """Add a member of that many bytes from a stream. Raises OSError when it holds fewer."""
        self._file.write(_header(name, size, self._at))
        digest, left = hashlib.sha256(), size
        while left:
            chunk = source.read(min(_CHUNK, left))
            if not chunk:
                raise OSError(f"{name} became shorter while it was read")
            digest.update(chunk)
            self._file.write(chunk)
            left -= len(chunk)
        self._file.write(_filling(size))
        member = self.members[name] = Member(size, digest.hexdigest())
        return member

    def end(self, told: Mapping[str, Any]) -> None:
        """Add the manifest: the members and what else is told of them."""
        content = canonical({**told, "members": self.members}).encode()
        self._file.write(_header(MANIFEST, len(content), self._at) + content + _filling(len(content)))
        self._file.write(_ENDING)


class Stream:
    """The bytes of the member that is read now; hashed on the way."""

    def __init__(self, name: str, size: int, file: BinaryIO) -> None:
        self.name = name
        self.size = size
        self._file = file
        self._left = size
        self._digest = hashlib.sha256()

    def read(self, number: int = -1) -> bytes:
        """At most so many bytes; b"" at the end. Raises BrokenBackupError when the file ends before."""
        wanted = self._left if number < 0 else min(number, self._left)
        chunk = _exactly(self._file, wanted, self.name)
        self._left -= wanted
        self._digest.update(chunk)
        return chunk

    def member(self) -> Member:
        """What the member is, once the rest of it was read too."""
        while self._left:
            self.read(_CHUNK)
        return Member(self.size, self._digest.hexdigest())


class Reader:
    """Reads an archive from its beginning to its end, which it must have. Raises BrokenBackupError."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        #: what was read so far; of every member once the archive was read whole
        self.members: dict[str, Member] = {}
        #: once the archive was read whole
        self.manifest: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Stream]:
        """Every member but the manifest, which is held to what was read."""
        self._file.seek(0)
        at: int | None = None
        while True:
            header = _exactly(self._file, tarfile.BLOCKSIZE, "the archive")
            name, size, at = _described(header, at)
            if name in self.members:
                raise BrokenBackupError(name, "it stands in the archive twice")
            if (name == ABOUT) != (not self.members):
                raise BrokenBackupError(name, f"{ABOUT} does not begin the archive")
            if name == MANIFEST:
                self._end(size)
                return
            stream = Stream(name, size, self._file)
            yield stream
            self.members[name] = stream.member()
            self._skip_filling(name, size)

    def _skip_filling(self, name: str, size: int) -> None:
        filling = _filling(size)
        if _exactly(self._file, len(filling), name) != filling:
            raise BrokenBackupError(name, "what fills up its last block was changed")

    def _end(self, size: int) -> None:
        if size > _LARGEST_MANIFEST:
            raise BrokenBackupError(MANIFEST, "it is too large")
        content = _exactly(self._file, size, MANIFEST)
        self._skip_filling(MANIFEST, size)
        if self._file.read(len(_ENDING) + 1) != _ENDING:
            raise BrokenBackupError("the archive", "it does not end where it should")
        manifest = parsed(MANIFEST, content)
        told = {
            name: Member(*member) if isinstance(member, list) and len(member) == 2 else None
            for name, member in manifest.get("members", {}).items()
        }
        for name, member in self.members.items():
            if name not in told:
                raise BrokenBackupError(name, "the manifest does not name it")
            if told[name] != member:
                raise BrokenBackupError(name, "its bytes are not those that were written")
        if missing := next((name for name in told if name not in self.members), None):
            raise BrokenBackupError(missing, "it is missing")
        self.manifest = manifest


def parsed(name: str, content: bytes) -> dict[str, Any]:
    """A JSON object that was written in the canonical way. Raises BrokenBackupError."""
    try:
        told = json.loads(content)
        if isinstance(told, dict) and canonical(told).encode() == content:
            return told
    except ValueError:
        pass
    raise BrokenBackupError(name, "it is not what was written")


def _header(name: str, size: int, at: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, at, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _described(header: bytes, at: int | None) -> tuple[str, int, int]:
    try:
        info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
        name, size, moment = info.name, info.size, int(info.mtime)
    except (tarfile.HeaderError, UnicodeError) as error:
        raise BrokenBackupError("the archive", "where a member should begin there is none") from error
    if size < 0 or (at is not None and moment != at) or _header(name, size, moment) != header:
        raise BrokenBackupError(name, "its header was changed")
    return name, size, moment


def _filling(size: int) -> bytes:
    return b"\0" * (-size % tarfile.BLOCKSIZE)


def _exactly(file: BinaryIO, number: int, name: str) -> bytes:
    content = file.read(number)
    if len(content) != number:
        raise BrokenBackupError(name, "the archive ends before it does")
    return content
