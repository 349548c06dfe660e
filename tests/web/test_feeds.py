"""What a calendar's address answers to the programs that ask it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import icalendar
import pytest
import recurring_ical_events
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text, update
from werkzeug.http import http_date, parse_date

from app import create_app
from app.db import Database
from app.exports import ics
from app.models import Activity, Feed, Occurrence
from app.services import feeds, people, tasks
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from app.storage import EvidenceStore
from app.web.feeds import answer
from config import Clock, Config
from tests import factories
from tests.infrastructure.server import serve
from tests.infrastructure.templates import Installation

pytestmark = pytest.mark.data("plan")

Make = Callable[..., str]


@pytest.fixture
def make(database: Database, now: datetime) -> Make:
    """`make("section:2")`: the path of a new address of the deputy's, in English."""
    with database.transaction() as session:
        factories.actor(session, "deputy", now, "controller", "department")
        factories.actor(session, "college01", now)

    def make(scope: str = "plan", user: str = "deputy", language: str = "en") -> str:
        with database.transaction() as session:
            person, plan = people.find_actor(session, user), find_plan(session, "2022")
            made = feeds.make(session, person, plan.id, Scope.parse(scope), language=language, now=now)
        return f"/feeds/{made.token}.ics"

    return make


def event_of(body: bytes, code: str = "3.2") -> icalendar.Event:
    found = [each for each in icalendar.Calendar.from_ical(body).events if f"{code} " in each["SUMMARY"]]
    assert found, f"{code} is not in the calendar"
    return found[0]


def todo_of(body: bytes, code: str = "3.2") -> icalendar.Todo:
    found = [each for each in icalendar.Calendar.from_ical(body).todos if f"{code} " in each["SUMMARY"]]
    assert found, f"{code} is not in the calendar"
    return found[0]


@contextmanager
def on(config: Config, day: date | None = None) -> Iterator[FlaskClient]:
    """A client of another process on the same installation, or of this one on another day."""
    app = create_app(replace(config, clock=Clock(day)) if day else config)
    yield app.test_client()
    app.extensions["vekha"].database.dispose()


def hand_in(database: Database, store: EvidenceStore, now: datetime, code: str = "3.2") -> None:
    with database.transaction() as session:
        factories.submit(session, store, people.find_actor(session, "college01"), code, now)


def accept(database: Database, store: EvidenceStore, now: datetime, code: str = "3.2") -> None:
    with database.transaction() as session:
        deputy = people.find_actor(session, "deputy")
        task = factories.find_task(session, code, "college01")
        tasks.fire(session, store, deputy, task.id, "accept", now=now)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", 1024)


def test_a_calendar_is_sent_as_one(client: FlaskClient, make: Make) -> None:
    got = client.get(make())
    assert got.status_code == 200
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert got.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''")
    assert got.headers["Cache-Control"] == "private, max-age=300"
    assert got.headers["X-Robots-Tag"] == "noindex"
    assert "Content-Encoding" not in got.headers
    assert len(icalendar.Calendar.from_ical(got.data).events) == 56


def test_the_calendar_says_who_owes_what_by_when(client: FlaskClient, make: Make) -> None:
    wide = event_of(client.get(make("activity:2.3")).data, "2.3")
    assert wide["SUMMARY"] == "⚠ 131 days · 2.3 Employment-support plans of the institutions · 0/35"
    assert wide["UID"].endswith("@vekha.local")
    assert wide["URL"] == "http://localhost/plans/2022/activities/2.3"
    assert wide["URL"] in wide["DESCRIPTION"]
    assert "Deadline in the order: с 21 января по 4 февраля" in wide["DESCRIPTION"]
    assert "0 of 35 accepted; overdue: 35; overdue since 5 Feb 2022" in wide["DESCRIPTION"]
    own = event_of(client.get(make("organization:college01")).data, "2.3")
    assert own["UID"] == wide["UID"]
    assert own["SUMMARY"] == "⚠ 131 days · 2.3 Employment-support plans of the institutions"
    assert "State: Not started; overdue since 5 Feb 2022" in own["DESCRIPTION"]
    assert own["URL"].startswith("http://localhost/tasks/")


