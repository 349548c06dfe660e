"""The chart of an indicator with its words, in a size for a screen and in one for a telephone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from flask_babel import format_date, gettext

from app.domain.chart import Chart, Shown, Spark, Wording, chart, spark
from app.domain.figures import PERCENT_KINDS
from app.domain.forecast import Observation
from app.domain.indicators import display
from app.services.indicators import IndicatorLine
from app.services.plans import PlanInfo
from app.web.asked_day import shown_past
from app.web.formats import day_month, decimal, short_day
from app.web.indicators import words
from app.web.state import plan

#: pixels; the narrow one fits into 390 without being made smaller
_WIDE, _NARROW, _SPARK = (840, 320), (340, 260), (132, 40)


class Drawing(NamedTuple):
    """A chart in one size; `size` tells the two apart in ids and classes."""

    size: str
    chart: Chart
    #: names of the months that have room for one, in their order
    months: list[str]
    #: what each point says when it is pointed at
    points: list[str]


class Telling(NamedTuple):
    """The chart for those who do not see it, and the charts."""

    title: str
    text: str
    #: the unit where the numbers of the axis do not carry it
    unit: str
    #: the day that is shown
    today: str
    drawings: list[Drawing]


def telling(line: IndicatorLine, day: date) -> Telling:
    """The chart of an indicator that has a value, as it stands on that day: today, or one before."""
    shown = _shown(line, plan(), day)
    return Telling(
        title=str(gettext("Values, target and forecast over the period of the plan")),
        text=_text(line),
        unit="" if line.kind in PERCENT_KINDS else words.unit(line),
        today=day_month(day) if shown_past() else str(gettext("today, %(date)s", date=day_month(day))),
        drawings=[_drawing(line, shown, name, size) for name, size in (("wide", _WIDE), ("narrow", _NARROW))],
    )


def sparkline(line: IndicatorLine, today: date) -> Spark:
    """The shape of its values against the target."""
    return spark(_shown(line, plan(), today), *_SPARK)


def _shown(line: IndicatorLine, info: PlanInfo, today: date) -> Shown:
    return Shown(
        start=info.period_start,
        end=info.period_end,
        today=today,
        target=Fraction(line.target),
        values=[Observation(point.day, point.value) for point in line.points if point.value is not None],
        path=line.path,
        forecast=line.forecast,
    )


def _drawing(line: IndicatorLine, shown: Shown, name: str, size: tuple[int, int]) -> Drawing:
    wide = size == _WIDE
    heading = line.forecast
    amount = "" if heading is None else words.amount(line, display(line.rule, heading.projection.value))
    wording = Wording(
        number=lambda value: _axis(line, value),
        target=str(gettext("target: %(target)s", target=words.target(line))),
        value=words.value(line),
        path=str(gettext("even way to the target")) if wide else "",
        forecast=str(gettext("forecast %(value)s", value=amount)) if amount else "",
    )
    drawn = chart(shown, wording, *size)
    return Drawing(
        name,
        drawn,
        [str(format_date(month.first, "LLL")) for month in drawn.months if month.named],
        [
            f"{short_day(point.day)}: {words.amount(line, point.display)}"
            for point in line.points
            if point.value is not None
        ],
    )


def _axis(line: IndicatorLine, value: Fraction) -> str:
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return words.amount(line, number) if line.kind in PERCENT_KINDS else decimal(number)


def _text(line: IndicatorLine) -> str:
    """What the picture shows, in a few words."""
    first = next(point for point in line.points if point.value is not None)
    parts = [
        gettext(
            "from %(first)s on %(since)s to %(value)s now",
            first=words.amount(line, first.display),
            since=short_day(first.day),
            value=words.value(line),
        ),
        gettext("target: %(target)s", target=words.target(line)),
    ]
    if line.forecast is not None:
        parts.append(
            gettext(
                "forecast for %(date)s: %(value)s, band %(low)s to %(high)s",
                date=short_day(line.forecast.day),
                **words.projected(line, line.forecast),
            )
        )
    return "; ".join(str(part) for part in parts)
