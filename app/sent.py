"""The letters that the mail server has taken, noted outside of the database.

An older backup that is put back knows nothing of what was sent since, and would have it sent again. A line is
appended, and on the disk, before the database is told that a letter was sent; whoever sends looks here first.
Any number of machines may share the folder: a line is one write to the end of a file.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path

from app.durable import sync_folder

#: the folder in the anchor's
FOLDER = "sent"
#: longer than anybody keeps backups
KEPT_FOR = timedelta(days=400)
_MONTH = "%Y-%m.log"


class SentLetters:
    """What was sent, in a file a month; those that are older than 400 days are removed."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Make the folder ready to be written to; `now` is by the machine's clock. Raises OSError."""
        self._folder = folder
        self._now = now
        self._known: set[str] = set()
        #: how far each file was read
        self._read: dict[Path, int] = {}
        folder.mkdir(parents=True, exist_ok=True)
        os.close(self._open())

    def has(self, message_id: str, address: str) -> bool:
        """Whether that letter was taken already, by whichever machine. Raises OSError."""
        for path in sorted(self._folder.glob("*.log")):
            self._read_on(path)
        return _digest(message_id, address) in self._known

    def add(self, message_id: str, address: str) -> None:
        """Note that the server has taken a letter; on the disk when this returns. Raises OSError."""
        # It begins a line: what a power failure has left of the one before it is no part of it.
        line = f"\n{self._now.isoformat(timespec='seconds')} {_digest(message_id, address)}\n"
        descriptor = self._open()
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        path = self._folder / self._now.strftime(_MONTH)
        is_new = not path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        if is_new:
            sync_folder(self._folder)
            self._remove_old()
        return descriptor

    def _remove_old(self) -> None:
        # Letters say how late it is, not the clock alone: one that was far ahead has written none.
        written = [path for path in self._folder.glob("*.log") if path.stat().st_size]
        newest = max((path.name for path in written), default="")
        latest = min(newest, self._now.strftime(_MONTH))
        if not latest:
            return
        # All of a month is older than the first day of the next one.
        oldest = (datetime.strptime(latest, _MONTH) - KEPT_FOR).strftime(_MONTH)
        for path in self._folder.glob("*.log"):
            if path.name < oldest:
                path.unlink(missing_ok=True)

    def _read_on(self, path: Path) -> None:
        with path.open("rb") as file:
            file.seek(self._read.get(path, 0))
            whole, end, _cut_off = file.read().rpartition(b"\n")
        self._read[path] = self._read.get(path, 0) + len(whole) + len(end)
        self._known.update(line.rpartition(b" ")[2].decode("ascii", "replace") for line in whole.split(b"\n"))


def _digest(message_id: str, address: str) -> str:
    """Names the letter and its receiver; nobody learns an address from it."""
    return hashlib.sha256(f"{message_id}\n{address}".encode()).hexdigest()
