"""What a machine's refusal means: no room, somebody in the way, not to be written, nobody there.

Drivers say it in codes of their own: SQLite in result codes (sqlite.org/rescode.html), PostgreSQL in
SQLSTATEs (its manual, appendix A), the file system in errno.
"""

from __future__ import annotations

import errno

from app.domain.errors import (
    DatabaseAwayError,
    DatabaseBusyError,
    NoRoomError,
    OutageError,
    ReadOnlyError,
    StorageError,
)

_BUSY, _LOCKED, _READ_ONLY, _IO, _CORRUPT, _FULL, _CANNOT_OPEN, _NO_DATABASE = 5, 6, 8, 10, 11, 13, 14, 26
_OF_SQLITE: dict[int, type[OutageError]] = {
    _BUSY: DatabaseBusyError,
    _LOCKED: DatabaseBusyError,
    _READ_ONLY: ReadOnlyError,
    _IO: DatabaseAwayError,
    _CORRUPT: DatabaseAwayError,
    _FULL: NoRoomError,
    _CANNOT_OPEN: DatabaseAwayError,
    _NO_DATABASE: DatabaseAwayError,
}
_OF_SQLSTATES: dict[str, type[OutageError]] = {
    "25006": ReadOnlyError,  # read_only_sql_transaction
    "40001": DatabaseBusyError,  # serialization_failure
    "40P01": DatabaseBusyError,  # deadlock_detected
    "53100": NoRoomError,  # disk_full
    "53200": DatabaseBusyError,  # out_of_memory
    "53300": DatabaseBusyError,  # too_many_connections
    "53400": NoRoomError,  # configuration_limit_exceeded
    "55P03": DatabaseBusyError,  # lock_not_available
    "57014": DatabaseBusyError,  # query_canceled
    "58030": DatabaseAwayError,  # io_error
}
#: a connection that has met one of these may go on failing when the cause is gone: SQLite opens a file that
#: cannot be written for reading, and leaves it at that
_SPOILS = frozenset({_READ_ONLY, _IO, _CORRUPT, _CANNOT_OPEN, _NO_DATABASE})

#: connection exceptions, and a server that is stopping, has crashed or is starting
_AWAY = ("08", "57P")

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_TO_BE_WRITTEN = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def of_database(error: BaseException | None) -> OutageError | None:
    """What the error of a driver means; None when it tells of a statement rather than of the machine."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        kind = _OF_SQLITE.get(code & 0xFF)
    else:
        kind = _of_postgresql(error) if hasattr(error, "sqlstate") else None
    return kind() if kind else None


def spoils_connection(error: BaseException | None) -> bool:
    """Whether the connection of SQLite that raised it should not be used again."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _SPOILS


def of_file(error: OSError) -> OutageError:
    """What a file system's refusal to take or give a file means."""
    if error.errno in _NO_ROOM:
        return NoRoomError()
    return ReadOnlyError() if error.errno in _NOT_TO_BE_WRITTEN else StorageError()


def _of_postgresql(error: object) -> type[OutageError] | None:
    state = getattr(error, "sqlstate", None)
    if state is None:
        # The server has said nothing at all. Other errors of the driver that have no state are our own.
        return DatabaseAwayError if type(error).__name__ == "OperationalError" else None
    return DatabaseAwayError if state.startswith(_AWAY) else _OF_SQLSTATES.get(state)
