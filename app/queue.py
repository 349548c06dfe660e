"""The queue of an installation: huey on SQLite, PostgreSQL or Redis, and its messages."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

#: so many jobs run at once in a process: a long report keeps no letter waiting
WORKERS = 2
#: seconds until a worker that has nothing to do looks again
_LONGEST_PAUSE = 1.0
#: seconds that a job may go on after the order to stop; then it is cut off, and begun anew next time
_LAST_SECONDS = 8


class Queue:
    """A queue of huey with the tasks of this product; to call one is to queue it."""

    def __init__(
        self,
        address: str,
        *,
        run: Callable[[str], None],
        make: Callable[[int], None],
        tick: Callable[[], None],
    ) -> None:
        self.huey = _open(address)
        self.run = self.huey.task(name="run")(run)
        self.make = self.huey.task(name="make")(make)
        self.huey.periodic_task(lambda _moment: True, name="tick")(tick)

    def consume(self) -> None:
        """Work until the process is told to stop: SIGTERM lets what is begun end, SIGINT does not."""
        consumer = _Consumer(
            self.huey,
            workers=WORKERS,
            max_delay=_LONGEST_PAUSE,
            graceful_signal="TERM",
            shutdown_timeout=_LAST_SECONDS,
        )
        consumer.run()


class _Consumer(Consumer):  # type: ignore[misc]
    """huey's, without its restart at SIGHUP: that would run the command line of the server once more."""

    def _set_signal_handlers(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._handle_signal)


class _Plain(Serializer):  # type: ignore[misc]
    """Messages as JSON: who can write to the queue can wake jobs, but not run code as pickle would."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(bytes(data)))


def _open(address: str) -> Huey:
    common: dict[str, Any] = {"results": False, "serializer": _Plain()}
    if address.startswith("sqlite:///"):
        # Its log is not written ahead, for the reason that app/db.py gives.
        filename = address.removeprefix("sqlite:///")
        return SqliteHuey("vekha", filename=filename, journal_mode="truncate", **common)
    if address.startswith("postgresql"):
        return PostgresHuey("vekha", dsn=address.replace("+psycopg", "", 1), **common)
    return RedisHuey("vekha", url=address, **common)
