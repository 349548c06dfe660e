"""The rules of tasks in plain words, for tests: which click leads where, for whom, with what.

It imports nothing of the product, so that it cannot repeat its mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass

#: what a click on a stage leads to, kind by kind, in the order of the stages
STAGES = {
    "document": {"start": "drafting"},
    "event": {"announce": "announced", "hold": "held"},
    "agreement": {"negotiate": "negotiating", "sign": "signed"},
    "monitoring": {"collect": "collecting"},
    "request": {"request": "requested", "provide": "provided"},
}
TRIGGERS = sorted({name for stages in STAGES.values() for name in stages} | {
    "submit", "accept", "return", "withdraw", "reopen", "finish", "sabotage",
})  # fmt: skip
#: what a state means for lateness; any other state is owed
PHASES = {"submitted": "review", "accepted": "accepted", "withdrawn": "off"}
#: codes of the activities and whose tasks they have: one of each kind, two dates of the event
ACTIVITIES = {"1.1": "department", "2.2": "centre", "6.2": "department", "2.5": "centre", "4.3": "bpoo"}
PEOPLE = {
    "deputy": "controller",
    "auditor": "auditor",
    "admin": "administrator",
    "department": "executor",
    "centre": "executor",
    "bpoo": "executor",
    "college01": "executor",
}
#: who coordinates; of 1.1 and 6.2 it is the department, whose own tasks they are
COORDINATORS = {"1.1": "department", "2.2": "centre", "6.2": "department", "2.5": "centre", "4.3": "centre"}


@dataclass
class ModelTask:
    """A task as the model remembers it."""

    activity: str
    kind: str
    owner: str
    state: str = "planned"
    complete: bool = False

    def owed(self) -> bool:
        return self.state not in ("submitted", "accepted", "withdrawn")


def leads_to(task: ModelTask, trigger: str, person: str, reason: bool, closed: bool) -> str | None:
    """Where the click leads; None: it is refused."""
    owner, controller = person == task.owner, person == "deputy"
    stages = STAGES[task.kind]
    if trigger in stages:
        before = ["planned", *stages.values()]
        allowed = owner
        if trigger == "request":
            allowed = owner or controller or person == COORDINATORS[task.activity]
        reached = stages[trigger]
        return reached if allowed and task.state in before[: before.index(reached)] else None
    if trigger == "submit":
        return "submitted" if owner and task.owed() and task.complete and not closed else None
    if not controller:
        return None
    if trigger == "accept" and task.state == "submitted":
        return "accepted"
    if trigger == "return" and task.state == "submitted" and reason:
        return "returned"
    if trigger == "withdraw" and task.state not in ("accepted", "withdrawn") and reason:
        return "withdrawn"
    if trigger == "reopen" and task.state in ("accepted", "withdrawn") and reason:
        return "reopened"
    return None


def may_open(task: ModelTask, person: str) -> bool:
    """Whether the task is there at all for that person."""
    return PEOPLE[person] != "executor" or person in (task.owner, COORDINATORS[task.activity])
