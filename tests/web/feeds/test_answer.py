"""What a calendar's address answers to the programs that ask it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from werkzeug.http import http_date, parse_date

from app.db import Database
from app.exports import ics
from app.models import Feed
from app.services import feeds, people
from app.services.plans import find_plan
from app.storage import EvidenceStore
from app.web.feeds import answer
from config import Config
from tests.infrastructure.headers import told as headers_of
from tests.infrastructure.server import serve
from tests.infrastructure.templates import Installation
from tests.web.feeds.reading import accept, event_of, hand_in, on

pytestmark = pytest.mark.data("plan")

Make = Callable[..., str]


def test_a_calendar_is_sent_as_one(client: FlaskClient, make: Make) -> None:
    got = client.get(make())
    assert got.status_code == 200
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert got.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''")
    assert got.headers["Cache-Control"] == "private, max-age=300"
    assert got.headers["X-Robots-Tag"] == "noindex"
    assert "Content-Encoding" not in got.headers
    assert len(icalendar.Calendar.from_ical(got.data).events) == 56


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("show=everything", "?show= takes"),
        ("components=journals", "?components= takes"),
        ("components=", "?components= takes"),
        *(
            (f"alarms={days}", "?alarms= takes")
            for days in ("", "-1", "1.5", "61", "a", "1,,2", "²", "1,2,3,4,5,6")
        ),
    ],
)
def test_what_no_calendar_can_be_is_refused_in_words(
    client: FlaskClient, make: Make, query: str, says: str
) -> None:
    got = client.get(f"{make()}?{query}")
    assert (got.status_code, got.mimetype) == (400, "text/plain")
    assert says in got.text


def test_the_review_of_the_controller_empties_itself(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    path = make("review")
    hand_in(database, store, now)
    waiting = client.get(path)
    assert len(icalendar.Calendar.from_ical(waiting.data).events) == 1
    accept(database, store, now + timedelta(seconds=1))
    after = client.get(path, headers={"If-Modified-Since": waiting.headers["Last-Modified"]})
    assert after.status_code == 200
    assert icalendar.Calendar.from_ical(after.data).events == []


def test_an_unchanged_calendar_costs_no_bytes(client: FlaskClient, make: Make) -> None:
    path = make()
    etag = client.get(path).headers["ETag"]
    assert etag.startswith('"')
    for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = client.get(path, headers={"If-None-Match": condition})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == "private, max-age=300"
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_date_is_heeded_where_no_tag_is_asked_for(client: FlaskClient, make: Make) -> None:
    path = make()
    got = client.get(path)
    date_of_it, etag = got.headers["Last-Modified"], got.headers["ETag"]
    assert client.get(path, headers={"If-Modified-Since": date_of_it}).status_code == 304
    for headers in (
        {"If-Modified-Since": http_date(parse_date(date_of_it) - timedelta(seconds=1))},
        {"If-Modified-Since": "yesterday"},
        # a day that has not come yet here
        {"If-Modified-Since": "Mon, 23 Nov 2026 09:00:00 GMT"},
        {"If-Modified-Since": date_of_it, "If-None-Match": '"other"'},
    ):
        assert client.get(path, headers=headers).status_code == 200
    with_both = {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT", "If-None-Match": etag}
    assert client.get(path, headers=with_both).status_code == 304


def test_no_date_is_given_while_its_second_lasts(
    app_config: Config, make: Make, database: Database, store: EvidenceStore
) -> None:
    path = make()
    with on(app_config) as client:
        # the clock of the application itself: the change is of this very moment
        hand_in(database, store, client.application.extensions["vekha"].config.clock.now())
        assert "Last-Modified" not in client.get(path).headers


def test_after_a_change_only_what_changed_is_written_anew(
    client: FlaskClient,
    make: Make,
    database: Database,
    store: EvidenceStore,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, written = make(), []
    client.get(path)

    def write(event: ics.Event, as_ever: Callable[[ics.Event], bytes] = ics.event_bytes) -> bytes:
        written.append(event.summary)
        return as_ever(event)

    monkeypatch.setattr(ics, "event_bytes", write)
    hand_in(database, store, now)
    client.get(path)
    assert len(written) == 1
    assert written[0].startswith("3.2 ")


def test_head_says_what_get_would_send(client: FlaskClient, make: Make) -> None:
    path = make()
    got, head = client.get(path), client.head(path)
    assert head.data == b""
    assert (head.status_code, headers_of(head.headers)) == (got.status_code, headers_of(got.headers))


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_the_calendar_cannot_be_written(client: FlaskClient, make: Make, method: str) -> None:
    path = make()
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))
    assert path.split("/")[-1] not in answer.text


def test_every_process_sends_the_same_bytes(app_config: Config, make: Make) -> None:
    path, bodies = make(), []
    for _ in range(2):
        with on(app_config) as client:
            bodies += [client.get(path).data, client.get(path).data]
    assert len(set(bodies)) == 1


def test_two_workers_send_the_same_bytes(installation: Installation, make: Make, tmp_path: Path) -> None:
    path = make()
    with serve(installation, tmp_path / "log", workers=2) as server:
        bodies = {urlopen(server.url + path).read() for _ in range(20)}
    assert len(bodies) == 1


def test_a_change_is_seen_by_a_process_that_did_not_make_it(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    path = make("organization:college01")
    before = client.get(path)
    hand_in(database, store, now)
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    old, new = event_of(before.data), event_of(after.data)
    assert new["SEQUENCE"] > old["SEQUENCE"]
    assert "Under review" in new["DESCRIPTION"]


def test_an_unknown_address_is_not_found(client: FlaskClient) -> None:
    got = client.get("/feeds/nobody-has-this-token.ics")
    assert (got.status_code, got.mimetype) == (404, "text/plain")
    assert "nobody-has-this-token" not in got.text


def test_a_revoked_address_is_gone_and_names_nobody(
    client: FlaskClient, make: Make, database: Database, now: datetime
) -> None:
    path = make()
    etag = client.get(path).headers["ETag"]
    with database.transaction() as session:
        plan = find_plan(session, "2022")
        feeds.revoke(session, plan.id, session.scalars(select(Feed.id)).one(), now=now)
    got = client.get(path, headers={"If-None-Match": etag})
    assert (got.status_code, got.mimetype) == (410, "text/plain")
    assert "deputy" not in got.text
    assert path.split("/")[-1] not in got.text


def test_a_disabled_person_has_no_calendar(
    client: FlaskClient, make: Make, database: Database, now: datetime
) -> None:
    path = make("organization:college01", "college01")
    assert client.get(path).status_code == 200
    with database.transaction() as session:
        people.set_active(session, None, people.find_person(session, "college01").id, False, now=now)
    assert client.get(path).status_code == 404


@pytest.mark.sqlite
def test_an_unchanged_calendar_costs_one_statement_even_to_a_signed_in_browser(
    app: Flask, make: Make, sign_in: Callable[..., FlaskClient]
) -> None:
    path, browser = make(), sign_in("deputy")
    etag = browser.get(path).headers["ETag"]
    statements: list[str] = []

    def trace(connection: sqlite3.Connection, *_rest: Any) -> None:
        connection.set_trace_callback(statements.append)

    database = app.extensions["vekha"].database
    for engine in (database._read, database._write):
        event.listen(engine, "checkout", trace)
    assert browser.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert browser.get(path).status_code == 200
    assert len(statements) == 2
    assert all("token_hash" in statement for statement in statements)


def test_the_last_use_is_noted(client: FlaskClient, make: Make, database: Database) -> None:
    path = make()
    client.get(path)
    with database.read() as session:
        assert session.scalars(select(Feed.used_at)).one() is not None


def test_no_log_line_carries_a_token(
    client: FlaskClient, make: Make, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make()
    token = path.split("/")[-1].removesuffix(".ics")

    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("out of order")

    with caplog.at_level(logging.INFO):
        logging.getLogger("werkzeug").info('%s "%s" %s', "127.0.0.1", f"GET {path}?show=due HTTP/1.1", 200)
        monkeypatch.setattr(answer.feed_events, "occurrences", fail)
        assert client.get(path).status_code == 500
    assert "out of order" in caplog.text
    assert "show=due" in caplog.text
    assert token not in caplog.text


@pytest.mark.sqlite
def test_a_database_that_does_not_answer_is_told_in_plain_words(
    client: FlaskClient, make: Make, database: Database
) -> None:
    path = make()
    with database.transaction() as session:
        session.execute(text("DROP TABLE feed"))
    got = client.get(path)
    assert (got.status_code, got.mimetype) == (503, "text/plain")
    assert path.split("/")[-1] not in got.text


@pytest.mark.parametrize("query", ["components=todos&components=x", "show=due&show=window"])
def test_who_asks_twice_is_told_to_ask_once(client: FlaskClient, make: Make, query: str) -> None:
    assert client.get(f"{make()}?{query}").status_code == 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_refusal_to_write_is_no_page(sign_in: Callable[..., FlaskClient], make: Make, method: str) -> None:
    got = sign_in("deputy").open(make(), method=method)
    assert (got.status_code, got.mimetype, got.headers["X-Robots-Tag"]) == (405, "text/plain", "noindex")
    assert "GET" in got.headers["Allow"]
    assert "deputy" not in got.text


def test_what_is_not_found_now_may_be_found_later(client: FlaskClient) -> None:
    assert client.get("/feeds/nobody.ics").headers["Cache-Control"] == "no-store"


def test_an_installation_with_an_address_keeps_one_calendar_whatever_host_is_asked(
    app_config: Config, make: Make
) -> None:
    path = make("review")
    with on(replace(app_config, base_url="https://vekha.example.ru")) as client:
        for host in ("vekha.example.ru", "localhost", "127.0.0.1:8000", "localhost:8001"):
            assert client.get(path, headers={"Host": host}).status_code == 200
        assert len(client.application.extensions["vekha.calendars"]._kept) == 1
