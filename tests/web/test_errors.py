"""When something goes wrong, a page says so; it must not go wrong in turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.db import Database
from tests import factories

pytestmark = [pytest.mark.data("plan"), pytest.mark.sqlite]


def test_a_database_that_fails_ends_in_a_page_that_needs_none(
    database: Database, now: datetime, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as session:
        factories.actor(session, "auditor", now, role="auditor")
    client = sign_in("auditor")
    with database.transaction() as session:
        session.execute(text("ALTER TABLE login_session RENAME TO gone"))
    answer = client.get("/account")
    assert answer.status_code == 503
    assert "</html>" in answer.text
