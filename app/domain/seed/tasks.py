"""Which tasks a seed makes: the table of who owes what, before anything is stored."""

from __future__ import annotations

from app.domain.seed.records import TASKS_FOR_LEAD, TASKS_FOR_REQUEST, Activity, Seed


def class_members(seed: Seed, class_key: str) -> tuple[str, ...]:
    """Keys of the organisations of a class, in the seed's order. Raises KeyError for an unknown class."""
    kind = {each.key: each.kind for each in seed.classes}[class_key]
    return tuple(each.key for each in seed.organizations if each.kind == kind)


def lead_of(activity: Activity) -> str | None:
    """Key of the lead organisation; None where the order names a class first."""
    return next((each.organization for each in activity.participants if each.role == "lead"), None)


def expected_tasks(seed: Seed) -> list[tuple[str, str, str]]:
    """(activity code, occurrence key, organisation key) of every task that the plan makes by itself.

    A task for the lead, or one for each member of the class that the activity names; none for an
    activity on request, whose tasks are opened one by one.
    """
    return [
        (activity.code, occurrence.key, organization)
        for activity in seed.activities
        for occurrence in activity.occurrences
        for organization in _owing(seed, activity)
    ]


def _owing(seed: Seed, activity: Activity) -> tuple[str, ...]:
    if activity.tasks_for == TASKS_FOR_REQUEST:
        return ()
    if activity.tasks_for == TASKS_FOR_LEAD:
        lead = lead_of(activity)
        return () if lead is None else (lead,)
    return class_members(seed, activity.tasks_for)
