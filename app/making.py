"""Making the reports that were asked for: taken one at a time, made beside requests, kept once."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from io import BufferedRandom

from sqlalchemy.orm import Session

from app.alive import showing_life
from app.services.reports import asked
from app.services.reports.asked import Taken
from app.work import Maker, Making, Work

#: seconds between two notes of progress
_PAUSE = 0.5

_log = logging.getLogger(__name__)


def make_next(work: Work, maker: Maker, report_id: int | None = None) -> str | None:
    """Make the next report that waits or was cut off, or that one; why it failed, "" when it did not.

    1. Take it, so that nobody else does, and commit. 2. Write it to a file beside the store, noting how far
    that has come. 3. Keep the bytes, the row and the journal's entry, once. A process that ends anywhere on
    the way leaves a row that the next one takes again. None when there is nothing to make.
    """
    database, clock = work.database, work.config.clock
    with database.transaction() as session:
        taken = asked.take(session, clock.machine(), report_id)
    if taken is None:
        return None

    def show_life(session: Session) -> None:
        asked.show_life(session, taken, clock.machine())

    try:
        with showing_life(database, show_life), work.store.drafting() as out:
            maker(_making(work, taken, out))
            file = work.store.made(out, taken.asked.name)
            with database.transaction() as session:
                asked.keep(session, work.store, taken, file, work.now)
    except Exception as error:
        _log.exception("report %s could not be made", taken.id)
        words = f"{type(error).__name__}: {error}".splitlines()[0]
        with database.transaction() as session:
            asked.give_up(session, taken, words)
        return words
    return ""


def _making(work: Work, taken: Taken, out: BufferedRandom) -> Making:
    progress = _Progress(work, taken)
    return Making(taken.plan, taken.asked, taken.actor, work.database, work.store, work.now, out, progress)


class _Progress:
    """Notes how far a report has come, not more often than somebody could see."""

    def __init__(self, work: Work, taken: Taken) -> None:
        self._work, self._taken = work, taken
        self._noted = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        if time.monotonic() - self._noted < _PAUSE:
            return
        self._noted = time.monotonic()
        # A bar that stands still for a moment is no reason to make no report.
        with suppress(Exception), self._work.database.transaction() as session:
            machine = self._work.config.clock.machine()
            asked.show_progress(session, self._taken, done, of, machine)
