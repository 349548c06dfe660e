"""Who has reported to an indicator, and what: a line for each organisation or event that is expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.domain.figures import COUNT, PERCENT_KINDS, WORST_CASE
from app.domain.indicators import Evaluation, IndicatorRule
from app.domain.overdue import is_overdue
from app.domain.permissions import Actor, may_see_task
from app.services.indicator_figures import Told
from app.services.indicator_records import Collecting, Reporter
from workflows.definition import OFF, OWING


class Amount(NamedTuple):
    """What one reporter's figures add up to; `share` is its own value, where one can be told."""

    as_of: date
    numerator: Decimal | None
    denominator: Decimal | None
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One reporter: an organisation, of a count in one activity, of a worst case with one event.

    `counted` is what it contributes to the value, `pending` what waits for the controller. Both are None
    as well when the person may not see its numbers; `reported` and `waiting` tell that they are there.
    """

    reporter: Reporter
    #: a task to open: the one whose figure is the newest, else the one that is owed first
    task: Collecting
    #: whether the person may open the tasks and see the numbers
    visible: bool
    reported: bool
    #: the task whose figure waits to be accepted
    waiting: Collecting | None
    counted: Amount | None
    pending: Amount | None
    #: days that the oldest overdue task is late; 0 when none is
    late: int
    #: when the next task is due
    next_due: date | None
    #: its overdue tasks, the oldest first
    overdue: tuple[Collecting, ...] = ()

    @property
    def lacking(self) -> bool:
        """Whether it is late, or has nothing in that counts or waits."""
        return bool(self.overdue) or not (self.reported or self.waiting)


def contributions(
    rule: IndicatorRule,
    found: Evaluation,
    tasks: Sequence[Collecting],
    told: Sequence[Told],
    reporters: Mapping[int, Reporter],
    actor: Actor,
    today: date,
) -> list[Contribution]:
    """A line for each that is expected to report: first those that the person may open, then by the plan.

    `found` is what the figures told add up to.
    """
    used = {id(part) for part in found.parts}
    by_id = {task.id: task for task in tasks}
    groups: dict[object, list[Collecting]] = {}
    for task in tasks:
        groups.setdefault(_reporter(rule.kind, task), []).append(task)
    parts: dict[object, list[Told]] = {}
    waiting: dict[object, list[Told]] = {}
    for one in told:
        reporter = _reporter(rule.kind, by_id[one.report.task_id])
        if id(one.figure) in used:
            parts.setdefault(reporter, []).append(one)
        elif not one.figure.accepted:
            waiting.setdefault(reporter, []).append(one)
    lines = [
        _contribution(
            rule,
            reporters[group[0].organization_id],
            group,
            parts.get(key, []),
            waiting.get(key, []),
            actor,
            today,
        )
        for key, group in groups.items()
        if key in parts or any(task.phase != OFF for task in group)
    ]
    return sorted(lines, key=lambda line: not line.visible)


def _contribution(
    rule: IndicatorRule,
    reporter: Reporter,
    tasks: Sequence[Collecting],
    parts: Sequence[Told],
    waiting: Sequence[Told],
    actor: Actor,
    today: date,
) -> Contribution:
    visible = may_see(actor, tasks[0])
    owed = [task for task in tasks if task.phase == OWING]
    dated = [task.due for task in owed if task.due is not None and not days_late(task, today)]
    by_id = {task.id: task for task in tasks}
    newest = _newest(waiting)
    last = max((*parts, *waiting), key=lambda one: one.figure.as_of, default=None)
    return Contribution(
        reporter=reporter,
        task=by_id[last.report.task_id]
        if last
        else min(owed or tasks, key=lambda task: task.due or date.max),
        visible=visible,
        reported=bool(parts),
        waiting=by_id[newest[0].report.task_id] if newest else None,
        counted=_amount(rule, parts) if visible else None,
        pending=_amount(rule, waiting if rule.kind == COUNT else newest) if visible else None,
        late=max((days_late(task, today) for task in owed), default=0),
        next_due=min(dated, default=None),
        overdue=tuple(
            sorted((task for task in owed if days_late(task, today)), key=lambda task: task.due or date.max)
        ),
    )


def _newest(told: Sequence[Told]) -> list[Told]:
    return [max(told, key=lambda one: one.figure.as_of)] if told else []


def _amount(rule: IndicatorRule, told: Sequence[Told]) -> Amount | None:
    if not told:
        return None
    figures = [one.figure for one in told]
    numerators = [figure.numerator for figure in figures if figure.numerator is not None]
    wholes = [figure.denominator for figure in figures if figure.denominator is not None]
    numerator = sum(numerators, Decimal()) if numerators else None
    whole = sum(wholes, Decimal()) if wholes and rule.kind != COUNT else None
    share = Fraction(numerator) / Fraction(whole) if numerator is not None and whole else None
    if share is not None and rule.kind in PERCENT_KINDS:
        share *= 100
    return Amount(max(figure.as_of for figure in figures), numerator, whole, share)


def _reporter(kind: str, task: Collecting) -> object:
    if kind == WORST_CASE:
        return task.id
    return (task.organization_id, task.activity_id) if kind == COUNT else task.organization_id


def days_late(task: Collecting, today: date) -> int:
    """Days; 0 when the task is not overdue."""
    if task.due is None or not is_overdue(task.phase, task.due, today):
        return 0
    return (today - task.due).days


def may_see(actor: Actor, task: Collecting) -> bool:
    """Whether the person may open the task, and so see its numbers."""
    return may_see_task(actor, task.organization_id, task.coordinator_id)
