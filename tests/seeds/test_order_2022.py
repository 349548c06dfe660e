"""The order itself, and the organisations that it names or counts."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256

import pytest

from app.domain.seed import Seed
from tests.seeds.order_text import FOLDER, joined, line

#: of the text as it was received
DIGEST = "6534f1c0fbcc1788d6912ff335ddf101d2039033d72cf6121090282e58fd27cf"


def test_the_text_of_the_order_is_kept_byte_for_byte() -> None:
    assert sha256(FOLDER.joinpath("order.txt").read_bytes()).hexdigest() == DIGEST


def test_both_numbers_of_the_order_are_kept_as_printed(seed: Seed) -> None:
    assert joined(seed.order.lines["number"]) == f"№ {seed.order.number}"
    assert joined(seed.order.lines["number_stamp"]).endswith(f" № {seed.order.number_stamp}")
    assert seed.order.number != seed.order.number_stamp
    assert seed.order.number in seed.order.note
    assert seed.order.number_stamp in seed.order.note


def test_the_date_of_the_order_is_the_one_in_its_heading_and_in_its_stamp(seed: Seed) -> None:
    day = seed.order.date
    heading = re.sub(r"\D", "", joined(seed.order.lines["date"]))
    assert heading == f"{day:%d%m%Y}"
    assert f"от {day:%d.%m.%Y} " in joined(seed.order.lines["number_stamp"])


def test_who_issued_the_order_and_who_controls_it_is_what_it_says(seed: Seed) -> None:
    assert joined(seed.order.lines["issuer"]).casefold() == seed.order.issuer.casefold()
    assert joined(seed.order.lines["control_clause"]) == f"2. {seed.order.control_clause}"
    # The clause has the position in the genitive.
    genitive = seed.order.controller_position.replace("заместитель", "заместителя", 1)
    assert f"возложить на {genitive} " in seed.order.control_clause


def test_the_title_of_the_plan_is_the_orders(seed: Seed) -> None:
    assert joined(seed.plan.lines).replace("**", "").casefold() == seed.plan.title.casefold()


def test_the_plan_runs_through_2022_in_moscow_time(seed: Seed) -> None:
    plan = seed.plan
    assert (plan.period_start.isoformat(), plan.period_end.isoformat()) == ("2022-01-01", "2022-12-31")
    assert (plan.time_zone, plan.non_working_policy, plan.holidays_country) == (
        "Europe/Moscow",
        "preceding",
        "RU",
    )


def test_the_eleven_clusters_bear_the_orders_names_in_its_sequence(seed: Seed) -> None:
    clusters = [each for each in seed.organizations if each.kind == "cluster"]
    assert [each.key for each in clusters] == [f"cluster{number:02}" for number in range(1, 12)]
    assert [each.line for each in clusters] == list(range(74, 85))
    for each in clusters:
        printed = line(each.line).removeprefix("- ").rstrip(";.")
        assert printed == each.name[0].lower() + each.name[1:]


def test_every_other_named_organisation_stands_in_the_line_that_it_cites(seed: Seed) -> None:
    named = [each for each in seed.organizations if each.kind not in ("cluster", "college")]
    assert len(named) == 9
    for each in named:
        assert each.name.casefold() in line(each.line).replace("**", "").casefold()


@pytest.mark.parametrize(
    ("category", "count", "cited", "printed"),
    [
        ("dept", 16, 52, "16 подведомственные Департаменту Смоленской области по образованию и науке"),
        ("health", 3, 52, "3 подведомственные Департаменту здравоохранения"),
        ("culture", 1, 52, "1 подведомственная Департаменту культуры"),
        ("federal", 1, 54, "1 – федеральная профессиональная образовательная организация"),
        ("private", 8, 56, "8 – негосударственные профессиональные образовательные организации"),
        ("university", 1, 58, "1 областная государственная образовательная организация высшего образования"),
        ("branch", 5, 58, "5 филиалов федеральных государственных образовательных организаций"),
    ],
)
def test_there_are_as_many_institutions_of_a_category_as_the_order_counts(
    seed: Seed, category: str, count: int, cited: int, printed: str
) -> None:
    found = [each for each in seed.organizations if each.category == category]
    assert len(found) == count
    assert {each.line for each in found} == {cited}
    assert printed in line(cited)


def test_the_institutions_are_35_placeholders_and_say_so(seed: Seed) -> None:
    colleges = [each for each in seed.organizations if each.kind == "college"]
    assert [each.key for each in colleges] == [f"college{number:02}" for number in range(1, 36)]
    assert all("Условное название" in each.note and "placeholder" in each.note_en for each in colleges)
    # 29 vocational organisations and 6 of higher education, as the order counts them.
    by_category = Counter(each.category for each in colleges)
    assert by_category.total() - by_category["university"] - by_category["branch"] == 29
    assert "представлена 29 профессиональными" in line(50)


def test_short_names_tell_organisations_apart(seed: Seed) -> None:
    names = [each.short_name for each in seed.organizations]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 40


def test_a_class_of_executors_is_called_what_the_order_calls_it(seed: Seed) -> None:
    assert [each.key for each in seed.classes] == ["institutions", "clusters"]
    for each in seed.classes:
        assert each.name.casefold() in line(each.line).casefold()
