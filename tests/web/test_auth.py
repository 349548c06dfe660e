"""Signing in and out through the form, how long a session counts, and what a browser is remembered by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import cast
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.db import Database
from app.models import Throttle
from app.services import people as accounts
from app.services.throttling import ADDRESS, Counter
from config import Clock, Config
from tests import factories
from tests.infrastructure.signing_in import PASSWORD, csrf_token, sign_in

pytestmark = pytest.mark.data("plan")


@dataclass
class MovedClock:
    """A clock that stands still until a test moves it."""

    today: date
    present: datetime

    def now(self) -> datetime:
        return self.present


@pytest.fixture
def clock(today: date, now: datetime) -> MovedClock:
    return MovedClock(today, now)


@pytest.fixture
def app(app_config: Config, clock: MovedClock, database: Database, now: datetime) -> Iterator[Flask]:
    """The application by that clock, with four accounts named after their roles."""
    with database.transaction() as session:
        for role in ("controller", "auditor", "administrator"):
            factories.actor(session, role, now, role=role)
        factories.actor(session, "executor", now, organization="centre")
    app = create_app(replace(app_config, clock=cast(Clock, clock)))
    yield app
    app.extensions["vekha"].database.dispose()


def attempt(client: FlaskClient, username: str, password: str, **more: str) -> TestResponse:
    token = csrf_token(client.get("/login").text)
    form = {"username": username, "password": password, "csrf_token": token}
    return client.post("/login", data=form | more)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("role", "landing"),
    [
        ("executor", "/tasks"),
        ("controller", "/plans/2022/"),
        ("auditor", "/plans/2022/plan"),
        ("administrator", "/admin/people"),
    ],
)
def test_everybody_lands_where_its_work_is(client: FlaskClient, role: str, landing: str) -> None:
    answer = attempt(client, role, PASSWORD)
    assert (answer.status_code, answer.location) == (303, landing)
    assert client.get("/").location == landing
    assert client.get("/login").location == landing
    assert client.get(landing).status_code == 200


def test_without_the_forms_token_nobody_is_signed_in(client: FlaskClient) -> None:
    client.get("/login")
    for token in ({}, {"csrf_token": "made up"}):
        answer = client.post("/login", data={"username": "auditor", "password": PASSWORD} | token)
        assert answer.status_code == 400
    assert not is_signed_in(client)


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: FlaskClient, app: Flask) -> None:
    answers = []
    for username, password in (("auditor", "a wrong password"), ("nobody00", "a wrong password")):
        browser = app.test_client()
        told = [attempt(browser, username, password) for _ in range(4)]
        answers.append([(each.status_code, words(each, username)) for each in told])
    assert answers[0] == answers[1]
    assert [status for status, _ in answers[0]] == [422, 422, 422, 429]


def words(answer: TestResponse, username: str) -> str:
    """The page without what differs from one request to the next."""
    text = answer.text.replace(csrf_token(answer.text), "").replace(f'value="{username}"', "")
    return re.sub(r'name="once" value="[^"]+"', "", text)


def test_what_was_typed_stays_except_the_password(client: FlaskClient) -> None:
    answer = attempt(client, "auditor", "a wrong password", next="/plans/2022/plan")
    assert 'value="auditor"' in answer.text
    assert 'value="/plans/2022/plan"' in answer.text
    assert "a wrong password" not in answer.text


@pytest.mark.parametrize("empty", ["username", "password"])
def test_an_empty_field_is_named(client: FlaskClient, empty: str) -> None:
    form = {"username": "auditor", "password": PASSWORD} | {empty: ""}
    answer = attempt(client, form["username"], form["password"])
    assert answer.status_code == 422
    assert f'id="{empty}-error"' in answer.text


def test_who_waits_gets_in(client: FlaskClient, clock: MovedClock) -> None:
    for _ in range(3):
        attempt(client, "auditor", "a wrong password")
    assert attempt(client, "auditor", PASSWORD).status_code == 429
    clock.present += timedelta(seconds=2)
    assert attempt(client, "auditor", PASSWORD).status_code == 303


def test_who_is_hammered_from_elsewhere_gets_in_with_its_own_browser(app: Flask) -> None:
    own, stranger = sign_in(app.test_client(), "auditor"), app.test_client()
    own.post("/logout", data={"csrf_token": csrf_token(own.get("/account").text)})
    for _ in range(3):
        attempt(stranger, "auditor", "a wrong password")
    assert attempt(stranger, "auditor", PASSWORD).status_code == 429
    assert attempt(own, "auditor", PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("proxies", "forwarded", "known"),
    [
        # Nobody stands before it: what a visitor says of itself counts for nothing.
        (0, "203.0.113.9", "127.0.0.1"),
        # One proxy adds the address that it saw; what stood there before is the visitor's invention.
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
    ],
)
def test_an_address_is_believed_as_far_as_the_proxies_are_our_own(
    app_config: Config, app: Flask, database: Database, proxies: int, forwarded: str, known: str
) -> None:
    client = create_app(replace(app_config, proxies=proxies)).test_client()
    token = csrf_token(client.get("/login").text)
    form = {"username": "nobody", "password": "wrong", "csrf_token": token}
    client.post("/login", data=form, headers={"X-Forwarded-For": forwarded})
    with database.read() as session:
        counted = set(session.scalars(select(Throttle.key_hash)))
    assert Counter("address", known, ADDRESS).key in counted


def test_a_name_is_taken_as_people_type_it(client: FlaskClient) -> None:
    assert attempt(client, "  Auditor ", PASSWORD).status_code == 303


def test_a_cookie_opens_nothing_after_signing_out(app: Flask) -> None:
    client = sign_in(app.test_client(), "auditor")
    stolen = client.get_cookie("vekha")
    assert stolen is not None
    thief = app.test_client()
    thief.set_cookie("vekha", stolen.value)
    assert is_signed_in(thief)
    answer = client.post("/logout", data={"csrf_token": csrf_token(client.get("/account").text)})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert not is_signed_in(client)
    assert not is_signed_in(thief)


def test_a_get_signs_nobody_out(app: Flask) -> None:
    client = sign_in(app.test_client(), "auditor")
    assert client.get("/logout").status_code == 405
    assert is_signed_in(client)


def test_a_session_planted_before_signing_in_is_worth_nothing_after(app: Flask) -> None:
    thief = app.test_client()
    thief.get("/login")
    planted = thief.get_cookie("vekha")
    assert planted is not None
    victim = app.test_client()
    victim.set_cookie("vekha", planted.value)
    sign_in(victim, "auditor")
    assert is_signed_in(victim)
    assert not is_signed_in(thief)
    token = csrf_token(thief.get("/login").text)
    assert victim.post("/preferences", data={"theme": "dark", "csrf_token": token}).status_code == 400


def test_signing_in_as_somebody_else_ends_the_session_before(app: Flask) -> None:
    client = sign_in(app.test_client(), "auditor")
    before = client.get_cookie("vekha")
    assert before is not None
    token = csrf_token(client.get("/account").text)
    answer = client.post("/login", data={"username": "executor", "password": PASSWORD, "csrf_token": token})
    assert answer.location == "/tasks"
    old = app.test_client()
    old.set_cookie("vekha", before.value)
    assert not is_signed_in(old)


def test_a_session_ends_when_nobody_uses_it(app: Flask, clock: MovedClock) -> None:
    client = sign_in(app.test_client(), "auditor")
    for _ in range(3):
        clock.present += timedelta(minutes=59)
        assert is_signed_in(client)
    clock.present += timedelta(minutes=61)
    assert not is_signed_in(client)


def test_a_session_ends_after_its_longest_life_however_busy(app: Flask, clock: MovedClock) -> None:
    client = sign_in(app.test_client(), "auditor")
    for _ in range(24):
        clock.present += timedelta(minutes=30)
        assert is_signed_in(client)
    clock.present += timedelta(minutes=1)
    assert not is_signed_in(client)


def test_a_disabled_person_loses_access_at_once(app: Flask, database: Database, now: datetime) -> None:
    client = sign_in(app.test_client(), "auditor")
    with database.transaction() as session:
        person = accounts.find_person(session, "auditor")
        accounts.set_active(session, None, person.id, False, now=now)
    assert not is_signed_in(client)
    assert attempt(app.test_client(), "auditor", PASSWORD).status_code == 422


def test_a_new_role_counts_from_the_next_click(app: Flask, database: Database, now: datetime) -> None:
    client = sign_in(app.test_client(), "auditor")
    assert client.get("/admin/people").status_code == 403
    with database.transaction() as session:
        person = accounts.find_person(session, "auditor")
        accounts.edit_person(
            session, None, person.id, name="Auditor", role="administrator", organization=None, now=now
        )
    assert client.get("/admin/people").status_code == 200


def test_a_page_that_was_asked_for_opens_after_signing_in(client: FlaskClient) -> None:
    asked = client.get("/plans/2022/plan?section=2")
    assert asked.location == "/login?next=/plans/2022/plan?section%3D2"
    page = client.get(asked.location).text
    assert 'value="/plans/2022/plan?section=2"' in page
    answer = attempt(client, "auditor", PASSWORD, next="/plans/2022/plan?section=2")
    assert answer.location == "/plans/2022/plan?section=2"
    assert client.get(asked.location).location == "/plans/2022/plan?section=2"


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example/"])
def test_signing_in_leads_nowhere_else(client: FlaskClient, address: str) -> None:
    assert attempt(client, "auditor", PASSWORD, next=address).location == "/plans/2022/plan"
    assert client.get(f"/login?next={quote(address)}").location == "/plans/2022/plan"
    token = csrf_token(client.get("/account").text)
    answer = client.post("/preferences", data={"next": address, "theme": "dark", "csrf_token": token})
    assert answer.location == "/"


def test_the_cookies_are_for_this_site_alone(app_config: Config, app: Flask) -> None:
    secure = create_app(
        replace(app_config, secure_cookies=True, base_url="https://vekha.example")
    ).test_client()
    page = secure.get("/login", base_url="https://vekha.example")
    assert page.headers["Set-Cookie"].startswith("__Host-vekha=")
    form = {"theme": "dark", "csrf_token": csrf_token(page.text)}
    headers = {"Referer": "https://vekha.example/login"}
    chosen = secure.post("/preferences", data=form, base_url="https://vekha.example", headers=headers)
    cookies = [*page.headers.getlist("Set-Cookie"), *chosen.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 2
    for cookie in cookies:
        parts = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert not any(part.startswith("Domain") for part in parts)


def test_the_demonstrations_password_opens_nothing_outside_of_it(app_config: Config, app: Flask) -> None:
    real = create_app(replace(app_config, demo=False)).test_client()
    assert attempt(real, "auditor", PASSWORD).status_code == 422


def test_what_was_typed_while_the_session_ended_is_shown_once_more_and_not_done(
    client: FlaskClient, clock: MovedClock
) -> None:
    sign_in(client, "auditor")
    token, path = csrf_token(client.get("/account").text), "/account/app-passwords"
    clock.present += timedelta(minutes=61)
    form = {"csrf_token": token, "name": "Для <второго> листа", "once": "x" * 22}
    form |= {"old": "a secret thing", "present": "a secret thing"}
    answer = client.post(path, data=form, headers={"Referer": "http://localhost/account"})
    assert answer.status_code == 401
    assert "Для &lt;второго&gt; листа" in answer.text
    assert "a secret thing" not in answer.text
    assert 'href="/login?next=/account"' in answer.text
    # A form of another site shows nothing here, and one without words leads to signing in at once.
    for other in (form | {"csrf_token": "another"}, {"csrf_token": token}):
        told = client.post(path, data=other, headers={"Referer": "http://localhost/account"})
        assert (told.status_code, told.location) == (302, "/login?next=/account")
    for elsewhere in ("https://evil.example/account", "//evil.example", "javascript:alert(1)"):
        told = client.post(path, data={"csrf_token": token}, headers={"Referer": elsewhere})
        assert (told.status_code, told.location) == (302, "/login")
