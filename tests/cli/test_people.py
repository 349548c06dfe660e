"""`flask user`: accounts from the command line, whose passwords never stand on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.db import Database
from app.services.passwords import DEMO_PASSWORD
from app.services.sign_in import sign_in
from config import Config

PASSWORD = "a good long password"

pytestmark = pytest.mark.data("plan")

Command = Callable[..., Result]


def invoke(app: Flask, *arguments: str, typed: str = "") -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(arguments), input=typed)


@pytest.fixture
def flask(app: Flask) -> Command:
    """`flask("user", "list")`; `typed` comes from stdin."""

    def run(*arguments: str, typed: str = "") -> Result:
        return invoke(app, *arguments, typed=typed)

    return run


def add(flask: Command, username: str, *more: str, password: str = PASSWORD) -> Result:
    return flask("user", "add", username, "--password-stdin", *more, typed=f"{password}\n")


def test_an_account_made_here_can_sign_in(flask: Command, database: Database, now: datetime) -> None:
    made = add(flask, "College07", "--role", "executor", "--organization", "college07")
    assert (made.exit_code, made.output) == (0, "Account college07: executor of college07.\n")
    assert sign_in(database, "college07", PASSWORD, now=now)


@pytest.mark.parametrize(
    ("arguments", "password", "words"),
    [
        (["two words", "--role", "auditor"], PASSWORD, "username: Please use letters"),
        (["new", "--role", "executor"], PASSWORD, "organization: An executor acts for"),
        (["new", "--role", "executor", "--organization", "college99"], PASSWORD, "“college99”"),
        (["new", "--role", "auditor"], "short", "password: Please use at least 12 characters."),
        (["new", "--role", "auditor"], "qwerty123456", "password: Many people use this password"),
        (["new", "--role", "auditor"], "", "password: Please use at least 12 characters."),
        (["taken", "--role", "auditor"], PASSWORD, "There is already an account “taken”."),
    ],
)
def test_an_account_that_cannot_be_made_is_refused_with_the_reason(
    flask: Command, arguments: list[str], password: str, words: str
) -> None:
    add(flask, "taken", "--role", "auditor")
    refused = add(flask, *arguments, password=password)
    assert refused.exit_code == 1
    assert words in refused.stderr
    assert len(json.loads(flask("user", "list", "--json").output)) == 1


def test_a_password_can_only_be_typed_or_piped(flask: Command) -> None:
    add(flask, "taken", "--role", "auditor")
    for command in (["add", "new", "--role", "auditor"], ["passwd", "taken"]):
        refused = flask("user", *command, "--password", PASSWORD)
        assert refused.exit_code == 2
        without_terminal = flask("user", *command, typed=f"{PASSWORD}\n{PASSWORD}\n")
        assert without_terminal.exit_code == 1
        assert "--password-stdin" in without_terminal.stderr


def test_the_demonstrations_password_is_refused_outside_of_it(app_config: Config, flask: Command) -> None:
    real = create_app(replace(app_config, demo=False))
    arguments = ["user", "add", "new", "--role", "auditor", "--password-stdin"]
    refused = invoke(real, *arguments, typed=DEMO_PASSWORD)
    assert refused.exit_code == 1
    assert "demonstration's password" in refused.stderr
    assert add(flask, "new", "--role", "auditor", password=DEMO_PASSWORD).exit_code == 0


def test_a_new_password_takes_the_place_of_the_old_one(
    flask: Command, database: Database, now: datetime
) -> None:
    add(flask, "auditor", "--role", "auditor")
    changed = flask("user", "passwd", "AUDITOR", "--password-stdin", typed="another long password\r\n")
    assert changed.exit_code == 0
    assert sign_in(database, "auditor", PASSWORD, now=now) is None
    assert sign_in(database, "auditor", "another long password", now=now)


def test_a_disabled_account_is_out_until_it_is_enabled(
    flask: Command, database: Database, now: datetime
) -> None:
    add(flask, "auditor", "--role", "auditor")
    assert flask("user", "disable", "auditor").exit_code == 0
    assert "disabled" in flask("user", "list").output
    assert sign_in(database, "auditor", PASSWORD, now=now) is None
    assert flask("user", "enable", "auditor").exit_code == 0
    assert "disabled" not in flask("user", "list").output
    assert sign_in(database, "auditor", PASSWORD, now=now)


def test_the_last_administrator_cannot_be_disabled(flask: Command) -> None:
    add(flask, "admin", "--role", "administrator")
    refused = flask("user", "disable", "admin")
    assert refused.exit_code == 1
    assert "last administrator" in refused.stderr


@pytest.mark.parametrize("command", [["passwd", "--password-stdin"], ["disable"], ["enable"]])
def test_an_account_that_is_not_there_is_named_in_the_refusal(flask: Command, command: list[str]) -> None:
    refused = flask("user", *command, "nobody", typed=PASSWORD)
    assert refused.exit_code == 1
    assert "“nobody”" in refused.stderr


def test_a_machine_reads_who_there_is_and_who_was_seen(
    flask: Command, database: Database, now: datetime
) -> None:
    add(flask, "auditor", "--role", "auditor", "--name", "Проверяющий")
    add(flask, "centre", "--role", "executor", "--organization", "centre")
    sign_in(database, "auditor", PASSWORD, now=now)
    told: list[dict[str, Any]] = json.loads(flask("user", "list", "--json").output)
    assert told == [
        {
            "username": "auditor",
            "name": "Проверяющий",
            "role": "auditor",
            "organization": None,
            "active": True,
            "last_seen": now.isoformat(),
        },
        {
            "username": "centre",
            "name": "centre",
            "role": "executor",
            "organization": "centre",
            "active": True,
            "last_seen": None,
        },
    ]
    narrowed = json.loads(flask("user", "list", "--role", "executor", "--json").output)
    assert [each["username"] for each in narrowed] == ["centre"]


@pytest.mark.parametrize("command", ["add", "passwd", "list", "disable", "enable"])
def test_every_command_explains_itself(flask: Command, command: str) -> None:
    told = flask("user", command, "--help")
    assert told.exit_code == 0
    assert len(told.output.splitlines()) > 4