def test_the_words_are_in_the_language_of_the_address(client: FlaskClient, make: Make) -> None:
    russian = event_of(client.get(make("organization:college01", language="ru")).data, "2.3")
    assert russian["SUMMARY"] == "⚠ 131 день · 2.3 Планы содействия занятости в организациях"
    assert "Не начато" in russian["DESCRIPTION"]


def test_the_calendar_invites_nobody(client: FlaskClient, make: Make) -> None:
    content = client.get(make()).data
    for word in (b"METHOD", b"ORGANIZER", b"ATTENDEE", b"VALARM"):
        assert b"\r\n" + word not in content


def test_no_day_is_missing(client: FlaskClient, make: Make) -> None:
    calendar = icalendar.Calendar.from_ical(client.get(make("activity:2.3")).data)
    days = [date(2022, 1, 20), date(2022, 1, 21), date(2022, 2, 4), date(2022, 2, 5)]
    assert [len(recurring_ical_events.of(calendar).at(day)) for day in days] == [0, 1, 1, 0]


def test_an_event_can_be_the_due_day_alone(client: FlaskClient, make: Make) -> None:
    read = event_of(client.get(make("activity:2.3") + "?show=due").data, "2.3")
    assert (read["DTSTART"].dt, read["DTEND"].dt) == (date(2022, 2, 4), date(2022, 2, 5))


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


@pytest.mark.parametrize(
    ("components", "events", "todos"), [("events", 56, 0), ("todos", 0, 56), ("both", 56, 56)]
)
def test_a_calendar_holds_events_or_tasks_or_both(
    client: FlaskClient, make: Make, components: str, events: int, todos: int
) -> None:
    calendar = icalendar.Calendar.from_ical(client.get(f"{make()}?components={components}").data)
    assert (len(calendar.events), len(calendar.todos)) == (events, todos)
    uids = [str(each["UID"]) for each in calendar.subcomponents]
    assert len(set(uids)) == events + todos


def test_a_task_is_due_on_its_day_and_begins_on_none(client: FlaskClient, make: Make) -> None:
    read = todo_of(client.get(make("organization:college01") + "?components=todos").data)
    assert (read["DUE"].dt, read["STATUS"], int(read["PERCENT-COMPLETE"])) == (
        date(2022, 6, 30),
        "NEEDS-ACTION",
        0,
    )
    assert not {"DTSTART", "DTEND", "DURATION", "RRULE", "COMPLETED"} & set(read)


