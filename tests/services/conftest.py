"""Fixtures of the services' tests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from app.db import Database
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", 1024 * 1024)


@pytest.fixture
def people(database: Database, now: datetime) -> People:
    with database.transaction() as session:
        return People(
            *(factories.actor(session, name, now) for name in ("college01", "college02", "centre")),
            *(factories.actor(session, role, now, role=role) for role in ("controller", "auditor")),
        )
