"""Indicators: how much has been reached, who has reported, and what the late tasks endanger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from app.domain.indicators import Figure, Standing, display, evaluate, standing
from app.services.indicator_figures import read_figures
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


_NOBODY = Drivers()


def indicator_lines(session: Session, plan: PlanInfo, today: date) -> list[IndicatorLine]:
    """Every indicator of the plan as it stands today, in the order's order. Four statements."""
    definitions = read_definitions(session, plan.id)
    drivers = read_drivers(session, plan.id, today)
    figures = read_figures(session, plan.id, definitions)
    return [
        indicator_line(definition, figures[definition.id], drivers.get(definition.id, _NOBODY), plan, today)
        for definition in definitions
    ]


def indicator_line(
    definition: Definition, figures: Iterable[Figure], drivers: Drivers, plan: PlanInfo, today: date
) -> IndicatorLine:
    """What the figures add up to, and where that stands today within the plan's period."""
    expected = drivers.expected(definition.kind)
    rule = definition.rule(expected)
    found = evaluate(rule, figures)
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
        ),
    )
