"""Where an indicator is heading: a straight line through what has been measured, carried on to its day.

The method is the linear trend by ordinary least squares, because anybody can check it: a spreadsheet gives
the same number (FORECAST.LINEAR, ПРЕДСКАЗ) for the same days and values. Its band is the 80 % prediction
interval of that line. Values of one year lean on each other, so the band is a measure of how straight the
way was, not a promise. With fewer than three values there is no forecast: any two lie on a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

from app.domain.figures import COUNT, PERCENT_KINDS, WORST_CASE, IndicatorRule

#: values that a line needs
FEWEST = 3
#: per cent of what is to come that lies in the band, if it comes as what has been
BAND = 80
#: half of the band in deviations, by degrees of freedom from 1 on: quantile 0.9 of Student's distribution
_QUANTILES = (
    "3.078", "1.886", "1.638", "1.533", "1.476", "1.440", "1.415", "1.397", "1.383", "1.372",
    "1.363", "1.356", "1.350", "1.345", "1.341", "1.337", "1.333", "1.330", "1.328", "1.325",
)  # fmt: skip
#: the same of the normal distribution, for more
_NORMAL = "1.282"

#: why there is none: the worst of several events has no trend; of a whole that is known, whoever has not
#: reported counts against the share, so that the line would show how fast reports come; too few values;
#: the day of the target has come
NO_TREND, KNOWN_WHOLE, TOO_FEW, PAST = "no_trend", "known_whole", "too_few", "past"


class Observation(NamedTuple):
    """A value in the indicator's unit, and the day that it speaks for."""

    day: date
    value: Fraction


class Projection(NamedTuple):
    """Where the line stands on a day, and the band around it; in the indicator's unit."""

    day: date
    value: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Forecast:
    """A line through the values, kept within what is possible."""

    observed: tuple[Observation, ...]
    #: the day of the target
    day: date
    #: the change a day, and the mean day (counted from the first) and value that the line goes through
    slope: Fraction
    middle: Fraction
    mean: Fraction
    #: the sum of squared distances of the days from the middle; the variance of what the line leaves over
    spread: Fraction
    variance: Fraction
    #: what no value can fall below or exceed
    floor: Fraction
    ceiling: Fraction | None

    @property
    def projection(self) -> Projection:
        """The forecast itself: the line on the day of the target."""
        return self.at(self.day)

    def at(self, day: date) -> Projection:
        """The line on a day after the last value, or among the values."""
        away = (day - self.observed[0].day).days - self.middle
        value = self.mean + self.slope * away
        number = len(self.observed)
        variance = self.variance * (1 + Fraction(1, number) + away**2 / self.spread)
        half = _quantile(number - 2) * Fraction(sqrt(variance))
        return Projection(day, *(self._possible(each) for each in (value, value - half, value + half)))

    def _possible(self, value: Fraction) -> Fraction:
        value = max(value, self.floor)
        return value if self.ceiling is None else min(value, self.ceiling)


def why_no_forecast(rule: IndicatorRule, observed: Sequence[Observation], today: date, day: date) -> str:
    """Why there is none for that day; "" where there is one."""
    if rule.kind == WORST_CASE:
        return NO_TREND
    if rule.fixed_whole is not None:
        return KNOWN_WHOLE
    if today >= day or (observed and observed[-1].day >= day):
        return PAST
    return TOO_FEW if len(observed) < FEWEST else ""


def forecast(
    rule: IndicatorRule, observed: Sequence[Observation], today: date, period_end: date
) -> Forecast | None:
    """The trend carried on to the day of the target; None for the reasons of `why_no_forecast`.

    `observed` are in the order of their days, each day once. What is per cent stays between 0 and 100; a
    count never falls below what it has reached; nothing falls below 0.
    """
    day = rule.as_of or period_end
    if why_no_forecast(rule, observed, today, day):
        return None
    days = [Fraction((each.day - observed[0].day).days) for each in observed]
    values = [each.value for each in observed]
    middle, mean = sum(days, Fraction()) / len(days), sum(values, Fraction()) / len(values)
    spread = sum(((each - middle) ** 2 for each in days), Fraction())
    pairs = list(zip(days, values, strict=True))
    slope = sum(((x - middle) * (y - mean) for x, y in pairs), Fraction()) / spread
    left = sum(((y - mean - slope * (x - middle)) ** 2 for x, y in pairs), Fraction())
    return Forecast(
        observed=tuple(observed),
        day=day,
        slope=slope,
        middle=middle,
        mean=mean,
        spread=spread,
        variance=left / (len(pairs) - 2),
        floor=values[-1] if rule.kind == COUNT else Fraction(),
        ceiling=Fraction(100) if rule.kind in PERCENT_KINDS else None,
    )


def _quantile(freedom: int) -> Fraction:
    found = _QUANTILES[freedom - 1] if freedom <= len(_QUANTILES) else _NORMAL
    return Fraction(Decimal(found))
