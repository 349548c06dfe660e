"""Work beside requests, on huey: every minute what is due, and a report as soon as it is asked for.

The queue only wakes somebody. What there is to do stands in the database, where the jobs are claimed and the
reports wait: a message that is lost, or comes twice, or is taken by somebody who then dies, changes nothing
but the minute.
"""

from __future__ import annotations

import json
import logging
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from app import timetable
from app.making import make_next
from app.work import Work

#: so many jobs run at once in a process: a long report keeps no letter waiting
WORKERS = 2
#: seconds until a worker that has nothing to do looks again
_LONGEST_PAUSE = 1.0
#: seconds that a job may go on after the order to stop; then it is cut off, and begun anew next time
_LAST_SECONDS = 8

_log = logging.getLogger(__name__)

#: gives the installation at the present moment, for as long as a job needs it
Opened = Callable[[], AbstractContextManager[Work]]


class Background:
    """The queue of an installation. Without an address reports are made at once, and nothing is queued."""

    def __init__(self, address: str | None, opened: Opened) -> None:
        self._address = address
        self._opened = opened

    @property
    def is_beside(self) -> bool:
        """Whether there is a queue that somebody works on beside requests."""
        return self._address is not None

    def make_report(self, report_id: int) -> bool:
        """Have a report made whose asking was committed; whether that was done at once."""
        if self._address is None:
            self._make(report_id)
            return True
        try:
            self._queue.make(report_id)
        except Exception:
            _log.exception("the queue takes nothing; report %s is found within a minute", report_id)
        return False

    def consume(self) -> None:
        """Work until the process is told to stop: SIGTERM lets what is begun end, SIGINT does not."""
        consumer = _Consumer(
            self._queue.huey,
            workers=WORKERS,
            max_delay=_LONGEST_PAUSE,
            graceful_signal="TERM",
            shutdown_timeout=_LAST_SECONDS,
        )
        consumer.run()

    @cached_property
    def _queue(self) -> _Queue:
        # Opened when it is needed first, in the process that needs it.
        return _Queue(self._address or "", run=self._run, make=self._make, tick=self._tick)

    def _tick(self) -> None:
        with self._opened() as work:
            names = timetable.due(work)
        for name in names:
            self._queue.run(name)

    def _run(self, name: str) -> None:
        with self._opened() as work:
            done = timetable.run_if_due(name, work)
        if done is not None and name in timetable.AFTER.values():
            self._tick()

    def _make(self, report_id: int) -> None:
        with self._opened() as work:
            if work.maker is not None:
                make_next(work, work.maker, report_id)


class _Queue:
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
