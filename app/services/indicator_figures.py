"""The figures that indicators are computed from, read so that a year of reports costs no more than a month.

Of shares and running totals only the newest figure of an organisation is read; of the other kinds, and of
what still waits for the controller, everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.figures import COUNT, SHARE
from app.domain.indicators import Figure
from app.models import Indicator, IndicatorSource, Measurement, Occurrence, Organization, Task
from app.services.indicator_sources import Definition, Source, may_report
from workflows.definition import OFF

#: what counts, and what waits for the controller; the third standing is what something newer replaced
COUNTED, PENDING, REPLACED = "counted", "pending", "replaced"
BOTH = (COUNTED, PENDING)


class Report(NamedTuple):
    """What one task says: of each figure the number and the day that it speaks for."""

    task_id: int
    activity_id: int
    cohort: str
    organization_id: int
    organization: str
    counted: dict[str, tuple[date, Decimal]]
    pending: dict[str, tuple[date, Decimal]]

    def figure(self, source: Source, standing: str) -> Figure | None:
        """Its figure for a source; a pending one is completed by what counts already."""
        if standing == COUNTED:
            numbers: Mapping[str, tuple[date, Decimal]] = self.counted
        else:
            numbers = {**self.counted, **self.pending}
        part, whole = numbers.get(source.numerator), numbers.get(source.denominator)
        if not any(key in getattr(self, standing) for key in source.keys):
            return None
        return source.figure(
            self.organization_id,
            max(given[0] for given in (part, whole) if given),
            part[1] if part else None,
            whole[1] if whole else None,
            accepted=standing == COUNTED,
        )


#: Of these an organisation's newest figure alone counts, so that the others need not be read.
_NEWEST_COUNTS = or_(
    Indicator.kind == SHARE, and_(Indicator.kind == COUNT, IndicatorSource.running_total.is_(True))
)

_numerator, _denominator, _partner = (aliased(Measurement) for _ in range(3))
_reporting = (
    select(
        IndicatorSource.id,
        IndicatorSource.activity_id,
        IndicatorSource.cohort,
        IndicatorSource.numerator,
        IndicatorSource.denominator,
        Task.organization_id,
    )
    .join(Indicator, Indicator.id == IndicatorSource.indicator_id)
    .join(Task, Task.activity_id == IndicatorSource.activity_id)
    .where(Indicator.plan_id == bindparam("plan_id"), _NEWEST_COUNTS, may_report(Task.organization_id))
    .distinct()
    .subquery()
)
_newest = (
    select(Measurement.id)
    .join(Task, Task.id == Measurement.task_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(
        Measurement.activity_id == _reporting.c.activity_id,
        Measurement.organization_id == _reporting.c.organization_id,
        Measurement.figure == _reporting.c.numerator,
        Measurement.standing == COUNTED,
        or_(_reporting.c.cohort == "", _reporting.c.cohort == Occurrence.cohort),
        or_(
            _reporting.c.denominator == "",
            select(_partner.id)
            .where(
                _partner.task_id == Measurement.task_id,
                _partner.figure == _reporting.c.denominator,
                _partner.standing == COUNTED,
            )
            .correlate(_reporting, Measurement)
            .exists(),
        ),
    )
    .order_by(Measurement.as_of.desc(), Measurement.id.desc())
    .limit(1)
    .correlate(_reporting)
    .scalar_subquery()
)
_NEWEST = (
    select(
        _reporting.c.id,
        _numerator.organization_id,
        _numerator.as_of,
        _numerator.number,
        _denominator.number,
    )
    .select_from(_reporting)
    .join(_numerator, _numerator.id == _newest)
    .outerjoin(
        _denominator,
        and_(
            _denominator.task_id == _numerator.task_id,
            _denominator.figure == _reporting.c.denominator,
            _denominator.standing == COUNTED,
        ),
    )
)

_OTHERS = (
    select(
        Measurement.task_id,
        Measurement.activity_id,
        Occurrence.cohort,
        Measurement.organization_id,
        Organization.key,
        Measurement.figure,
        Measurement.standing,
        Measurement.as_of,
        Measurement.number,
    )
    .join(Task, Task.id == Measurement.task_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Organization, Organization.id == Measurement.organization_id)
    .where(
        Measurement.plan_id == bindparam("plan_id"),
        or_(
            and_(Measurement.standing == PENDING, Task.phase != OFF),
            and_(
                Measurement.standing == COUNTED,
                Measurement.activity_id.in_(
                    select(IndicatorSource.activity_id)
                    .join(Indicator, Indicator.id == IndicatorSource.indicator_id)
                    .where(Indicator.plan_id == bindparam("plan_id"), ~_NEWEST_COUNTS)
                ),
            ),
        ),
    )
    .order_by(Measurement.id)
)


def read_figures(
    session: Session, plan_id: int, definitions: Sequence[Definition]
) -> dict[int, list[Figure]]:
    """What each indicator is computed from, by its id. Two statements."""
    newest: dict[int, list[Any]] = {}
    for row in session.execute(_NEWEST, {"plan_id": plan_id}):
        newest.setdefault(row[0], []).append(row)
    others = reports(session.execute(_OTHERS, {"plan_id": plan_id}))
    return {
        definition.id: [
            figure
            for source in definition.sources
            for figure in (
                *_from_newest(source, newest.get(source.id, ())),
                *figures_of(source, others, (PENDING,) if newest_counts(definition, source) else BOTH),
            )
        ]
        for definition in definitions
    }


def reports(rows: Iterable[Sequence[Any]]) -> list[Report]:
    """One report a task, from rows of `_OTHERS`."""
    found: dict[int, Report] = {}
    for task, activity, cohort, organization_id, key, figure, standing, as_of, number in rows:
        report = found.get(task)
        if report is None:
            report = found[task] = Report(task, activity, cohort, organization_id, key, {}, {})
        getattr(report, standing)[figure] = (as_of, number)
    return list(found.values())


def figures_of(source: Source, given: Sequence[Report], standings: Sequence[str]) -> Iterator[Figure]:
    """The figures of those standings that the source takes from the reports."""
    for report in given:
        if source.takes(report.activity_id, report.cohort, report.organization):
            for standing in standings:
                figure = report.figure(source, standing)
                if figure is not None:
                    yield figure


def newest_counts(definition: Definition, source: Source) -> bool:
    """The condition of `_NEWEST_COUNTS` for records that have been read."""
    return definition.kind == SHARE or (definition.kind == COUNT and source.running_total)


def _from_newest(source: Source, rows: Iterable[Any]) -> Iterator[Figure]:
    for _, organization_id, as_of, numerator, denominator in rows:
        yield source.figure(organization_id, as_of, numerator, denominator, accepted=True)
