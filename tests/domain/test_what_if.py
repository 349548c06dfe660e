"""If the missing reported: hand-computed cases of every kind, and what holds of any."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.figures import Figure, IndicatorRule, passes
from app.domain.what_if import Missing, Needed, levels, needed, suppose

APRIL, MAY = date(2022, 4, 30), date(2022, 5, 31)
EMPLOYED = IndicatorRule(1, "share", "at_least", Decimal("62.5"))
AT_RISK = IndicatorRule(2, "share", "at_most", Decimal(15))
INCLUDED = IndicatorRule(5, "share", "at_least", Decimal(50), whole=Decimal(35))
SATISFACTION = IndicatorRule(6, "worst_case", "at_most", Decimal(10))
SUBSCRIBERS = IndicatorRule(8, "growth", "at_least", Decimal("1.5"))
CONTRACTS = IndicatorRule(10, "count", "at_least", Decimal(20))
DIVERGENCE = IndicatorRule(11, "divergence", "at_most", Decimal(20))


def figure(
    by: str, part: int, whole: int | None = None, *, as_of: date = MAY, activity: str = "4.1"
) -> Figure:
    return Figure(by, activity, as_of, Decimal(part), None if whole is None else Decimal(whole), True)


def absent(by: str, known: Figure | None = None, activity: str = "4.1") -> Missing:
    return Missing(by, activity, known)


#: two that are in, 60 of 100 and 30 of 60, and one that is late with the newest figure: 10 of 40 in April
LATE = figure("c", 10, 40, as_of=APRIL)
SHARES = [figure("a", 60, 100), figure("b", 30, 60), LATE]


def test_levels_are_those_of_the_others_together_of_the_best_and_of_the_worst() -> None:
    late = [absent("c", LATE)]
    assert levels(EMPLOYED, SHARES, late) == {"rest": Fraction(900, 16), "best": 60, "worst": 50}
    assert levels(AT_RISK, SHARES, late) == {"rest": Fraction(900, 16), "best": 50, "worst": 60}
    assert levels(EMPLOYED, [LATE], late) == {}


@pytest.mark.parametrize(
    ("rule", "figures", "missing", "level", "value"),
    [
        # the late one reports of its own 40 again: (60 + 30 + 20) of 200
        (EMPLOYED, SHARES, [absent("c", LATE)], 50, 55),
        # who never reported is as large as the others on average: 90 of 160, and 80 of 80 more
        (EMPLOYED, SHARES[:2], [absent("d")], 100, Fraction(170 * 100, 240)),
        # nobody has reported: the level itself
        (EMPLOYED, [], [absent("a"), absent("b")], 70, 70),
        # of a whole of 35, 7 that said yes and 14 missing of whom half will
        (INCLUDED, [figure(by, 1, 1) for by in "abcdefg"], [absent(by) for by in "hijklmnopqrstu"], 50, 40),
        # the worst event decides
        (SATISFACTION, [figure("a", 1, 20, activity="3.5")], [absent("b", activity="3.6")], 8, 8),
        (SATISFACTION, [figure("a", 1, 20, activity="3.5")], [absent("a", activity="3.6")], 4, 5),
        # a count adds up; a running total does not fall below what it has reached
        (CONTRACTS, [figure("a", 5), figure("b", 3)], [absent("c")], 4, 12),
        (CONTRACTS, [figure("a", 5), figure("b", 3)], [absent("b", figure("b", 3))], 1, 8),
        (CONTRACTS, [figure("a", 5), figure("b", 3)], [absent("b", figure("b", 3))], 6, 11),
        # the same baseline again
        (SUBSCRIBERS, [figure("a", 1100, 1000)], [absent("a", figure("a", 1100, 1000))], 2, 2),
        (DIVERGENCE, [figure("a", 30, 100)], [absent("a", figure("a", 30, 100))], 12, 12),
    ],
)  # fmt: skip
def test_what_is_supposed_is_added_up_as_what_is_reported(
    rule: IndicatorRule, figures: list[Figure], missing: list[Missing], level: int, value: Fraction | int
) -> None:
    found = suppose(rule, figures, missing, Fraction(level), MAY).value
    assert found is not None
    assert abs(found - value) < Fraction(1, 10**6)


@pytest.mark.parametrize(
    ("rule", "figures", "missing", "level", "possible"),
    [
        # 90 of 160 and x of 40 are 62.5 % of 200 at 35 of 40
        (EMPLOYED, SHARES, [absent("c", LATE)], Fraction("87.5"), True),
        # 30 of 160: even all 40 are not enough
        (EMPLOYED, [figure("a", 10, 100), figure("b", 20, 60)], [absent("c", LATE)], None, False),
        # 160 of 160: even none of 40 is enough
        (EMPLOYED, [figure("a", 100, 100), figure("b", 60, 60)], [absent("c", LATE)], None, True),
        # a ceiling: 10 of 100, so 20 of the other 100 may be; 0 of 100 leaves room for any of 10
        (AT_RISK, [figure("a", 10, 100)], [absent("b")], Fraction(20), True),
        (AT_RISK, [figure("a", 0, 100)], [absent("b", figure("b", 1, 10))], None, True),
        (AT_RISK, [figure("a", 40, 100)], [absent("b")], None, False),
        (CONTRACTS, [figure("a", 5)], [absent("b"), absent("c")], Fraction("7.5"), True),
        (CONTRACTS, [figure("a", 25)], [absent("b")], None, True),
        # an event may reach the limit; another one is past it already
        (SATISFACTION, [figure("a", 1, 20)], [absent("b", activity="3.6")], Fraction(10), True),
        (SATISFACTION, [figure("a", 3, 20)], [absent("b", activity="3.6")], None, False),
    ],
)
def test_what_the_missing_need_to_report_just_reaches_the_target(
    rule: IndicatorRule, figures: list[Figure], missing: list[Missing], level: Fraction | None, possible: bool
) -> None:
    found = needed(rule, figures, missing, MAY)
    assert found is not None
    assert found.possible is possible
    assert (found.level is None) is (level is None)
    if level is not None and found.level is not None:
        assert abs(found.level - level) < Fraction(1, 10**6)


def test_nobody_missing_needs_nothing() -> None:
    assert needed(EMPLOYED, SHARES, [], MAY) is None


PAIRS = st.lists(st.tuples(st.integers(0, 50), st.integers(50, 90)), min_size=1, max_size=5)


@given(st.sampled_from([EMPLOYED, AT_RISK]), PAIRS, st.integers(1, 4))
def test_a_little_more_or_less_than_needed_decides(
    rule: IndicatorRule, pairs: list[tuple[int, int]], number: int
) -> None:
    figures = [figure(f"a{each}", *pair) for each, pair in enumerate(pairs)]
    missing = [absent(f"b{each}") for each in range(number)]
    found = needed(rule, figures, missing, MAY)
    assert isinstance(found, Needed)
    if found.level is None:
        assert all(
            passes(rule, suppose(rule, figures, missing, Fraction(level), MAY).value) is found.possible
            for level in (1, 50, 99)
        )
        return
    for step, reached in ((Fraction(1, 1000), True), (-Fraction(1, 1000), False)):
        beyond = found.level + (step if rule.direction == "at_least" else -step)
        assert passes(rule, suppose(rule, figures, missing, beyond, MAY).value) is reached
