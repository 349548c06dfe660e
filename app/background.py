"""Work beside requests, on huey: every minute what is due, and a report as soon as it is asked for.

The queue only wakes somebody. What there is to do stands in the database, where the jobs are claimed and the
reports wait: a message that is lost, or comes twice, or is taken by somebody who then dies, changes nothing
but the minute.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from app import timetable
from app.making import make_next
from app.work import Work

if TYPE_CHECKING:
    from app.queue import Queue

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
        self._queue.consume()

    @cached_property
    def _queue(self) -> Queue:
        # Opened when it is needed first, in the process that needs it, and huey is not imported before.
        from app.queue import Queue

        return Queue(self._address or "", run=self._run, make=self._make, tick=self._tick)

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
