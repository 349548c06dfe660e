"""The eleven indicators against the order, and where their figures come from."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

import pytest

from app.domain.seed import Indicator, Seed
from tests.seeds.order_text import line


def _indicator(seed: Seed, number: int) -> Indicator:
    return next(each for each in seed.indicators if each.number == number)


def test_the_eleven_indicators_are_the_orders_word_for_word(seed: Seed) -> None:
    assert [each.number for each in seed.indicators] == list(range(1, 12))
    for each in seed.indicators:
        assert line(each.line) == f"{each.number}. {each.title}"


def test_the_target_is_the_last_number_of_the_title(seed: Seed) -> None:
    for each in seed.indicators:
        printed = re.findall(r"\d+(?:,\d+)?", each.title)[-1]
        assert each.target == Decimal(printed.replace(",", ".")), each.number


def test_at_most_is_said_by_the_order_and_at_least_is_inferred_where_it_is_not(seed: Seed) -> None:
    for each in seed.indicators:
        at_most = "не более" in each.title or "превышает" in each.title
        assert each.direction == ("at_most" if at_most else "at_least")
        assert ("direction" in each.inferred) == (not at_most), each.number


def test_an_as_of_date_is_inferred_unless_the_title_names_the_day_or_the_year(seed: Seed) -> None:
    stated = {each.number for each in seed.indicators if "as_of" not in each.inferred}
    # 1 and 2 «по состоянию на 31.12.2022», 8 «к концу 2022 года», 10 «в 2022 году».
    assert stated == {1, 2, 8, 10}
    assert all(str(_indicator(seed, number).as_of) == "2022-12-31" for number in stated)


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("share", [1, 2, 3, 4, 5, 7]),
        ("worst_case", [6]),
        ("growth", [8]),
        ("count", [9, 10]),
        ("divergence", [11]),
    ],
)
def test_each_indicator_is_reckoned_by_its_kind(seed: Seed, kind: str, numbers: list[int]) -> None:
    assert [each.number for each in seed.indicators if each.kind == kind] == numbers


@pytest.mark.parametrize(
    ("number", "sources"),
    [
        (1, [("4.1", "2021", "employed", "graduates")]),
        (2, [("4.1", "2021", "at_risk", "graduates")]),
        (3, [("1.2", "", "taking_part", "enterprises")]),
        (4, [("2.5", "", "efficient", "assessed")]),
        (5, [("3.2", "", "included", 1)]),
        (
            6,
            [
                (code, "", "unsatisfied", "respondents")
                for code in ("3.4-1", "3.4-2", "3.4-3", "3.4-4", "3.5", "3.6", "4.4")
            ],
        ),
        (7, [("3.7", "", "institutions_using", 35)]),
        (8, [("3.7", "", "subscribers_now", "subscribers_start")]),
        (9, [(code, "", "helped", "") for code in ("4.3", "4.4", "3.6")]),
        (10, [("3.8", "", "contracts", "")]),
        (11, [("4.2", "", "differing", "compared")]),
    ],
)
def test_figures_are_collected_where_the_plan_does_the_work(
    seed: Seed, number: int, sources: list[tuple[str, str, str, str | int]]
) -> None:
    collected = [
        (each.activity, each.cohort, each.numerator, each.denominator or each.constant or "")
        for each in _indicator(seed, number).collected_in
    ]
    assert collected == sources


def test_only_counts_add_up_and_support_counts_by_two_bodies_alone(seed: Seed) -> None:
    for each in seed.indicators:
        assert {source.cumulative for source in each.collected_in} == {each.kind == "count"}
        only = {source.organizations for source in each.collected_in}
        # «в РЦПОиЖН и (или) БПОО»
        assert only == ({("centre", "bpoo")} if each.number == 9 else {()})


def test_no_form_asks_for_a_figure_that_no_indicator_uses(seed: Seed) -> None:
    used = {
        (source.activity, source.cohort, key)
        for each in seed.indicators
        for source in each.collected_in
        for key in (source.numerator, source.denominator, source.ours, source.theirs)
        if key
    }
    assert used == {(each.activity, each.cohort, each.key) for each in seed.figures}


def test_a_part_is_bounded_by_its_whole(seed: Seed) -> None:
    wholes = {(each.activity, each.key): each.at_most for each in seed.figures}
    for each in seed.indicators:
        for source in each.collected_in:
            if each.kind != "growth" and source.denominator:
                assert wholes[source.activity, source.numerator] == source.denominator


def test_a_survey_and_the_pension_funds_data_may_be_missing_and_nothing_else(seed: Seed) -> None:
    optional = {each.key for each in seed.figures if not each.required}
    assert optional == {
        "respondents", "unsatisfied", "compared", "differing", "employed_ours", "employed_theirs",
    }  # fmt: skip
    required = {each.key for each in seed.figures if each.required}
    assert not optional & required


def test_including_the_course_is_a_yes_or_no_of_35_institutions(seed: Seed) -> None:
    included = next(each for each in seed.figures if each.key == "included")
    assert (included.activity, included.kind, included.minimum, included.maximum) == ("3.2", "yes_no", 0, 1)
    institutions = [each for each in seed.organizations if each.kind == "college"]
    assert _indicator(seed, 5).collected_in[0].constant == 1
    assert _indicator(seed, 7).collected_in[0].constant == len(institutions) == 35


# The column "Indicators" of the plan as it was read row by row; "d" marks a direct link.
LINKS = {
    "1.1": "1",
    "1.2": "3d",
    "1.3": "3",
    "2.1": "4",
    "2.2": "4",
    "2.3": "4 1",
    "2.4": "4 1",
    "2.5": "4d",
    "2.6": "4",
    "3.1": "5",
    "3.2": "5d",
    "3.3": "2",
    "3.4-1": "6d 1",
    "3.4-2": "6d 1",
    "3.4-3": "6d 1",
    "3.4-4": "6d 1",
    "3.5": "6d",
    "3.6": "6d 9d 2",
    "3.7": "7d 8d",
    "3.8": "10d 1",
    "4.1": "1d 2d",
    "4.2": "1d 2d 11d",
    "4.3": "9d 2 6",
    "4.4": "6d 9d 1",
    "4.5": "1 2",
    "5.1": "1 10",
    "6.1": "2 1",
    "6.2": "11d 1",
}


def test_activities_are_linked_to_the_indicators_that_they_move(seed: Seed) -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for each in seed.links:
        found[each.activity].append(f"{each.indicator}{'d' if each.strength == 'direct' else ''}")
    assert {code: " ".join(each) for code, each in found.items()} == LINKS


def test_growth_alone_names_a_baseline(seed: Seed) -> None:
    assert [each.number for each in seed.indicators if each.baseline and each.baseline_en] == [8]
