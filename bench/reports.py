"""Reports, each made in a process of its own: how long that takes, and the most memory the process has had.

`python -m bench.reports <instance> <kind> <format>` makes one and prints both; `measure` runs it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from app.db import Database
from app.models import Activity, Occurrence, Organization, Task
from app.services.plans import find_plan
from bench.server import ROOT, own_environment
from config import Config

#: tasks of the large plan: a hundred plans like the first
TASKS = 79_000
#: MB of the process that makes a report
MEMORY_TARGET = 300.0

_MOMENT = datetime(2022, 6, 15, 9, tzinfo=UTC)
_TODAY = date(2022, 6, 15)
_FIRST_DAY = date(2022, 1, 10)


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made."""

    name: str
    seconds: float
    #: MB
    memory: float
    #: bytes
    size: int
    #: seconds that it may take; None: as long as it likes
    target: float | None


def measure(demonstration: Path, folder: Path) -> list[Made]:
    """The report of the demonstration, and the workbook of a copy of it, in `folder`, with TASKS tasks."""
    large = shutil.copytree(demonstration, folder / "tasks")
    _prepare(large)
    return [
        _made("execution report, DOCX, 790 tasks", demonstration, "execution", "docx", 3.0),
        _made("execution report, XLSX, 79,000 tasks", large, "execution", "xlsx", None),
    ]


def _made(name: str, instance: Path, kind: str, extension: str, target: float | None) -> Made:
    done = subprocess.run(
        [sys.executable, "-m", "bench.reports", instance, kind, extension],
        cwd=ROOT,
        env=own_environment(),
        check=True,
        stdout=subprocess.PIPE,
    )
    return Made(name=name, target=target, **json.loads(done.stdout))


def _prepare(instance: Path) -> None:
    """Add tasks of one activity until there are TASKS; of those that fell due most are accepted."""
    database = Database(Config.from_env({"VEKHA_INSTANCE": str(instance)}).database_url)
    try:
        with database.transaction() as session:
            plan = find_plan(session, "2022")
            activity = session.scalars(select(Activity.id).where(Activity.code == "4.1")).one()
            colleges = session.scalars(select(Organization.id).where(Organization.kind == "college")).all()
            missing = TASKS - len(session.scalars(select(Task.id).where(Task.plan_id == plan.id)).all())
            common = {"plan_id": plan.id, "activity_id": activity}
            days = [_FIRST_DAY + timedelta(days=each % 350) for each in range(-(-missing // len(colleges)))]
            named = [
                common
                | {"key": f"large {each}", "position": 1000 + each, "mode": "within", "due_nominal": day}
                | {"label_ru": f"неделя {each}", "window_start": day - timedelta(days=6), "due_first": day}
                | {"revision": 3, "revised_at": _MOMENT, "created_at": _MOMENT}
                for each, day in enumerate(days)
            ]
            ids = session.scalars(insert(Occurrence).returning(Occurrence.id), named).all()
            tasks = [
                common
                | {"occurrence_id": occurrence, "organization_id": college, "workflow": "monitoring"}
                | {"due": day, "due_first": day, "due_scored": day, "changed_at": _MOMENT}
                | _standing(day, number)
                for occurrence, day in zip(ids, days, strict=True)
                for number, college in enumerate(colleges)
            ]
            session.execute(insert(Task), tasks[:missing])
    finally:
        database.dispose()


def _standing(day: date, number: int) -> dict[str, object]:
    """Of twenty tasks that fell due one is overdue, and two were handed in late."""
    owed = {"state": "planned", "phase": "owing", "submitted_on": None, "accepted_at": None}
    if day >= _TODAY:
        return owed | {"explanation": ""}
    if number % 20 == 0:
        return owed | {"explanation": "Ждём сведений от работодателей; они обещаны к концу недели."}
    accepted = {"state": "accepted", "phase": "accepted", "accepted_at": _MOMENT, "explanation": ""}
    return accepted | {"submitted_on": day + timedelta(days=number % 10 == 1)}


def main(instance: str, kind: str, extension: str) -> None:
    """Make one report and print what it took."""
    from app import create_app
    from app.services.people import find_actor
    from app.services.reports.asked import Asked
    from app.web.reports import makers
    from app.web.state import vekha
    from app.work import Making

    application = create_app(Config.from_env({"VEKHA_INSTANCE": instance}))
    with application.app_context(), tempfile.TemporaryFile() as out:
        parts = vekha()
        with parts.database.read() as session:
            plan, deputy = find_plan(session, "2022"), find_actor(session, "deputy")
        asked = Asked(kind, extension, _TODAY, f"report.{extension}")
        begun = time.perf_counter()
        makers.make(
            Making(plan, asked, deputy, parts.database, parts.store, _MOMENT, out, lambda _done, _of: None)
        )
        seconds = time.perf_counter() - begun
        made = {
            "seconds": seconds,
            "memory": _most_memory(),
            "size": out.seek(0, 2),
        }
    print(json.dumps(made))


def _most_memory() -> float:
    """MB. What `getrusage` tells takes in the process that started this one."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the process tells no memory")


if __name__ == "__main__":
    main(*sys.argv[1:])
