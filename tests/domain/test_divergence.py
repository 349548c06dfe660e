"""A divergence by totals, and how it lies to the one by persons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.domain.divergence import Totals, by_totals

APRIL, MAY = date(2022, 4, 1), date(2022, 5, 1)


def totals(by: str, ours: int, theirs: int, *, as_of: date = MAY) -> Totals:
    return Totals(by, as_of, Decimal(ours), Decimal(theirs))


def test_it_is_the_difference_over_the_other_register_as_of_the_newest_day() -> None:
    # April is over; (120 + 40) against (100 + 30) is 30 of 130
    found = by_totals([totals("a", 999, 1, as_of=APRIL), totals("a", 120, 100), totals("b", 40, 30)])
    assert found is not None
    assert (found.as_of, found.ours, found.theirs) == (MAY, 160, 130)
    assert found.value == Fraction(3000, 130)


def test_fewer_than_the_other_register_diverge_as_much() -> None:
    found = by_totals([totals("a", 80, 100)])
    assert found is not None
    assert found.value == 20


def test_a_later_report_for_the_same_day_takes_the_place_of_the_earlier() -> None:
    found = by_totals([totals("a", 50, 100), totals("a", 90, 100)])
    assert found is not None
    assert found.value == 10


def test_without_totals_there_is_no_reading_and_without_the_other_register_no_value() -> None:
    assert by_totals([]) is None
    found = by_totals([totals("a", 10, 0)])
    assert found is not None
    assert found.value is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_totals_hide_what_offsets_itself(persons: list[tuple[bool, bool]]) -> None:
    """Each person: employed by our register, by the other one."""
    ours, theirs = sum(one for one, _ in persons), sum(other for _, other in persons)
    found = by_totals([totals("a", ours, theirs)])
    differing = sum(one != other for one, other in persons)
    assert found is not None
    if found.value is not None:
        assert found.value * theirs <= 100 * differing
