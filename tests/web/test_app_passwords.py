"""App passwords on the account page: made, shown once, listed, withdrawn."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import Database
from app.domain.permissions import Actor
from app.models import AppPassword
from app.services import app_passwords
from tests.infrastructure.signing_in import PASSWORD
from tests.web.acting import Login, post, words

pytestmark = pytest.mark.data("plan")

SECRET = re.compile(r"(?:[a-z2-9]{5}-){4}[a-z2-9]{5}")


def made(client: FlaskClient, name: str = "iPhone") -> str:
    """The secret that is shown for a new password."""
    answer = post(client, "/account/app-passwords", {"name": name})
    assert answer.status_code == 201
    [secret] = set(SECRET.findall(answer.text))
    return secret


def lets_in(app: Flask, username: str, secret: str) -> bool:
    answer = app.test_client().open(
        "/caldav/", method="PROPFIND", headers={"Depth": "0"}, auth=(username, secret)
    )
    assert answer.status_code in {207, 401}
    return answer.status_code == 207


def test_a_new_password_is_shown_once_with_everything_to_type_in(app: Flask, login: Login) -> None:
    client = login("college01")
    answer = post(client, "/account/app-passwords", {"name": "iPhone"})
    assert answer.status_code == 201
    page = words(answer)
    [secret] = set(SECRET.findall(page))
    assert "The new app password: iPhone" in page
    for id_, text in (("server", "http://localhost/caldav/"), ("username", "college01"), ("secret", secret)):
        assert f'<code class="secret" id="made-{id_}">{text}</code>' in page
    for program in ("Apple Reminders", "DAVx⁵", "Tasks.org", "Thunderbird"):
        assert program in page
    assert lets_in(app, "college01", secret)
    again = client.get("/account").text
    assert secret not in again
    assert "iPhone" in again


def test_a_password_opens_nobody_elses_tasks_and_the_account_opens_none(app: Flask, login: Login) -> None:
    secret = made(login("college01"))
    assert lets_in(app, "college01", secret)
    assert not lets_in(app, "college02", secret)
    assert not lets_in(app, "college01", PASSWORD)


def test_the_list_says_which_were_used(app: Flask, login: Login) -> None:
    client = login("college01")
    secret = made(client, "Tablet")
    made(client, "Watch")
    assert lets_in(app, "college01", secret)
    page = words(client.get("/account"))
    card = page[page.index('id="app-passwords"') :]
    lines = [re.sub(r"<[^>]+>|\s+", " ", line) for line in re.findall(r"<li>(.*?)</li>", card, re.DOTALL)]
    [used] = [line for line in lines if "Tablet" in line]
    [unused] = [line for line in lines if "Watch" in line]
    assert "last used 15 Jun 2022" in used
    assert "never used yet" in unused


def test_a_withdrawn_password_leaves_the_list_and_opens_nothing(
    app: Flask, login: Login, database: Database
) -> None:
    client = login("college01")
    gone, kept = made(client, "Old phone"), made(client, "New phone")
    with database.read() as session:
        number = session.scalars(select(AppPassword.id).where(AppPassword.name == "Old phone")).one()
    answer = post(client, f"/account/app-passwords/{number}/revoke")
    assert (answer.status_code, answer.location) == (303, "/account#app-passwords")
    page = client.get("/account").text
    assert "Old phone" not in page
    assert "New phone" in page
    assert not lets_in(app, "college01", gone)
    assert lets_in(app, "college01", kept)
    assert post(client, f"/account/app-passwords/{number}/revoke").status_code == 404


def test_somebody_elses_password_is_neither_seen_nor_withdrawn(
    app: Flask, login: Login, database: Database, people: dict[str, Actor], now: datetime
) -> None:
    with database.transaction() as session:
        foreign = app_passwords.make(session, people["college02"], name="Foreign", language="en", now=now)
    client = login("college01")
    assert "Foreign" not in client.get("/account").text
    for number in (foreign.id, 2147483647):
        assert post(client, f"/account/app-passwords/{number}/revoke").status_code == 404
    assert lets_in(app, "college02", foreign.secret)


@pytest.mark.parametrize("name", ["", "   ", "a" * 81, "\u202e"])
def test_a_name_that_cannot_be_taken_is_marked(login: Login, database: Database, name: str) -> None:
    answer = post(login("college01"), "/account/app-passwords", {"name": name})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert not SECRET.search(answer.text)
    with database.read() as session:
        assert session.scalar(select(func.count(AppPassword.id))) == 0


def test_who_owes_nothing_is_told_that_the_list_stays_empty(login: Login) -> None:
    said = "in your program the list would stay empty"
    assert said in login("deputy").get("/account").text
    assert said not in login("college01").get("/account").text
