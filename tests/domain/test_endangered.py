"""What is at stake, rule by rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from app.domain.endangered import NOTHING, Stake, distance, weight
from app.domain.indicators import IndicatorRule

EMPLOYED = IndicatorRule(1, "share", "at_least", Decimal("62.5"))
AT_RISK = IndicatorRule(2, "share", "at_most", Decimal(15))


def test_stakes_are_ordered_by_link_then_standing_then_distance() -> None:
    ordered = [
        # 1. what is fed directly, however it stands
        Stake(True, "missed", Fraction(1, 10)),
        # 2. the graver standing
        Stake(True, "at_risk", Fraction(1, 2)),
        # 3. the farther from its target
        Stake(True, "at_risk", Fraction(1, 4)),
        Stake(True, "no_data", Fraction(1)),
        Stake(True, "on_course", Fraction(0)),
        Stake(True, "met", Fraction(0)),
        Stake(False, "missed", Fraction(1)),
        Stake(False, "met", Fraction(0)),
    ]
    weights = [weight(stake) for stake in ordered] + [NOTHING]
    assert all(one < other for one, other in pairwise(weights))


@pytest.mark.parametrize(
    ("rule", "value", "far"),
    [
        (EMPLOYED, Fraction(50), Fraction(1, 5)),
        (EMPLOYED, Fraction(70), Fraction(0)),
        (AT_RISK, Fraction(18), Fraction(1, 5)),
        (AT_RISK, Fraction(10), Fraction(0)),
        (EMPLOYED, None, Fraction(1)),
        (IndicatorRule(3, "count", "at_most", Decimal(0)), Fraction(2), Fraction(2)),
    ],
)
def test_a_distance_is_a_share_of_the_target(
    rule: IndicatorRule, value: Fraction | None, far: Fraction
) -> None:
    assert distance(rule, value) == far
