"""Reading what a calendar says, and changing it the way that people do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

import icalendar
from flask.testing import FlaskClient

from app import create_app
from app.db import Database
from app.services import people, tasks
from app.storage import EvidenceStore
from config import Clock, Config
from tests import factories


def event_of(body: bytes, code: str = "3.2") -> icalendar.Event:
    found = [each for each in icalendar.Calendar.from_ical(body).events if f"{code} " in each["SUMMARY"]]
    assert found, f"{code} is not in the calendar"
    return found[0]


def todo_of(body: bytes, code: str = "3.2") -> icalendar.Todo:
    found = [each for each in icalendar.Calendar.from_ical(body).todos if f"{code} " in each["SUMMARY"]]
    assert found, f"{code} is not in the calendar"
    return found[0]


@contextmanager
def on(config: Config, day: date | None = None) -> Iterator[FlaskClient]:
    """A client of another process on the same installation, or of this one on another day."""
    app = create_app(replace(config, clock=Clock(day)) if day else config)
    yield app.test_client()
    app.extensions["vekha"].database.dispose()


def hand_in(database: Database, store: EvidenceStore, now: datetime, code: str = "3.2") -> None:
    with database.transaction() as session:
        factories.submit(session, store, people.find_actor(session, "college01"), code, now)


def accept(database: Database, store: EvidenceStore, now: datetime, code: str = "3.2") -> None:
    with database.transaction() as session:
        deputy = people.find_actor(session, "deputy")
        task = factories.find_task(session, code, "college01")
        tasks.fire(session, store, deputy, task.id, "accept", now=now)
