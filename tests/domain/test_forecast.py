"""The trend carried on: hand-computed cases, and what holds of any values."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.forecast import Forecast, Observation, forecast, why_no_forecast
from app.domain.indicators import IndicatorRule

START, TODAY, END = date(2022, 1, 1), date(2022, 6, 15), date(2022, 12, 31)
EMPLOYED = IndicatorRule(1, "share", "at_least", Decimal("62.5"))
INCLUDED = IndicatorRule(5, "share", "at_least", Decimal(50), whole=Decimal(35))
SATISFACTION = IndicatorRule(6, "worst_case", "at_most", Decimal(10))
SUBSCRIBERS = IndicatorRule(8, "growth", "at_least", Decimal("1.5"))
CONTRACTS = IndicatorRule(10, "count", "at_least", Decimal(20))
DIVERGENCE = IndicatorRule(11, "divergence", "at_most", Decimal(20))


def observed(*values: float, every: int = 30) -> list[Observation]:
    """Values so many days apart, from the first day of the year on."""
    return [
        Observation(START + timedelta(days=every * number), Fraction(str(value)))
        for number, value in enumerate(values)
    ]


def trend(rule: IndicatorRule, points: list[Observation], *, today: date = TODAY) -> Forecast:
    found = forecast(rule, points, today, END)
    assert found is not None
    return found


def test_a_trend_is_what_a_spreadsheet_gives() -> None:
    # FORECAST.LINEAR(364; {50; 53; 53; 58}; {0; 30; 60; 90}): the mean is 53.5 at day 45, the slope
    # ((-45)(-3.5) + (-15)(-0.5) + 15(-0.5) + 45·4.5) / (45² + 15² + 15² + 45²) = 360 / 4500 = 0.08 a day
    found = trend(EMPLOYED, observed(50, 53, 53, 58))
    assert found.slope == Fraction("0.08")
    assert found.projection.value == Fraction("53.5") + Fraction("0.08") * (364 - 45)
    # what is left over: 0.1, 0.7, -1.7, 0.9, so s² = (0.01 + 0.49 + 2.89 + 0.81) / 2 = 2.1;
    # at day 364 it widens to 2.1 (1 + 1/4 + 319² / 4500) = 50.113, and t is 1.886
    half = Decimal("1.886") * Decimal("50.113467").sqrt()
    assert float(found.projection.high - found.projection.value) == pytest.approx(float(half), rel=1e-6)
    assert float(found.projection.value - found.projection.low) == pytest.approx(float(half), rel=1e-6)


@pytest.mark.parametrize(
    ("rule", "points", "today", "why"),
    [
        # any two values lie on a line
        (EMPLOYED, observed(50, 53), TODAY, "too_few"),
        (CONTRACTS, [], TODAY, "too_few"),
        (EMPLOYED, observed(50, 53, 55), TODAY, ""),
        # the worst of several events has no trend
        (SATISFACTION, observed(5, 6, 7, 8), TODAY, "no_trend"),
        # of a known whole the line would show how fast the reports come
        (INCLUDED, observed(10, 20, 30, 40), TODAY, "known_whole"),
        # the day of the target has come
        (EMPLOYED, observed(50, 53, 55), END, "past"),
        (EMPLOYED, observed(50, 53, 55, every=182), TODAY, "past"),
    ],
)
def test_there_is_a_forecast_or_it_is_said_why_there_is_none(
    rule: IndicatorRule, points: list[Observation], today: date, why: str
) -> None:
    assert why_no_forecast(rule, points, today, END) == why
    assert (forecast(rule, points, today, END) is None) == bool(why)


def test_the_day_of_the_target_is_that_of_the_indicator_where_it_has_one() -> None:
    rule = IndicatorRule(4, "share", "at_least", Decimal(40), as_of=date(2022, 10, 31))
    assert trend(rule, observed(10, 20, 30)).projection.day == date(2022, 10, 31)


@pytest.mark.parametrize(
    ("rule", "points", "value"),
    [
        (EMPLOYED, observed(20, 50, 80), 100),  # no share is above the whole
        (DIVERGENCE, observed(30, 20, 10), 0),
        (SUBSCRIBERS, observed(3, 2, 1), 0),
        (CONTRACTS, observed(2, 12, 12, 12), None),
        (CONTRACTS, observed(12, 9, 8), 8),  # contracts that are there stay
    ],
)
def test_a_forecast_stays_within_what_is_possible(
    rule: IndicatorRule, points: list[Observation], value: int | None
) -> None:
    found = trend(rule, points).projection
    assert found.low <= found.value <= found.high
    if value is not None:
        assert found.value == value
    else:
        assert found.low >= points[-1].value


STEPS = st.lists(st.integers(1, 60), min_size=3, max_size=12)


@given(STEPS, st.fractions(0, 30), st.fractions(0, Fraction(1, 20)))
def test_a_straight_line_is_carried_on_exactly(steps: list[int], level: Fraction, slope: Fraction) -> None:
    days = [sum(steps[:number]) for number in range(len(steps))]
    points = [Observation(START + timedelta(days=day), level + slope * day) for day in days]
    if points[-1].day >= END:
        return
    found = trend(EMPLOYED, points, today=START).projection
    assert found.value == found.low == found.high == level + slope * (END - START).days


@given(
    st.sampled_from([EMPLOYED, SUBSCRIBERS, CONTRACTS, DIVERGENCE]),
    st.lists(st.integers(0, 100), min_size=3, max_size=11),
    st.integers(0, 400),
)
def test_no_forecast_leaves_what_is_possible(rule: IndicatorRule, values: list[int], ahead: int) -> None:
    points = observed(*values)
    found = trend(rule, points, today=START).at(points[-1].day + timedelta(days=ahead))
    assert 0 <= found.low <= found.value <= found.high
    if rule.kind in ("share", "divergence"):
        assert found.high <= 100
    if rule.kind == "count":
        assert found.low >= values[-1]
