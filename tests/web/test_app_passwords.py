"""App passwords on the account page: made, shown once, listed, withdrawn."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

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
    answer = post(client, "/account/app-passwords", {"name": name, "present": PASSWORD})
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
    answer = post(client, "/account/app-passwords", {"name": "iPhone", "present": PASSWORD})
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


def send(client: FlaskClient, nonce: str | None, name: str = "iPhone") -> TestResponse:
    fields = {"name": name, "present": PASSWORD}
    return post(client, "/account/app-passwords", fields if nonce is None else fields | {"nonce": nonce})


def nonce_of(page: str) -> str:
    (nonce,) = re.findall(r'name="nonce" value="([^"]+)"', page)
    return str(nonce)


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count(AppPassword.id))) or 0


def test_a_form_that_is_sent_again_shows_the_same_password_and_makes_no_other(
    app: Flask, login: Login, database: Database
) -> None:
    client = login("college01")
    nonce = nonce_of(client.get("/account").text)
    first, again = (send(client, nonce) for _ in range(2))
    assert first.status_code == again.status_code == 201
    [secret] = set(SECRET.findall(first.text))
    assert set(SECRET.findall(again.text)) == {secret}
    assert count(database) == 1
    assert lets_in(app, "college01", secret)
    assert secret not in send(client, nonce_of(again.text)).text
    assert secret not in send(client, nonce, "Tablet").text
    assert count(database) == 3


def test_the_same_form_of_another_person_makes_another_password(app: Flask, login: Login) -> None:
    client = login("college01")
    nonce = nonce_of(client.get("/account").text)
    [own] = set(SECRET.findall(send(client, nonce).text))
    [foreign] = set(SECRET.findall(send(login("college02"), nonce).text))
    assert own != foreign
    assert lets_in(app, "college02", foreign)
    assert not lets_in(app, "college02", own)


@pytest.mark.parametrize("nonce", [None, "", "x", "x" * 23, "я" * 22])
def test_a_form_without_a_nonce_of_ours_makes_a_password_that_nobody_can_tell(
    login: Login, database: Database, nonce: str | None
) -> None:
    client = login("college01")
    found = {secret for _ in range(2) for secret in SECRET.findall(send(client, nonce).text)}
    assert len(found) == count(database) == 2


def test_a_withdrawn_password_does_not_come_back_with_its_form(
    app: Flask, login: Login, database: Database
) -> None:
    client = login("college01")
    nonce = nonce_of(client.get("/account").text)
    [secret] = set(SECRET.findall(send(client, nonce).text))
    with database.read() as session:
        number = session.scalars(select(AppPassword.id)).one()
    post(client, f"/account/app-passwords/{number}/revoke")
    again = send(client, nonce)
    assert again.status_code == 409
    assert "This app password was withdrawn. Make another one." in again.text
    assert not SECRET.search(again.text)
    assert not lets_in(app, "college01", secret)
    assert send(client, nonce_of(again.text)).status_code == 201


@pytest.mark.parametrize("address", ["/account/app-passwords", "/account/app-passwords/1/revoke"])
def test_a_tab_that_is_opened_again_leads_back_to_the_page(login: Login, address: str) -> None:
    answer = login("college01").get(address)
    assert (answer.status_code, answer.location) == (303, "/account#app-passwords")


@pytest.mark.parametrize("name", ["", "   ", "a" * 81, "\u202e"])
def test_a_name_that_cannot_be_taken_is_marked(login: Login, database: Database, name: str) -> None:
    answer = post(login("college01"), "/account/app-passwords", {"name": name, "present": PASSWORD})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert not SECRET.search(answer.text)
    with database.read() as session:
        assert session.scalar(select(func.count(AppPassword.id))) == 0


def test_who_finds_a_session_open_makes_no_password_and_guesses_slowly(
    login: Login, database: Database
) -> None:
    client = login("college01")
    tries = [{}, {"present": ""}, *({"present": f"guess {number}"} for number in range(4))]
    answers = [post(client, "/account/app-passwords", {"name": "iPhone"} | each) for each in tries]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 422, 429]
    assert 'id="program-present-error"' in answers[0].text
    assert count(database) == 0


def test_who_owes_nothing_is_told_that_the_list_stays_empty(login: Login) -> None:
    said = "in your program the list would stay empty"
    assert said in login("deputy").get("/account").text
    assert said not in login("college01").get("/account").text
