"""The second factor on the pages: switched on, asked for, required."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.db import Database
from app.services.delegations import name_deputy
from app.services.people import find_actor
from app.services.plans import find_plan
from config import Config, ConfigError
from tests import factories
from tests.infrastructure.signing_in import PASSWORD, csrf_token, sign_in

pytestmark = pytest.mark.data("plan")


@pytest.fixture(autouse=True)
def people(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for role in ("controller", "administrator", "auditor"):
            factories.actor(session, role, now, role=role)


@pytest.fixture
def strict(app_config: Config) -> Iterator[Flask]:
    """An installation where those who decide need a second factor."""
    app = create_app(replace(app_config, second_factor=frozenset({"controller", "administrator"})))
    yield app
    app.extensions["vekha"].database.dispose()


def post(client: FlaskClient, address: str, page: str = "", **form: str) -> TestResponse:
    token = csrf_token(page or client.get("/login").text or client.get("/account").text)
    return client.post(address, data={**form, "csrf_token": token})


class Telephone:
    """What reads the secret off the page, and shows a code of each step once."""

    def __init__(self, page: str) -> None:
        found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
        assert found
        self.codes = pyotp.TOTP(found[1].replace(" ", ""))
        nonce = re.search(r'name="nonce" value="([^"]+)"', page)
        assert nonce
        self.nonce = html.unescape(nonce[1])

    def code(self, steps: int = 0) -> str:
        from datetime import UTC

        return self.codes.at(datetime.now(UTC) + timedelta(seconds=30 * steps))


def switch_on(client: FlaskClient) -> tuple[Telephone, TestResponse]:
    page = client.get("/account/second-factor").text
    telephone = Telephone(page)
    form = {"nonce": telephone.nonce, "code": telephone.code(-1), "present": PASSWORD}
    return telephone, post(client, "/account/second-factor", page, **form)


def test_it_is_switched_on_and_asked_for_from_then_on(app: Flask) -> None:
    client = sign_in(app.test_client(), "controller")
    telephone, done = switch_on(client)
    assert done.status_code == 201
    paper = re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", done.text)
    assert len(paper) == 10
    page = client.get("/account/second-factor").text
    assert not any(code in page for code in paper)
    other = app.test_client()
    half = post(other, "/login", username="controller", password=PASSWORD, next="/account")
    assert (half.status_code, half.location) == (303, "/login/code")
    assert other.get("/account").location.startswith("/login")
    page = other.get("/login/code").text
    assert 'autocomplete="one-time-code"' in page
    wrong = post(other, "/login/code", page, code="000000")
    assert wrong.status_code == 422
    assert 'id="code-error"' in wrong.text
    right = post(other, "/login/code", page, code=telephone.code())
    assert (right.status_code, right.location) == (303, "/account")
    assert other.get("/account").status_code == 200
    third = app.test_client()
    post(third, "/login", username="controller", password=PASSWORD)
    assert post(third, "/login/code", third.get("/login/code").text, code=paper[0]).status_code == 303


def test_others_who_guess_codes_make_wait_but_for_where_one_was_proven(app: Flask) -> None:
    def half_way(client: FlaskClient) -> str:
        post(client, "/login", client.get("/login").text, username="controller", password=PASSWORD)
        return client.get("/login/code").text

    # A browser of the person, signed in before there was a second factor, and one with a code of paper.
    before = sign_in(app.test_client(), "controller")
    _telephone, done = switch_on(before)
    paper = re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", done.text)
    own = app.test_client()
    assert post(own, "/login/code", half_way(own), code=paper[0]).status_code == 303
    # After five wrong ones the password is asked for anew.
    for codes in (range(5), range(5, 6)):
        stranger = app.test_client()
        page = half_way(stranger)
        for code in codes:
            assert post(stranger, "/login/code", page, code=f"{code:06}").status_code == 422
    for client, status in ((before, 429), (own, 303)):
        post(client, "/logout", client.get("/account").text)
        assert post(client, "/login/code", half_way(client), code=paper[1]).status_code == status


@pytest.mark.parametrize("present", ["", "not the password"])
def test_who_finds_a_session_open_enrols_no_telephone_of_his_own(app: Flask, present: str) -> None:
    client = sign_in(app.test_client(), "auditor")
    page = client.get("/account/second-factor").text
    telephone = Telephone(page)
    form = {"nonce": telephone.nonce, "code": telephone.code(), "present": present}
    refused = post(client, "/account/second-factor", page, **form)
    assert refused.status_code == 422
    assert 'id="present-error"' in refused.text
    other = post(app.test_client(), "/login", username="auditor", password=PASSWORD)
    assert other.location != "/login/code"


def test_a_form_that_is_sent_again_after_a_slip_keeps_the_secret(app: Flask) -> None:
    client = sign_in(app.test_client(), "auditor")
    page = client.get("/account/second-factor").text
    telephone = Telephone(page)
    slip = post(client, "/account/second-factor", page, nonce=telephone.nonce, code="12")
    assert slip.status_code == 422
    assert Telephone(slip.text).codes.secret == telephone.codes.secret


def test_who_needs_it_is_led_to_it_before_anything_else(strict: Flask) -> None:
    client = sign_in(strict.test_client(), "administrator")
    for address in ("/", "/admin/people", "/plans/2022/", "/account", "/tasks"):
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (303, "/account/second-factor")
    page = client.get("/account/second-factor").text
    refused = post(client, "/account/password", page, old=PASSWORD)
    assert refused.location == "/account/second-factor"
    _telephone, done = switch_on(client)
    assert done.status_code == 201
    assert client.get("/admin/people").status_code == 200
    # Others are not asked.
    assert sign_in(strict.test_client(), "auditor").get("/account").status_code == 200


def test_a_deputy_without_it_can_go_back_to_its_own_work(
    strict: Flask, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        controller, deputy = find_actor(session, "controller"), factories.actor(session, "college01", now)
        day = find_plan(session, "2022").today(now)
        days = {"starts_on": day, "ends_on": day, "today": day}
        named = name_deputy(session, controller, controller.person_id, deputy.person_id, **days, now=now)
        chosen = str(named.id)
    client = sign_in(strict.test_client(), "college01")
    post(client, "/deputies/acting", client.get("/account").text, delegation=chosen)
    assert client.get("/account").location == "/account/second-factor"
    page = client.get("/account/second-factor").text
    assert 'action="/deputies/acting"' in page
    post(client, "/deputies/acting", page, delegation="")
    assert client.get("/account").status_code == 200


def test_an_administrator_takes_it_from_who_lost_the_telephone(strict: Flask, database: Database) -> None:
    controller = sign_in(strict.test_client(), "controller")
    switch_on(controller)
    administrator = sign_in(strict.test_client(), "administrator")
    switch_on(administrator)
    with database.read() as session:
        from app.services.people import find_person

        person_id = find_person(session, "controller").id
    page = administrator.get(f"/admin/people/{person_id}").text
    assert f"/admin/people/{person_id}/second-factor/reset" in page
    post(administrator, f"/admin/people/{person_id}/second-factor/reset", page)
    assert controller.get("/account/second-factor").location.startswith("/login")
    # Only the password is asked for again, and then to enrol anew.
    client = sign_in(strict.test_client(), "controller")
    assert client.get("/plans/2022/").location == "/account/second-factor"


@pytest.mark.parametrize(
    ("settings", "roles"),
    [
        ({}, {"controller", "administrator"}),
        ({"VEKHA_DEMO": "1"}, set()),
        ({"VEKHA_SECOND_FACTOR": "none"}, set()),
        ({"VEKHA_SECOND_FACTOR": "administrator"}, {"administrator"}),
        ({"VEKHA_SECOND_FACTOR": "auditor,controller", "VEKHA_DEMO": "1"}, {"auditor", "controller"}),
    ],
)
def test_the_settings_say_who_needs_it(settings: dict[str, str], roles: set[str], app_config: Config) -> None:
    given = {"VEKHA_INSTANCE": str(app_config.instance), "VEKHA_SECRET_KEY": "k" * 64}
    assert Config.from_env(given | settings).second_factor == roles


def test_a_role_that_there_is_not_is_refused(app_config: Config) -> None:
    with pytest.raises(ConfigError):
        Config.from_env({"VEKHA_INSTANCE": str(app_config.instance), "VEKHA_SECOND_FACTOR": "king"})
