"""What jobs need of the web: the words of the screens, which want an application about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.background import Opened
from app.web.state import now, stop_reading, vekha
from app.work import Work


def opened(app: Flask) -> Opened:
    """The installation at the present moment, outside of any request."""

    @contextmanager
    def open_() -> Iterator[Work]:
        with app.app_context():
            try:
                yield work()
            finally:
                stop_reading()

    return open_


def work(*, deep: bool = False) -> Work:
    """What a job works on now."""
    # Imported here: reports know the pages, and the pages know the jobs.
    from app.web.reports import makers

    parts = vekha()
    return Work(parts.config, parts.database, parts.store, now(), deep, makers.make)
