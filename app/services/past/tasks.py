"""Tasks as of an instant: everything that was done to one since it was approved, done again in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from functools import partial
from itertools import chain

from app.domain.schedule import TaskDates, plan_today
from app.models import Extension, JournalEntry
from app.services.past.copying import Copy, Values
from app.services.past.loadings import Move, moved_dates
from workflows import WORKFLOWS

#: a task that nobody has begun
_UNTOUCHED: Values = {
    "submitted_on": None,
    "submitted_at": None,
    "submitted_by": None,
    "accepted_at": None,
    "return_reason": "",
    "returns": 0,
    "explanation": "",
    "expected_on": None,
    "reminders": 0,
    "reminded_at": None,
}

#: a place in the journal, and how the dates changed there
_Step = tuple[int, Callable[[TaskDates], TaskDates]]


class Replay:
    """The acts of some tasks of a copy up to its end."""

    def __init__(self, copy: Copy, task_ids: Collection[int]) -> None:
        self._copy = copy
        self._acts: dict[int, list[Values]] = {}
        for entry in copy.rows(JournalEntry):
            if entry["task_id"] in task_ids:
                self._acts.setdefault(entry["task_id"], []).append(entry)
        self._granted = {row["id"]: row["due_granted"] for row in copy.rows(Extension)}
        self._moves = moved_dates(copy)

    def rewind(self, task: Values) -> None:
        """Bring the row of a task to where its acts led by then; the phase is the caller's."""
        task |= _UNTOUCHED
        task["state"] = WORKFLOWS[task["workflow"]].initial
        for act in self._of(task):
            if act["subject"] == "task":
                task["state"] = act["state_after"]
                self._done(task, act)
        dates = self._dates(task)
        task |= {"due": dates.due, "due_first": dates.first, "due_scored": dates.scored}

    def _of(self, task: Values) -> list[Values]:
        return self._acts.get(task["id"], [])

    def _done(self, task: Values, act: Values) -> None:
        """What `services.tasks` and `services.reminders` leave on the row."""
        at, note = act["at"], act["note"]
        match act["action"]:
            case "submit":
                task |= {"submitted_at": at, "submitted_by": act["person_id"]}
                task["submitted_on"] = plan_today(at, self._copy.plan.zone)
            case "accept":
                task["accepted_at"] = at
            case "return":
                task |= {"return_reason": note, "returns": task["returns"] + 1}
            case "reopen":
                task |= {"return_reason": note, "accepted_at": None}
            case "explain":
                day = act["details"].get("expected_on")
                task |= {"explanation": note, "expected_on": date.fromisoformat(day) if day else None}
            case "remind":
                task |= {"reminders": task["reminders"] + 1, "reminded_at": at}

    def _dates(self, task: Values) -> TaskDates:
        moves = self._moves.get(task["id"], [])
        first = moves[0].before if moves else task["due_first"]
        dates = TaskDates(first, first, first)
        steps = chain(self._amended(moves), self._extended(task))
        for _position, change in sorted(steps, key=lambda step: step[0]):
            dates = change(dates)
        return dates

    def _amended(self, moves: list[Move]) -> Iterator[_Step]:
        for move in moves:
            if move.at < self._copy.end:
                yield move.position, partial(TaskDates.amended, first=move.after)

    def _extended(self, task: Values) -> Iterator[_Step]:
        for act in self._of(task):
            if (act["subject"], act["action"]) == ("extension", "grant"):
                due, day = self._granted[act["subject_id"]], plan_today(act["at"], self._copy.plan.zone)
                yield act["position"], partial(TaskDates.extended, due=due, granted_on=day)
