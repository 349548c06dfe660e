"""Indicators: how much has been reached, who has reported, and what the late tasks endanger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from app.domain.forecast import Forecast, Observation, forecast, why_no_forecast
from app.domain.indicators import IndicatorRule, Standing, display, evaluate, expected_path, standing
from app.services.indicator_figures import Report, figures_told, read_reports
from app.services.indicator_history import Point, month_points
from app.services.indicator_sources import Definition, Drivers, read_definitions, read_drivers
from app.services.plans import PlanInfo


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator as a line of a list: its target, its value today, and where it stands.

    `value`, `numerator` and `denominator` are exact; `display` is the value rounded for the screen. Value
    and target are in the indicator's unit. `reported`, `expected` and `pending` count organisations, or
    events for a worst case. `title` is the order's own wording. Drivers are the tasks that collect its
    figures: `open` ones are not accepted yet, `overdue` ones are late.
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
    #: the day for which the target is set; None: the end of the period
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
    rule: IndicatorRule
    #: the value month by month
    points: tuple[Point, ...]
    #: the two ends of the straight way to the target; empty where there is none to go
    path: tuple[Observation, ...]
    forecast: Forecast | None
    #: why there is none, a code of `app.domain.forecast`; "" where there is one
    no_forecast: str


_NOBODY = Drivers()


def indicator_lines(session: Session, plan: PlanInfo, today: date) -> list[IndicatorLine]:
    """Every indicator of the plan as it stands today, in the order's order. Three statements."""
    definitions = read_definitions(session, plan.id)
    drivers = read_drivers(session, plan.id, today)
    reports = read_reports(session, plan.id)
    return [
        indicator_line(definition, reports, drivers.get(definition.id, _NOBODY), plan, today)
        for definition in definitions
    ]


def indicator_line(
    definition: Definition, reports: Sequence[Report], drivers: Drivers, plan: PlanInfo, today: date
) -> IndicatorLine:
    """What the figures add up to, and where that stands today within the plan's period.

    `reports` may hold those of other indicators.
    """
    expected = drivers.expected(definition.kind)
    rule = definition.rule(expected)
    found = evaluate(rule, [told.figure for told in figures_told(definition, reports)])
    points = tuple(month_points(rule, definition.sources, reports))
    observed = [Observation(point.day, point.value) for point in points if point.value is not None]
    heading = forecast(rule, observed, today, plan.period_end)
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
        expected=expected,
        pending=found.pending,
        overdue_drivers=drivers.overdue,
        open_drivers=drivers.open,
        standing=standing(
            rule,
            found,
            today=today,
            period_start=plan.period_start,
            period_end=plan.period_end,
            expected=expected,
            open_drivers=drivers.open,
            overdue_drivers=drivers.overdue,
            forecast=heading,
        ),
        rule=rule,
        points=points,
        path=expected_path(rule, observed, plan.period_start, plan.period_end),
        forecast=heading,
        no_forecast=why_no_forecast(rule, observed, today, rule.as_of or plan.period_end),
    )
