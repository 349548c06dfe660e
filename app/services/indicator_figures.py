"""The numbers that were given in the tasks, and the figures of the domain that they make.

All the numbers of a plan are read at once, those that were replaced among them: the trend of an indicator
needs what was known month by month, and the value of today is its last point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.divergence import Totals
from app.domain.figures import COUNTED, PENDING
from app.domain.indicators import Figure
from app.models import IndicatorSource, Measurement, Occurrence, Organization, Task
from app.services.indicator_sources import Definition, Source, may_report, of_cohort
from workflows.definition import OFF


class Given(NamedTuple):
    """A number that was given in a task; `standing` as in `Measurement`."""

    id: int
    figure: str
    number: Decimal
    #: the day that it speaks for
    as_of: date
    standing: str
    #: the controller confirmed it, though something newer may have replaced it since
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What one task says: every number that was given in it, oldest first."""

    task_id: int
    activity_id: int
    cohort: str
    organization_id: int
    organization: str
    #: phase of the task
    phase: str
    given: list[Given] = field(default_factory=list)

    def figure(self, source: Source, standing: str) -> Figure | None:
        """Its figure for a source; a pending one is completed by what counts already."""
        own = {each.figure: each for each in self.given if each.standing == standing}
        if not any(key in own for key in source.keys):
            return None
        if standing == PENDING:
            own = {each.figure: each for each in self.given if each.standing == COUNTED} | own
        return self.made_of(source, own, accepted=standing == COUNTED)

    def made_of(self, source: Source, numbers: Mapping[str, Given], *, accepted: bool) -> Figure:
        """The figure that those numbers, by their keys, make for a source."""
        part, whole = numbers.get(source.numerator), numbers.get(source.denominator)
        return source.figure(
            self.organization_id,
            max(each.as_of for each in (part, whole) if each),
            part.number if part else None,
            whole.number if whole else None,
            accepted=accepted,
        )


_GIVEN = (
    select(
        Measurement.task_id,
        Measurement.activity_id,
        Occurrence.cohort,
        Measurement.organization_id,
        Organization.key,
        Task.phase,
        *(getattr(Measurement, name) for name in Given._fields if name != "confirmed"),
        Measurement.confirmed_at.is_not(None),
    )
    .join(Task, Task.id == Measurement.task_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Organization, Organization.id == Measurement.organization_id)
    .order_by(Measurement.id)
)
#: columns of it that are the report's
_OF_REPORT = 6
_GIVEN_IN_PLAN = _GIVEN.where(Measurement.plan_id == bindparam("plan_id"))
#: tasks that collect for one indicator
COLLECTING_IDS = (
    select(Task.id)
    .join(IndicatorSource, IndicatorSource.activity_id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(
        IndicatorSource.indicator_id == bindparam("indicator_id"),
        of_cohort,
        may_report(Task.organization_id),
    )
)
_GIVEN_FOR_INDICATOR = _GIVEN.where(Measurement.task_id.in_(COLLECTING_IDS))


def read_reports(session: Session, plan_id: int) -> list[Report]:
    """What the tasks of a plan say. One statement."""
    return _reports(session.execute(_GIVEN_IN_PLAN, {"plan_id": plan_id}))


def read_reports_for(session: Session, indicator_id: int) -> list[Report]:
    """What the tasks that collect for an indicator say. One statement."""
    return _reports(session.execute(_GIVEN_FOR_INDICATOR, {"indicator_id": indicator_id}))


def _reports(rows: Iterable[Any]) -> list[Report]:
    found: dict[int, Report] = {}
    for row in rows:
        report = found.get(row[0])
        if report is None:
            report = found[row[0]] = Report(*row[:_OF_REPORT])
        report.given.append(Given(*row[_OF_REPORT:]))
    return list(found.values())


class Told(NamedTuple):
    """A figure of the domain and the report that it comes from."""

    report: Report
    figure: Figure


def figures_told(definition: Definition, reports: Iterable[Report]) -> Iterator[Told]:
    """The figures of an indicator, those that count and those that wait; what is off waits for nobody."""
    reports = list(reports)
    for source in definition.sources:
        for report in taken(source, reports):
            for standing in (COUNTED,) if report.phase == OFF else (COUNTED, PENDING):
                figure = report.figure(source, standing)
                if figure is not None:
                    yield Told(report, figure)


def totals_told(definition: Definition, reports: Iterable[Report]) -> Iterator[Totals]:
    """How many each register counts by the reports that count, where a divergence asks for it."""
    reports = list(reports)
    for source in definition.sources:
        for report in taken(source, reports) if source.ours else ():
            own = {each.figure: each for each in report.given if each.standing == COUNTED}
            ours, theirs = own.get(source.ours), own.get(source.theirs)
            if ours and theirs:
                as_of = max(ours.as_of, theirs.as_of)
                yield Totals(report.organization_id, as_of, ours.number, theirs.number)


def taken(source: Source, reports: Iterable[Report]) -> Iterator[Report]:
    """The reports that the source takes figures from."""
    for report in reports:
        if source.takes(report.activity_id, report.cohort, report.organization):
            yield report
