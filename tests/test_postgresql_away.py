"""A PostgreSQL that is stopped, or whose disk is full: said, and over without a restart of anything else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from app import create_app
from app.db import Database
from config import Config
from tests import factories
from tests.infrastructure import postgresql
from tests.infrastructure.disk import mounted
from tests.infrastructure.postgresql import Cluster, create_database
from tests.infrastructure.signing_in import PASSWORD, csrf_token, sign_in
from tests.infrastructure.templates import Installation
from tests.web.acting import in_english, words

pytestmark = pytest.mark.postgresql


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A second server, for one test alone."""
    monkeypatch.delenv("VEKHA_TEST_POSTGRESQL_URL", raising=False)
    cluster = postgresql.start_cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def app(cluster: Cluster, app_config: Config, tmp_path: Path, now: datetime) -> Iterator[Flask]:
    url = create_database(cluster.url, "vekha_alone", "template0")
    made = Installation(url, tmp_path / "alone").flask("db", "upgrade")
    assert made.returncode == 0, made.stderr
    database = Database(url)
    with database.transaction() as session:
        factories.actor(session, "deputy", now, role="controller")
    database.dispose()
    app = create_app(replace(app_config, database_url=url))
    yield app
    app.extensions["vekha"].database.dispose()


@pytest.fixture
def deputy(app: Flask) -> FlaskClient:
    return in_english(sign_in(app.test_client(), "deputy"))


def save(client: FlaskClient, token: str) -> int:
    form = {"csrf_token": token, "email": "", "digest": "week"}
    return client.post("/account/letters", data=form).status_code


def try_to_sign_in(app: Flask) -> int:
    client = app.test_client()
    name = {"username": "deputy", "password": PASSWORD, "csrf_token": csrf_token(client.get("/login").text)}
    return client.post("/login", data=name, headers={"User-Agent": "A" * 200}).status_code


def test_a_server_that_was_stopped_and_started_again_is_found_again(
    cluster: Cluster, deputy: FlaskClient
) -> None:
    token = csrf_token(deputy.get("/account").text)
    with postgresql.stopped(cluster):
        for answer in (deputy.get("/account"), deputy.get("/account")):
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "30"
            assert "The database does not answer" in words(answer)
        assert save(deputy, token) == 503
        assert deputy.get("/healthz").status_code == 200
        not_ready = deputy.get("/readyz")
        assert not_ready.status_code == 503
        assert not_ready.get_json()["checks"]["database"] == "failed"
    assert deputy.get("/account").status_code == 200
    assert save(deputy, token) == 303
    # One that dies between two requests is not noticed at all.
    with postgresql.stopped(cluster):
        pass
    assert save(deputy, token) == 303
    assert deputy.get("/readyz").get_json()["checks"]["database"] == "ok"


def test_a_server_without_room_takes_nothing_and_still_tells(
    cluster: Cluster, app: Flask, deputy: FlaskClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert cluster.folder is not None
    with mounted(cluster.folder / "small", 16) as disk:
        space = disk.folder / "space"
        space.mkdir()
        owner = cluster.folder.stat()
        shutil.chown(space, owner.st_uid, owner.st_gid)
        engine = create_engine(cluster.url, isolation_level="AUTOCOMMIT")
        app.extensions["vekha"].database.dispose()
        with engine.connect() as connection:
            connection.execute(text(f"CREATE TABLESPACE small LOCATION '{space}'"))
            connection.execute(text("ALTER DATABASE vekha_alone SET TABLESPACE small"))
        with disk.full():
            # What stands on a page that has room is still taken.
            assert any(try_to_sign_in(app) == 507 for _ in range(200))
            assert try_to_sign_in(app) == 507
            assert deputy.get("/account").status_code == 200
        assert try_to_sign_in(app) == 303
        app.extensions["vekha"].database.dispose()
        with engine.connect() as connection:
            connection.execute(text("ALTER DATABASE vekha_alone SET TABLESPACE pg_default"))
            connection.execute(text("DROP TABLESPACE small"))
        engine.dispose()
