"""Migrations: what the models say is what the numbered steps make, and each can be taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select

from app.db import Base, Database, UtcDateTime
from app.domain.ladder import Ladder, ladder_of
from app.models import AppPassword, Measurement, Notice, Person, Plan, Publication, Task
from app.schema import level, migrate
from app.services import app_passwords, corrections, feeds, tasks
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from app.services.publishing.settings import set_public
from app.storage import EvidenceStore
from tests import factories


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    def same_type(
        _context: object, _inspected: object, _table: object, present: object, ours: object
    ) -> bool | None:
        # An instant is stored as what it says; SQLite tells no time zone back.
        return False if isinstance(ours, UtcDateTime) else None

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.data("plan")
def test_app_passwords_go_and_come_without_touching_anything_else(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        college = factories.actor(session, "college01", now)
        app_passwords.make(session, college, name="iPhone", language="ru", now=now)
        before = find_plan(session, "2022").revision
    migrate(database, "0001")
    assert level(database)[0] == "0001"
    assert not inspect(database.engine).has_table("app_password")
    migrate(database)
    present, newest = level(database)
    assert present == newest
    with database.transaction() as session:
        assert session.scalars(select(AppPassword)).all() == []
        assert session.scalars(select(Person.username)).all() == ["college01"]
        assert find_plan(session, "2022").revision == before
        app_passwords.make(session, college, name="iPhone", language="ru", now=now)


@pytest.mark.data("plan")
def test_notices_go_and_come_and_what_was_there_gets_what_new_rows_get(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        factories.actor(session, "college01", now)
        tasks = len(session.scalars(select(Task.id)).all())
    migrate(database, "0003")
    assert not inspect(database.engine).has_table("notice")
    for table, gone in (("person", {"email", "digest"}), ("plan", {"ladder"})):
        assert gone.isdisjoint(column["name"] for column in inspect(database.engine).get_columns(table))
    migrate(database)
    with database.transaction() as session:
        assert session.scalars(select(Notice)).all() == []
        person = session.scalars(select(Person)).one()
        assert (person.username, person.email, person.digest) == ("college01", "", "day")
        assert ladder_of(session.scalars(select(Plan.ladder)).one()) == Ladder()
        assert len(session.scalars(select(Task.id)).all()) == tasks


@pytest.mark.data("plan")
def test_the_public_page_goes_and_comes_closed(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        deputy = factories.actor(session, "deputy", now, "controller")
        plan_id = find_plan(session, "2022").id
        set_public(session, deputy, plan_id, is_public=True, shows_lateness=True, now=now)
        before = find_plan(session, "2022").revision
    migrate(database, "0005")
    for table in ("publication", "material"):
        assert not inspect(database.engine).has_table(table)
    migrate(database)
    with database.transaction() as session:
        plan = find_plan(session, "2022")
        assert (plan.is_public, plan.revision) == (False, before)
        assert session.scalars(select(Publication)).all() == []
        set_public(session, deputy, plan_id, is_public=True, shows_lateness=False, now=now)


@pytest.mark.data("plan")
def test_the_options_of_calendar_addresses_go_and_come_and_the_addresses_stay(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        college, plan = factories.actor(session, "college01", now), find_plan(session, "2022")
        made = feeds.make(
            session, college, plan.id, Scope("plan"), language="ru", now=now, options="show=due"
        )
    migrate(database, "0004")
    assert "options" not in {column["name"] for column in inspect(database.engine).get_columns("feed")}
    migrate(database)
    with database.transaction() as session:
        (line,) = feeds.feeds_of(session, college.person_id, plan.id)
        assert (line.id, line.options) == (made.id, "")
    assert feeds.subscription(database, made.token).feed_id == made.id


@pytest.mark.data("plan")
def test_corrections_go_and_come_and_a_number_keeps_its_place(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    store, later = EvidenceStore(tmp_path, 1000), now + timedelta(days=1)
    with database.transaction() as session:
        college = factories.actor(session, "college01", now)
        deputy = factories.actor(session, "deputy", now, "controller")
        task = factories.submit(session, store, college, "4.1", now)
        tasks.fire(session, store, deputy, task.id, "accept", now=now)
        for reason in ("Ошибка", "Двойной счёт"):
            changed = {"employed": Decimal(0)}
            corrections.correct(session, college, task.id, changed, reason=reason, now=now)
            if reason == "Ошибка":
                corrections.decline(session, deputy, task.id, reason="Нет приказа", now=now)
        tasks.confirm_figures(session, deputy, task.id, now=later)
    migrate(database, "0006")
    assert "ended_at" not in {
        column["name"] for column in inspect(database.engine).get_columns("measurement")
    }
    migrate(database)
    with database.transaction() as session:
        rows = session.scalars(
            select(Measurement).where(Measurement.figure == "employed").order_by(Measurement.id)
        )
        assert [(int(row.number), row.standing, row.ended_at) for row in rows] == [
            (1, "replaced", later),  # it counted until the other one was confirmed
            (0, "replaced", now),
            (0, "counted", None),
        ]
