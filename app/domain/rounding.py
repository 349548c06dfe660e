"""The one rounding rule of what is shown. Figures themselves are never rounded."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor


def half_up(value: Fraction, places: int) -> Decimal:
    """The value with that many decimals; a half goes away from zero, as in school and in official reports."""
    scaled = floor(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(-scaled if value < 0 else scaled).scaleb(-places)
