"""Acts that are killed (SIGKILL), again and again, at a chosen step or at any moment.

A process that has imported everything, and done the act once, forks another that does it; that one is killed.
What it acknowledges comes through a pipe, which outlives it. Steps are statements, commits, what is done to
files and what the mail server says, each before and after.
"""

from __future__ import annotations

import os
import random
import re
import signal
import smtplib
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from json import dumps, loads
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from app.work import Work
from config import Config

from .server import PREPARED

#: does something, and acknowledges what it has done
Act = Callable[[Work, dict[str, Any], Callable[[object], None]], None]

#: what a statement is called by
_CALLED = re.compile(r"(SELECT|INSERT INTO \w+|DELETE FROM \w+|UPDATE \w+|\w+(?: \w+)?)", re.IGNORECASE)
#: functions whose calls are steps, by the owners that they are looked up in
_WATCHED: list[tuple[Any, str]] = [
    *((os, name) for name in ("fsync", "mkdir", "replace", "unlink", "utime")),
    (smtplib.SMTP, "getreply"),
]


@dataclass(frozen=True)
class Kill:
    """When to kill: at the first passing of a step, at the `number`-th step of any name, or after `seconds`.

    None of them: never.
    """

    step: str = ""
    number: int = 0
    seconds: float | None = None


class Outcome(NamedTuple):
    """What came of an act: whether it was killed, what it had acknowledged, and which steps it passed.

    The steps are told of an act that was not to be killed, the machine's `seconds` of it too.
    """

    killed: bool
    acknowledged: list[Any]
    steps: list[str]
    seconds: float


class Killer:
    """The tests' end of the line to the process that forks."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def __call__(self, order: dict[str, Any], kill: Kill | None = None) -> Outcome:
        """Have the act done in a process of its own, which may be killed. Raises RuntimeError if it fails."""
        self._line.send((order, kill or Kill()))
        answer = self._line.recv()
        if isinstance(answer, str):
            raise RuntimeError(f"the act failed:\n{answer}")
        return Outcome(*answer)

    def prepare(self, order: dict[str, Any]) -> None:
        """Do the act where all others are forked from, so that they find everything imported and compiled."""
        self._line.send((order, None))
        if failed := self._line.recv():
            raise RuntimeError(f"the act failed:\n{failed}")


@contextmanager
def killer_of(act: Act, config: Config, now: datetime) -> Iterator[Killer]:
    """A process that does the act for whoever asks, until the block ends. `act` is found by its name."""
    here, there = PREPARED.Pipe()
    process = PREPARED.Process(target=_serve, args=(act, config, now, there))
    process.start()
    there.close()
    try:
        yield Killer(here)
    finally:
        here.close()
        process.join()


def kills(outcome: Outcome, number: int, chance: random.Random) -> Sequence[Kill]:
    """So many kills of an act that passed whole: at each of its steps once, then wherever chance has it.

    Steps that are no statement come first: 0 is short for these and a few by chance.
    """
    names = list(dict.fromkeys(outcome.steps))
    named = [name for name in names if name.split()[1].islower()]
    named += [name for name in names if name not in named]
    if number == 0:
        named = [name for name in named if name.split()[1].islower()]
        number = max(len(named) + 2, 6)
    found = [Kill(step=name) for name in named[:number]]
    while len(found) < number:
        if len(found) % 2:
            found.append(Kill(number=chance.randint(1, len(outcome.steps))))
        else:
            found.append(Kill(seconds=chance.uniform(0, outcome.seconds)))
    chance.shuffle(found)
    return found


@dataclass
class _Steps:
    """The steps of this process, which ends at one of them."""

    kill: Kill
    passed: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        self.passed.append(name)
        if name == self.kill.step or len(self.passed) == self.kill.number:
            os.kill(os.getpid(), signal.SIGKILL)


_steps: _Steps | None = None


def step(name: str) -> None:
    """A step that an act names itself."""
    if _steps is not None:
        _steps(f"at {name}")


def _serve(act: Act, config: Config, now: datetime, line: Connection) -> None:
    from app import create_app
    from app.web.reports import makers
    from app.web.state import vekha

    # Reports are made where their words can be translated.
    with create_app(config).app_context():
        parts = vekha()
        _answer(act, Work(config, parts.database, parts.store, now, maker=makers.make), line)


def _answer(act: Act, work: Work, line: Connection) -> None:
    while True:
        try:
            order, kill = line.recv()
        except EOFError:
            return
        if kill is not None:
            line.send(_fork(act, work, order, kill))
            continue
        failed = ""
        try:
            act(work, order, lambda _done: None)
        except Exception:
            failed = traceback.format_exc()
        # No connection is carried over to a process that is forked.
        work.database.dispose()
        line.send(failed)


def _fork(act: Act, work: Work, order: dict[str, Any], kill: Kill) -> tuple[Any, ...] | str:
    reading, writing = os.pipe()
    began = time.monotonic()
    process = os.fork()
    if not process:
        os.close(reading)
        os._exit(_do(act, work, order, kill, writing))
    os.close(writing)
    if kill.seconds is not None:
        time.sleep(kill.seconds)
        os.kill(process, signal.SIGKILL)
    with open(reading, encoding="utf-8") as pipe:
        said = [loads(line) for line in pipe.read().split("\n")[:-1]]
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if code not in (0, -signal.SIGKILL):
        return "\n".join(str(each["failed"]) for each in said if "failed" in each)
    done = [each["done"] for each in said if "done" in each]
    steps = next((each["steps"] for each in said if "steps" in each), [])
    return code != 0, done, steps, time.monotonic() - began


def _do(act: Act, work: Work, order: dict[str, Any], kill: Kill, pipe: int) -> int:
    global _steps

    def say(**what: object) -> None:
        # One call, so that nobody reads half a line.
        os.write(pipe, (dumps(what) + "\n").encode())

    try:
        _steps = _Steps(kill)
        _watch(work, _steps)
        act(work, order, lambda done: say(done=done))
        work.database.dispose()
        if kill == Kill():
            say(steps=_steps.passed)
        return 0
    except BaseException:
        say(failed=traceback.format_exc())
        return 1


def _watch(work: Work, steps: _Steps) -> None:
    """Make steps of everything that this process does to the database, to files, and by mail."""
    from sqlalchemy import Engine, event

    from app import mail

    def watched(owner: Any, name: str) -> None:
        function = getattr(owner, name)

        def stepping(*arguments: Any, **more: Any) -> Any:
            steps(f"before {name}")
            result = function(*arguments, **more)
            steps(f"after {name}")
            return result

        setattr(owner, name, stepping)

    def stating(when: str) -> Callable[..., None]:
        def state(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if called := _CALLED.match(statement.strip()):
                steps(f"{when} {called.group().upper()}")

        return state

    event.listen(Engine, "before_cursor_execute", stating("before"))
    event.listen(Engine, "after_cursor_execute", stating("after"))
    for owner, name in [*_WATCHED, (mail, "send"), (work.database.engine.dialect, "do_commit")]:
        watched(owner, name)
