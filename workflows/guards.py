"""Named predicates over `Facts`: each answers with what is missing, and with nothing when it passes.

Codes of `Missing`: `evidence` and `figure` (the detail is the key of the slot or of the figure),
`reason`, `activity_closed`, `no_tasks`, `tasks_not_accepted` and `tasks_not_submitted` (the detail
is how many), `no_task_started`, `nothing_under_review`; and for the steps that lead back,
`tasks_started`, `all_submitted`, `all_accepted`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from workflows.facts import Facts


class Missing(NamedTuple):
    """One thing that stands in the way of a step: a stable code, and what exactly."""

    code: str
    detail: str = ""


Guard = Callable[[Facts], tuple[Missing, ...]]

PASSES: tuple[Missing, ...] = ()


def evidence_attached(facts: Facts) -> tuple[Missing, ...]:
    """Every required slot has something attached."""
    return tuple(Missing("evidence", key) for key in facts.required if key not in facts.evidence)


def figures_given(facts: Facts) -> tuple[Missing, ...]:
    """Every figure that the indicators collect here is given."""
    return tuple(Missing("figure", key) for key in facts.required_figures if key not in facts.figures)


def reason_given(facts: Facts) -> tuple[Missing, ...]:
    """A reason (for a withdrawal: the basis) is written; blanks are none."""
    return PASSES if facts.reason.strip() else (Missing("reason"),)


def activity_open(facts: Facts) -> tuple[Missing, ...]:
    """The activity is neither suspended nor withdrawn."""
    return PASSES if facts.activity_open else (Missing("activity_closed"),)


def all_tasks_accepted(facts: Facts) -> tuple[Missing, ...]:
    """There is a task, and every one is accepted."""
    if facts.tasks_total == 0:
        return (Missing("no_tasks"),)
    left = facts.tasks_total - facts.tasks_accepted
    return (Missing("tasks_not_accepted", str(left)),) if left else PASSES


def some_not_accepted(facts: Facts) -> tuple[Missing, ...]:
    """The opposite of `all_tasks_accepted`: opens the way back from done."""
    return PASSES if all_tasks_accepted(facts) else (Missing("all_accepted"),)


def some_task_started(facts: Facts) -> tuple[Missing, ...]:
    """Somebody has begun."""
    begun = facts.tasks_started or facts.tasks_review or facts.tasks_accepted
    return PASSES if begun else (Missing("no_task_started"),)


def no_task_started(facts: Facts) -> tuple[Missing, ...]:
    """The opposite of `some_task_started`: the only task begun has been withdrawn."""
    return PASSES if some_task_started(facts) else (Missing("tasks_started"),)


def none_left_to_submit(facts: Facts) -> tuple[Missing, ...]:
    """Every task is under review or accepted, and at least one is under review."""
    left = facts.tasks_total - facts.tasks_review - facts.tasks_accepted
    if left:
        return (Missing("tasks_not_submitted", str(left)),)
    return PASSES if facts.tasks_review else (Missing("nothing_under_review"),)


def some_left_to_submit(facts: Facts) -> tuple[Missing, ...]:
    """An executor owes something again, or no task is left at all."""
    owed = facts.tasks_total == 0 or facts.tasks_review + facts.tasks_accepted < facts.tasks_total
    return PASSES if owed else (Missing("all_submitted"),)


GUARDS: MappingProxyType[str, Guard] = MappingProxyType(
    {
        guard.__name__: guard
        for guard in (
            evidence_attached,
            figures_given,
            reason_given,
            activity_open,
            all_tasks_accepted,
            some_not_accepted,
            some_task_started,
            no_task_started,
            none_left_to_submit,
            some_left_to_submit,
        )
    }
)


def missing_for(names: tuple[str, ...], facts: Facts) -> tuple[Missing, ...]:
    """Everything that the named guards miss, in their order."""
    if not names:
        return PASSES
    return tuple(missing for name in names for missing in GUARDS[name](facts))
