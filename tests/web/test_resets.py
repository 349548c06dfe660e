"""The pages of a forgotten password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.db import Database
from app.services import people, resets
from app.services.account_letters import RESET, take_news
from app.services.outbox import Taken
from app.services.throttling import NOWHERE
from config import Config, MailServer
from tests.infrastructure.signing_in import csrf_token

PASSWORD, NEW = "a good long password", "a longer password yet"


@pytest.fixture
def app(app_config: Config, database: Database, now: datetime) -> Iterator[Flask]:
    """An installation that sends letters, with an account that has an address."""
    with database.transaction() as session:
        person = people.add_person(session, "auditor", name="", role="auditor", password=PASSWORD, now=now)
        person.email = "auditor@example.org"
    server = MailServer("localhost", 2525, "vekha@example.org")
    app = create_app(replace(app_config, mail=server, base_url="https://vekha.example"))
    yield app
    app.extensions["vekha"].database.dispose()


def link(app: Flask, database: Database) -> str:
    """A token as it stands in a letter."""
    config = app.extensions["vekha"].config
    key, now = config.secret_key, config.clock.now()
    with database.transaction() as session:
        resets.ask(session, "auditor", NOWHERE, secret_key=key, now=now)
        [news] = take_news(session, now)
    assert news.kind == RESET
    letter = Taken(1, news.key, 1, "", "", "", resets.TOKEN_HERE, "", now)
    return resets.with_token(letter, key).text


def post(client: FlaskClient, address: str, **form: str) -> TestResponse:
    token = csrf_token(client.get("/login").text)
    return client.post(address, data={**form, "csrf_token": token})


def test_an_account_and_none_get_the_same_answer(app: Flask) -> None:
    answers = []
    for who in ("auditor", "auditor@example.org", "nobody", "nobody@example.org", "a\0b"):
        client = app.test_client()
        answer = post(client, "/password/forgotten", who=who)
        page = client.get(answer.location).text
        answers.append((answer.status_code, answer.location, re.sub(r' value="[^"]*"', "", page)))
    assert answers[0][:2] == (303, "/login")
    assert len(set(answers)) == 1


def test_the_address_of_a_link_is_told_to_nobody(app: Flask, database: Database) -> None:
    client, token = app.test_client(), link(app, database)
    answer = client.get(f"/password/new?token={token}")
    assert (answer.status_code, answer.location) == (302, "/password/new")
    page = client.get(answer.location)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Referrer-Policy"] == "same-origin"
    for each in (answer, page):
        assert each.headers["Cache-Control"] == "no-store"
    assert token not in page.text
    assert "auditor" in page.text


def test_who_has_the_link_sets_a_password_and_signs_in_with_it(app: Flask, database: Database) -> None:
    client = app.test_client()
    client.get(f"/password/new?token={link(app, database)}")
    for wrong in ({"password": "short", "again": "short"}, {"password": NEW, "again": "a slip"}):
        refused = post(client, "/password/new", **wrong)
        assert refused.status_code == 422
        assert NEW not in refused.text
    answer = post(client, "/password/new", password=NEW, again=NEW)
    assert (answer.status_code, answer.location) == (303, "/login")
    # Looking at the letter again leads nowhere, in this browser as in any other.
    assert post(client, "/password/new", password=PASSWORD, again=PASSWORD).status_code == 410
    assert client.get("/password/new").status_code == 410
    # Whoever else tries at the account, this browser does not wait for him.
    for _ in range(4):
        post(app.test_client(), "/login", username="auditor", password="a wrong password")
    assert post(client, "/login", username="auditor", password=NEW).status_code == 303


def test_over_https_the_forms_are_taken_with_what_a_browser_tells_of_their_page(
    app: Flask, database: Database
) -> None:
    def sent(address: str, **form: str) -> TestResponse:
        page = client.get(address, base_url=site)
        told = page.headers["Referrer-Policy"] == "same-origin"
        headers = {"Referer": site + address} if told else {"Origin": "null"}
        form["csrf_token"] = csrf_token(page.text)
        return client.post(address, base_url=site, data=form, headers=headers)

    client, site = app.test_client(), "https://vekha.example"
    client.get(f"/password/new?token={link(app, database)}", base_url=site)
    assert sent("/password/new", password=NEW, again=NEW).status_code == 303
    assert sent("/password/forgotten", who="auditor").status_code == 303
    assert sent("/login", username="auditor", password=NEW).status_code == 303


def test_an_installation_without_letters_says_whom_to_ask(app_config: Config, app: Flask) -> None:
    for without in ({}, {"mail": MailServer("localhost", 25, "vekha@example.org")}):
        client = create_app(replace(app_config, **without)).test_client()
        page = client.get("/password/forgotten", headers={"Accept-Language": "en"})
        assert "The administrator gives you a new password." in page.text
        assert '<form method="post" action="/password' not in page.text
        assert post(client, "/password/forgotten", who="auditor").status_code == 422