def test_a_task_is_completed_once_it_is_handed_in(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    own, wide = (make(scope) + "?components=todos" for scope in ("organization:college01", "plan"))
    hand_in(database, store, now)
    read = todo_of(client.get(own).data)
    assert (read["STATUS"], int(read["PERCENT-COMPLETE"])) == ("COMPLETED", 100)
    assert read["COMPLETED"].dt == now
    # of 35 one is handed in, and none is accepted yet
    assert todo_of(client.get(wide).data)["STATUS"] == "IN-PROCESS"
    accept(database, store, now)
    assert int(todo_of(client.get(wide).data)["PERCENT-COMPLETE"]) == 100 // 35


@pytest.mark.parametrize("components", ["events", "todos"])
def test_reminders_come_on_demand_on_the_days_before_the_due_date(
    client: FlaskClient, make: Make, components: str
) -> None:
    path = f"{make('activity:2.3')}?components={components}"
    assert b"VALARM" not in client.get(path).data
    (read,) = icalendar.Calendar.from_ical(client.get(f"{path}&alarms=1,7,0").data).subcomponents
    ends = datetime.combine(read["DUE" if components == "todos" else "DTEND"].dt, time())
    assert [ends + alarm.TRIGGER for alarm in read.walk("VALARM")] == [
        datetime(2022, 1, 28, 9),
        datetime(2022, 2, 3, 9),
        datetime(2022, 2, 4, 9),
    ]
    assert {alarm["TRIGGER"].params["RELATED"] for alarm in read.walk("VALARM")} == {"END"}


def test_nobody_is_reminded_of_what_is_handed_in(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    path = make("organization:college01") + "?alarms=1"
    assert event_of(client.get(path).data).walk("VALARM")
    hand_in(database, store, now)
    assert not event_of(client.get(path).data).walk("VALARM")


def test_every_scope_tells_of_the_same_event(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    hand_in(database, store, now)
    scopes = ["plan", "section:3", "activity:3.2", "organization:college01", "indicator:5", "review"]
    bodies = [client.get(make(scope)).data for scope in scopes]
    bodies.append(client.get(make("mine", "college01")).data)
    assert len({event_of(body)["UID"] for body in bodies}) == 1


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


def test_one_bad_record_does_not_break_the_calendar(
    client: FlaskClient, make: Make, database: Database
) -> None:
    with database.transaction() as session:
        session.execute(
            update(Activity).where(Activity.code == "3.2").values(gloss_en="a\r\nEND:VCALENDAR\x01;,\\👍" * 9)
        )
    calendar = icalendar.Calendar.from_ical(client.get(make()).data)
    assert len(calendar.events) == 56
    assert not [each for each in calendar.events if each.errors]


def test_links_are_made_from_the_public_address(app_config: Config, make: Make) -> None:
    public = replace(app_config, base_url="https://vekha.example.ru")
    with on(public) as client:
        assert event_of(client.get(make()).data)["URL"].startswith("https://vekha.example.ru/plans/2022/")


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
    assert (head.status_code, dict(head.headers)) == (got.status_code, dict(got.headers))


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


def test_days_go_by_without_a_change_of_what_is_not_overdue(app_config: Config, make: Make) -> None:
    path = make("activity:3.2")
    bodies = set()
    for day in (date(2022, 1, 15), date(2022, 6, 16), date(2022, 6, 30)):
        with on(app_config, day) as client:
            bodies.add(client.get(path).data)
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


def test_what_is_accepted_carries_a_tick(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    path = make("organization:college01")
    hand_in(database, store, now)
    accept(database, store, now)
    assert event_of(client.get(path).data)["SUMMARY"].startswith("✓ 3.2 ")


def test_becoming_overdue_at_midnight_is_a_revision(app_config: Config, make: Make) -> None:
    path = make("organization:college01")
    with on(app_config, date(2022, 6, 30)) as client:
        before = event_of(client.get(path).data)
    with on(app_config, date(2022, 7, 1)) as client:
        after = event_of(client.get(path).data)
    assert not before["SUMMARY"].startswith("⚠")
    assert after["SUMMARY"].startswith("⚠")
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTAMP"].dt == after["LAST-MODIFIED"].dt
    assert after["DTSTAMP"].dt.isoformat() == "2022-06-30T21:00:00+00:00"
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt


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


def test_a_withdrawn_occurrence_is_cancelled_for_thirty_days(
    app_config: Config, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    path = make("organization:college01")
    with database.transaction() as session:
        deputy = people.find_actor(session, "deputy")
        task = factories.find_task(session, "3.2", "college01")
        tasks.fire(session, store, deputy, task.id, "withdraw", now=now, note="закрыт")
        uid = f"occ-{session.get_one(Occurrence, task.occurrence_id).id}@vekha.local"

    def statuses(day: date) -> list[str]:
        with on(app_config, day) as client:
            found = icalendar.Calendar.from_ical(client.get(path).data).events
        return [str(each["STATUS"]) for each in found if each["UID"] == uid]

    assert statuses(date(2022, 7, 15)) == ["CANCELLED"]
    assert statuses(date(2022, 7, 16)) == []
