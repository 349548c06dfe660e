"""The application's role on PostgreSQL: everything works with it, and the past is out of its reach."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from app import create_app, jobs
from app.db import Database
from app.schema import level, migrate
from app.services import tasks
from app.services.journal import first_broken
from app.services.plans import find_plan
from app.storage import EvidenceStore
from app.work import Work
from config import Config
from tests import factories
from tests.infrastructure.signing_in import sign_in

pytestmark = [pytest.mark.postgresql, pytest.mark.data("plan")]

REFUSED = [
    "UPDATE journal_entry SET note = 'Принято'",
    "DELETE FROM journal_entry",
    "TRUNCATE journal_entry",
    "TRUNCATE plan CASCADE",
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER journal_entry_change ON journal_entry",
    "DROP TABLE journal_entry",
    "ALTER TABLE journal_entry OWNER TO CURRENT_USER",
    "CREATE TRIGGER mine BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "SET session_replication_role = replica",
    "DELETE FROM journal_head",
    "UPDATE journal_head SET position = 0",
    "DELETE FROM evidence",
    "UPDATE alembic_version SET version_num = '0001'",
    "CREATE TABLE mine (id int)",
]
_NO = "permission denied|must be owner|can only move forward"


@pytest.fixture
def role(database: Database) -> Iterator[str]:
    """A role that may sign in and nothing else."""
    role = f"vekha_app_{uuid.uuid4().hex[:8]}"
    with database.engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'secret'"))
    yield role
    with database.engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))


@pytest.fixture
def as_role(database: Database, role: str) -> Iterator[Database]:
    """The database as that role finds it."""
    url = make_url(database.url).set(username=role, password="secret")
    restricted = Database(url.render_as_string(hide_password=False))
    yield restricted
    restricted.dispose()


def grant(app: Flask, role: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["db", "grant", "--to", role])


def test_the_application_works_with_its_role_and_the_past_is_out_of_reach(
    app: Flask, app_config: Config, database: Database, as_role: Database, role: str, now: datetime
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), as_role.read() as session:
        find_plan(session, "2022")
    granted = grant(app, role)
    assert granted.exit_code == 0, granted.stderr
    assert "journal_entry: SELECT, INSERT\n" in granted.output

    # everything that the application does: people, a file's way, jobs, pages
    store = EvidenceStore(app_config.evidence, 10_000_000)
    with as_role.transaction() as session:
        college = factories.actor(session, "college01", now)
        deputy = factories.actor(session, "deputy", now, "controller")
        task = factories.submit(session, store, college, "2.3", now)
        tasks.fire(session, store, deputy, task.id, "accept", now=now)
    config = replace(app_config, database_url=as_role.url)
    for name in jobs.JOBS:
        assert jobs.run(name, Work(config, as_role, store, now)).failure == ""
    restricted = create_app(config)
    client = sign_in(restricted.test_client(), "deputy")
    assert client.get(f"/tasks/{task.id}").status_code == 200
    assert client.get("/readyz").json["ready"] is True
    restricted.extensions["vekha"].database.dispose()

    # What the role cannot grant is passed over with a warning.
    with as_role.transaction() as session:
        session.execute(text("GRANT ALL ON journal_entry TO CURRENT_USER"))
    for statement in REFUSED:
        with pytest.raises(DBAPIError, match=_NO), as_role.transaction() as session:
            session.execute(text(statement))
    with as_role.read() as session:
        assert first_broken(session, task.plan_id) is None

    # What a later migration brings is the role's after the next grant, and what it had too much is not.
    with database.engine.begin() as connection:
        connection.execute(text(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"))
    migrate(database, "0016")
    migrate(database)
    assert grant(app, role).exit_code == 0
    with pytest.raises(DBAPIError, match="permission denied"), as_role.transaction() as session:
        session.execute(text(REFUSED[0]))
    assert level(as_role)[0] == level(database)[0]


def test_a_role_that_could_give_itself_more_is_refused(app: Flask, database: Database, role: str) -> None:
    with database.engine.begin() as connection:
        owner = connection.exec_driver_sql("SELECT current_user").scalar_one()
    assert "could give itself more" in grant(app, owner).stderr
    with database.engine.begin() as connection:
        connection.execute(text(f'GRANT "{owner}" TO {role}'))
    assert "could give itself more" in grant(app, role).stderr
    assert "There is no role" in grant(app, "nobody_of_that_name").stderr


@pytest.mark.parametrize(
    "more", ["a superuser", "pg_write_all_data", "pg_execute_server_program", "pg_write_server_files"]
)
def test_a_role_that_could_become_one_that_may_do_anything_is_refused(
    more: str, app: Flask, database: Database, role: str
) -> None:
    group, over = f"{role}_group", f"{role}_over"
    with database.engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {group} NOLOGIN"))
        connection.execute(text(f"CREATE ROLE {over} SUPERUSER NOLOGIN"))
        connection.execute(text(f"GRANT {over if more == 'a superuser' else more} TO {group}"))
        connection.execute(text(f"GRANT {group} TO {role}"))
    assert "could give itself more" in grant(app, role).stderr
    with database.engine.begin() as connection:
        connection.execute(text(f"DROP ROLE {group}"))
        connection.execute(text(f"DROP ROLE {over}"))
    assert grant(app, role).exit_code == 0
