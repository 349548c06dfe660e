"""The log: one event a line on stderr, as JSON for machines or as text for a terminal.

As JSON it holds no personal data and no secret: no names, no addresses of people or of their machines, no
addresses of pages (some open a calendar to whoever has them) but the rules of their routes, and of an error
where it came from and of what kind it is, not what it says: that may be what somebody entered.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from logging.config import dictConfig
from types import TracebackType
from typing import Any

#: the logger of everything in the product; what libraries tell counts from WARNING on
PRODUCT = "app"

#: made once: a line is written for every request
_written = json.JSONEncoder(ensure_ascii=False, default=str).encode
#: what every line of this context tells: the id of the request, or the name of the job
_about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)

#: errors that tell of the program, not of what it was given
_OF_THE_PROGRAM = (AttributeError, ImportError, MemoryError, NameError, NotImplementedError, RecursionError)
#: what gunicorn tells of a request begins so, and goes on with its address or a part of its head
_OF_A_REQUEST = re.compile(r"(Error handling request|Invalid request from|Ignoring connection).*", re.DOTALL)


def begin(**about: Any) -> None:
    """From here on, in this thread, every line tells of that."""
    _about.set(about)


@contextmanager
def telling(**about: Any) -> Iterator[None]:
    """In the block every line tells of that, too."""
    before = _about.get()
    _about.set({**(before or {}), **about})
    try:
        yield
    finally:
        _about.set(before)


def told(**fields: Any) -> dict[str, Any]:
    """What an event tells beside its message, for `extra` of a logger's call."""
    return {"told": fields}


def write(form: str = "") -> None:
    """Have everything that is logged in this process written to stderr, and nothing else written there.

    `form` is json or text; "": text on a terminal, else JSON.
    """
    chosen = form or ("text" if sys.stderr.isatty() else "json")
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonLines}, "text": {"()": TextLines}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": chosen}},
            "root": {"level": "WARNING", "handlers": ["stderr"]},
            "loggers": {PRODUCT: {"level": "INFO"}},
        }
    )
    logging.captureWarnings(True)
    sys.excepthook = _tell_the_last
    threading.excepthook = _tell_of_thread


class JsonLines(logging.Formatter):
    """An event as one line of JSON; `time` is UTC."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            "pid": record.process,
            **(_about.get() or {}),
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[1]:
            event["exception"] = where(record.exc_info[1])
        return _written(event)


class TextLines(logging.Formatter):
    """The same to read while one works on the product; here errors say what they have to say."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        fields = {**(_about.get() or {}), **getattr(record, "told", {})}
        return " ".join((super().formatMessage(record), *(f"{name}={fields[name]}" for name in fields)))


def _message(record: logging.LogRecord) -> str:
    arguments = record.args
    if isinstance(arguments, tuple):
        arguments = tuple(_kind(each) if isinstance(each, BaseException) else each for each in arguments)
    message = str(record.msg) % arguments if arguments else str(record.msg)
    return _OF_A_REQUEST.sub(r"\1 …", message)


def where(error: BaseException) -> str:
    """Where an error came from, and of what kind it and its causes are, the first cause first."""
    chain: list[str] = []
    reason: BaseException | None = error
    while reason is not None and len(chain) < 10:
        frames = "".join(traceback.format_tb(reason.__traceback__))
        chain.append(f"{frames}{_kind(reason)}")
        reason = reason.__cause__ or (None if reason.__suppress_context__ else reason.__context__)
    return "\n\n".join(reversed(chain))


def _kind(error: BaseException) -> str:
    """The name of an error; also what it says where that cannot be what somebody entered."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, _OF_THE_PROGRAM):
        return f"{kind}: {error}"
    if isinstance(error, OSError) and error.strerror:
        return f"{kind}: [Errno {error.errno}]"
    # What the database calls it: busy, disk full, a constraint.
    driver = getattr(error, "orig", error)
    code = getattr(driver, "sqlstate", None) or getattr(driver, "sqlite_errorname", None)
    return f"{kind} ({code})" if code else kind


@lru_cache(maxsize=1)
def _second(since_epoch: int) -> str:
    return f"{datetime.fromtimestamp(since_epoch, UTC):%Y-%m-%dT%H:%M:%S}"


def _tell_the_last(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger(PRODUCT).critical("the process ends with an error", exc_info=(kind, error, trace))


def _tell_of_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        found = (failed.exc_type, failed.exc_value, failed.exc_traceback)
        logging.getLogger(PRODUCT).error("a thread ended with an error", exc_info=found)
