"""Asking a scanner for viruses about a file: clamd, in its own words, or any other with `scan(path)`."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

#: what is known of the bytes of a file: nobody was asked, nobody has answered yet, harmless, harmful
NONE, PENDING, CLEAN, INFECTED = "none", "pending", "clean", "infected"
#: what may be given to others
HARMLESS = (NONE, CLEAN)

_CHUNK = 64 * 1024
#: bytes of an answer: one line
_LONGEST_ANSWER = 4096


class Verdict(NamedTuple):
    """CLEAN, or INFECTED with the name of what was found."""

    state: str
    signature: str = ""


class UnansweredError(Exception):
    """The scanner cannot be reached, takes too long, or does not say what the file is."""


class Scanner(Protocol):
    """Whatever tells of a file whether it is harmful."""

    def scan(self, path: Path, patience: float) -> Verdict:
        """Look at a file, for so many seconds at most. Raises UnansweredError."""


class Clamd:
    """ClamAV's server, spoken to in its protocol: INSTREAM, the file in pieces, one line for an answer."""

    def __init__(self, address: str) -> None:
        """`unix:/run/clamav/clamd.ctl` or `tcp:host:3310`. Raises ValueError for any other."""
        kind, _, place = address.partition(":")
        host, _, port = place.rpartition(":")
        if kind == "unix" and place.startswith("/"):
            self._place: str | tuple[str, int] = place
        elif kind == "tcp" and host and port.isdecimal():
            self._place = (host.strip("[]"), int(port))
        else:
            raise ValueError(address)

    def scan(self, path: Path, patience: float) -> Verdict:
        deadline = time.monotonic() + patience
        try:
            with self._connected(patience) as line, path.open("rb") as file:
                _send(line, file.read, deadline)
                return _verdict(_answer(line, deadline))
        except OSError as error:
            raise UnansweredError(str(error)) from error

    def _connected(self, patience: float) -> socket.socket:
        if isinstance(self._place, tuple):
            return socket.create_connection(self._place, timeout=patience)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(patience)
            line.connect(self._place)
        except OSError:
            line.close()
            raise
        return line


def _send(line: socket.socket, read: Callable[[int], bytes], deadline: float) -> None:
    """The file, each piece with its length before it, and a length of nothing behind the last."""
    try:
        line.sendall(b"zINSTREAM\0")
        while piece := read(_CHUNK):
            _wait_until(line, deadline)
            line.sendall(struct.pack(">L", len(piece)) + piece)
        line.sendall(struct.pack(">L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # It has heard enough: more than its StreamMaxLength. Why, it may still say.
        return


def _answer(line: socket.socket, deadline: float) -> str:
    said = b""
    while not said.endswith((b"\0", b"\n")) and len(said) < _LONGEST_ANSWER:
        _wait_until(line, deadline)
        if not (piece := line.recv(_LONGEST_ANSWER)):
            break
        said += piece
    return said.decode("utf-8", "replace").strip("\0\n ")


def _verdict(answer: str) -> Verdict:
    what = answer.removeprefix("stream: ")
    if what == "OK":
        return Verdict(CLEAN)
    if what.endswith(" FOUND"):
        return Verdict(INFECTED, what.removesuffix(" FOUND")[:200])
    raise UnansweredError(answer or "the scanner said nothing")


def _wait_until(line: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the scanner took too long")
    line.settimeout(left)
