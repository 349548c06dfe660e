"""Indicators: what has been measured, who has reported, which tasks drive them. Read in four statements.

The figures stand in the measurements of tasks; which of them belong to which indicator is said by its
sources. Rules (what figures add up to, where an indicator stands) are those of `app.domain`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, bindparam, case, cast, func, select
from sqlalchemy.orm import Session

from app.domain.figures import WORST_CASE
from app.domain.indicators import Evaluation, Figure, IndicatorRule, Standing, display, evaluate, standing
from app.domain.overdue import is_overdue
from app.models import Activity, Indicator, IndicatorSource, Measurement, Occurrence, Organization, Task
from app.services.plans import PlanInfo
from workflows.definition import OFF, OWING, REVIEW


class Source(NamedTuple):
    """Where figures of an indicator are collected: keys of figures in the tasks of an activity."""

    activity_id: int
    #: code of the activity
    activity: str
    #: only the tasks of this cohort; "" for all
    cohort: str
    numerator: str
    denominator: str
    #: the denominator that each report brings instead of a figure
    constant: Decimal | None
    running_total: bool
    #: keys of the organisations whose reports alone count; empty for all
    organizations: Sequence[str]

    def takes(self, activity_id: int, cohort: str, organization: str) -> bool:
        """Whether a task of that activity, cohort and organisation collects for it."""
        return (
            activity_id == self.activity_id
            and self.cohort in ("", cohort)
            and (not self.organizations or organization in self.organizations)
        )


@dataclass(slots=True)
class Definition:
    """An indicator as the plan defines it. `title` is the order's own wording."""

    id: int
    number: int
    title: str
    short_title: str
    gloss_en: str
    kind: str
    direction: str
    target: Decimal
    unit_ru: str
    unit_en: str
    #: the day for which the target is set; None: the end of the period
    as_of: date | None
    sources: list[Source] = field(default_factory=list)

    def rule(self, expected: int) -> IndicatorRule:
        """The rule of the domain. Where each of the expected reports counts one, the whole is known."""
        counts_one = bool(self.sources) and all(source.constant == 1 for source in self.sources)
        return IndicatorRule(
            number=self.number,
            kind=self.kind,
            direction=self.direction,
            target=self.target,
            unit=self.unit_en,
            as_of=self.as_of,
            whole=Decimal(expected) if counts_one and expected else None,
        )


@dataclass(frozen=True, slots=True)
class Drivers:
    """The tasks that collect for an indicator, those that are off left out."""

    #: organisations that have such a task; events for a worst case
    expected: int
    tasks: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator as a line of a list: its target, its value today, and where it stands.

    `value`, `numerator` and `denominator` are exact, `display` is the value rounded for the screen; all
    in the unit of the target. `reported`, `expected` and `pending` count organisations, events for a
    worst case. `title` is the order's own wording.
    """

    number: int
    short_title: str
    gloss_en: str
    title: str
    kind: str
    direction: str
    target: Decimal
    unit_ru: str
    unit_en: str
    as_of: date | None
    value: Fraction | None
    display: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    reported: int
    expected: int
    pending: int
    overdue_drivers: int
    open_drivers: int
    standing: Standing


_DEFINITIONS = (
    select(
        Indicator.id,
        Indicator.number,
        Indicator.title,
        Indicator.short_title,
        Indicator.gloss_en,
        Indicator.kind,
        Indicator.direction,
        Indicator.target,
        Indicator.unit_ru,
        Indicator.unit_en,
        Indicator.as_of,
        IndicatorSource.activity_id,
        Activity.code,
        IndicatorSource.cohort,
        IndicatorSource.numerator,
        IndicatorSource.denominator,
        IndicatorSource.constant,
        IndicatorSource.running_total,
        IndicatorSource.organizations,
    )
    .outerjoin(IndicatorSource, IndicatorSource.indicator_id == Indicator.id)
    .outerjoin(Activity, Activity.id == IndicatorSource.activity_id)
    .where(Indicator.plan_id == bindparam("plan_id"))
    .order_by(Indicator.number, Activity.position, IndicatorSource.id)
)
_DEFINED = 11

_COLLECTING = select(IndicatorSource.activity_id)

_DRIVERS = (
    select(
        Task.activity_id,
        Occurrence.cohort,
        Task.organization_id,
        Organization.key,
        func.count().label("tasks"),
        func.sum(cast(Task.phase.in_((OWING, REVIEW)), Integer)).label("open"),
        func.sum(case((is_overdue(Task.phase, Task.due, bindparam("today", type_=Date)), 1), else_=0)).label(
            "overdue"
        ),
    )
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Organization, Organization.id == Task.organization_id)
    .where(Task.plan_id == bindparam("plan_id"), Task.phase != OFF, Task.activity_id.in_(_COLLECTING))
    .group_by(Task.activity_id, Occurrence.cohort, Task.organization_id, Organization.key)
)

#: A figure speaks for its occurrence, so one that is handed in late is as of the occurrence's end.
_SPOKEN_FOR = case(
    (Measurement.as_of > Occurrence.due_nominal, Occurrence.due_nominal), else_=Measurement.as_of
)

_MEASURED = (
    select(
        Measurement.activity_id,
        Occurrence.cohort,
        Measurement.organization_id,
        Organization.key,
        Measurement.task_id,
        Measurement.figure,
        Measurement.standing,
        Measurement.number,
        _SPOKEN_FOR.label("as_of"),
    )
    .join(Task, Task.id == Measurement.task_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Organization, Organization.id == Measurement.organization_id)
    .where(
        Measurement.plan_id == bindparam("plan_id"),
        Measurement.standing.in_(("counted", "pending")),
        Measurement.activity_id.in_(_COLLECTING),
    )
    .order_by(Measurement.id)
)


def indicator_lines(session: Session, plan: PlanInfo, today: date) -> list[IndicatorLine]:
    """Every indicator of the plan as it stands today, in the order's order. Three statements."""
    definitions = read_definitions(session, plan.id)
    tasks = session.execute(_DRIVERS, {"plan_id": plan.id, "today": today}).all()
    reports = _reports(session.execute(_MEASURED, {"plan_id": plan.id}))
    return [_line(definition, plan, today, tasks, reports) for definition in definitions]


