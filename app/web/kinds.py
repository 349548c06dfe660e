"""The kind of a task, an occurrence or an activity: its colour, icon and word, the same on every page.

The kinds are those of _macros/status.html; here they are found once for a whole page of cells.
"""

from __future__ import annotations

from datetime import date

from app.domain.overdue import is_overdue
from app.services.progress import Progress
from workflows.definition import ACCEPTED, OFF, OWING, REVIEW

#: kinds of an activity in the order in which a filter shows them
KINDS = ("overdue", "review", "progress", "planned", "done", "off")
ICONS = {
    "overdue": "exclamation-circle-fill",
    "soon": "clock-fill",
    "review": "eye-fill",
    "progress": "play-circle-fill",
    "done": "check-circle-fill",
    "planned": "circle",
    "returned": "arrow-counterclockwise",
    "off": "slash-circle",
}
_CLOSED = {"suspended", "withdrawn"}
_BY_STATE = {"done": "done", "under_review": "review", "planned": "planned"}


def is_late(phase: str, due: date | None, today: date) -> bool:
    """Whether a task is overdue; one without a date never is."""
    return due is not None and is_overdue(phase, due, today)


def of_task(phase: str, state: str, overdue: bool) -> str:
    """Of a task: overdue wins, then returned, then the phase."""
    if overdue and phase == OWING:
        return "overdue"
    if state == "returned" and phase == OWING:
        return "returned"
    if phase != OWING:
        return {REVIEW: "review", ACCEPTED: "done", OFF: "off"}[phase]
    return "planned" if state == "planned" else "progress"


def of_activity(state: str, progress: Progress) -> str:
    """Of an activity: overdue wins while any of its tasks is."""
    if state in _CLOSED:
        return "off"
    if progress.overdue:
        return "overdue"
    return _BY_STATE.get(state, "progress")


def of_occurrence(state: str, progress: Progress) -> str:
    """Of one occurrence of an activity in that state, by the tasks of the occurrence."""
    if state in _CLOSED or not progress.total:
        return "off"
    if progress.overdue:
        return "overdue"
    if not progress.begun:
        return "planned"
    if progress.accepted == progress.total:
        return "done"
    return "review" if progress.accepted + progress.review == progress.total else "progress"


def parts(progress: Progress) -> list[tuple[str, int]]:
    """What a bar of progress consists of; nothing is in it twice."""
    told = progress.accepted + progress.review + progress.working + progress.overdue
    return [
        ("done", progress.accepted),
        ("review", progress.review),
        ("progress", progress.working),
        ("overdue", progress.overdue),
        ("planned", max(0, progress.total - told)),
    ]
