"""What figures add up to, kind by kind, with the targets of the order of 2022."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.figures import Figure, IndicatorRule, display, evaluate, passes

JUNE, JULY = date(2022, 6, 1), date(2022, 7, 1)
EMPLOYED = IndicatorRule(1, "share", "at_least", Decimal("62.5"))
AT_RISK = IndicatorRule(2, "share", "at_most", Decimal(15))
INCLUDED = IndicatorRule(5, "share", "at_least", Decimal(50), whole=Decimal(35))
SATISFACTION = IndicatorRule(6, "worst_case", "at_most", Decimal(10))
SUBSCRIBERS = IndicatorRule(8, "growth", "at_least", Decimal("1.5"))
SUPPORTED = IndicatorRule(9, "count", "at_least", Decimal(300))
CONTRACTS = IndicatorRule(10, "count", "at_least", Decimal(20))
DIVERGENCE = IndicatorRule(11, "divergence", "at_most", Decimal(20))


def figure(
    numerator: int | None,
    denominator: int | None = None,
    by: str = "college01",
    *,
    activity: str = "4.1",
    as_of: date = JUNE,
    accepted: bool = True,
    **more: Any,
) -> Figure:
    part = None if numerator is None else Decimal(numerator)
    whole = None if denominator is None else Decimal(denominator)
    return Figure(by, activity, as_of, part, whole, accepted, **more)


# Shares


def test_a_share_is_pooled_and_not_the_mean_of_the_shares() -> None:
    # a college of 10 and one of 990: the mean of the shares would be 75 %
    found = evaluate(EMPLOYED, [figure(10, 10), figure(495, 990, "college02")])
    assert found.value == Fraction(101, 2)
    assert (found.numerator, found.denominator, found.reported) == (505, 1000, 2)


def test_the_newest_figure_of_an_organisation_replaces_its_earlier_ones() -> None:
    found = evaluate(EMPLOYED, [figure(60, 100, as_of=JULY), figure(40, 100), figure(50, 100, "college02")])
    assert (found.value, found.reported) == (55, 2)


def test_of_two_figures_of_one_day_the_later_in_order_counts() -> None:
    assert evaluate(EMPLOYED, [figure(40, 100), figure(50, 100)]).value == 50


def test_a_figure_that_waits_for_acceptance_is_counted_apart_and_changes_nothing() -> None:
    waiting = [figure(100, 100, as_of=JULY, accepted=False), figure(1, 1, "college03", accepted=False)]
    found = evaluate(EMPLOYED, [figure(40, 100), *waiting])
    assert (found.value, found.reported, found.pending) == (40, 1, 2)


def test_no_accepted_figure_is_no_data() -> None:
    found = evaluate(EMPLOYED, [figure(40, 100, accepted=False)])
    assert (found.value, found.numerator, found.reported, found.pending) == (None, None, 0, 1)


def test_a_figure_that_lacks_a_number_leaves_the_earlier_one_standing() -> None:
    assert evaluate(EMPLOYED, [figure(40, 100), figure(50, None, as_of=JULY)]).value == 40


def test_a_college_without_graduates_has_reported_although_it_moves_nothing() -> None:
    found = evaluate(EMPLOYED, [figure(0, 0), figure(1, 2, "college02")])
    assert (found.value, found.reported) == (50, 2)


def test_a_share_of_nobody_is_undefined() -> None:
    found = evaluate(EMPLOYED, [figure(0, 0)])
    assert (found.value, found.reported) == (None, 1)


def test_institutions_that_have_not_reported_count_against_a_share_of_all_of_them() -> None:
    # indicator 5: 18 of 35 are needed; 10 of the 10 that reported are not 100 %
    found = evaluate(INCLUDED, [figure(1, 1, f"college{number:02}") for number in range(10)])
    assert found.value == Fraction(1000, 35)
    assert not passes(INCLUDED, found.value)


def test_a_ceiling_is_not_kept_by_those_who_are_silent() -> None:
    rule = IndicatorRule(2, "share", "at_most", Decimal(15), whole=Decimal(1000))
    assert evaluate(rule, [figure(20, 100)]).value == 20


PERSONS = st.lists(
    st.tuples(st.sampled_from([f"college{number:02}" for number in range(1, 6)]), st.booleans()), min_size=1
)


@given(PERSONS)
def test_a_share_is_what_counting_every_person_gives(persons: list[tuple[str, bool]]) -> None:
    organizations = {organization for organization, _ in persons}
    figures = [
        figure(
            sum(employed for college, employed in persons if college == organization),
            sum(college == organization for college, _ in persons),
            organization,
        )
        for organization in organizations
    ]
    found = evaluate(EMPLOYED, figures)
    assert found.value == Fraction(100 * sum(employed for _, employed in persons), len(persons))
    assert found.reported == len(organizations)


# Counts


def test_a_count_adds_all_tasks_up() -> None:
    # indicator 9: persons helped in 4.3, 4.4 and 3.6
    helped = [
        figure(30, by="centre", activity="4.3", running_total=False),
        figure(25, by="centre", activity="4.3", running_total=False, as_of=JULY),
        figure(100, by="centre", activity="4.4", running_total=False),
        figure(40, by="bpoo", activity="3.6", running_total=False),
    ]
    found = evaluate(SUPPORTED, helped)
    assert (found.value, found.denominator, found.reported) == (195, None, 2)


def test_of_a_running_total_only_the_newest_counts() -> None:
    # indicator 10: each cluster tells how many contracts it has by now
    contracts = [
        figure(3, by="cluster01", activity="3.8"),
        figure(7, by="cluster01", activity="3.8", as_of=JULY),
        figure(5, by="cluster02", activity="3.8"),
    ]
    assert evaluate(CONTRACTS, contracts).value == 12


def test_running_totals_of_two_activities_add_up() -> None:
    assert evaluate(CONTRACTS, [figure(3, activity="3.8"), figure(4, activity="4.5")]).value == 7


def test_a_count_of_nothing_is_nought_and_not_no_data() -> None:
    assert evaluate(CONTRACTS, [figure(0)]).value == 0
    assert evaluate(CONTRACTS, []).value is None


# The worst case


def event(dissatisfied: int | None, answered: int | None, activity: str) -> Figure:
    return figure(dissatisfied, answered, "centre", activity=activity)


def test_the_worst_event_is_the_value() -> None:
    found = evaluate(SATISFACTION, [event(1, 100, "3.5"), event(4, 50, "3.6"), event(0, 30, "4.4")])
    assert (found.value, found.numerator, found.denominator, found.reported) == (8, 4, 50, 3)
    assert found.violations == ()


def test_exactly_ten_per_cent_passes_and_one_answer_more_does_not() -> None:
    assert evaluate(SATISFACTION, [event(10, 100, "3.5")]).violations == ()
    broken = event(11, 100, "3.5")
    assert evaluate(SATISFACTION, [event(0, 10, "3.6"), broken]).violations == (broken,)


@pytest.mark.parametrize(("dissatisfied", "answered"), [(None, None), (0, 0), (0, None)])
def test_an_event_without_a_survey_is_no_data_and_not_a_pass(
    dissatisfied: int | None, answered: int | None
) -> None:
    alone = evaluate(SATISFACTION, [event(dissatisfied, answered, "3.5")])
    assert (alone.value, alone.reported, passes(SATISFACTION, alone.value)) == (None, 0, False)
    beside = evaluate(SATISFACTION, [event(dissatisfied, answered, "3.5"), event(1, 20, "3.6")])
    assert (beside.value, beside.reported) == (5, 1)


def test_a_good_event_does_not_make_up_for_a_bad_one() -> None:
    found = evaluate(SATISFACTION, [event(0, 10_000, "3.5"), event(2, 10, "3.6")])
    assert (found.value, len(found.violations)) == (20, 1)


# Growth


def test_growth_is_what_is_now_over_the_start() -> None:
    january = figure(400, 400, "centre", as_of=date(2022, 1, 31))
    found = evaluate(SUBSCRIBERS, [january, figure(600, 400, "centre", as_of=JULY)])
    assert (found.value, found.numerator, found.denominator) == (Fraction(3, 2), 600, 400)
    assert passes(SUBSCRIBERS, found.value)


def test_a_baseline_saved_in_january_serves_the_figures_after_it() -> None:
    january = figure(None, 400, "centre", as_of=date(2022, 1, 31))
    assert evaluate(SUBSCRIBERS, [january, figure(500, None, "centre")]).value == Fraction(5, 4)
    assert evaluate(SUBSCRIBERS, [january]).reported == 0


@pytest.mark.parametrize("baseline", [None, 0])
def test_growth_from_nothing_is_undefined(baseline: int | None) -> None:
    found = evaluate(SUBSCRIBERS, [figure(600, baseline, "centre")])
    assert (found.value, found.reported) == (None, 1)


def test_growth_is_undefined_while_one_of_the_reporters_has_no_baseline() -> None:
    assert evaluate(SUBSCRIBERS, [figure(600, 400, "centre"), figure(100, None, "bpoo")]).value is None


# Divergence


def test_divergence_looks_at_the_newest_date_alone() -> None:
    found = evaluate(
        DIVERGENCE,
        [figure(900, 1000, "department"), figure(200, 1000, "department", as_of=JULY)],
    )
    assert (found.value, found.reported) == (20, 1)
    assert passes(DIVERGENCE, found.value)


def test_divergence_of_an_older_date_is_not_mixed_in() -> None:
    figures = [figure(10, 100, "department", as_of=JULY), figure(90, 100, "bpoo")]
    assert evaluate(DIVERGENCE, figures).value == 10


# Verdict and rounding


@pytest.mark.parametrize(
    ("rule", "value", "passed"),
    [
        (EMPLOYED, Fraction("62.5"), True),
        (EMPLOYED, Fraction("62.4999"), False),
        (AT_RISK, Fraction(15), True),
        (AT_RISK, Fraction("15.0001"), False),
        (EMPLOYED, None, False),
        (AT_RISK, None, False),  # no data is not a pass, under a ceiling either
    ],
)
def test_the_target_itself_passes(rule: IndicatorRule, value: Fraction | None, passed: bool) -> None:
    assert passes(rule, value) is passed


@pytest.mark.parametrize(
    ("rule", "value", "shown"),
    [
        (EMPLOYED, Fraction(2100, 29), "72.4"),  # the 72,4 % of the order: 21 of 29
        (EMPLOYED, Fraction("70.25"), "70.3"),  # a half goes up, not to the even digit
        (EMPLOYED, Fraction("70.05"), "70.1"),
        (EMPLOYED, Fraction(100), "100.0"),
        (SUBSCRIBERS, Fraction(4, 3), "1.33"),
        (CONTRACTS, Fraction(12), "12"),
        # rounding must not turn a miss into a pass
        (EMPLOYED, Fraction("62.46"), "62.46"),
        (EMPLOYED, Fraction("62.4996"), "62.4996"),
        (SATISFACTION, Fraction("10.04"), "10.04"),
        (SUBSCRIBERS, Fraction("1.499"), "1.499"),
        (SATISFACTION, None, None),
    ],
)
def test_a_value_is_rounded_half_up_but_never_across_its_target(
    rule: IndicatorRule, value: Fraction | None, shown: str | None
) -> None:
    assert display(rule, value) == (None if shown is None else Decimal(shown))
    assert str(display(rule, value)) == str(shown)


RULES = st.sampled_from([EMPLOYED, AT_RISK, SATISFACTION, SUBSCRIBERS, SUPPORTED, DIVERGENCE])


@given(RULES, st.fractions(0, 400))
def test_what_is_shown_has_the_verdict_of_what_was_measured(rule: IndicatorRule, value: Fraction) -> None:
    shown = display(rule, value)
    assert shown is not None
    assert passes(rule, Fraction(shown)) is passes(rule, value)
    assert abs(Fraction(shown) - value) <= Fraction(1, 2)


def test_an_unknown_kind_or_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="mean"):
        IndicatorRule(1, "mean", "at_least", Decimal(1))
    with pytest.raises(ValueError, match="about"):
        IndicatorRule(1, "share", "about", Decimal(1))
