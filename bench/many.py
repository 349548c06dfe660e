"""The daily run over a hundred plans, beside a bare SELECT of their tasks in the same process.

The plans are the demonstration's own, copied row by row: the same executors answer in all of them, and
everybody gets a letter. Two mornings are measured: the first of all, when every step that was ever reached
is still to take, and the one after it.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, Table, func, insert, literal, select, type_coerce, update

from app import jobs
from app.db import Base, Database
from app.domain.timetable import Daily
from app.models import LadderStep, Notice, OutboxMessage, Person, Task
from app.services.plans import find_plan
from app.storage import EvidenceStore
from app.timetable import TIMETABLES
from app.work import Work
from config import Config

PLANS = 100
ROUNDS = 3
TARGET = 30

#: copied with every id moved, in the order in which they refer to one another
_TABLES = ("plan", "journal_head", "section", "row", "activity", "occurrence", "task")
#: larger than any id of the demonstration
_APART = 1_000_000
#: the journals of the copies have yet to begin
_START: dict[str, Any] = {"position": 0, "hash": ""}
_MOMENT = datetime(2022, 6, 15, 6, tzinfo=UTC)
#: what is done every day, as the timetable says
DAILY = [name for name, timetable in TIMETABLES.items() if isinstance(timetable, Daily)]


@dataclass
class Many:
    """Seconds of each round."""

    tasks: int = 0
    #: a bare SELECT of all tasks
    bare: list[float] = field(default_factory=list)
    #: the first morning of all, and the one after it
    first: list[float] = field(default_factory=list)
    usual: list[float] = field(default_factory=list)
    #: of the first morning, by job
    by_job: dict[str, float] = field(default_factory=dict)
    steps: int = 0
    letters: int = 0

    @property
    def first_times(self) -> float:
        """How many times as long as the SELECT the first morning takes."""
        return statistics.median(run / bare for run, bare in zip(self.first, self.bare, strict=True))

    @property
    def usual_times(self) -> float:
        """How many times as long as the SELECT any other morning takes."""
        return statistics.median(run / bare for run, bare in zip(self.usual, self.bare, strict=True))


def measure(demonstration: Path, folder: Path) -> Many:
    """Measure on a copy of a demonstration that has PLANS plans; the copy goes into `folder`."""
    instance = shutil.copytree(demonstration, folder / "many")
    config = Config.from_env({"VEKHA_INSTANCE": str(instance)})
    database = Database(config.database_url)
    many = Many()
    try:
        _prepare(database, config.plan)
        work = Work(config, database, EvidenceStore(config.evidence, config.max_file), _MOMENT)
        for _ in range(ROUNDS):
            _forget(database)
            many.tasks, seconds = _bare(database)
            many.bare.append(seconds)
            many.first.append(_morning(many, work))
            many.usual.append(_morning(many, replace(work, now=_MOMENT + timedelta(days=1))))
    finally:
        database.dispose()
    return many


def _prepare(database: Database, plan_code: str) -> None:
    """Copy the demonstration's plan until there are PLANS, and let everybody want a letter a day."""
    with database.transaction() as session:
        plan = find_plan(session, plan_code)
        for number in range(1, PLANS):
            for name in _TABLES:
                session.execute(_copy(Base.metadata.tables[name], plan.id, number))
        session.execute(
            update(Person).where(Person.active).values(email="somebody@example.org", digest="day")
        )


def _copy(table: Table, plan_id: int, number: int) -> Any:
    moved = number * _APART
    of_plan = table.c.id if table.name == "plan" else table.c.plan_id

    def value(column: Any) -> Any:
        if column.name == "code" and table.name == "plan":
            return column + literal(f"-{number}")
        if table.name == "journal_head" and column.name in _START:
            return literal(_START[column.name])
        inner = {key.column.table.name for key in column.foreign_keys} & set(_TABLES)
        own = column.primary_key and isinstance(column.type, Integer)
        return column + moved if inner or own else column

    columns = list(table.columns)
    return insert(table).from_select(
        [column.name for column in columns],
        select(*(type_coerce(value(column), column.type) for column in columns)).where(of_plan == plan_id),
        include_defaults=False,
    )


def _forget(database: Database) -> None:
    """As if no morning had been yet."""
    with database.transaction() as session:
        for model in (LadderStep, Notice, OutboxMessage):
            session.execute(Base.metadata.tables[model.__tablename__].delete())


def _bare(database: Database) -> tuple[int, float]:
    """How many tasks there are, and the seconds that reading all of their rows takes."""
    with database.read() as session:
        number = session.scalar(select(func.count()).select_from(Task)) or 0

        def read() -> None:
            session.connection().exec_driver_sql("SELECT * FROM task").fetchall()

        return number, statistics.median(_seconds(read) for _ in range(5))


def _morning(many: Many, work: Work) -> float:
    """Everything that is done once a day; the seconds that it takes."""
    whole = 0.0
    for name in DAILY:
        run: Any = None

        def act(name: str = name) -> None:
            nonlocal run
            run = jobs.run(name, work)

        seconds = _seconds(act)
        if run.failure:
            raise RuntimeError(f"{name}: {run.words}")
        whole += seconds
        if work.now == _MOMENT:
            many.by_job[name] = seconds
            many.steps = run.result.get("steps", many.steps)
            many.letters = run.result.get("letters", many.letters)
    return whole


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
