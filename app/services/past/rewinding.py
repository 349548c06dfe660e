"""Rewinding: what the journal and the rows' own dates say of a plan at an instant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.figures import COUNTED, PENDING
from app.models import (
    Activity,
    ActivityIndicator,
    Evidence,
    Extension,
    Indicator,
    JournalEntry,
    JournalHead,
    Measurement,
    Occurrence,
    Participation,
    Reminder,
    Task,
)
from app.services.activities import CLOSED
from app.services.journal import GENESIS
from app.services.past.copying import Copy
from app.services.past.tasks import Replay
from workflows import WORKFLOWS
from workflows.definition import OFF


def rewind(copy: Copy) -> None:
    """Take back what was done after the copy's end. What nothing was done to since is as it is now."""
    _forget_what_came_later(copy)
    closed_now = _closed(copy)
    _states(copy, Activity, "activity", "state")
    _states(copy, Participation, "participation", "consent")
    _strengths(copy)
    touched = {entry.task_id for entry in copy.later if entry.task_id is not None}
    touched |= {moved[0] for entry in copy.later for moved in entry.details.get("moved", ())}
    _tasks(copy, touched, closed_now)
    _figures(copy)
    _undecided(copy)
    _head(copy)


def _forget_what_came_later(copy: Copy) -> None:
    """Occurrences tell when they were made, and those of the approved plan were there from the beginning."""
    entries = (*copy.rows(JournalEntry), *(entry._mapping for entry in copy.later))
    loaded = (entry for entry in entries if (entry["subject"], entry["action"]) == ("plan", "load"))
    first = min(loaded, key=lambda entry: entry["position"], default=None)
    approved = first["at"] if first else None
    copy.keep(Occurrence, lambda row: row["created_at"] < copy.end or row["created_at"] == approved)
    there = {row["id"] for row in copy.rows(Occurrence)}
    copy.keep(Task, lambda row: row["occurrence_id"] in there)


def _closed(copy: Copy) -> set[int]:
    """The activities in which nothing is owed."""
    return {row["id"] for row in copy.rows(Activity) if row["state"] in CLOSED}


def _states(copy: Copy, table: type[Any], subject: str, column: str) -> None:
    """The first entry that came later tells what it found."""
    found: dict[int, str] = {}
    for entry in copy.later:
        if entry.subject == subject and entry.state_after:
            found.setdefault(entry.subject_id, entry.state_before)
    for row in copy.rows(table):
        row[column] = found.get(row["id"], row[column])


def _strengths(copy: Copy) -> None:
    """An administrator's edits of what an activity moves, the latest taken back first."""
    numbers = {row["id"]: f"indicator.{row['number']}" for row in copy.rows(Indicator)}
    for entry in reversed(copy.later):
        if (entry.subject, entry.action) == ("activity", "edit"):
            before = entry.details["before"]
            for row in copy.rows(ActivityIndicator):
                if row["activity_id"] == entry.activity_id:
                    row["strength"] = before.get(numbers[row["indicator_id"]], row["strength"])


def _tasks(copy: Copy, touched: set[int], closed_now: set[int]) -> None:
    closed = _closed(copy)
    replay = Replay(copy, touched)
    for row in copy.rows(Task):
        if row["id"] in touched:
            replay.rewind(row)
        if row["id"] in touched or row["activity_id"] in closed ^ closed_now:
            phase = WORKFLOWS[row["workflow"]].phase(row["state"])
            row["phase"] = OFF if row["activity_id"] in closed else phase


def _figures(copy: Copy) -> None:
    """Every change of a number's standing has its instant."""
    for row in copy.rows(Measurement):
        if _came_later(copy, row["confirmed_at"]):
            row["confirmed_at"] = None
        if _came_later(copy, row["ended_at"]):
            row |= {"ended_at": None, "decision": ""}
        if row["ended_at"] is None:
            row["standing"] = COUNTED if row["confirmed_at"] else PENDING


def _undecided(copy: Copy) -> None:
    """What carries the instant at which it was decided, replaced or seen."""
    for row in copy.rows(Extension):
        if _came_later(copy, row["decided_at"]):
            row |= {"state": WORKFLOWS["extension"].initial, "decision": "", "due_granted": None}
            row |= {"decided_at": None, "decided_by": None}
    for row in copy.rows(Evidence):
        if _came_later(copy, row["replaced_at"]):
            row |= {"replaced_by": None, "replaced_at": None}
    for row in copy.rows(Reminder):
        if _came_later(copy, row["seen_at"]):
            row["seen_at"] = None


def _head(copy: Copy) -> None:
    """The plan's revision then."""
    last = max(copy.rows(JournalEntry), key=lambda entry: entry["position"], default=None)
    for head in copy.rows(JournalHead):
        head["position"] = last["position"] if last else 0
        head["hash"] = last["hash"] if last else GENESIS


def _came_later(copy: Copy, instant: datetime | None) -> bool:
    return instant is not None and instant >= copy.end
