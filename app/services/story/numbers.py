"""The figures of a collective: drawn from a fixed seed, so that the same script gives the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from app.services.story.script import FigureRule

#: how far a month may stray from an organisation's own level, in percentage points
_RIPPLE = 0.4


def figures(rules: Sequence[FigureRule], chance: str, organization: str, position: int) -> dict[str, Decimal]:
    """What an organisation reports in the occurrence at that position. Raises KeyError naming what lacks.

    An organisation's level is drawn once, so its months follow one another plausibly.
    """
    numbers: dict[str, int] = {}
    for rule in rules:
        level = Random(f"{chance}|{rule.key}|{organization}")
        if rule.constant is not None:
            numbers[rule.key] = rule.constant
        elif rule.table:
            numbers[rule.key] = rule.table[organization]
        elif rule.bounds is not None:
            numbers[rule.key] = level.randint(*rule.bounds)
        else:
            away = level.uniform(-float(rule.spread), float(rule.spread))
            ripple = Random(f"{chance}|{rule.key}|{organization}|{position}").uniform(-_RIPPLE, _RIPPLE)
            whole = numbers[rule.share_of]
            share = float(rule.shares[position]) + away + ripple
            numbers[rule.key] = min(whole, max(0, round(whole * share / 100)))
    return {key: Decimal(number) for key, number in numbers.items()}
