"""A small HTTP client on one kept-alive connection: it must cost far less than what it measures."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlencode

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=]+)=([^;]*)", re.IGNORECASE)
_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


@dataclass
class Client:
    """One visitor with a connection and cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _socket: socket.socket | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def request(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer; cookies are kept."""
        return self.exchange(self.prepare(method, path, form, **headers))

    def prepare(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> bytes:
        """The bytes of a request, to be sent as often as one likes."""
        body = urlencode(form).encode() if form is not None else b""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: keep-alive"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if form is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def exchange(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send prepared bytes and read the answer; a connection that the server closed is opened again."""
        for attempt in (1, 2):
            try:
                return self._exchange(request)
            except ConnectionError:
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def sign_in(self, username: str, password: str) -> None:
        """Through the form, as people do."""
        _status, _head, page = self.request("GET", "/login")
        form = {"username": username, "password": password, "csrf_token": token_of(page)}
        status, _head, body = self.request("POST", "/login", form)
        if status not in (302, 303):
            raise RuntimeError(f"{username} could not sign in: {status} {body[:200]!r}")

    def _exchange(self, request: bytes) -> tuple[int, bytes, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._socket
        connection.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            part = connection.recv(65536)
            if not part:
                raise ConnectionError("the server hung up")
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        status = int(head[9:12])
        if _CHUNKED.search(head):
            raise RuntimeError("a chunked answer is not expected here")
        length = _LENGTH.search(head)
        wanted = int(length[1]) if length and status != 304 and not request.startswith(b"HEAD") else 0
        while len(body) < wanted:
            part = connection.recv(262144)
            if not part:
                raise ConnectionError("the server hung up")
            body += part
        for name, value in _COOKIE.findall(head):
            self.cookies[name.decode()] = value.decode()
        if b"connection: close" in head.lower():
            self.close()
        return status, head, body


def token_of(page: bytes) -> str:
    """The CSRF token of a page's form."""
    found = _TOKEN.search(page)
    if found is None:
        raise RuntimeError("the page has no form")
    return found[1].decode()
