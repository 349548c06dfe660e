"""The other side: begins the child process, waits no longer than it may take, and believes little of it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from app.file_types import EXTENSIONS
from app.inspection.refusing import BUSY, UNFINISHED, RefusedError

#: seconds that looking at a file may take, whatever else the machine does
PATIENCE = 30.0
#: children of this process that look at files at the same time; further files wait
AT_ONCE = 2
_free = threading.BoundedSemaphore(AT_ONCE)
_ROOT = Path(__file__).resolve().parents[2]
#: what a program of Python needs of the environment; nothing of ours
_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8"}

_log = logging.getLogger(__name__)


def inspect(path: Path, extension: str) -> str:
    """The media type of a file that may be taken. Raises RefusedError.

    A child that dies, or needs more memory or time than it has, refuses the file. Waiting for others takes of
    its time.
    """
    until = time.monotonic() + PATIENCE
    if not _free.acquire(timeout=PATIENCE):
        raise RefusedError(BUSY)
    try:
        return _inspect(path, extension, until)
    finally:
        _free.release()


def _inspect(path: Path, extension: str, until: float) -> str:
    """The media type of a file, if a child says it before `until`, by the stopwatch. Raises RefusedError."""
    # A fork of a server with threads may hang for ever; a new program does not.
    command = [sys.executable, "-E", "-s", "-m", "app.inspection", str(path.resolve()), extension]
    try:
        done = subprocess.run(
            command,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=until - time.monotonic(),
            check=True,
        )
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        _log.warning("looking at a file (%s) took longer than %s s", extension, PATIENCE)
        raise RefusedError(UNFINISHED) from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        _log.warning("looking at a file (%s) ended with %s %s", extension, error.returncode, reason)
        raise RefusedError(UNFINISHED) from error
    except ValueError as error:
        _log.warning("looking at a file (%s) ended without an answer", extension)
        raise RefusedError(UNFINISHED) from error
    if "refused" in told:
        raise RefusedError(str(told.pop("refused")), **told)
    return EXTENSIONS[extension]
