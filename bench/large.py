"""A calendar of ten thousand occurrences, beside the same calendar built with `icalendar`.

All in one process and one run. Ours is the whole answer of the address: reading, wording, writing. The
other gets every word ready and only builds and serialises, property by property.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from app import create_app
from app.db import Database
from app.models import Activity, Occurrence, Organization, Task
from app.services import feeds, people
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from config import Config

OCCURRENCES = 10_000
ROUNDS = 5
COLD_TARGET = 8
WARM_TARGET = 300

_MOMENT = datetime(2022, 1, 1, 9, tzinfo=UTC)
_FIRST_DAY = date(2022, 1, 8)


@dataclass
class Large:
    """Seconds of each round."""

    #: the first answer of a process
    cold: list[float] = field(default_factory=list)
    #: the same again
    warm: list[float] = field(default_factory=list)
    #: the events built by `icalendar`
    other: list[float] = field(default_factory=list)

    @property
    def cold_times(self) -> float:
        """How many times faster the first answer is."""
        return statistics.median(other / own for own, other in zip(self.cold, self.other, strict=True))

    @property
    def warm_times(self) -> float:
        """How many times faster the answer is from then on."""
        return statistics.median(other / own for own, other in zip(self.warm, self.other, strict=True))


def measure(demonstration: Path, folder: Path) -> Large:
    """Measure on a copy of a demonstration that has OCCURRENCES more; the copy goes into `folder`."""
    instance = shutil.copytree(demonstration, folder / "large")
    config = Config.from_env({"VEKHA_INSTANCE": str(instance)})
    path = _prepare(config)
    large = Large()
    for _ in range(ROUNDS):
        # a process's first request loads what every later one has; the calendar is not part of that
        client = create_app(config).test_client()
        client.get("/healthz")
        large.cold.append(_seconds(lambda: client.get(path)))  # noqa: B023
        large.warm.append(statistics.median(_seconds(lambda: client.get(path)) for _ in range(50)))  # noqa: B023
        events = _facts(client, path)
        large.other.append(_seconds(lambda: _built(events)))  # noqa: B023
    return large


def _prepare(config: Config) -> str:
    """Add the occurrences, one task each, due on all days of the year; the address of a new calendar."""
    database = Database(config.database_url)
    try:
        with database.transaction() as session:
            plan = find_plan(session, config.plan)
            activity = session.scalars(select(Activity.id).where(Activity.code == "4.1")).one()
            executor = session.scalars(select(Organization.id).where(Organization.key == "centre")).one()
            days = [_FIRST_DAY + timedelta(days=number % 350) for number in range(OCCURRENCES)]
            common = {"plan_id": plan.id, "activity_id": activity}
            ids = session.scalars(
                insert(Occurrence).returning(Occurrence.id),
                [
                    common
                    | {
                        "key": f"week {number}",
                        "position": number,
                        "mode": "within",
                        "label_ru": f"неделя {number}",
                    }
                    | {"window_start": day - timedelta(days=6), "due_nominal": day, "due_first": day}
                    | {"revision": 3, "revised_at": _MOMENT, "created_at": _MOMENT}
                    for number, day in enumerate(days)
                ],
            ).all()
            session.execute(
                insert(Task),
                [
                    common
                    | {"occurrence_id": occurrence, "organization_id": executor, "workflow": "monitoring"}
                    | {"state": "planned", "phase": "owing", "changed_at": _MOMENT}
                    | {"due": day, "due_first": day, "due_scored": day}
                    for occurrence, day in zip(ids, days, strict=True)
                ],
            )
            deputy = people.find_actor(session, "deputy")
            made = feeds.make(session, deputy, plan.id, Scope("plan"), language="ru", now=_MOMENT)
        return f"/feeds/{made.token}.ics"
    finally:
        database.dispose()


def _facts(client: FlaskClient, path: str) -> list[dict[str, object]]:
    """What each event says, as plain values."""
    calendar = icalendar.Calendar.from_ical(client.get(path).data)
    if len(calendar.events) < OCCURRENCES:
        raise RuntimeError(f"the calendar holds {len(calendar.events)} events")
    return [{name: _plain(value) for name, value in event.items()} for event in calendar.events]


def _plain(value: object) -> object:
    if hasattr(value, "dt"):
        return value.dt
    if hasattr(value, "cats"):
        return [str(category) for category in value.cats]
    return int(value) if isinstance(value, int) else str(value)


def _built(events: list[dict[str, object]]) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Vekha//Vekha//EN")
    for facts in events:
        event = icalendar.Event()
        for name, value in facts.items():
            event.add(name, value)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
