"""The chart's geometry: everything in its frame, axes that a person can read, labels that cover nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.chart import Chart, Shown, Wording, chart, scale, spark
from app.domain.chart_labels import LETTERS, LINE, Label
from app.domain.forecast import Observation, forecast
from app.domain.indicators import IndicatorRule, expected_path
from workflows.lettering import text_width

START, TODAY, END = date(2022, 1, 1), date(2022, 6, 15), date(2022, 12, 31)
RULES = (
    IndicatorRule(1, "share", "at_least", Decimal("62.5")),
    IndicatorRule(2, "share", "at_most", Decimal(15)),
    IndicatorRule(8, "growth", "at_least", Decimal("1.5")),
    IndicatorRule(9, "count", "at_least", Decimal(300)),
)
WORDS = Wording(lambda value: f"{float(value):g}", "target: at least 62.5", "57.2", "even way", "forecast 68")
SIZES = st.sampled_from([(840, 320), (340, 260)])


def shown(rule: IndicatorRule, *values: Fraction | int) -> Shown:
    """Values 25 days apart."""
    observed = [
        Observation(START + timedelta(days=25 * number), Fraction(value))
        for number, value in enumerate(values, 1)
    ]
    return Shown(
        START,
        END,
        TODAY,
        Fraction(rule.target),
        observed,
        expected_path(rule, observed, START, END),
        forecast(rule, observed, TODAY, END),
    )


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        # a share that moves little is looked at closely
        ([50, 57, Fraction("62.5"), 68], [50, 55, 60, 65, 70]),
        # what begins near 0 is looked at from 0
        ([1, 99, 300], [0, 100, 200, 300]),
        ([0, 12, 20], [0, 5, 10, 15, 20]),
        ([1, Fraction("1.3"), Fraction("1.7")], ["1", "1.2", "1.4", "1.6", "1.8"]),
        # one value alone, and nothing but 0
        ([10, 10], [0, 2, 4, 6, 8, 10]),
        ([0], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
    ],
)
def test_an_axis_has_few_round_numbers(values: list[Fraction], steps: list[Fraction | str]) -> None:
    assert scale([Fraction(value) for value in values]) == [Fraction(step) for step in steps]


@given(st.lists(st.fractions(0, 10**6), min_size=1, max_size=6))
def test_an_axis_holds_every_value_in_at_most_six_numbers(values: list[Fraction]) -> None:
    steps = scale(values)
    assert steps[0] <= min(values) <= max(values) <= steps[-1]
    assert 2 <= len(steps) <= 6
    assert steps == sorted(set(steps))


@example(RULES[2], [22, 92, 90, 93, 91, 34, 15, 8, 0, 57, 72, 72], (840, 320))
@given(st.sampled_from(RULES), st.lists(st.integers(0, 100), min_size=1, max_size=12), SIZES)
def test_everything_stands_in_the_frame_and_no_label_covers_another(
    rule: IndicatorRule, values: list[int], size: tuple[int, int]
) -> None:
    drawn = chart(shown(rule, *values), WORDS, *size)
    for spot in (*drawn.values, *drawn.path, *drawn.forecast, *drawn.band):
        assert drawn.left <= spot.x <= drawn.right
        assert drawn.top - 0.1 <= spot.y <= drawn.bottom + 0.1
    assert len(drawn.values) == len(values)
    for label in drawn.labels:
        assert drawn.left <= label.x
        assert label.x + text_width(label.words, LETTERS) <= drawn.right + 0.1
        assert LETTERS <= label.y <= drawn.bottom
    assert not [pair for pair in combinations(drawn.labels, 2) if _meet(*pair)]
    assert {label.name for label in drawn.labels} >= {"value"}


def _meet(one: Label, other: Label) -> bool:
    beside = one.x + text_width(one.words, LETTERS) <= other.x + 0.2
    beside = beside or other.x + text_width(other.words, LETTERS) <= one.x + 0.2
    return not beside and abs(one.y - other.y) < LINE - 0.2


def places(drawn: Chart) -> dict[int, float]:
    return {number: month.x for number, month in enumerate(drawn.months, 1)}


def test_the_year_lies_over_the_width_and_days_where_they_belong() -> None:
    drawn = chart(shown(RULES[0], 50, 52, 54), WORDS, 840, 320)
    assert [month.first.month for month in drawn.months] == list(range(1, 13))
    assert all(month.named for month in drawn.months)
    assert drawn.today is not None
    assert places(drawn)[6] < drawn.today < places(drawn)[7]
    assert places(drawn)[1] < drawn.values[0].x < places(drawn)[2]
    # what grows lies higher, the band around the line, from the last value to the end of the year
    assert drawn.values[0].y > drawn.values[-1].y > drawn.forecast[-1].y
    assert (drawn.band[0].x, drawn.forecast[-1].x) == (drawn.values[-1].x, drawn.path[-1].x)


def test_on_a_telephone_only_every_other_month_is_named() -> None:
    drawn = chart(shown(RULES[0], 50), WORDS, 340, 260)
    assert [month.first.month for month in drawn.months if month.named] == [1, 3, 5, 7, 9, 11]


@given(st.sampled_from(RULES), st.lists(st.integers(0, 100), min_size=1, max_size=12))
def test_a_small_picture_shows_the_same_shape(rule: IndicatorRule, values: list[int]) -> None:
    drawn = spark(shown(rule, *values), 132, 40)
    heights = [spot.y for spot in drawn.values]
    assert all(0 < height < 40 for height in (*heights, drawn.target))
    for (value, height), (other, beside) in combinations(zip(values, heights, strict=True), 2):
        assert (value > other) <= (height <= beside)
