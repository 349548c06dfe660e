"""Who may call what: every route has a rule, and every rule holds for every role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from app.db import Database
from app.domain.permissions import ROLES
from app.services.people import find_actor
from app.services.plans import find_plan
from app.services.publishing.settings import set_public
from app.web import access
from tests import factories
from tests.infrastructure.signing_in import csrf_token

pytestmark = pytest.mark.data("plan")

SignIn = Callable[..., FlaskClient]

#: what a library brings along, or what proves itself in another way than by a session
WITHOUT_SESSION = {"static", "bootstrap.static", "icons.sprite", "health.healthz", "feeds.calendar"}


@pytest.fixture
def people(database: Database, now: datetime) -> None:
    """One account of each role, named after it; the plan is public."""
    with database.transaction() as session:
        for role in ROLES:
            organization = "centre" if role == "executor" else None
            factories.actor(session, role, now, role=role, organization=organization)
        administrator = find_actor(session, "administrator")
        shown = {"is_public": True, "shows_lateness": True}
        set_public(session, administrator, find_plan(session, "2022").id, now=now, **shown)


#: steps of a way that begins elsewhere: without the step before they lead back, or say that it ran out
ON_THE_WAY = {"auth.second_step", "resets.new"}


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Endpoint and address of every GET route that needs nothing but the plan."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ON_THE_WAY:
            continue
        if "GET" in (rule.methods or set()) and rule.arguments <= {"plan_code"}:
            yield rule.endpoint, rule.rule.replace("<plan_code>", "2022")


def forms(app: Flask) -> Iterator[Rule]:
    """The routes of pages and forms; those for programs keep other rules."""
    for rule in app.url_map.iter_rules():
        if access.rule_of(app, rule.endpoint) != access.FOR_PROGRAMS:
            yield rule


def filled(rule: str) -> str:
    """The address of a route, with something for each of its arguments."""
    numbers = re.sub(r"<int[^:>]*:\w+>", "1", rule.replace("<plan_code>", "2022"))
    return re.sub(r"<[^>]+>", "x", numbers)


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    silent = [
        rule.endpoint for rule in app.url_map.iter_rules() if access.rule_of(app, rule.endpoint) is None
    ]
    assert silent == []


def test_only_these_routes_are_public(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if access.rule_of(app, rule.endpoint) == access.PUBLIC
    }
    assert public == WITHOUT_SESSION | {
        *("auth.login", "auth.sign_in", "auth.logout", "auth.preferences", "health.readyz"),
        *("auth.second_step", "auth.prove_second_step"),
        *("resets.forgotten", "resets.ask", "resets.new", "resets.set_password"),
        # what everybody may read of a plan that somebody made public: tests/web/public
        *("public.show", "public.material", "public.everything", "public.schema", "public.table"),
        *("public.about", "public.news", "public.calendar", "robots.robots"),
    }


def test_roles_of_the_rules_exist(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        declared = access.rule_of(app, rule.endpoint)
        if isinstance(declared, frozenset):
            assert declared, rule.endpoint
            assert declared <= set(ROLES), rule.endpoint


@pytest.mark.parametrize("role", [None, *ROLES])
def test_every_page_opens_for_whom_its_rule_names_and_for_nobody_else(
    app: Flask, people: None, sign_in: SignIn, role: str | None
) -> None:
    client = sign_in(role) if role else app.test_client()
    found = {}
    expected = {}
    for endpoint, address in addresses(app):
        rule = access.rule_of(app, endpoint)
        answer = client.get(address)
        if rule in {access.PUBLIC, access.FOR_PROGRAMS}:
            expected[address] = "open"
        elif role is None:
            expected[address] = "sign in"
        else:
            expected[address] = "open" if rule == access.SIGNED_IN or role in rule else "refused"
        found[address] = kind(answer)
    assert found == expected
    assert len(found) > 15


def kind(answer: Any) -> str:
    if answer.status_code == 403:
        return "refused"
    if answer.status_code in {302, 303} and answer.location.startswith("/login"):
        return "sign in"
    return "open" if answer.status_code in {200, 301, 302, 303} else answer.status


@pytest.mark.parametrize("role", [None, *ROLES])
def test_every_post_without_a_token_is_refused_after_its_rule_alone(
    app: Flask, people: None, sign_in: SignIn, role: str | None
) -> None:
    routes = [rule for rule in forms(app) if "POST" in (rule.methods or set())]
    assert len(routes) > 15
    client = sign_in(role) if role else app.test_client()
    expected = {}
    for rule in routes:
        declared = access.rule_of(app, rule.endpoint)
        if declared == access.PUBLIC or (role and (declared == access.SIGNED_IN or role in declared)):
            expected[rule.rule] = "400 BAD REQUEST"
        else:
            expected[rule.rule] = "refused" if role else "sign in"
    assert {rule.rule: kind(client.post(filled(rule.rule))) for rule in routes} == expected


@pytest.mark.parametrize("role", [None, *ROLES])
def test_every_post_asks_its_rule(app: Flask, people: None, sign_in: SignIn, role: str | None) -> None:
    client = sign_in(role) if role else app.test_client()
    token = csrf_token(client.get("/account" if role else "/login").text)
    for rule in forms(app):
        declared = access.rule_of(app, rule.endpoint)
        if "POST" not in (rule.methods or set()) or declared == access.PUBLIC:
            continue
        if role and (declared == access.SIGNED_IN or role in declared):
            continue
        answer = client.post(filled(rule.rule), data={"csrf_token": token})
        assert kind(answer) == ("refused" if role else "sign in"), rule.endpoint


def test_what_only_reads_takes_no_post_and_what_writes_no_get(app: Flask) -> None:
    for rule in forms(app):
        assert (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS", "POST"}, rule.endpoint
        if "POST" in (rule.methods or set()):
            assert "GET" not in (rule.methods or set()), rule.endpoint


def test_what_is_for_programs_asks_everybody_for_a_password_of_its_own(
    app: Flask, people: None, sign_in: SignIn
) -> None:
    routes = [rule for rule in app.url_map.iter_rules() if rule not in list(forms(app))]
    assert {rule.endpoint for rule in routes} == {"caldav.well_known", "caldav.tree"}
    for client in (app.test_client(), *(sign_in(role) for role in ROLES)):
        for rule in routes:
            for method in rule.methods or set():
                answer = client.open(filled(rule.rule), method=method)
                if rule.endpoint == "caldav.well_known":
                    assert (answer.status_code, answer.location) == (301, "/caldav/"), method
                else:
                    assert answer.status_code == 401, method
                    assert answer.www_authenticate.type == "basic", method
                assert "Set-Cookie" not in answer.headers, method
                assert "Cookie" not in answer.headers.get("Vary", ""), method


def test_an_address_that_does_not_exist_is_missing_for_everybody(
    app: Flask, people: None, sign_in: SignIn
) -> None:
    for client in (app.test_client(), sign_in("controller")):
        assert client.get("/plans/2022/nothing").status_code == 404
        assert client.post("/nothing").status_code in {400, 404}


def test_a_plan_that_does_not_exist_is_missing_on_a_page_that_still_leads_on(
    people: None, sign_in: SignIn
) -> None:
    answer = sign_in("controller").get("/plans/1999/plan")
    assert answer.status_code == 404
    assert "/plans/2022/plan" in answer.text
    assert "/plans/1999" not in answer.text.replace("%2Fplans%2F1999%2Fplan", "").replace(
        'value="/plans/1999/plan"', ""
    )


@pytest.mark.data("empty")
def test_the_first_administrator_finds_its_way_before_there_is_a_plan(
    database: Database, now: datetime, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        factories.actor(session, "administrator", now, role="administrator")
    client = sign_in("administrator")
    for address in ("/admin/people", "/admin/organizations", "/admin/jobs", "/account"):
        assert client.get(address).status_code == 200, address
    assert client.get("/plans/2022/").status_code == 404


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement that the application runs from now on."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_files_and_health_touch_neither_database_nor_session(
    app: Flask, people: None, sign_in: SignIn, statements: list[str]
) -> None:
    client = sign_in("controller")
    statements.clear()
    for address in (
        "/static/css/app.css",
        "/bootstrap/static/css/bootstrap.min.css",
        "/icons.svg",
        "/healthz",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "Cookie" not in answer.headers.get("Vary", ""), address
        assert "Set-Cookie" not in answer.headers, address
    assert statements == []


def test_a_calendar_asks_for_its_token_and_not_who_is_signed_in(
    people: None, sign_in: SignIn, statements: list[str]
) -> None:
    client = sign_in("controller")
    statements.clear()
    answer = client.get(f"/feeds/{'x' * 43}.ics")
    assert answer.status_code in {404, 410}
    assert not [statement for statement in statements if "login_session" in statement]
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_page_asks_once_who_is_signed_in(people: None, sign_in: SignIn, statements: list[str]) -> None:
    client = sign_in("auditor")
    statements.clear()
    assert client.get("/account").status_code == 200
    asked = [each for each in statements if "FROM login_session JOIN person" in each.replace("\n", "")]
    assert len(asked) == 1
