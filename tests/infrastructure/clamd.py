"""A server that speaks as clamd does and knows one virus, the harmless one that everybody tests with."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

#: put together here, so that no scanner takes this file for it
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Server(socketserver.ThreadingMixIn):
    daemon_threads = True
    #: bytes that it takes of a file
    most = 100 * 1024 * 1024
    #: set: it hears everything and says nothing
    silent: threading.Event
    #: how many files it was asked about
    asked = 0


class _Tcp(_Server, socketserver.TCPServer):
    allow_reuse_address = True


class _Unix(_Server, socketserver.UnixStreamServer):
    pass


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: _Server = self.server  # type: ignore[assignment]
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        assert command == b"zINSTREAM\0"
        content = _stream(self.rfile, server.most)
        server.asked += 1
        if server.silent.wait(0.01):
            server.silent.wait(5)
            return
        if content is None:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        elif EICAR in content:
            self.wfile.write(b"stream: Eicar-Signature FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


def _stream(file: BinaryIO, most: int) -> bytes | None:
    content = b""
    while length := struct.unpack(">L", file.read(4))[0]:
        content += file.read(length)
        if len(content) > most:
            return None
    return content


class Clamd:
    """A server under test: its address, and what it does."""

    def __init__(self, server: _Server, address: str) -> None:
        self._server, self.address = server, address

    @property
    def asked(self) -> int:
        return self._server.asked

    def fall_silent(self) -> None:
        self._server.silent.set()

    def speak(self) -> None:
        self._server.silent.clear()

    def take_at_most(self, most: int) -> None:
        self._server.most = most


@contextmanager
def clamd(socket: Path | None = None) -> Iterator[Clamd]:
    """Serve on a free port, or at a socket of that path, until the block ends."""
    server = _Unix(str(socket), _Conversation) if socket else _Tcp(("127.0.0.1", 0), _Conversation)
    server.silent = threading.Event()
    address = f"unix:{socket}" if socket else f"tcp:127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield Clamd(server, address)
    finally:
        server.shutdown()
        server.server_close()
