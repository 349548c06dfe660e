"""The seed of 2022: read once, and a copy to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.domain.seed import Seed, read_seed
from tests.seeds.order_text import FOLDER


@pytest.fixture(scope="session")
def seed() -> Seed:
    return read_seed(FOLDER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the seed of 2022 to break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "seed"))
