"""What a guard may look at: the facts about one task or one activity at the moment of a click."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """The world as a guard sees it; gathered by the service, never fetched by the guard.

    Tasks that were withdrawn are in none of the counts. `tasks_started` counts every task that has
    left its initial state, whatever it has reached since.
    """

    #: Keys of the requirement slots that have something attached now.
    evidence: frozenset[str] = frozenset()
    #: Keys of the requirement slots that must be filled, in the order in which they are shown.
    required: tuple[str, ...] = ()
    #: Keys of the figures that were given.
    figures: frozenset[str] = frozenset()
    #: Keys of the figures that must be given, in the order in which they are shown.
    required_figures: tuple[str, ...] = ()
    reason: str = ""
    tasks_total: int = 0
    tasks_accepted: int = 0
    tasks_review: int = 0
    tasks_started: int = 0
    #: False while the activity of the task is suspended or withdrawn.
    activity_open: bool = True


NO_FACTS = Facts()
