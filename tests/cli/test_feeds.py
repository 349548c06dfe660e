"""`flask feed`: what a script gets, and what an operator reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.db import Database
from app.services import feeds, people
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from config import Config
from tests import factories

pytestmark = pytest.mark.data("plan")

Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def accounts(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        factories.actor(session, "deputy", now, "controller", "department")
        factories.actor(session, "college01", now)


@pytest.fixture
def flask(app: Flask) -> Command:
    """`flask("feed", "list", …)`."""

    def run(*arguments: str) -> Result:
        with app.app_context():
            return app.test_cli_runner().invoke(args=list(arguments))

    return run


@pytest.mark.parametrize(
    "scope", ["plan", "section:2", "organization:college01", "activity:2.3", "activity:3.4-1"]
)
def test_make_prints_the_address_alone_and_it_works(flask: Command, app: Flask, scope: str) -> None:
    made = flask("feed", "make", "--user", "deputy", "--scope", scope)
    assert made.exit_code == 0
    assert made.stdout.startswith("http://127.0.0.1:8000/feeds/")
    assert made.stdout.endswith(".ics\n")
    assert made.stdout.count("\n") == 1
    assert "base_url is not set" in made.stderr
    assert app.test_client().get(made.stdout.strip().removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_the_address_begins_with_the_public_one_where_it_is_known(app_config: Config) -> None:
    app = create_app(replace(app_config, base_url="https://vekha.example.ru"))
    with app.app_context():
        made = app.test_cli_runner().invoke(args=["feed", "make", "--user", "deputy"])
    assert made.stdout.startswith("https://vekha.example.ru/feeds/")
    assert made.stderr == ""
    app.extensions["vekha"].database.dispose()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--user", "nobody"), "no account “nobody”"),
        (("--user", "deputy", "--scope", "task:1"), "scope: Please give plan"),
        (("--user", "deputy", "--scope", "section:9"), "scope: The plan has no such part."),
        (("--user", "college01", "--scope", "organization:college02"), "This calendar is not for you"),
        (("--user", "deputy", "--plan", "1999"), "There is nothing here."),
    ],
)
def test_what_cannot_be_made_is_said_in_one_line(
    flask: Command, arguments: tuple[str, ...], words: str
) -> None:
    refused = flask("feed", "make", *arguments)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert words in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_user_is_needed(flask: Command) -> None:
    assert flask("feed", "make").exit_code == 2


def test_the_list_holds_no_address(flask: Command) -> None:
    address = flask("feed", "make", "--user", "deputy", "--scope", "section:2").stdout.strip()
    listed = flask("feed", "list", "--user", "deputy")
    assert "section:2\tmade 2022-06-15" in listed.stdout
    assert address.split("/")[-1].removesuffix(".ics") not in listed.stdout
    assert flask("feed", "list", "--user", "college01").stdout == ""


def test_the_list_tells_what_the_pages_made_an_address_with(
    flask: Command, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        deputy, plan = people.find_actor(session, "deputy"), find_plan(session, "2022")
        options = "show=due&alarms=7,1"
        feeds.make(session, deputy, plan.id, Scope("plan"), language="ru", now=now, options=options)
    flask("feed", "make", "--user", "deputy")
    plain, wished = flask("feed", "list", "--user", "deputy").stdout.splitlines()
    assert wished.endswith("\tshow=due&alarms=7,1")
    assert plain.count("\t") == 2
    listed = json.loads(flask("feed", "list", "--user", "deputy", "--json").stdout)
    assert [line["options"] for line in listed] == ["", "show=due&alarms=7,1"]


def test_a_withdrawn_address_stays_in_the_list_and_opens_nothing(flask: Command, app: Flask) -> None:
    path = flask("feed", "make", "--user", "deputy").stdout.strip().removeprefix("http://127.0.0.1:8000")
    (made,) = json.loads(flask("feed", "list", "--user", "deputy", "--json").stdout)
    assert (made["scope"], made["revoked_at"]) == ("plan", None)
    assert flask("feed", "revoke", str(made["id"])).exit_code == 0
    assert app.test_client().get(path).status_code == 410
    (gone,) = json.loads(flask("feed", "list", "--user", "deputy", "--json").stdout)
    assert gone["revoked_at"].startswith("2022-06-15")
    again = flask("feed", "revoke", str(made["id"]))
    assert (again.exit_code, again.stdout) == (1, "")
    assert flask("feed", "revoke", "4711").exit_code == 1
