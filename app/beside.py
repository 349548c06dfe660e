"""A process beside a server's own, such as the worker of background work: started, watched, ended with it."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

#: seconds that a worker has to end in before it is killed
PATIENCE = 10.0
#: seconds between two starts, so that one that cannot start does not take the machine
PAUSE = 2.0

_log = logging.getLogger(__name__)


class WorkerBeside:
    """A process that works until it is told to stop; `keep` starts it, again when it has died.

    `name` is what it is called in the log.
    """

    def __init__(self, work: Callable[[], None], name: str = "the worker of background work") -> None:
        self._work = work
        self._name = name
        self._pid: int | None = None
        self._started = 0.0

    @property
    def pid(self) -> int | None:
        """The process, while it lives."""
        return self._pid

    def keep(self) -> None:
        """See to it that the process runs. Costs next to nothing while it does."""
        if self._lives():
            return
        if self._pid is not None:
            _log.warning("%s (%s) has died and is started again", self._name, self._pid)
            self._pid = None
        if self._started and time.monotonic() - self._started < PAUSE:
            return
        self._started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            self._be()
        self._pid = pid

    def end(self) -> None:
        """Tell the process to stop, without waiting for it."""
        if self._lives():
            self._signal(signal.SIGTERM)

    def stop(self) -> None:
        """Tell the process to stop, and wait; what it cannot end in time is begun anew by the next."""
        if self._pid is None:
            return
        self._signal(signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while self._lives() and time.monotonic() < end:
            time.sleep(0.05)
        if self._lives():
            self._signal(signal.SIGKILL)
        self._pid = None

    def _lives(self) -> bool:
        if self._pid is None:
            return False
        try:
            return os.waitpid(self._pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            # The server has collected it among its own.
            return False

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.kill(self._pid or 0, number)
        except ProcessLookupError:
            return

    def _be(self) -> None:
        """Be the process, from its first moment to its last."""
        code = 1
        try:
            for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                if callable(signal.getsignal(number)):
                    signal.signal(number, signal.SIG_DFL)
            # A terminal that is closed says so to all; what the server makes of it is its own business.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            _end_with(os.getppid())
            self._work()
            code = 0
        except BaseException:
            _log.exception("%s ended with an error", self._name)
        finally:
            # Nothing of what the server wants done at its own end.
            os._exit(code)


def _end_with(parent: int) -> None:
    """Stop when the server is gone, however it went."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="watching the server", daemon=True).start()
