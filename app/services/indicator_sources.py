"""Indicators as the plan defines them: where their figures are collected, and the tasks that drive them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Integer, Text, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.figures import WORST_CASE
from app.domain.indicators import Figure, IndicatorRule
from app.domain.overdue import is_overdue
from app.models import Activity, Indicator, IndicatorSource, Occurrence, Organization, Task
from workflows.definition import OFF, OWING, REVIEW


class Source(NamedTuple):
    """Where figures of an indicator are collected: keys of figures in the tasks of an activity."""

    id: int
    activity_id: int
    #: code of the activity
    activity: str
    #: only the tasks of this cohort; "" for all
    cohort: str
    numerator: str
    denominator: str
    #: the denominator that each report brings instead of a figure
    constant: Decimal | None
    #: of a divergence: how many each register counts; "" where that is not asked
    ours: str
    theirs: str
    #: the newest figure of an organisation takes the place of the earlier ones
    running_total: bool
    #: keys of the organisations whose reports alone count; empty for all
    organizations: Sequence[str]

    @property
    def keys(self) -> tuple[str, ...]:
        """The figures that it takes from a task."""
        return (self.numerator, self.denominator) if self.denominator else (self.numerator,)

    def takes(self, activity_id: int, cohort: str, organization: str) -> bool:
        """Whether a task of that activity, cohort and organisation collects for it."""
        return (
            activity_id == self.activity_id
            and self.cohort in ("", cohort)
            and (not self.organizations or organization in self.organizations)
        )

    def figure(
        self,
        organization_id: int,
        as_of: date,
        numerator: Decimal | None,
        denominator: Decimal | None,
        *,
        accepted: bool,
    ) -> Figure:
        """The figure of the domain; a constant stands for the denominator."""
        return Figure(
            organization=organization_id,
            activity=self.activity,
            as_of=as_of,
            numerator=numerator,
            denominator=denominator if self.constant is None else self.constant,
            accepted=accepted,
            running_total=self.running_total,
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


class Drivers(NamedTuple):
    """The tasks that collect for an indicator, those that are off left out.

    `organizations` have such a task, `open` ones are not accepted yet, `overdue` ones are late.
    """

    tasks: int = 0
    organizations: int = 0
    open: int = 0
    overdue: int = 0

    def expected(self, kind: str) -> int:
        """How many reports there can be: of organisations, of events for a worst case."""
        return self.tasks if kind == WORST_CASE else self.organizations


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
        IndicatorSource.id,
        IndicatorSource.activity_id,
        Activity.code,
        IndicatorSource.cohort,
        IndicatorSource.numerator,
        IndicatorSource.denominator,
        IndicatorSource.constant,
        IndicatorSource.ours,
        IndicatorSource.theirs,
        IndicatorSource.running_total,
        IndicatorSource.organizations,
    )
    .outerjoin(IndicatorSource, IndicatorSource.indicator_id == Indicator.id)
    .outerjoin(Activity, Activity.id == IndicatorSource.activity_id)
    .where(Indicator.plan_id == bindparam("plan_id"))
    .order_by(Indicator.number, Activity.position, IndicatorSource.id)
)
#: columns of it that are the indicator's
_DEFINED = 11

of_cohort = or_(IndicatorSource.cohort == "", IndicatorSource.cohort == Occurrence.cohort)


def may_report(organization_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the source takes that organisation's reports. Its keys are a list in JSON: `["a", "b"]`."""
    keys = cast(IndicatorSource.organizations, Text)
    quoted = '%"' + func.replace(Organization.key, "_", r"\_") + '"%'
    named = select(Organization.id).where(Organization.id == organization_id, keys.like(quoted, escape="\\"))
    return or_(keys == "[]", named.exists())


_DRIVERS = (
    select(
        IndicatorSource.indicator_id,
        func.count(),
        func.count(Task.organization_id.distinct()),
        func.sum(cast(or_(Task.phase == OWING, Task.phase == REVIEW), Integer)),
        func.sum(case((is_overdue(Task.phase, Task.due, bindparam("today", type_=Date)), 1), else_=0)),
    )
    .join(Task, Task.activity_id == IndicatorSource.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(
        Task.plan_id == bindparam("plan_id"),
        Task.phase != OFF,
        of_cohort,
        may_report(Task.organization_id),
    )
    .group_by(IndicatorSource.indicator_id)
)


def read_definitions(session: Session, plan_id: int) -> list[Definition]:
    """The indicators of a plan with their sources, by number."""
    found: dict[int, Definition] = {}
    rows: Iterable[Any] = session.execute(_DEFINITIONS, {"plan_id": plan_id})
    for row in rows:
        definition = found.get(row[0])
        if definition is None:
            definition = found[row[0]] = Definition(*row[:_DEFINED])
        if row[_DEFINED] is not None:
            definition.sources.append(Source(*row[_DEFINED:]))
    return list(found.values())


def read_drivers(session: Session, plan_id: int, today: date) -> dict[int, Drivers]:
    """By id of the indicator."""
    rows = session.execute(_DRIVERS, {"plan_id": plan_id, "today": today})
    return {row[0]: Drivers(*row[1:]) for row in rows}
