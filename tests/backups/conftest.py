"""Fixtures of the tests of backups: an installation, and another one that is empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from app.db import Database
from app.storage import EvidenceStore
from tests.infrastructure.templates import Installation, Templates


class Place(NamedTuple):
    """An installation to work on."""

    installation: Installation
    database: Database
    store: EvidenceStore


@pytest.fixture
def here(installation: Installation, database: Database) -> Place:
    """The test's own installation."""
    return Place(installation, database, EvidenceStore(installation.evidence, 1024 * 1024))


@pytest.fixture
def elsewhere(templates: Templates, tmp_path: Path) -> Iterator[Place]:
    """Another one, which is migrated and empty."""
    with templates.copy("empty", tmp_path / "elsewhere") as installation:
        database = Database(installation.url)
        yield Place(installation, database, EvidenceStore(installation.evidence, 1024 * 1024))
        database.dispose()
