"""What the log tells: every request and job in one line of JSON, and nothing of people or secrets."""

from __future__ import annotations

import http.client
import json
import logging
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import create_app, jobs
from app.db import Base, Database
from app.domain.permissions import Actor
from app.logs import JsonLines
from app.models import OutboxMessage
from app.services import feeds, outbox
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from app.storage import EvidenceStore
from app.web import access
from config import Config, MailServer
from tests import factories
from tests.infrastructure.forms import in_english
from tests.infrastructure.server import serve
from tests.infrastructure.signing_in import PASSWORD, csrf_token, sign_in
from tests.infrastructure.templates import SECRET_KEY, Templates

#: personal data and secrets, as they are planted; none of them may stand in any line
NAMES = ("Несекретарёва", "nesekretaryova", "nesekretaryova@college.example", "10.77.88.99")
SAID = "Заявление Несекретарёвой о чём-то личном"


class Lines(logging.Handler):
    """Keeps what is logged, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def told(self, **wanted: Any) -> list[dict[str, Any]]:
        """The events that have these fields."""
        events = [json.loads(line) for line in self.lines]
        return [event for event in events if wanted.items() <= event.items()]


@contextmanager
def logged() -> Iterator[Lines]:
    """Everything that is logged in the block, at the levels of a server."""
    lines, root, product = Lines(), logging.getLogger(), logging.getLogger("app")
    before = product.level
    root.addHandler(lines)
    product.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(lines)
        product.setLevel(before)


@pytest.fixture
def served(app_config: Config) -> Iterator[Flask]:
    """As in life: errors become pages. One route breaks, over words that somebody entered."""
    app = create_app(replace(app_config, testing=False, proxies=1))

    def broken() -> str:
        try:
            raise ValueError(SAID)
        except ValueError as error:
            raise KeyError(NAMES[0]) from error

    app.add_url_rule("/broken/<secret>", "broken", access.public(lambda secret: broken()))
    yield app
    app.extensions["vekha"].database.dispose()


@pytest.mark.data("empty")
def test_a_request_is_one_line_with_its_route_and_not_its_address(served: Flask) -> None:
    client = served.test_client()
    with logged() as log:
        client.get("/login?next=/tasks/7&q=secret", headers={"X-Request-ID": "from-the-proxy.1"})
        client.get("/feeds/abcdefghijklmnop.ics?show=due")
        client.get("/nothing/at/all")
        client.open("/login", method="BREW")
        client.get("/healthz")
    first, feed, nothing, brew = log.told(logger="app.web.observed")
    assert {"request": "from-the-proxy.1", "method": "GET", "route": "/login", "status": 200}.items() <= (
        first.items()
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["time"])
    assert first["bytes"] > 1000
    assert 0 < first["ms"] < 60_000
    assert first["pid"]
    assert (feed["route"], feed["status"]) == ("/feeds/<token>.ics", 404)
    assert (nothing["route"], nothing["status"]) == ("none", 404)
    assert (brew["method"], brew["status"]) == ("other", 405)
    assert len({event["request"] for event in (first, feed, nothing, brew)}) == 4


@pytest.mark.data("empty")
@pytest.mark.parametrize(
    ("proxies", "given", "kept"),
    [
        (1, "a1b2c3d4-e5f6", True),
        # nobody is believed who is no proxy
        (0, "a1b2c3d4-e5f6", False),
        # what would not stand well in a line, or in a header
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "with a space", False),
        (1, 'quoted"}', False),
        (1, "кириллица", False),
    ],
)
def test_a_request_has_the_id_that_its_proxy_gave_or_one_of_its_own(
    app_config: Config, proxies: int, given: str, kept: bool
) -> None:
    app = create_app(replace(app_config, proxies=proxies))
    answer = app.test_client().get("/healthz", headers={"X-Request-ID": given.encode().decode("latin-1")})
    said = answer.headers["X-Request-ID"]
    assert (said == given) is kept
    assert re.fullmatch(r"[\w.-]{8,64}", said)
    app.extensions["vekha"].database.dispose()


@pytest.mark.data("empty")
def test_an_error_names_its_request_on_the_page_and_tells_where_it_was_but_not_what_it_said(
    served: Flask,
) -> None:
    client = served.test_client()
    with logged() as log:
        answer = client.get("/broken/token-in-the-address")
    called = answer.headers["X-Request-ID"]
    assert answer.status_code == 500
    assert called in answer.text
    [told] = log.told(level="error", logger="app")
    assert told["request"] == called
    assert "raise KeyError(NAMES[0]) from error" in told["exception"]
    assert "ValueError" in told["exception"]
    assert log.told(request=called, status=500, route="/broken/<secret>")
    assert "token-in-the-address" not in "".join(log.lines)
    assert all("\n" not in line for line in log.lines)
    assert called not in client.get("/nothing").text


@pytest.mark.data("plan")
def test_no_line_holds_a_person_or_a_secret_whatever_happens(
    served: Flask, database: Database, now: datetime, app_config: Config
) -> None:
    person = _planted(database, now)
    username = NAMES[1]
    with database.transaction() as session:
        plan = find_plan(session, "2022")
        made = feeds.make(session, person, plan.id, Scope.parse("mine"), language="ru", now=now)
    headers = {"X-Forwarded-For": NAMES[3], "Cookie": "language=ru"}
    client = served.test_client()
    with logged() as log:
        page = client.get("/login", headers=headers)
        wrong = {
            "username": username,
            "password": "wrong-password-entered",
            "csrf_token": csrf_token(page.text),
        }
        assert client.post("/login", data=wrong, headers=headers).status_code == 422
        client = in_english(sign_in(client, username))
        task = _owed(client)
        form = client.get(f"/tasks/{task}")
        sent = {
            "csrf_token": csrf_token(form.text),
            "trigger": "submit",
            "note": SAID,
            "version": "1",
            "evidence": (BytesIO(SAID.encode()), f"{SAID}.exe"),
        }
        client.post(f"/tasks/{task}/transitions", data=sent)
        client.get(f"/search?q={SAID}")
        client.get(f"/feeds/{made.token}.ics")
        client.get(f"/feeds/{made.token}x.ics")
        assert client.get("/broken/x").status_code == 500
        # a letter that cannot be sent: the server is not there
        _letter(database, person, now)
        nowhere = MailServer("127.0.0.1", _closed_port(), "vekha@vekha.example", "post", "mail-password-1")
        work = jobs.Work(
            replace(app_config, mail=nowhere), database, EvidenceStore(app_config.evidence, 1000), now
        )
        assert jobs.run("mail", work).failure
        # the database refuses something, and says what
        taken = text(
            "INSERT INTO person (username, name, role, heads, active) VALUES (:name, :name, '', 0, 1)"
        )
        try:
            with database.transaction() as session:
                session.execute(taken, {"name": username})
        except DBAPIError as error:
            logging.getLogger("app.anything").exception("it failed: %s", error)
    whole = "\n".join(log.lines)
    assert len(log.told(logger="app.web.observed")) > 8
    assert log.told(job="mail", message="the job failed", failed=1)
    assert len(log.told(logger="app.anything")) == 1
    with database.read() as session:
        secrets = [*_secrets(session), made.token, SECRET_KEY, PASSWORD, "wrong-password", "mail-password-1"]
        names = [*_names(session), *NAMES]
    assert len(secrets) > 6
    for each in (*secrets, *names, SAID, "Заявление"):
        assert each not in whole, each
        assert json.dumps(each)[1:-1] not in whole, each


def _planted(database: Database, now: datetime) -> Actor:
    with database.transaction() as session:
        actor = factories.actor(session, NAMES[1], now, organization="college01")
        session.execute(
            text("UPDATE person SET name = :name, email = :email WHERE id = :id"),
            {"name": NAMES[0], "email": NAMES[2], "id": actor.person_id},
        )
    return actor


def _owed(client: FlaskClient) -> int:
    found = re.search(r"/tasks/(\d+)", client.get("/tasks").text)
    assert found
    return int(found[1])


def _letter(database: Database, person: Actor, now: datetime) -> None:
    with database.transaction() as session:
        letter = outbox.Letter("one", person.person_id, NAMES[2], SAID, SAID, SAID)
        outbox.write(session, letter, domain="vekha.example", now=now)
        session.flush()
        assert session.scalar(select(OutboxMessage.address)) == NAMES[2]


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _secrets(session: Any) -> Iterator[str]:
    """Every hash and token that the database holds."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if re.search(r"hash|token|secret|message_id", column.name) and table.name != "journal_entry":
                yield from (str(value) for value in session.scalars(select(column)) if len(str(value)) > 11)


def _names(session: Any) -> Iterator[str]:
    people = Base.metadata.tables["person"]
    for row in session.execute(select(people.c.name, people.c.username, people.c.email)):
        yield from (value for value in row if value)


@pytest.mark.data("empty")
@pytest.mark.one_database
def test_everything_that_a_server_writes_is_a_line_of_json(templates: Templates, tmp_path: Path) -> None:
    """gunicorn's own words too, and of a request that it cannot read neither the sender nor a part."""
    log = tmp_path / "log"
    with templates.copy("empty", tmp_path) as installation, serve(installation, log) as server:
        host, port = server.url.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port))
        connection.request("GET", "/login")
        assert connection.getresponse().read()
        with socket.create_connection((host, int(port)), 5) as raw:
            raw.sendall(
                b"GET /feeds/secret-token.ics HTTP/1.1\r\nHost: x\r\nCookie : vekha=secret-cookie\r\n\r\n"
            )
            raw.recv(1000)
        time.sleep(0.2)
    lines = log.read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    assert any(event.get("route") == "/login" for event in events)
    assert {"time", "level", "logger", "message", "pid"} <= set(events[0])
    assert not re.search(r"secret|127\.0\.0\.1", "\n".join(lines))
