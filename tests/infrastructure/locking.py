"""Somebody who holds the database: another process that has begun to write and does not end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_HOLD = """
import sys
from sqlalchemy import create_engine
url = sys.argv[1]
connection = create_engine(url).raw_connection().driver_connection
if url.startswith("sqlite"):
    connection.isolation_level = None
    connection.execute("BEGIN IMMEDIATE")
else:
    connection.execute("LOCK TABLE journal_head, login_session, feed, throttle IN EXCLUSIVE MODE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(url: str) -> Iterator[None]:
    """Nobody else can write to the database until the block ends; everybody can read."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield
        finally:
            process.kill()
