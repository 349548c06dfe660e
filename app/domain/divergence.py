"""The two readings of a divergence of two registers, where the order gives no formula.

By persons: those whose status differs over those who were compared; `app.domain.figures` computes it. By
totals: |A − B| ÷ B, where A and B are how many each register counts. Errors in both directions cancel out
in totals: where both look at the same persons, A − B is never more than the number of those who differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Totals:
    """How many each register counts as of a day: the reporters’ own (A), and the other one (B)."""

    organization: str | int
    as_of: date
    ours: Decimal
    theirs: Decimal


@dataclass(frozen=True, slots=True)
class ByTotals:
    """The reading by totals, pooled; per cent, None while B is 0."""

    as_of: date
    ours: Decimal
    theirs: Decimal
    value: Fraction | None


def by_totals(given: Iterable[Totals]) -> ByTotals | None:
    """The newest day as of which both totals were given; None where they never were.

    Of two of the same organisation and day the later in the given order counts.
    """
    totals = list(given)
    if not totals:
        return None
    last = max(each.as_of for each in totals)
    newest = {each.organization: each for each in totals if each.as_of == last}
    ours = sum((each.ours for each in newest.values()), Decimal())
    theirs = sum((each.theirs for each in newest.values()), Decimal())
    apart = Fraction(abs(ours - theirs))
    return ByTotals(last, ours, theirs, 100 * apart / Fraction(theirs) if theirs else None)
