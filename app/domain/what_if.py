"""What an indicator would come to if those who are missing reported: supposed figures, the same arithmetic.

A level is what one report tells by itself, in the indicator's unit: its per cent, its number of things, its
growth. Whoever is missing is taken to report of as much as before, or, without a figure of its own, of as
much as the others do on average.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.domain.figures import (
    AT_LEAST,
    COUNT,
    PERCENT_KINDS,
    WORST_CASE,
    Evaluation,
    Figure,
    IndicatorRule,
    evaluate,
    passes,
)
from app.domain.rounding import half_up

#: like the others together, like the best of them, like the worst of them
REST, BEST, WORST = "rest", "best", "worst"
LEVELS = (REST, BEST, WORST)
#: decimals of what is supposed; more than any page shows
_PLACES = 9


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who has yet to report."""

    organization: str | int
    #: code of the activity in which it reports
    activity: str
    #: its own figure that counts now, which the supposed one takes the place of
    known: Figure | None
    running_total: bool = True

    def is_of(self, rule: IndicatorRule, figure: Figure) -> bool:
        """Whether the figure is its own."""
        same = figure.organization == self.organization
        return same and (rule.kind not in {COUNT, WORST_CASE} or figure.activity == self.activity)


@dataclass(frozen=True, slots=True)
class Needed:
    """What each of the missing would have to report for the target to be reached.

    `level` is None where the target is reached, or broken, whatever they report.
    """

    level: Fraction | None
    #: whether the target can be reached at all
    possible: bool


def levels(rule: IndicatorRule, parts: Iterable[Figure], missing: Sequence[Missing]) -> dict[str, Fraction]:
    """The levels of `LEVELS` of those who are not missing; empty where nobody else has reported."""
    others = [part for part in parts if not any(one.is_of(rule, part) for one in missing)]
    told = [level for part in others if (level := _level(rule, [part])) is not None]
    together = _level(rule, others)
    if together is None or not told:
        return {}
    low, high = min(told), max(told)
    best, worst = (high, low) if rule.direction == AT_LEAST else (low, high)
    return {REST: together, BEST: best, WORST: worst}


def suppose(
    rule: IndicatorRule,
    figures: Iterable[Figure],
    missing: Sequence[Missing],
    level: Fraction,
    as_of: date,
) -> Evaluation:
    """What the figures add up to if every one of the missing reported that level as of that day.

    A running count never falls below what it has reached.
    """
    given = list(figures)
    wholes = [each.denominator for each in given if each.accepted and each.denominator]
    size = sum(wholes, Decimal()) / len(wholes) if wholes else Decimal(1)
    return evaluate(rule, [*given, *(_supposed(rule, one, level, size, as_of) for one in missing)])


def needed(
    rule: IndicatorRule, figures: Iterable[Figure], missing: Sequence[Missing], as_of: date
) -> Needed | None:
    """The level at which the target is just reached; None where there is nothing to solve for.

    Every value but that of a worst case rises evenly with the level, so that two of them give the line.
    """
    if not missing:
        return None
    given = list(figures)

    def value(level: Fraction) -> Fraction | None:
        return suppose(rule, given, missing, level, as_of).value

    least = Fraction()
    if rule.kind == COUNT:
        least = max((Fraction(one.known.numerator or 0) for one in missing if one.known), default=least)
    most = Fraction(100) if rule.kind in PERCENT_KINDS else None
    if rule.kind == WORST_CASE:
        reached = passes(rule, value(least if rule.direction != AT_LEAST else Fraction(100)))
        return Needed(Fraction(rule.target) if reached else None, reached)
    low, step = value(least), value(least + 1)
    if low is None or step is None or low == step:
        return None
    level = least + (Fraction(rule.target) - low) / (step - low)
    if most is not None and level > most:
        return Needed(None, possible=rule.direction != AT_LEAST)
    if level <= least:
        return Needed(None, possible=rule.direction == AT_LEAST)
    return Needed(level, possible=True)


def _level(rule: IndicatorRule, figures: Sequence[Figure]) -> Fraction | None:
    part = sum((Fraction(each.numerator or 0) for each in figures), Fraction())
    if rule.kind == COUNT:
        return part / len(figures) if figures else None
    whole = sum((Fraction(each.denominator or 0) for each in figures), Fraction())
    if not whole:
        return None
    return part / whole * (100 if rule.kind in PERCENT_KINDS else 1)


def _supposed(rule: IndicatorRule, one: Missing, level: Fraction, size: Decimal, as_of: date) -> Figure:
    known = one.known
    whole = known.denominator if known is not None and known.denominator else size
    if rule.kind == COUNT:
        reached = Fraction(known.numerator or 0) if known is not None and one.running_total else Fraction()
        numerator, denominator = max(level, reached), None
    else:
        numerator = level * Fraction(whole) / (100 if rule.kind in PERCENT_KINDS else 1)
        denominator = whole
    return Figure(
        organization=one.organization,
        activity=one.activity,
        as_of=max(as_of, known.as_of) if known is not None else as_of,
        numerator=half_up(numerator, _PLACES),
        denominator=denominator,
        accepted=True,
        running_total=one.running_total,
    )
