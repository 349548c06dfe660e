"""What can go wrong with a backup."""

from __future__ import annotations

from app.domain.errors import VekhaError


class BackupError(VekhaError):
    """A backup cannot be made, read or restored; the message says why."""

    message = "The backup could not be made."


class BrokenBackupError(BackupError):
    """An archive is not what was written: `place` is the first thing in it that is wrong."""

    message = "%(place)s: %(reason)s"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place=place, reason=reason)
        self.place = place
        self.reason = reason


class NotEmptyError(BackupError):
    """There is something where a backup was to be restored."""

    message = "This installation is not empty. `--replace` puts the backup in the place of what is there."
