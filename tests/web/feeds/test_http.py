"""What an address answers over a real socket, to programs that keep the connection open."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Feed
from app.services import feeds
from app.services.plans import find_plan
from tests.infrastructure.headers import told
from tests.infrastructure.server import LiveServer
from tests.web.feeds.conftest import PathOf

pytestmark = pytest.mark.data("plan")

HTTP_DATE = "Fri, 01 Jan 2027 00:00:00 GMT"


class Kept:
    """One connection for all requests; it fails when the server has closed it in between."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname
        self.connection = HTTPConnection(address.hostname, address.port, timeout=30)
        self.connection.connect()
        # http.client would open another connection without a word
        self.connection.auto_open = 0

    def ask(self, method: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers=named)
        answer = self.connection.getresponse()
        return answer, answer.read()


@pytest.fixture
def kept(server: LiveServer) -> Iterator[Kept]:
    kept = Kept(server.url)
    yield kept
    kept.connection.close()


def headers_of(answer: HTTPResponse) -> dict[str, str]:
    """All but the moment of the answer, and what belongs to the connection."""
    return told(answer.getheaders())


def test_head_says_what_get_would_send_on_one_connection(kept: Kept, path_of: PathOf) -> None:
    path = path_of()
    got, body = kept.ask("GET", path)
    head, nothing = kept.ask("HEAD", path)
    again, same = kept.ask("GET", path)
    assert (got.status, head.status, again.status) == (200, 200, 200)
    assert headers_of(got) == headers_of(head) == headers_of(again)
    assert got.headers["Content-Length"] == str(len(body))
    assert (nothing, same) == (b"", body)


def test_the_answer_is_a_calendar_that_nobody_keeps_for_others(kept: Kept, path_of: PathOf) -> None:
    path = path_of()
    got, _body = kept.ask("GET", path)
    assert path.endswith(".ics")
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert got.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''")
    assert got.headers["Cache-Control"] == "private, max-age=300"
    assert got.headers["X-Robots-Tag"] == "noindex"
    assert got.headers["ETag"].startswith('"')
    # a calendar is nobody's session, and the same for whoever asks
    assert got.headers["Set-Cookie"] is None
    assert got.headers["Vary"] is None


def test_what_is_known_already_is_not_sent_again(kept: Kept, path_of: PathOf) -> None:
    path = path_of()
    etag = kept.ask("GET", path)[0].headers["ETag"]
    for known in (etag, f'"other", {etag} , W/"more"', f"W/{etag}", "*"):
        for method in ("GET", "HEAD"):
            answer, body = kept.ask(method, path, If_None_Match=known)
            assert (answer.status, body) == (304, b""), known
            assert answer.headers["ETag"] == etag
            assert answer.headers["Content-Type"] is None
            assert answer.headers["Set-Cookie"] is None
        # the connection is still good: nothing was left on it
        assert kept.ask("GET", path)[0].status == 200


def test_what_is_not_known_is_sent_whatever_the_date(kept: Kept, path_of: PathOf) -> None:
    path = path_of()
    for tag in ('"other"', 'W/"other"', '""', "nonsense"):
        answer, body = kept.ask("GET", path, If_None_Match=tag, If_Modified_Since=HTTP_DATE)
        assert answer.status == 200, tag
        assert body


def test_the_bytes_are_never_packed(kept: Kept, path_of: PathOf) -> None:
    path = path_of()
    plain, body = kept.ask("GET", path)
    for accepted in ("gzip", "gzip, deflate, br, zstd", "*", "identity;q=0, *"):
        answer, same = kept.ask("GET", path, Accept_Encoding=accepted)
        assert answer.headers["Content-Encoding"] is None, accepted
        assert (headers_of(answer), same) == (headers_of(plain), body)


def test_the_calendar_cannot_be_written(kept: Kept, path_of: PathOf) -> None:
    path = path_of()
    for method in ("PUT", "POST", "DELETE", "PATCH", "PROPFIND", "REPORT"):
        answer, body = kept.ask(method, path, Content_Length="0")
        assert answer.status == 405, method
        assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", ")) <= {"GET", "HEAD", "OPTIONS"}
        assert path.split("/")[-1].removesuffix(".ics").encode() not in body


def test_who_has_no_address_is_told_nothing(kept: Kept, server: LiveServer) -> None:
    for path in ("/feeds/nobody-has-this.ics", f"/feeds/{'a' * 43}.ics", "/feeds/.ics", "/feeds/%00.ics"):
        answer, body = kept.ask("GET", path)
        assert answer.status == 404
        assert answer.headers["WWW-Authenticate"] is None
        assert answer.headers["ETag"] is None
        assert b"BEGIN:VCALENDAR" not in body


def test_a_revoked_address_is_gone_even_for_who_knew_it(
    kept: Kept, path_of: PathOf, database: Database, now: datetime
) -> None:
    path = path_of("organization:college01", "college01")
    etag = kept.ask("GET", path)[0].headers["ETag"]
    with database.transaction() as session:
        feed = session.scalars(select(Feed.id)).one()
        feeds.revoke(session, find_plan(session, "2022").id, feed, now=now)
    for known in ({}, {"If_None_Match": etag}, {"If_None_Match": "*"}, {"If_Modified_Since": HTTP_DATE}):
        answer, body = kept.ask("GET", path, **known)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (410, None)
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "college01" not in body.decode()
        assert "Колледж" not in body.decode()


@pytest.fixture
def logs_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who looks for a fault: every request is logged, with its address and where it came from."""
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--access-logfile - --log-level info")


def test_the_log_of_the_server_holds_no_token(
    logs_everything: None, path_of: PathOf, server: LiveServer, log: Path
) -> None:
    path, kept = path_of(), Kept(server.url)
    asked = [path, f"{path}?show=due", f"{path}?show=nonsense", f"{path}/", f"//x{path}"]
    # what is left of an address that was copied or typed badly
    asked += [path.removesuffix(".ics"), path.replace(".", "%2E"), path.replace("/feeds/", "/%66eeds//")]
    for method in ("GET", "HEAD", "PUT", "POST"):
        for each in asked:
            kept.ask(method, each, Content_Length="0", Referer=f"{server.url}{path}")
    kept.connection.close()
    said = log.read_text(errors="replace")
    assert said.count("…") >= len(asked) * 4
    assert path.split("/")[-1].removesuffix(".ics") not in said


def test_a_request_that_is_none_leaves_no_token_in_the_log(
    server: LiveServer, path_of: PathOf, log: Path
) -> None:
    path, address = path_of(), urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(f"GET {path}\r\n\r\n".encode())
        assert b"400" in connection.recv(1000)
    assert path.split("/")[-1].removesuffix(".ics") not in log.read_text()
