"""`flask setup`: a first start, a second one, and an installation that is no demonstration."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from app.cli.setup import ranges
from app.db import Database
from app.models import SearchText
from tests.infrastructure.templates import ROOT, Installation


def setup(instance: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it with nothing but the instance's folder in the environment."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("VEKHA_")}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "setup", *options],
        cwd=ROOT,
        env=own | {"VEKHA_INSTANCE": str(instance)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.sqlite
def test_an_installation_for_work_never_becomes_a_demonstration(tmp_path: Path) -> None:
    first = setup(tmp_path)
    assert first.returncode == 0, first.stderr
    key = (tmp_path / "settings.toml").read_text(encoding="utf-8")
    again = setup(tmp_path, "--demo", "--address", "http://127.0.0.1:8000")
    assert again.returncode == 0, again.stderr
    assert "Demonstration" not in again.stdout
    assert "Open http://127.0.0.1:8000" in again.stdout
    settings = (tmp_path / "settings.toml").read_text(encoding="utf-8")
    assert settings.startswith(key)
    assert 'demo = "0"' in settings
    assert "today" not in settings


@pytest.mark.sqlite
def test_nobody_else_on_the_machine_may_read_what_is_made(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    before = os.umask(0o022)
    try:
        assert setup(instance).returncode == 0
        anchored = Installation(f"sqlite:///{instance / 'vekha.db'}", instance).flask("journal", "anchor")
    finally:
        os.umask(before)
    assert anchored.returncode == 0, anchored.stderr
    made = [instance, *instance.rglob("*")]
    assert {"vekha.db", "anchor"} <= {path.name for path in made}
    assert [str(path) for path in made if path.stat().st_mode & 0o077] == []


@pytest.mark.data("story")
def test_a_later_start_of_the_demonstration_tells_the_accounts_and_nothing_twice(
    installation: Installation,
) -> None:
    answer = installation.flask("setup", "--demo", "--address", "http://127.0.0.1:8000")
    assert answer.returncode == 0, answer.stderr
    assert "college01 … college35" in answer.stdout
    assert "deputy" in answer.stdout
    assert "Open http://127.0.0.1:8000" in answer.stdout
    assert "created" not in answer.stdout
    assert "is told" not in answer.stdout


@pytest.mark.data("story")
def test_a_start_that_was_killed_after_the_migration_is_completed_by_the_next(
    installation: Installation, database: Database
) -> None:
    with database.transaction() as session:
        session.execute(delete(SearchText))
    answer = installation.flask("setup", "--demo")
    assert answer.returncode == 0, answer.stderr
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SearchText).where(SearchText.kind == "task"))


def test_only_names_with_a_running_number_are_drawn_together() -> None:
    names = ["deputy", "centre", "college01", "college02", "college03", "cluster01", "admin"]
    assert ranges(names) == ["deputy", "centre", "college01 … college03", "cluster01", "admin"]
