"""A plan that anybody may read."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from app.db import Database
from app.services.plans import find_plan
from app.services.publishing.settings import set_public
from tests import factories
from tests.web.acting import in_english


@pytest.fixture
def public(database: Database, client: FlaskClient, now: datetime) -> FlaskClient:
    """Somebody who is not signed in, reading English; the plan is public, its lateness is not."""
    with database.transaction() as session:
        opener = factories.actor(session, "opener", now, role="administrator")
        plan_id = find_plan(session, "2022").id
        set_public(session, opener, plan_id, is_public=True, shows_lateness=False, now=now)
    return in_english(client)
