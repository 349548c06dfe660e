"""The page of one indicator: how its value came about, who has reported, which tasks feed it.

Who sees what: every signed-in person sees the value, its formula, its history, and who has reported. The
numbers of a single organisation are for those who may open its task: itself, the coordinator of the
activity, and whoever sees everything (controller, auditor, administrator).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from app.domain.divergence import ByTotals, by_totals
from app.domain.errors import NotFoundError
from app.domain.indicators import evaluate
from app.domain.permissions import EXECUTOR_ROLE, Actor
from app.services.figure_history import Correction, corrections_for
from app.services.indicator_contributions import (
    Contribution,
    contributions,
    days_late,
    may_see,
)
from app.services.indicator_figures import figures_told, read_reports_for, totals_told
from app.services.indicator_records import (
    Collecting,
    FigureName,
    Reporter,
    Wording,
    read_collecting,
    read_figure_names,
    read_reporters,
    read_wording,
)
from app.services.indicator_sources import Definition, Drivers, read_definitions
from app.services.indicator_what_if import WhatIf, what_if
from app.services.indicators import IndicatorLine, indicator_line
from app.services.plans import PlanInfo
from app.services.progress import OccurrenceLine, Progress, occurrences_by_activity
from workflows.definition import ACCEPTED, OFF, OWING, REVIEW


@dataclass(frozen=True, slots=True)
class Feeding:
    """An occurrence whose tasks collect for the indicator; counts of those tasks alone."""

    task: Collecting
    occurrence: OccurrenceLine
    #: its only task, when there is one and the person may open it
    task_id: int | None
    #: nothing is owed here: withdrawn, or the activity is suspended
    off: bool


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """Everything on the page of one indicator."""

    definition: Definition
    wording: Wording
    line: IndicatorLine
    names: list[FigureName]
    #: organisations that have a task which collects, by id
    reporters: dict[int, Reporter]
    contributions: list[Contribution]
    what_if: WhatIf
    #: of a divergence: the reading that was not chosen; None where its figures have not been given
    totals: ByTotals | None
    feeding: list[Feeding]
    #: of the tasks that the person may open, with the task of each
    corrections: list[tuple[Collecting, Correction]]
    #: tasks of the person's own organisation that ask for figures now
    mine: list[Collecting]


def indicator_page(
    session: Session,
    plan: PlanInfo,
    number: int,
    actor: Actor,
    today: date,
    supposed: Fraction | None = None,
) -> IndicatorPage:
    """Read the page. Raises NotFoundError. Eight statements.

    `supposed`, in the indicator's unit, is what the reader takes the missing to report.
    """
    definition = next((one for one in read_definitions(session, plan.id) if one.number == number), None)
    if definition is None:
        raise NotFoundError
    tasks = read_collecting(session, definition.id)
    reports = read_reports_for(session, definition.id)
    drivers = _drivers(tasks, today)
    rule = definition.rule(drivers.expected(definition.kind))
    told = list(figures_told(definition, reports))
    found = evaluate(rule, [one.figure for one in told])
    reporters = {reporter.id: reporter for reporter in read_reporters(session, definition.id)}
    occurrences = {
        line.id: line for group in occurrences_by_activity(session, plan.id, today).values() for line in group
    }
    begun = {line.id for line in occurrences.values() if line.has_begun(today)}
    line = indicator_line(definition, reports, drivers, plan, today)
    lines = contributions(rule, found, tasks, told, reporters, actor, today)
    return IndicatorPage(
        definition=definition,
        wording=read_wording(session, definition.id),
        line=line,
        names=read_figure_names(session, definition.id),
        reporters=reporters,
        contributions=lines,
        totals=by_totals(totals_told(definition, reports)),
        what_if=what_if(definition, line, told, lines, plan, today, supposed),
        feeding=_feeding(tasks, occurrences, actor, today),
        corrections=_corrections(session, definition, tasks, actor),
        mine=[
            task
            for task in tasks
            if task.phase == OWING and task.occurrence_id in begun and _is_own(actor, task)
        ],
    )


def _drivers(tasks: Iterable[Collecting], today: date) -> Drivers:
    live = [task for task in tasks if task.phase != OFF]
    return Drivers(
        tasks=len(live),
        organizations=len({task.organization_id for task in live}),
        open=sum(task.phase != ACCEPTED for task in live),
        overdue=sum(days_late(task, today) > 0 for task in live),
    )


def _corrections(
    session: Session, definition: Definition, tasks: Iterable[Collecting], actor: Actor
) -> list[tuple[Collecting, Correction]]:
    open_, keys = {task.id: task for task in tasks if may_see(actor, task)}, _keys(definition)
    return [
        (open_[one.new.task_id], one)
        for one in corrections_for(session, definition.id)
        if one.new.task_id in open_ and one.new.figure in keys
    ]


def _feeding(
    tasks: Iterable[Collecting],
    occurrences: dict[int, OccurrenceLine],
    actor: Actor,
    today: date,
) -> list[Feeding]:
    groups: dict[int, list[Collecting]] = {}
    for task in tasks:
        groups.setdefault(task.occurrence_id, []).append(task)
    found = []
    for occurrence_id, group in groups.items():
        line = occurrences[occurrence_id]._replace(
            progress=_progress(group, today),
            due_last=max((task.due for task in group if task.due), default=None),
        )
        alone = group[0] if len(group) == 1 and may_see(actor, group[0]) else None
        found.append(Feeding(group[0], line, alone.id if alone else None, _is_off(group)))
    return found


def _is_off(tasks: Iterable[Collecting]) -> bool:
    return all(task.phase == OFF for task in tasks)


def _progress(tasks: Iterable[Collecting], today: date) -> Progress:
    counted = [task for task in tasks if task.state != "withdrawn"]
    late = [task for task in counted if days_late(task, today)]
    return Progress(
        total=len(counted),
        accepted=sum(task.state == "accepted" for task in counted),
        review=sum(task.phase == REVIEW for task in counted),
        overdue=len(late),
        begun=sum(task.state != "planned" for task in counted),
        working=sum(
            task.phase == OWING and task.state != "planned" and not days_late(task, today) for task in counted
        ),
        owing=sum(task.phase == OWING for task in counted),
    )


def _keys(definition: Definition) -> frozenset[str]:
    return frozenset(key for source in definition.sources for key in source.keys)


def _is_own(actor: Actor, task: Collecting) -> bool:
    return actor.role == EXECUTOR_ROLE and actor.organization_id == task.organization_id
