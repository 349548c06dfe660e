"""What is sent is taken in no further than the person may send it: on the real server, from slow senders."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from app.db import Database
from tests import factories
from tests.infrastructure.server import LiveServer, serve
from tests.infrastructure.signing_in import PASSWORD, csrf_token
from tests.infrastructure.templates import Installation
from tests.web.acting import id_of

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

MEGABYTE = 1024 * 1024
#: seconds within which an answer comes though the body does not
SOON = 5
LARGE = f"Content-Length: {50 * MEGABYTE}"
CHUNKED = "Transfer-Encoding: chunked"
MULTIPART = "Content-Type: multipart/form-data; boundary=b"


@pytest.fixture
def server(
    installation: Installation, database: Database, tmp_path: Path, now: datetime
) -> Iterator[LiveServer]:
    """The real server with two colleges, the controller, the auditor and the administrator."""
    with database.transaction() as session:
        for name in ("college01", "college02"):
            factories.actor(session, name, now)
        for name, role in (("deputy", "controller"), ("auditor", "auditor"), ("admin", "administrator")):
            factories.actor(session, name, now, role=role)
    with serve(installation, tmp_path / "log") as server:
        yield server


def signed_in(server: LiveServer, username: str) -> str:
    """The cookie of a session."""
    with closing(HTTPConnection(urlsplit(server.url).netloc)) as browser:
        browser.request("GET", "/login")
        page = browser.getresponse()
        form = {"username": username, "password": PASSWORD, "csrf_token": csrf_token(page.read().decode())}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookies_of(page.msg.get_all("Set-Cookie") or []),
        }
        browser.request("POST", "/login", urlencode(form), headers)
        answer = browser.getresponse()
        assert answer.status == 303
        return cookies_of(answer.msg.get_all("Set-Cookie") or [])


def cookies_of(lines: list[str]) -> str:
    return "; ".join(line.partition(";")[0] for line in lines)


@contextmanager
def sending(server: LiveServer, path: str, cookie: str, *headers: str) -> Iterator[socket.socket]:
    """A connection on which a form has begun to be sent."""
    address = urlsplit(server.url)
    with closing(socket.create_connection((address.hostname, address.port), SOON)) as line:
        head = (f"POST {path} HTTP/1.1", f"Host: {address.netloc}", f"Cookie: {cookie}", *headers)
        line.sendall("\r\n".join([*head, "", ""]).encode())
        yield line


def status(line: socket.socket) -> int:
    """The status of the answer. Raises TimeoutError when none comes soon."""
    return int(line.recv(65536).split(b" ", 2)[1])


def test_what_will_be_refused_is_refused_before_it_is_sent(server: LiveServer, database: Database) -> None:
    own = f"/tasks/{id_of(database, '2.3')}"
    people = {name: signed_in(server, name) for name in ("college01", "college02", "deputy", "auditor")}
    people["nobody"] = ""
    # who sends a form of 50 MB → what the answer is while the body is still to come
    refused = {
        ("nobody", f"{own}/transitions"): 302,
        ("nobody", f"{own}/evidence"): 302,
        ("nobody", "/plans/2022/figures/upload"): 302,
        ("nobody", "/login"): 413,
        ("nobody", "/nowhere"): 404,
        ("college02", f"{own}/transitions"): 404,
        ("college02", f"{own}/evidence"): 404,
        ("college02", "/tasks/999999/evidence"): 404,
        ("college01", f"{own}/explanation"): 413,
        ("college01", "/account/password"): 413,
        ("college01", "/plans/2022/figures/upload"): 413,
        ("college01", "/plans/2022/bulk"): 413,
        ("deputy", f"{own}/transitions"): 413,
        ("auditor", f"{own}/evidence"): 413,
        ("auditor", "/plans/2022/figures/upload"): 403,
    }
    found = {}
    for who, path in refused:
        with sending(server, path, people[who], LARGE, MULTIPART) as line:
            found[who, path] = status(line)
    assert found == refused


def test_a_body_without_an_end_is_cut_off_at_the_limit(server: LiveServer, database: Database) -> None:
    task, college = f"/tasks/{id_of(database, '2.3')}", signed_in(server, "college01")
    with sending(server, f"{task}/evidence", "", CHUNKED, MULTIPART) as line:
        assert status(line) == 302
    with sending(server, f"{task}/explanation", college, CHUNKED, MULTIPART) as line:
        sent = send_without_end(line)
        assert status(line) == 413
    # What the sockets hold between them was sent, though nobody reads it.
    assert 2 <= sent / MEGABYTE < 12


def send_without_end(line: socket.socket) -> int:
    """Send chunks until the server answers; how many bytes went."""
    chunk, sent = b"10000\r\n" + bytes(65536) + b"\r\n", 0
    with suppress(ConnectionError):
        while not select.select([line], [], [], 0.002)[0]:
            line.sendall(chunk)
            sent += len(chunk)
    return sent
