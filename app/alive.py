"""Signs of life of long work, so that others can tell it from work that was cut off."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.db import Database

#: seconds between two signs; several may be missed before others think that it was cut off
PAUSE = 20.0

_log = logging.getLogger(__name__)


@contextmanager
def showing_life(database: Database, sign: Callable[[Session], None]) -> Iterator[None]:
    """Give the sign, in a transaction of its own, every now and then until the block ends.

    A process that is killed gives none any more, whatever killed it.
    """
    over = threading.Event()

    def show() -> None:
        while not over.wait(PAUSE):
            try:
                with database.transaction() as session:
                    sign(session)
            except Exception:
                # Somebody holds the database: the next sign is early enough.
                _log.debug("no sign of life could be given", exc_info=True)

    thread = threading.Thread(target=show, name="showing life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
