"""When a plan reminds: set by the administrator, noted in the journal, refused where it makes no sense."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import Database
from app.models import JournalEntry, Plan
from tests import factories
from tests.web.acting import in_english, post, words

pytestmark = pytest.mark.data("plan")

SignIn = Callable[[str], FlaskClient]
PAGE = "/admin/plans/2022/ladder"
USUAL = {"before": [14, 7, 1], "due": True, "after": [1, 3, 7]}


@pytest.fixture
def administrator(database: Database, sign_in: SignIn, now: datetime) -> FlaskClient:
    with database.transaction() as session:
        factories.actor(session, "administrator", now, role="administrator")
    return in_english(sign_in("administrator"))


def kept(database: Database) -> dict[str, object]:
    with database.read() as session:
        return session.scalars(select(Plan.ladder)).one()


def send(client: FlaskClient, seen: str = "", **form: str) -> TestResponse:
    shown = re.search(r'name="seen"[^>]*value="(\w+)"', client.get(PAGE).text)
    assert shown
    return post(client, PAGE, {"before": "14, 7, 1", "after": "1, 3, 7", "seen": seen or shown[1], **form})


def test_the_form_shows_what_is_set(administrator: FlaskClient) -> None:
    page = administrator.get(PAGE).text
    assert 'value="14, 7, 1"' in page
    assert 'value="1, 3, 7"' in page
    assert re.search(r'<input[^>]*checked[^>]*name="due"', page)


def test_what_is_saved_counts_and_stands_in_the_journal(
    administrator: FlaskClient, database: Database
) -> None:
    assert send(administrator, before="5; 10,5", after="").status_code == 303
    assert kept(database) == {"before": [10, 5], "due": False, "after": []}
    with database.read() as session:
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (entry.subject, entry.action) == ("plan", "ladder")
    assert entry.details["before"] == USUAL


def test_saving_what_stands_there_changes_nothing(administrator: FlaskClient, database: Database) -> None:
    with database.read() as session:
        before = len(session.scalars(select(JournalEntry.id)).all())
    assert send(administrator, due="y").status_code == 303
    with database.read() as session:
        assert len(session.scalars(select(JournalEntry.id)).all()) == before
    assert kept(database) == USUAL


@pytest.mark.parametrize("field", ["before", "after"])
@pytest.mark.parametrize("text", ["soon", "0", "-1", "1.5", "366", "9" * 50, "1 2 3 4 5 6 7 8 9 10 11"])
def test_what_is_no_list_of_days_is_refused_beside_its_field(
    administrator: FlaskClient, database: Database, field: str, text: str
) -> None:
    answer = send(administrator, **{"due": "y", field: text})
    assert answer.status_code == 422
    assert "Please give at most 10 numbers of days from 1 to 365." in words(answer)
    assert f'value="{text}"' in answer.text
    assert kept(database) == USUAL


def test_a_form_that_is_older_than_a_change_is_refused(
    administrator: FlaskClient, database: Database
) -> None:
    assert send(administrator, seen="0123456789abcdef", before="2").status_code == 409
    assert kept(database) == USUAL
