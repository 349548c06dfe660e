"""The public page: who opens it, what it says, and that it says the same to everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import Activity, JournalEntry
from app.services import activities, tasks
from app.services.plans import find_plan
from app.services.publishing.settings import set_public
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.infrastructure.statements import recorded_statements
from tests.web.acting import in_english, post

pytestmark = pytest.mark.data("plan")

SignIn = Callable[..., FlaskClient]
PAGE = "/public/plans/2022"
SETTINGS = "/plans/2022/public"


@pytest.fixture
def deputy(database: Database, sign_in: SignIn, now: datetime) -> FlaskClient:
    with database.transaction() as session:
        factories.actor(session, "deputy", now, role="controller")
    return in_english(sign_in("deputy"))


def send(client: FlaskClient, **form: str) -> int:
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', client.get(SETTINGS).text)
    assert seen
    return post(client, SETTINGS, {"seen": seen[1], **form}).status_code


def state_of(page: str, row: str) -> str:
    """What the page says of the state of a row."""
    part = page.split(f'id="row-{row}"', 1)[1].split("</tr>", 1)[0]
    found = re.search(r'class="status kind-\w+">.*?<span>(.*?)</span>', part, re.DOTALL)
    assert found
    return unescape(found[1])


def test_nobody_reads_a_plan_before_somebody_says_so(
    deputy: FlaskClient, client: FlaskClient, database: Database
) -> None:
    closed = client.get(PAGE)
    missing = client.get("/public/plans/1999")
    assert (closed.status_code, missing.status_code) == (404, 404)
    assert closed.data == missing.data
    assert deputy.get(PAGE).data != b""
    assert deputy.get(PAGE).status_code == 404
    assert "/public/plans/2022" not in client.get("/login").text
    assert send(deputy, is_public="y") == 303
    assert client.get(PAGE).status_code == 200
    assert "/public/plans/2022" in client.get("/login").text
    with database.read() as session:
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.details["after"]) == ("public_page", {"is_public": True})
    assert send(deputy) == 303
    assert client.get(PAGE).status_code == 404


def test_the_page_has_the_rows_of_the_order_and_the_indicators(
    public: FlaskClient, database: Database
) -> None:
    page = unescape(public.get(PAGE).text)
    assert len(re.findall(r'<tr id="row-', page)) == 25
    # four formats are one row
    assert 'id="row-3.4"' in page
    assert "3.4-1" not in page
    assert len(re.findall(r'class="code">\d+</span>', page)) >= 11
    assert "at least 62.5%" in page
    assert "Хнычев" not in page
    assert "https://www.w3.org" not in page


def test_lateness_is_told_only_where_the_plan_says_so(
    deputy: FlaskClient, public: FlaskClient, database: Database, app_config: Config, now: datetime
) -> None:
    # college01 has begun 2.3, which was due in February
    with database.transaction() as session:
        college = factories.actor(session, "college01", now)
        task = factories.find_task(session, "2.3", "college01")
        store = EvidenceStore(app_config.evidence, app_config.max_file)
        tasks.fire(session, store, college, task.id, "start", now=now)
    assert state_of(public.get(PAGE).text, "2.3") == "In progress"
    assert "Past its date" not in public.get(PAGE).text
    assert send(deputy, is_public="y", shows_lateness="y") == 303
    page = public.get(PAGE).text
    assert state_of(page, "2.3") == "Past its date"
    assert 'href="/public/plans/2022?state=overdue#rows"' in page
    narrowed = public.get(f"{PAGE}?state=overdue").text
    assert 'id="row-2.3"' in narrowed
    assert 'id="row-1.2"' not in narrowed


def test_a_closed_activity_is_told_without_its_basis(
    deputy: FlaskClient, public: FlaskClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        controller = factories.actor(session, "second", now, role="controller")
        activity = session.scalars(select(Activity.id).where(Activity.code == "2.5")).one()
        activities.act(session, controller, activity, "suspend", now=now, note="Letter 77-k of the ministry")
    page = public.get(PAGE).text
    assert state_of(page, "2.5") == "Suspended"
    assert "77-k" not in page


def test_who_asks_makes_no_difference_and_leaves_no_trace(
    deputy: FlaskClient, public: FlaskClient, client: FlaskClient
) -> None:
    anonymous = public.get(PAGE)
    assert deputy.get(PAGE).data == anonymous.data
    for answer in (anonymous, deputy.get(PAGE), deputy.get(PAGE, headers={"Cookie": "language=ru"})):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Language"
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "csrf" not in answer.text
    russian = client.get(PAGE, headers={"Accept-Language": "de"})
    assert '<html lang="ru"' in russian.text
    named = client.get(f"{PAGE}?lang=en", headers={"Accept-Language": "ru"})
    assert '<html lang="en"' in named.text
    assert "Vary" not in named.headers
    assert 'href="/public/plans/2022?lang=en"' in named.text


def test_an_unchanged_page_is_not_sent_again_and_costs_no_session(
    app: Flask, public: FlaskClient, database: Database, now: datetime
) -> None:
    first = public.get(PAGE)
    tag = first.headers["ETag"]
    with recorded_statements(app.extensions["vekha"].database) as statements:
        again = public.get(PAGE, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "public, max-age=300"
    # The one lookup goes past the session that would tell of it.
    assert statements == []
    head = public.head(PAGE)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
    with database.transaction() as session:
        controller = factories.actor(session, "second", now, role="controller")
        activity = session.scalars(select(Activity.id).where(Activity.code == "2.5")).one()
        activities.act(session, controller, activity, "suspend", now=now, note="because")
    assert public.get(PAGE, headers={"If-None-Match": tag}).status_code == 200


def test_only_the_controller_and_the_administrator_open_the_page(
    database: Database, sign_in: SignIn, now: datetime, client: FlaskClient
) -> None:
    with database.transaction() as session:
        for name, role in (("admin", "administrator"), ("auditor", "auditor")):
            factories.actor(session, name, now, role=role)
    assert post(sign_in("auditor"), SETTINGS, {"is_public": "y"}).status_code == 403
    assert client.get(PAGE).status_code == 404
    assert send(sign_in("admin"), is_public="y") == 303
    assert client.get(PAGE).status_code == 200


def test_a_form_that_is_older_than_the_settings_changes_nothing(
    deputy: FlaskClient, database: Database, client: FlaskClient, now: datetime
) -> None:
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', deputy.get(SETTINGS).text)
    assert seen
    with database.transaction() as session:
        other = factories.actor(session, "second", now, role="controller")
        plan_id = find_plan(session, "2022").id
        set_public(session, other, plan_id, is_public=True, shows_lateness=True, now=now)
    assert post(deputy, SETTINGS, {"seen": seen[1]}).status_code == 409
    assert client.get(PAGE).status_code == 200
