"""What a delay puts at stake, by how much it matters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from app.domain.figures import AT_LEAST, IndicatorRule
from app.domain.indicators import STANDINGS


@dataclass(frozen=True, slots=True)
class Stake:
    """An indicator that a late task moves."""

    #: the task feeds it, or the order aims the work at it
    direct: bool
    #: one of `STANDINGS`
    standing: str
    #: how far the value is from the target, as a share of it; 0 where it is reached, 1 without a value
    distance: Fraction


def distance(rule: IndicatorRule, value: Fraction | None) -> Fraction:
    """The `distance` of a `Stake`."""
    target = Fraction(rule.target)
    if value is None:
        return Fraction(1)
    lacking = target - value if rule.direction == AT_LEAST else value - target
    return max(lacking, Fraction()) / (abs(target) or 1)


def weight(stake: Stake) -> tuple[bool, int, Fraction]:
    """The order of stakes, the smallest first: the first of these that differs decides.

    1. what the task feeds directly comes before what it only touches;
    2. the graver standing: missed, at risk, no data, on course, met;
    3. the farther from its target.
    """
    return (not stake.direct, STANDINGS.index(stake.standing), -stake.distance)


#: what endangers nothing comes after everything that does
NOTHING: tuple[bool, int, Fraction] = (True, len(STANDINGS), Fraction())
