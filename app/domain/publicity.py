"""How far a row of the plan has come, as the public is told: less than the people inside know.

What waits for the controller, or was returned, is work in progress to everybody else. Whether lateness is
told is the plan's choice; it is told of a row, never of an organisation.
"""

from __future__ import annotations

from collections.abc import Iterable

PLANNED = "planned"
IN_PROGRESS = "in_progress"
DONE = "done"
OVERDUE = "overdue"
SUSPENDED = "suspended"
WITHDRAWN = "withdrawn"
#: every state, in the order in which a page counts them
STATES = (DONE, IN_PROGRESS, OVERDUE, PLANNED, SUSPENDED, WITHDRAWN)

_CLOSED = {"suspended": SUSPENDED, "withdrawn": WITHDRAWN}


def state_of_date(
    activity_state: str, *, total: int, accepted: int, overdue: int, begun: int, shows_lateness: bool
) -> str:
    """Of one date of an activity in that state; the counts are of its tasks that were not withdrawn."""
    if activity_state in _CLOSED:
        return _CLOSED[activity_state]
    if not total:
        return WITHDRAWN
    if accepted == total:
        return DONE
    if overdue and shows_lateness:
        return OVERDUE
    return IN_PROGRESS if begun else PLANNED


def state_on_request(activity_state: str) -> str:
    """Of an activity that is carried out whenever somebody asks: it is never done before the plan is."""
    return _CLOSED.get(activity_state, PLANNED if activity_state == "planned" else IN_PROGRESS)


def state_of_row(states: Iterable[str]) -> str:
    """Of a row with these dates and activities; what was withdrawn speaks only where nothing else does."""
    found = set(states) - {WITHDRAWN}
    if not found:
        return WITHDRAWN
    if OVERDUE in found:
        return OVERDUE
    if SUSPENDED in found and found <= {SUSPENDED, DONE}:
        return SUSPENDED
    running = found - {SUSPENDED}
    return running.pop() if len(running) == 1 else IN_PROGRESS
