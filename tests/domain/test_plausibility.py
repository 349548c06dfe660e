"""What is asked about before a figure is taken."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.plausibility import ABOVE, CHANGED, JUMP, Before, Doubt, Expected, doubts

MAY = date(2022, 5, 1)
USUAL = Expected("employed")
STEADY = Expected("graduates", steady=True)


@pytest.mark.parametrize(
    ("expected", "before", "number", "code", "percent"),
    [
        # against the organisation's figure before: by more than half of it, up or down
        (USUAL, 100, 151, JUMP, 51),
        (USUAL, 100, 150, None, None),
        (USUAL, 100, 49, JUMP, 51),
        (USUAL, 100, 50, None, None),
        (USUAL, 3, 200, JUMP, 6567),
        # a step of fewer than five is none: 2 graduates of 3 are no news
        (USUAL, 2, 6, None, None),
        (USUAL, 2, 7, JUMP, 250),
        # from nothing there is no per cent
        (USUAL, 0, 4, None, None),
        (USUAL, 0, 5, JUMP, None),
        (USUAL, 5, 0, JUMP, 100),
        # nothing was given before
        (USUAL, None, 10_000, None, None),
        # a bound of its own, or none
        (Expected("employed", jump=200), 100, 300, None, None),
        (Expected("employed", jump=200), 100, 301, JUMP, 201),
        (Expected("employed", jump=10), 100, 111, JUMP, 11),
        (Expected("helped", jump=0), 1, 1000, None, None),
        # a denominator that should stay: any change, and one question for it
        (STEADY, 148, 148, None, None),
        (STEADY, 148, 149, CHANGED, None),
        (STEADY, 148, 1148, CHANGED, None),
        (STEADY, None, 148, None, None),
    ],
)
def test_a_number_is_held_against_the_one_before(
    expected: Expected, before: int | None, number: int, code: str | None, percent: int | None
) -> None:
    past = None if before is None else Before(Decimal(before), MAY)
    found = doubts(expected, {expected.key: Decimal(number)}, past)
    assert [(each.code, each.percent, each.as_of) for each in found] == (
        [(code, percent, MAY)] if code else []
    )


@pytest.mark.parametrize(
    ("whole", "number", "odd"),
    [
        ("answered", 40, False),  # all of the 40
        ("answered", 41, True),
        (Decimal(35), 36, True),  # a whole that every report brings
        (Decimal(35), 35, False),
        ("nobody", 1000, False),  # the whole was not given
        (None, 1000, False),
    ],
)
def test_a_part_is_held_against_its_whole(whole: str | Decimal | None, number: int, odd: bool) -> None:
    figures = {"part": Decimal(number), "answered": Decimal(40)}
    found = doubts(Expected("part", whole=whole), figures, None)
    assert [each.code for each in found] == ([ABOVE] if odd else [])


@pytest.mark.parametrize(
    "doubt",
    [
        Doubt(JUMP, Decimal(151), Decimal("100.00"), MAY, 51),
        Doubt(ABOVE, Decimal(41), Decimal(40)),
    ],
)
def test_a_doubt_is_kept_and_read_again(doubt: Doubt) -> None:
    assert Doubt.of_plain(doubt.plain()) == doubt
