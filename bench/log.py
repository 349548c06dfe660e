"""What a line of the log costs, beside a plain one of the standard library."""

from __future__ import annotations

import logging
import os
import statistics
import time
from typing import NamedTuple, TextIO

from app.logs import JsonLines

#: so many times what a plain line costs
TARGET = 5.0
_LINES, _ROUNDS = 500, 20
_TOLD = {"method": "GET", "route": "/tasks/<task_id>", "status": 200, "ms": 1.5, "bytes": 9}


class Line(NamedTuple):
    """Seconds that a line takes, and how many times as long as a plain one."""

    seconds: float
    times: float


def measure() -> Line:
    """The median of rounds in which both are written, one after the other."""
    own, plain = [], []
    with open(os.devnull, "w") as out:
        for _ in range(_ROUNDS):
            own.append(_cost(out, JsonLines()))
            plain.append(_cost(out, logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s")))
    times = statistics.median(mine / theirs for mine, theirs in zip(own, plain, strict=True))
    return Line(statistics.median(own), times)


def _cost(out: TextIO, formatter: logging.Formatter) -> float:
    log, handler = logging.Logger("app.cost", logging.INFO), logging.StreamHandler(out)
    handler.setFormatter(formatter)
    log.addHandler(handler)
    begun = time.perf_counter()
    for _ in range(_LINES):
        log.info("answered", extra={"told": _TOLD})
    return (time.perf_counter() - begun) / _LINES
