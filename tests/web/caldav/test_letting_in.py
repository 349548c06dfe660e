"""Who is let in, to what, and for how long; and that nothing of anybody else can be seen."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.db import Database
from app.domain.permissions import Actor
from app.models import AppPassword, Occurrence, Organization, Task
from app.services import app_passwords, tasks
from app.services import people as accounts
from app.storage import EvidenceStore
from app.web.caldav import answer
from tests import factories
from tests.infrastructure.headers import told as headers_of
from tests.infrastructure.signing_in import PASSWORD
from tests.web.acting import Login
from tests.web.caldav.program import D, Program, conditions, ticked

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

SignIn = Callable[..., FlaskClient]


def knock(client: FlaskClient, said: str | None = None, method: str = "PROPFIND") -> TestResponse:
    headers = {"Authorization": said} if said is not None else {}
    return client.open("/caldav/", method=method, headers={"Depth": "0", **headers})


def basic(words: str | bytes) -> str:
    raw = words.encode() if isinstance(words, str) else words
    return "Basic " + base64.b64encode(raw).decode()


def test_without_a_password_nobody_is_let_in_and_is_told_how(client: FlaskClient) -> None:
    refused = knock(client)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Basic realm="Vekha", charset="UTF-8"'
    assert refused.mimetype == "text/plain"
    assert "app password" in refused.text


@pytest.mark.parametrize(
    "said",
    [
        *("", "Basic", "Basic ", "Basic !!!", "Bearer x", "Digest username=college01", "Negotiate YII="),
        basic(""),
        basic("college01"),
        basic("college01:"),
        basic(":"),
        basic(f"college01:{PASSWORD}"),
        basic(b"\xff\xfe:\xff"),
        basic("college01:\x00"),
        basic("a" * 100_000),
    ],
)
def test_nothing_else_lets_in(client: FlaskClient, college: Program, said: str) -> None:
    assert knock(client, basic(f"college01:{college.secret}")).status_code == 207
    assert knock(client, said).status_code == 401


def test_a_browsers_session_counts_for_nothing(login: Login, college: Program) -> None:
    browser = login("college01")
    assert browser.get("/tasks").status_code == 200
    for method in ("GET", "PUT", "DELETE", "PROPFIND", "REPORT", "OPTIONS"):
        assert browser.open(college.tasks, method=method).status_code == 401, method


def test_a_password_of_a_program_opens_no_page(client: FlaskClient, college: Program) -> None:
    auth = ("college01", college.secret)
    assert client.get("/tasks", auth=auth).status_code == 302
    assert client.get("/account", auth=auth).status_code == 302


def test_a_withdrawn_password_lets_nobody_in_any_more(
    program: Callable[..., Program], database: Database, people: dict[str, Actor], now: datetime
) -> None:
    gone, kept = program(called="gone"), program(called="kept")
    assert gone.items()
    with database.transaction() as session:
        number = session.scalars(select(AppPassword.id).where(AppPassword.name == "gone")).one()
        app_passwords.revoke(session, people["college01"], number, now=now)
    assert gone.ask("PROPFIND", gone.tasks).status_code == 401
    assert kept.items()


def test_a_disabled_person_is_not_let_in(
    college: Program, database: Database, people: dict[str, Actor], now: datetime
) -> None:
    assert college.items()
    with database.transaction() as session:
        accounts.set_active(session, None, people["college01"].person_id, False, now=now)
    assert college.ask("PROPFIND", college.tasks).status_code == 401


def move(database: Database, person: Actor, organization: str, now: datetime) -> None:
    with database.transaction() as session:
        accounts.edit_person(
            session,
            None,
            person.person_id,
            name=person.name,
            role="executor",
            organization=organization,
            now=now,
        )


def test_the_list_follows_a_person_to_another_organisation(
    college: Program, database: Database, people: dict[str, Actor], now: datetime
) -> None:
    def executors() -> set[str]:
        return {text.partition("Executor: ")[2].partition("\\n")[0] for text in college.texts().values()}

    before = college.items(), executors()
    token = college.changes().token
    assert college.ask_changes(token).status_code == 207
    move(database, people["college01"], "college02", now)
    after = college.items(), executors()
    # The occurrences are shared; the tasks in them are not.
    assert not set(before[0].values()) & set(after[0].values())
    assert [len(found) for found in (before[1], after[1])] == [1, 1]
    assert before[1] != after[1]
    refused = college.ask_changes(token)
    assert refused.status_code == 403
    assert conditions(refused) == [f"{D}valid-sync-token"]


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "MKCOL"])
def test_somebody_elses_places_look_like_those_that_there_are_not(college: Program, method: str) -> None:
    item = next(iter(college.items())).rpartition("/")[2]
    text, _ = college.read(college.tasks + item)
    for pattern in (
        *("/caldav/principals/{}/", "/caldav/calendars/{}/", "/caldav/calendars/{}/tasks/"),
        "/caldav/calendars/{}/tasks/" + item,
    ):
        answers = [
            college.ask(method, pattern.format(name), text, {"Depth": "0", "Content-Type": "text/calendar"})
            for name in ("college02", "nobody")
        ]
        there, not_there = [(each.status_code, headers_of(each.headers), each.data) for each in answers]
        assert there == not_there, pattern
        assert there[0] == (403 if method in {"PUT", "MKCOL"} else 404), pattern


def test_a_report_names_nothing_of_somebody_elses(college: Program, database: Database) -> None:
    foreign = foreign_occurrences(database)
    addresses = [f"{college.tasks}occ-{number}.ics" for number in foreign]
    addresses += ["/caldav/calendars/college02/tasks/occ-7.ics", "/caldav/calendars/nobody/tasks/occ-7.ics"]
    told = college.multiget(*addresses)
    assert told.there == set()
    assert told.gone == set(addresses)
    for address in addresses:
        assert college.ask("GET", address).status_code == 404


def foreign_occurrences(database: Database) -> list[int]:
    """Occurrences in which others have a task and college01 has none."""
    with database.read() as session:
        own = (
            select(Task.occurrence_id)
            .join(Organization, Organization.id == Task.organization_id)
            .where(Organization.key == "college01")
        )
        found = list(session.scalars(select(Occurrence.id).where(Occurrence.id.not_in(own))))
    assert found
    return found


def test_what_others_do_elsewhere_leaves_no_trace_in_the_list(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
) -> None:
    token = college.changes().token
    with database.transaction() as session:
        foreign = session.scalars(
            select(Task.id)
            .join(Organization, Organization.id == Task.organization_id)
            .where(Organization.key == "centre", Task.occurrence_id.in_(foreign_occurrences(database)))
        ).first()
        assert foreign is not None
        task = session.get_one(Task, foreign)
        tasks.attach(
            session, store, people["centre"], task.id, now=now, submission=factories.proof(session, task)
        )
    changes = college.changes(token)
    assert changes.token != token
    assert changes.answers == {}


def test_every_text_of_the_list_speaks_of_the_own_organisation(college: Program, database: Database) -> None:
    with database.read() as session:
        names = {
            key: (short, gloss)
            for key, short, gloss in session.execute(
                select(Organization.key, Organization.short_name, Organization.gloss_en).where(
                    Organization.kind == "college"
                )
            )
        }
        own_tasks = {
            str(number)
            for number in session.scalars(
                select(Task.id)
                .join(Organization, Organization.id == Task.organization_id)
                .where(Organization.key == "college01")
            )
        }
    own = names.pop("college01")
    texts = college.texts().values()
    assert len(texts) > 10
    for text_ in texts:
        assert f"Executor: {own[1]}\\n" in text_
        assert not [gloss for _, gloss in names.values() if f"Executor: {gloss}\\n" in text_]
        assert text_.partition("URL:")[2].partition("\n")[0].rpartition("/")[2] in own_tasks


def test_a_program_of_one_person_cannot_tick_for_another_organisation(
    program: Callable[..., Program], database: Database, proven: int
) -> None:
    college, other = program("college01"), program("college02")
    item = college.item_of(proven)
    text_, tag = college.read(item)
    assert other.put(item, ticked(text_), If_Match=tag).status_code == 403
    # The same occurrence, in which it has a task of its own: that one is not proven.
    assert other.put(item.replace("college01", "college02"), ticked(text_)).status_code == 403
    with database.read() as session:
        assert session.get_one(Task, proven).state == "planned"


def test_the_last_use_is_noted(college: Program, database: Database) -> None:
    college.items()
    with database.read() as session:
        assert session.scalars(select(AppPassword.used_at)).one() is not None


@pytest.mark.sqlite
def test_a_database_that_does_not_answer_is_told_in_plain_words(college: Program, database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("DROP TABLE app_password"))
    refused = college.ask("PROPFIND", college.tasks, headers={"Depth": "0"})
    assert (refused.status_code, refused.mimetype) == (503, "text/plain")
    assert "The database is busy" in refused.text


@pytest.mark.sqlite
def test_a_database_that_is_locked_takes_no_tick_and_says_so(
    monkeypatch: pytest.MonkeyPatch, college: Program, database: Database, proven: int
) -> None:
    item = college.item_of(proven)
    text_, tag = college.read(item)
    monkeypatch.setattr("app.db.PATIENCE", 0.01)
    with database.transaction() as session:
        session.execute(text("UPDATE person SET theme = theme"))
        refused = college.put(item, ticked(text_), If_Match=tag)
    assert (refused.status_code, refused.mimetype) == (503, "text/plain")
    assert college.put(item, ticked(text_), If_Match=tag).status_code == 204


def test_no_log_line_and_no_answer_carries_a_password(
    college: Program,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("out of order")

    told = [college.ask(method, college.tasks) for method in ("PROPFIND", "PUT", "POST", "GET")]
    with caplog.at_level(logging.DEBUG):
        monkeypatch.setitem(answer._ACTS, "PROPFIND", fail)
        failed = college.ask("PROPFIND", college.tasks, headers={"Depth": "0"})
    assert (failed.status_code, failed.mimetype) == (500, "text/plain")
    assert "out of order" in caplog.text
    encoded = basic(f"college01:{college.secret}").removeprefix("Basic ")
    for said in (caplog.text, failed.text, *(each.text for each in told)):
        assert college.secret not in said
        assert encoded not in said
