"""Whether a figure is likely. What is odd about it is asked before it is taken; nothing is refused here.

Three questions: it jumped beyond its bound against the organisation's figure before; it is a whole that
should not change, and did; it is a part that is larger than its whole. The bounds are editorial.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from app.domain.rounding import half_up

JUMP, CHANGED, ABOVE = "jump", "changed", "above"

#: the bound of a figure for which none was set, in per cent
USUAL_JUMP = 50
#: a step of fewer than this is no jump, whatever it is in per cent: of 2 graduates, 1 is a half
SMALL_STEP = 5


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a figure."""

    key: str
    #: per cent; a change by more is asked about. 0: none is
    jump: int = USUAL_JUMP
    #: it is the same from report to report
    steady: bool = False
    #: key of the figure, or the number itself, that it is a part of; None: it is no part
    whole: str | Decimal | None = None


class Before(NamedTuple):
    """The organisation's figure before, and the day that it speaks for."""

    number: Decimal
    as_of: date


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is odd about a number: `JUMP`, `CHANGED` or `ABOVE`."""

    code: str
    number: Decimal
    #: the figure before, or the whole
    against: Decimal
    #: the day that the figure before speaks for
    as_of: date | None = None
    #: by how much it changed, where that can be told
    percent: int | None = None

    def plain(self) -> dict[str, Any]:
        """As the journal and a row keep it."""
        return {
            "code": self.code,
            "number": f"{self.number:f}",
            "against": f"{self.against.normalize():f}",
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "percent": self.percent,
        }

    @classmethod
    def of_plain(cls, kept: Mapping[str, Any]) -> Doubt:
        """What `plain` gave."""
        as_of = date.fromisoformat(kept["as_of"]) if kept["as_of"] else None
        return cls(kept["code"], Decimal(kept["number"]), Decimal(kept["against"]), as_of, kept["percent"])


def doubts(expected: Expected, figures: Mapping[str, Decimal], before: Before | None) -> tuple[Doubt, ...]:
    """What is odd about one of these figures; `figures` holds the wholes as well."""
    number = figures[expected.key]
    return tuple(_doubts(expected, number, figures, before))


def _doubts(
    expected: Expected, number: Decimal, figures: Mapping[str, Decimal], before: Before | None
) -> Iterator[Doubt]:
    if before is not None and expected.steady and number != before.number:
        yield Doubt(CHANGED, number, before.number, before.as_of)
    elif before is not None and _jumps(expected.jump, number, before.number):
        yield Doubt(JUMP, number, before.number, before.as_of, _percent(number, before.number))
    whole = figures.get(expected.whole) if isinstance(expected.whole, str) else expected.whole
    if whole is not None and number > whole:
        yield Doubt(ABOVE, number, whole)


def _jumps(bound: int, number: Decimal, before: Decimal) -> bool:
    step = abs(number - before)
    return bound > 0 and step >= SMALL_STEP and 100 * step > bound * before


def _percent(number: Decimal, before: Decimal) -> int | None:
    return int(half_up(100 * Fraction(abs(number - before)) / Fraction(before), 0)) if before else None