def read_definitions(session: Session, plan_id: int) -> list[Definition]:
    """The indicators of a plan with their sources, by number."""
    found: dict[int, Definition] = {}
    for row in session.execute(_DEFINITIONS, {"plan_id": plan_id}):
        definition = found.get(row.id)
        if definition is None:
            definition = found[row.id] = Definition(*row[:_DEFINED])
        if row.activity_id is not None:
            definition.sources.append(Source(*row[_DEFINED:]))
    return list(found.values())


class _Report(NamedTuple):
    """What one task says: figures that count, and those that still wait."""

    activity_id: int
    cohort: str
    organization_id: int
    organization: str
    counted: dict[str, tuple[Decimal, date]]
    pending: dict[str, tuple[Decimal, date]]


def _reports(rows: Iterable[Any]) -> list[_Report]:
    found: dict[int, _Report] = {}
    for row in rows:
        report = found.get(row.task_id)
        if report is None:
            report = found[row.task_id] = _Report(*row[:4], {}, {})
        numbers = report.counted if row.standing == "counted" else report.pending
        numbers[row.figure] = (row.number, row.as_of)
    return list(found.values())


def _line(
    definition: Definition, plan: PlanInfo, today: date, tasks: Sequence[Any], reports: Sequence[_Report]
) -> IndicatorLine:
    drivers = _drivers(definition, tasks)
    rule = definition.rule(drivers.expected)
    found = evaluate(rule, _figures(definition, reports))
    return IndicatorLine(
        number=definition.number,
        short_title=definition.short_title,
        gloss_en=definition.gloss_en,
        title=definition.title,
        kind=definition.kind,
        direction=definition.direction,
        target=definition.target,
        unit_ru=definition.unit_ru,
        unit_en=definition.unit_en,
        as_of=definition.as_of,
        value=found.value,
        display=display(rule, found.value),
        numerator=found.numerator,
        denominator=found.denominator,
        reported=found.reported,
        expected=drivers.expected,
        pending=found.pending,
        overdue_drivers=drivers.overdue,
        open_drivers=drivers.open,
        standing=stand(rule, found, drivers, plan, today),
    )


def stand(rule: IndicatorRule, found: Evaluation, drivers: Drivers, plan: PlanInfo, today: date) -> Standing:
    """Where the indicator stands today, within the plan's period."""
    return standing(
        rule,
        found,
        today=today,
        period_start=plan.period_start,
        period_end=plan.period_end,
        expected=drivers.expected,
        open_drivers=drivers.open,
        overdue_drivers=drivers.overdue,
    )


def _drivers(definition: Definition, tasks: Sequence[Any]) -> Drivers:
    collecting = [
        row
        for source in definition.sources
        for row in tasks
        if source.takes(row.activity_id, row.cohort, row.key)
    ]
    number = sum(row.tasks for row in collecting)
    organizations = {row.organization_id for row in collecting}
    return Drivers(
        expected=number if definition.kind == WORST_CASE else len(organizations),
        tasks=number,
        open=sum(row.open for row in collecting),
        overdue=sum(row.overdue for row in collecting),
    )


def _figures(definition: Definition, reports: Sequence[_Report]) -> Iterator[Figure]:
    for source in definition.sources:
        for report in reports:
            if not source.takes(report.activity_id, report.cohort, report.organization):
                continue
            if report.counted:
                yield from _figure(source, report, report.counted, accepted=True)
            if report.pending:
                yield from _figure(source, report, {**report.counted, **report.pending}, accepted=False)


def _figure(
    source: Source, report: _Report, numbers: Mapping[str, tuple[Decimal, date]], *, accepted: bool
) -> Iterator[Figure]:
    given = [numbers[key] for key in (source.numerator, source.denominator) if key in numbers]
    if not given:
        return
    part, whole = numbers.get(source.numerator), numbers.get(source.denominator)
    yield Figure(
        organization=report.organization_id,
        activity=source.activity,
        as_of=max(as_of for _, as_of in given),
        numerator=part[0] if part else None,
        denominator=source.constant if source.constant is not None else whole[0] if whole else None,
        accepted=accepted,
        running_total=source.running_total,
    )
