"""What a person changes about itself: password, sessions, language, theme."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import Database
from tests import factories
from tests.infrastructure.signing_in import PASSWORD, csrf_token, sign_in

pytestmark = pytest.mark.data("plan")


@pytest.fixture(autouse=True)
def people(database: Database, now: datetime) -> None:
    """Two accounts, named after their roles."""
    with database.transaction() as session:
        for role in ("auditor", "controller"):
            factories.actor(session, role, now, role=role)


def attempt(client: FlaskClient, username: str, password: str, **more: str) -> TestResponse:
    token = csrf_token(client.get("/login").text)
    form = {"username": username, "password": password, "csrf_token": token}
    return client.post("/login", data=form | more)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def own_page(client: FlaskClient, **form: str) -> TestResponse:
    token = csrf_token(client.get("/account").text)
    return client.post("/account/password", data={**form, "csrf_token": token})


def test_the_own_password_is_changed_with_the_old_one_and_ends_the_other_sessions(app: Flask) -> None:
    here, elsewhere = (sign_in(app.test_client(), "auditor") for _ in range(2))
    new = "a longer password yet"
    answer = own_page(here, old=PASSWORD, password=new, again=new)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert attempt(app.test_client(), "auditor", PASSWORD).status_code == 422
    assert attempt(app.test_client(), "auditor", new).status_code == 303


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("old", {"old": "not the old one"}),
        ("old", {"old": ""}),
        ("password", {"password": "short", "again": "short"}),
        ("again", {"again": "a slip of the finger"}),
    ],
)
def test_an_own_password_that_cannot_be_taken_names_the_field(
    app: Flask, field: str, wrong: dict[str, str]
) -> None:
    client = sign_in(app.test_client(), "auditor")
    right = {"old": PASSWORD, "password": "a longer password yet", "again": "a longer password yet"}
    answer = own_page(client, **(right | wrong))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "a longer password yet" not in answer.text
    assert attempt(app.test_client(), "auditor", PASSWORD).status_code == 303


def test_a_person_ends_its_own_sessions_and_nobody_elses(app: Flask) -> None:
    here, elsewhere = (sign_in(app.test_client(), "auditor") for _ in range(2))
    other = sign_in(app.test_client(), "controller")
    numbers = [part.split("/")[0] for part in here.get("/account").text.split("/account/sessions/")[1:]]
    assert len(numbers) == 1
    for client, number, status in (
        (other, numbers[0], 404),
        (here, "2147483647", 404),
        (here, numbers[0], 303),
    ):
        token = csrf_token(client.get("/account").text)
        answer = client.post(f"/account/sessions/{number}/end", data={"csrf_token": token})
        assert answer.status_code == status
    assert is_signed_in(here)
    assert is_signed_in(other)
    assert not is_signed_in(elsewhere)


def test_a_person_ends_all_its_other_sessions_at_once(app: Flask) -> None:
    here, first, second = (sign_in(app.test_client(), "auditor") for _ in range(3))
    other = sign_in(app.test_client(), "controller")
    page = here.get("/account").text
    assert 'action="/account/other-sessions/end"' in page
    answer = here.post("/account/other-sessions/end", data={"csrf_token": csrf_token(page)})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert [is_signed_in(each) for each in (here, first, second, other)] == [True, False, False, True]


def test_a_persons_language_and_theme_come_along_to_another_browser(app: Flask) -> None:
    first = sign_in(app.test_client(), "auditor")
    token = csrf_token(first.get("/account").text)
    first.post("/preferences", data={"language": "en", "theme": "dark", "csrf_token": token})
    second = sign_in(app.test_client(), "auditor")
    for client in (first, second):
        assert '<html lang="en" data-theme="dark"' in client.get("/account").text
    other = sign_in(app.test_client(), "controller")
    assert '<html lang="ru" data-theme="auto"' in other.get("/account").text


def test_a_theme_chosen_before_signing_in_stays(client: FlaskClient) -> None:
    token = csrf_token(client.get("/login").text)
    client.post("/preferences", data={"theme": "dark", "csrf_token": token})
    assert 'data-theme="dark"' in client.get("/login").text
    sign_in(client, "auditor")
    assert 'data-theme="dark"' in client.get("/account").text


@pytest.mark.parametrize("form", [{"language": "xx"}, {"theme": "pink"}, {}])
def test_a_preference_that_there_is_not_changes_nothing(client: FlaskClient, form: dict[str, str]) -> None:
    token = csrf_token(client.get("/login").text)
    answer = client.post("/preferences", data={**form, "csrf_token": token})
    assert answer.status_code == 303
    assert client.get_cookie("language") is None
    assert client.get_cookie("theme") is None


def test_the_language_of_a_visitor_follows_the_browser_and_then_the_choice(client: FlaskClient) -> None:
    assert '<html lang="ru"' in client.get("/login").text
    assert '<html lang="en"' in client.get("/login", headers={"Accept-Language": "en-GB"}).text
    token = csrf_token(client.get("/login").text)
    answer = client.post("/preferences", data={"language": "en", "next": "/login", "csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert '<html lang="en"' in client.get("/login", headers={"Accept-Language": "ru"}).text
