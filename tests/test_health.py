"""`/readyz` tells the truth: each thing is broken for real, told, mended, and told again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app, health
from app.db import Database
from app.health import FAILED, OK, WARN, Health
from app.jobs import run
from app.work import Work
from config import Config
from tests.infrastructure.availability import unavailable
from tests.infrastructure.templates import Installation

pytestmark = pytest.mark.data("empty")


@pytest.fixture(autouse=True)
def _looking_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written a moment ago is written again, so that no test waits."""
    monkeypatch.setattr(health, "KEPT_FOR", 0)


def state(client: FlaskClient) -> tuple[int, dict[str, str]]:
    """The status of /readyz, and what it says of everything that is not well."""
    answer = client.get("/readyz")
    assert answer.json["ready"] is (answer.status_code == 200)
    # Who asks is a stranger: words of a few letters, no more.
    assert set(answer.json["checks"].values()) <= {OK, WARN, FAILED}
    return answer.status_code, {name: told for name, told in answer.json["checks"].items() if told != OK}


def test_an_installation_that_is_well_says_so(client: FlaskClient) -> None:
    assert state(client) == (200, {})
    assert set(client.get("/readyz").json["checks"]) == {
        *("database", "migrations", "writing", "evidence", "disk", "jobs", "journal"),
    }


def test_a_database_of_another_level_is_told(client: FlaskClient, database: Database) -> None:
    with database.transaction() as session:
        level = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert state(client) == (503, {"migrations": FAILED})
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :level"), {"level": level})
    assert state(client) == (200, {})


@pytest.mark.sqlite
def test_a_database_that_is_gone_is_told_and_that_it_is_back(
    client: FlaskClient, app: Flask, installation: Installation
) -> None:
    file = installation.instance / "vekha.db"
    away = file.with_suffix(".away")
    app.extensions["vekha"].database.dispose()
    file.rename(away)
    file.mkdir()
    assert client.get("/healthz").status_code == 200
    assert state(client) == (503, {"database": FAILED})
    file.rmdir()
    away.rename(file)
    assert state(client) == (200, {})


@pytest.mark.sqlite
def test_a_database_that_somebody_else_writes_to_for_long_is_busy_and_pages_are_read(
    client: FlaskClient, installation: Installation
) -> None:
    other = sqlite3.connect(installation.instance / "vekha.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert state(client) == (200, {"writing": WARN})
    other.execute("ROLLBACK")
    other.close()
    assert state(client) == (200, {})


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        unavailable("no file system can be mounted")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.one_database
@pytest.mark.sqlite
def test_a_disk_that_is_full_or_read_only_is_told(
    app_config: Config, installation: Installation, small_disk: Path
) -> None:
    shutil.copytree(installation.instance, small_disk / "instance", dirs_exist_ok=True)
    instance = small_disk / "instance"
    app = create_app(
        replace(
            app_config,
            instance=instance,
            database_url=f"sqlite:///{instance / 'vekha.db'}",
            evidence=instance / "evidence",
            anchor=instance / "anchor",
            reserve=1024 * 1024,
        )
    )
    client = app.test_client()
    assert state(client) == (200, {})
    with suppress(OSError), (instance / "ballast").open("wb", buffering=0) as ballast:
        while ballast.write(bytes(4096)):
            pass
    assert state(client) == (503, {"writing": FAILED, "evidence": FAILED, "disk": WARN})
    (instance / "ballast").unlink()
    assert state(client) == (200, {})
    app.extensions["vekha"].database.dispose()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    status, told = state(client)
    assert (status, told["evidence"], told["writing"]) == (503, FAILED, FAILED)
    app.extensions["vekha"].database.dispose()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert state(client) == (200, {})
    app.extensions["vekha"].database.dispose()


@pytest.mark.data("plan")
def test_an_anchor_that_is_in_the_way_and_a_chain_that_is_not_what_was_anchored_are_told(
    client: FlaskClient, app: Flask
) -> None:
    parts = app.extensions["vekha"]
    work = Work(parts.config, parts.database, parts.store, parts.config.clock.now())
    assert not run("anchor", work).failure
    assert state(client) == (200, {})
    file = parts.config.anchor / "heads.jsonl"
    kept = file.read_text(encoding="utf-8")
    file.write_text(kept.replace('"hash": "', '"hash": "f'), encoding="utf-8")
    assert state(client) == (200, {"journal": WARN})
    assert "2022" in Health(parts.config, parts.database, parts.store).look()["journal"].details
    file.write_text(kept, encoding="utf-8")
    assert state(client) == (200, {})
    file.unlink()
    parts.config.anchor.rmdir()
    parts.config.anchor.write_text("in the way")
    assert state(client) == (200, {"journal": WARN})


def test_whoever_asks_often_does_not_wear_the_disk_out(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "KEPT_FOR", 60)
    incoming = app.extensions["vekha"].store.root / "incoming"
    client.get("/readyz")
    before = incoming.stat().st_mtime_ns
    for _ in range(20):
        assert client.get("/readyz").status_code == 200
    assert incoming.stat().st_mtime_ns == before
