"""Where backups are kept: a folder of archives that only their owner may read, the newest of which stay."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.backups.errors import BackupError
from app.durable import sync_folder

#: the folder in the instance's, unless the settings name another
FOLDER = "backups"
_NAMES = "vekha-*.tar"
_UNFINISHED = ".part"
_SNAPSHOT = ".db"


def name_at(now: datetime) -> str:
    """The name of a backup of that instant (UTC): the later, the further back in an alphabet."""
    return f"vekha-{now:%Y%m%dT%H%M%SZ}.tar"


def kept(folder: Path) -> list[Path]:
    """The backups of a folder, the oldest first."""
    return sorted(path for path in folder.glob(_NAMES) if path.is_file())


def prune(folder: Path, keep: int) -> list[Path]:
    """Remove the oldest backups but the newest `keep`; which they were."""
    old = kept(folder)[:-keep] if keep > 0 else []
    for path in old:
        path.unlink(missing_ok=True)
    return old


def snapshot_of(part: Path) -> Path:
    """Where the copy of a database stands while a backup is made of it."""
    return part.with_name(part.name + _SNAPSHOT)


@contextmanager
def written(path: Path) -> Iterator[Hashed]:
    """A file that gets its name at the end, when all of it is on the disk; anything raised leaves nothing.

    What a program that was cut off has left is removed first. Raises BackupError when the name is taken.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _tidy(path.parent)
    if path.exists():
        raise BackupError("%(path)s exists already.", path=path)
    part = path.with_name(path.name + _UNFINISHED)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        _lock(descriptor, path)
        try:
            os.ftruncate(descriptor, 0)
            yield Hashed(file, part)
            file.flush()
            os.fsync(descriptor)
            part.rename(path)
            sync_folder(path.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


class Hashed:
    """A file that is only written to, and hashed on the way."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self.path = path
        self._sha256 = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes) -> int:
        """Write all of it."""
        self._sha256.update(content)
        self.size += len(content)
        return self._file.write(content)

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._sha256.hexdigest()


def _tidy(folder: Path) -> None:
    """Remove what nobody writes to any more."""
    for part in folder.glob(_NAMES + _UNFINISHED):
        with suppress(OSError), part.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # SQLite may have left a journal of the copy, too.
            for copy in folder.glob(snapshot_of(part).name + "*"):
                copy.unlink()
            part.unlink()


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BackupError("%(path)s is being made by somebody else.", path=path) from None
