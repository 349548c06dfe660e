"""The backup of the night."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.backups import creating, places, verifying
from app.backups.errors import BackupError
from app.work import JobFailedError, Work

#: so many stay
KEEP = 14


def make_backup(work: Work) -> Mapping[str, Any]:
    """Make the backup of the night.

    1. Without a folder in the settings (VEKHA_BACKUPS) do nothing.
    2. Write the rows and the files of this moment to a file in the folder, and read it whole again.
    3. Fail when it cannot be made, or when files that the database names are lost: it is kept all the same,
       and so is every older one, which may hold them.
    4. Remove the oldest backups there but the newest 14.
    """
    folder = work.config.backups
    if folder is None:
        return {"backups": 0}
    now = work.config.clock.machine()
    try:
        made = creating.create(work.database, work.store, folder / places.name_at(now), now, lambda _: None)
        verifying.verify(made.path)
    except BackupError as error:
        raise JobFailedError("The backup could not be made: %(reason)s", reason=str(error)) from error
    result = {"backups": 1, "rows": made.rows, "bytes": made.size}
    if made.lost:
        raise JobFailedError(
            "The backup was made, but %(lost)s files are missing or changed, first %(first)s.",
            **result,
            lost=len(made.lost),
            first=made.lost[0],
        )
    places.prune(folder, KEEP)
    return result
