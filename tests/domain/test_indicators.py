"""Where an indicator stands, rule by rule, with the indicators of the order of 2022."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.forecast import Observation, forecast
from app.domain.indicators import (
    STANDINGS,
    Figure,
    IndicatorRule,
    Reason,
    Standing,
    evaluate,
    expected_path,
    standing,
)

START, END = date(2022, 1, 1), date(2022, 12, 31)
TODAY = date(2022, 6, 15)
AFTER = date(2023, 1, 1)
EMPLOYED = IndicatorRule(1, "share", "at_least", Decimal("62.5"))
AT_RISK = IndicatorRule(2, "share", "at_most", Decimal(15))
INCLUDED = IndicatorRule(5, "share", "at_least", Decimal(50), whole=Decimal(35))
SATISFACTION = IndicatorRule(6, "worst_case", "at_most", Decimal(10))
SUBSCRIBERS = IndicatorRule(8, "growth", "at_least", Decimal("1.5"))
CONTRACTS = IndicatorRule(10, "count", "at_least", Decimal(20))
COMPLAINTS = IndicatorRule(12, "count", "at_most", Decimal(3))
DIVERGENCE = IndicatorRule(11, "divergence", "at_most", Decimal(20))


def figures(*pairs: tuple[int, int | None], accepted: bool = True) -> list[Figure]:
    """One figure for each of as many organisations and activities."""
    return [
        Figure(
            f"college{number:02}",
            f"3.4-{number}",
            TODAY,
            Decimal(part),
            None if whole is None else Decimal(whole),
            accepted,
        )
        for number, (part, whole) in enumerate(pairs, 1)
    ]


def stands(
    rule: IndicatorRule,
    given_figures: list[Figure],
    *,
    today: date = TODAY,
    expected: int = 1,
    still_open: int = 0,
    overdue: int = 0,
    trend: Sequence[int] = (),
) -> Standing:
    """`trend`: values a month apart, the first on 28 January."""
    observed = [Observation(date(2022, month, 28), Fraction(value)) for month, value in enumerate(trend, 1)]
    return standing(
        rule,
        evaluate(rule, given_figures),
        today=today,
        period_start=START,
        period_end=END,
        expected=expected,
        open_drivers=still_open,
        overdue_drivers=overdue,
        forecast=forecast(rule, observed, today, END),
    )


def reason(of: Standing, code: str) -> Reason | None:
    return next((found for found in of.reasons if found.code == code), None)


@pytest.mark.parametrize(
    ("rule", "reported", "situation", "code"),
    [
        # 1. no accepted figure: no data, whatever the day and the drivers
        (EMPLOYED, [], {}, "no_data"),
        (EMPLOYED, [], {"overdue": 2, "still_open": 2}, "no_data"),
        (EMPLOYED, [], {"today": AFTER}, "no_data"),
        (EMPLOYED, figures((9, 10), accepted=False), {}, "no_data"),
        (SUBSCRIBERS, figures((600, 0)), {}, "no_data"),
        # 2. a violated event is missed at once, though events are still to come
        (SATISFACTION, figures((11, 100)), {"expected": 7, "still_open": 6}, "missed"),
        # 2. a count over its ceiling cannot return, one that reached its floor cannot fall
        (COMPLAINTS, figures((4, None)), {"still_open": 1}, "missed"),
        (CONTRACTS, figures((20, None)), {"expected": 11, "still_open": 3, "overdue": 1}, "met"),
        # 3. reached, all have reported and nothing is open
        (EMPLOYED, figures((7, 10), (6, 10)), {"expected": 2}, "met"),
        (SATISFACTION, figures((10, 100), (0, 5)), {"expected": 2}, "met"),
        (DIVERGENCE, figures((20, 100)), {}, "met"),
        # 3. reached, and the year is over
        (EMPLOYED, figures((7, 10)), {"expected": 2, "still_open": 1, "today": AFTER}, "met"),
        # 3. but an event without a survey is no pass
        (SATISFACTION, figures((0, 5)), {"expected": 2, "today": AFTER}, "at_risk"),
        # 4. not reached, and the year is over; its last day still counts
        (EMPLOYED, figures((6, 10)), {"today": AFTER}, "missed"),
        (EMPLOYED, figures((6, 10)), {"today": END}, "at_risk"),
        (CONTRACTS, figures((19, None)), {"today": AFTER}, "missed"),
        (SUBSCRIBERS, figures((14, 10)), {"today": AFTER}, "missed"),
        (AT_RISK, figures((16, 100)), {"today": AFTER}, "missed"),
        # 5. an overdue driver endangers what is reached so far, and what is on its pace
        (EMPLOYED, figures((7, 10)), {"expected": 2, "still_open": 1, "overdue": 1}, "at_risk"),
        (CONTRACTS, figures((19, None)), {"expected": 11, "still_open": 1, "overdue": 1}, "at_risk"),
        # 6. the line reaches the target by the end of the year, or does not, whatever is reached today
        (EMPLOYED, figures((6, 10)), {"trend": (50, 52, 54, 56), "still_open": 1}, "on_course"),
        (EMPLOYED, figures((6, 10)), {"trend": (58, 59, 59, 60), "still_open": 1}, "on_course"),
        (EMPLOYED, figures((6, 10)), {"trend": (60, 60, 60, 60), "still_open": 1}, "at_risk"),
        (EMPLOYED, figures((7, 10)), {"trend": (85, 80, 75, 70), "still_open": 1}, "at_risk"),
        (AT_RISK, figures((16, 100)), {"trend": (19, 18, 17, 16), "still_open": 1}, "on_course"),
        (AT_RISK, figures((14, 100)), {"trend": (11, 12, 13, 14), "still_open": 1}, "at_risk"),
        (DIVERGENCE, figures((21, 100)), {"trend": (24, 23, 22, 21), "still_open": 1}, "on_course"),
        # 6. a count that is behind its pace and gains speed, one that is ahead and stands still
        (CONTRACTS, figures((8, None)), {"trend": (0, 2, 5, 8), "still_open": 1}, "on_course"),
        (CONTRACTS, figures((12, None)), {"trend": (12, 12, 12, 12), "still_open": 1}, "at_risk"),
        # 5. but what is late endangers it however it is heading
        (EMPLOYED, figures((6, 10)), {"trend": (50, 52, 54, 56), "overdue": 1}, "at_risk"),
        # 6. two values are no trend
        (AT_RISK, figures((16, 100)), {"trend": (18, 16), "still_open": 1}, "at_risk"),
        # 7. reached so far
        (EMPLOYED, figures((7, 10)), {"expected": 2, "still_open": 1}, "on_course"),
        (EMPLOYED, figures((7, 10)), {"expected": 2}, "on_course"),  # all closed, but one has not reported
        (AT_RISK, figures((15, 100)), {"still_open": 6}, "on_course"),
        (SATISFACTION, figures((0, 5)), {"expected": 2, "still_open": 1}, "on_course"),
        (COMPLAINTS, figures((3, None)), {"still_open": 1}, "on_course"),
        # 9. 9 of the 15 that reported are 60 %, of all 35 only 26 %: the rest would reach it
        (INCLUDED, figures(*[(1, 1)] * 9, *[(0, 1)] * 6), {"expected": 35, "still_open": 20}, "on_course"),
        (
            INCLUDED,
            figures(*[(1, 1)] * 9, *[(0, 1)] * 6),
            {"expected": 35, "still_open": 20, "overdue": 1},
            "at_risk",
        ),
        # 10. 7 of 15 are not half
        (INCLUDED, figures(*[(1, 1)] * 7, *[(0, 1)] * 8), {"expected": 35, "still_open": 20}, "at_risk"),
        (INCLUDED, figures(*[(1, 1)] * 17, *[(0, 1)] * 18), {"expected": 35}, "at_risk"),
        # 10. the reporters' own share carried over only gives itself
        (EMPLOYED, figures((6, 10)), {"expected": 35, "still_open": 34}, "at_risk"),
        # 10. a ceiling that is broken now
        (AT_RISK, figures((16, 100)), {"expected": 35, "still_open": 34}, "at_risk"),
        (DIVERGENCE, figures((21, 100)), {"still_open": 6}, "at_risk"),
    ],
)
def test_the_first_rule_that_applies_decides(
    rule: IndicatorRule, reported: list[Figure], situation: dict[str, Any], code: str
) -> None:
    assert stands(rule, reported, **situation).code == code


@pytest.mark.parametrize(
    ("rule", "figure", "today", "code"),
    [
        # 8. on 14 March, the 73rd of 365 days, a fifth of the year is over: 4 of 20 contracts
        (CONTRACTS, (4, None), date(2022, 3, 14), "on_course"),
        (CONTRACTS, (4, None), date(2022, 3, 15), "at_risk"),
        (CONTRACTS, (3, None), date(2022, 3, 14), "at_risk"),
        (CONTRACTS, (0, None), date(2021, 12, 31), "on_course"),  # the year has not begun
        # 8. growth starts from 1: a fifth of the way from 1 to 1.5 is 1.1
        (SUBSCRIBERS, (110, 100), date(2022, 3, 14), "on_course"),
        (SUBSCRIBERS, (109, 100), date(2022, 3, 14), "at_risk"),
        (SUBSCRIBERS, (100, 100), date(2022, 1, 1), "at_risk"),
    ],
)
def test_a_count_and_growth_are_held_to_the_pace_of_the_year(
    rule: IndicatorRule, figure: tuple[int, int | None], today: date, code: str
) -> None:
    assert stands(rule, figures(figure), today=today, still_open=1).code == code


def test_a_target_set_for_an_earlier_day_is_met_once_that_day_is_over() -> None:
    rule = IndicatorRule(3, "share", "at_least", Decimal(60), as_of=date(2022, 6, 14))
    assert stands(rule, figures((6, 10)), expected=11, still_open=1).code == "met"
    assert (
        stands(rule, figures((6, 10)), expected=11, still_open=1, today=rule.as_of or END).code == "on_course"
    )


# Reasons


def test_the_reasons_tell_value_target_and_how_many_have_reported() -> None:
    found = stands(EMPLOYED, figures((6, 10), (9, 10)), expected=35, still_open=33)
    assert found.reasons == (
        Reason(
            "value_against_target",
            {"value": Fraction(75), "target": Decimal("62.5"), "direction": "at_least"},
        ),
        Reason("reported", {"reported": 2, "expected": 35}),
        Reason("not_due_yet", {"number": 33}),
    )


def test_an_indicator_without_data_says_so_and_names_its_overdue_drivers() -> None:
    found = stands(EMPLOYED, [], expected=35, still_open=35, overdue=2)
    assert found.reasons == (
        Reason("overdue_drivers", {"number": 2}),
        Reason("reported", {"reported": 0, "expected": 35}),
    )


def test_a_violation_names_its_event() -> None:
    found = stands(SATISFACTION, figures((0, 5), (3, 20)), expected=7, still_open=5)
    assert found.reasons[0] == Reason(
        "violation",
        {"activity": "3.4-2", "organization": "college02", "label": "", "value": Fraction(15)},
    )


def test_a_count_behind_its_pace_says_what_a_steady_year_would_have_brought() -> None:
    found = stands(CONTRACTS, figures((3, None)), today=date(2022, 3, 14), still_open=1)
    assert reason(found, "below_pace") == Reason("below_pace", {"value": Fraction(3), "by_now": Fraction(4)})
    assert reason(stands(CONTRACTS, figures((20, None))), "below_pace") is None
    assert reason(stands(CONTRACTS, figures((3, None)), today=AFTER), "below_pace") is None


def test_a_forecast_tells_value_band_and_day() -> None:
    found = stands(EMPLOYED, figures((6, 10)), trend=(50, 52, 54, 56), still_open=1)
    told = reason(found, "forecast")
    assert told is not None
    assert (told.params["day"], told.params["points"]) == (END, 4)
    assert told.params["low"] <= told.params["value"] <= told.params["high"]  # type: ignore[operator]
    short = stands(EMPLOYED, figures((6, 10)), trend=(60, 60, 60), still_open=1)
    assert reason(short, "forecast") == Reason(
        "forecast",
        {"value": Fraction(60), "low": Fraction(60), "high": Fraction(60), "day": END, "points": 3},
    )
    assert reason(stands(CONTRACTS, figures((20, None)), trend=(2, 5, 20)), "forecast") is None


@pytest.mark.parametrize(
    ("rule", "first", "path"),
    [
        # a count starts from nothing and growth from 1, at the beginning of the period
        (CONTRACTS, None, ((START, Fraction(20, 365)), (END, Fraction(20)))),
        (SUBSCRIBERS, None, ((START, 1 + Fraction(1, 730)), (END, Fraction("1.5")))),
        # a share starts where it was measured first
        (EMPLOYED, 50, ((TODAY, Fraction(50)), (END, Fraction("62.5")))),
        (AT_RISK, 19, ((TODAY, Fraction(19)), (END, Fraction(15)))),
        # what reaches its target already has nowhere to go, and the worst event no way
        (AT_RISK, 15, ()),
        (EMPLOYED, None, ()),
        (SATISFACTION, 5, ()),
        (COMPLAINTS, 1, ()),
    ],
)
def test_the_way_to_the_target_is_straight(
    rule: IndicatorRule, first: int | None, path: tuple[tuple[date, Fraction], ...]
) -> None:
    observed = [] if first is None else [Observation(TODAY, Fraction(first))]
    assert expected_path(rule, observed, START, END) == path


def test_a_count_on_its_pace_says_so() -> None:
    found = stands(CONTRACTS, figures((5, None)), today=date(2022, 3, 14), still_open=1)
    assert reason(found, "at_pace") == Reason("at_pace", {"value": Fraction(5), "by_now": Fraction(4)})


def test_figures_under_review_are_told_apart() -> None:
    found = stands(EMPLOYED, figures((9, 10), accepted=False), expected=2, still_open=2)
    assert reason(found, "pending") == Reason("pending", {"number": 1})
    assert reason(found, "reported") == Reason("reported", {"reported": 0, "expected": 2})


def test_growth_from_nothing_is_said_to_be_undefined() -> None:
    assert reason(stands(SUBSCRIBERS, figures((600, 0))), "undefined") == Reason("undefined")
    assert reason(stands(SUBSCRIBERS, []), "undefined") is None


def test_the_end_of_the_year_and_of_the_reporting_are_reasons() -> None:
    found = stands(EMPLOYED, figures((9, 10)), today=AFTER)
    assert reason(found, "complete") == Reason("complete")
    assert reason(found, "period_over") == Reason("period_over", {"end": END})


RULES = st.sampled_from([EMPLOYED, AT_RISK, INCLUDED, SATISFACTION, SUBSCRIBERS, CONTRACTS, DIVERGENCE])
PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5)
TRENDS = st.lists(st.integers(0, 90), max_size=5)


@given(
    RULES, PAIRS, st.dates(date(2021, 12, 1), date(2023, 2, 1)), st.integers(0, 6), st.integers(0, 3), TRENDS
)
def test_one_more_overdue_driver_never_improves_a_standing(
    rule: IndicatorRule,
    pairs: list[tuple[int, int]],
    today: date,
    expected: int,
    overdue: int,
    trend: list[int],
) -> None:
    def gravity(number: int) -> int:
        found = stands(
            rule,
            figures(*pairs),
            today=today,
            expected=expected,
            still_open=3 + number,
            overdue=number,
            trend=trend,
        )
        return STANDINGS.index(found.code)

    assert gravity(overdue + 1) <= gravity(overdue)
