"""Every date of the plan against the words that it comes from, and the tasks that result."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import pytest

from app.domain.seed import Occurrence, Seed, expected_tasks

MONTHS = [
    ("январь", "января"),
    ("февраль", "февраля"),
    ("март", "марта"),
    ("апрель", "апреля"),
    ("май", "мая"),
    ("июнь", "июня"),
    ("июль", "июля"),
    ("август", "августа"),
    ("сентябрь", "сентября"),
    ("октябрь", "октября"),
    ("ноябрь", "ноября"),
    ("декабрь", "декабря"),
]
NUMBERS = {name: number for number, names in enumerate(MONTHS, start=1) for name in names}
#: 4.1 has two terms in one cell, 4.2 a submission day of the operator's, 4.3 and 4.5 wait for requests
READ_OTHERWISE = {"4.1", "4.2", "4.3", "4.5"}


def _last(month: int) -> date:
    return date(2022, month, monthrange(2022, month)[1])


def _windows(phrase: str) -> list[tuple[str, date, date]]:
    """What a deadline phrase of the order means: mode, first day, last day."""
    words = phrase.replace(",", " ").replace("-", " ").split()
    if phrase == "в течение года":
        return [("throughout", date(2022, 1, 1), date(2022, 12, 31))]
    if words[0] == "до":
        return [("by", date(2022, 1, 1), date(2022, NUMBERS[words[2]], int(words[1])))]
    if words[0] == "с":
        until = date(2022, NUMBERS[words[-1]], int(words[-2]))
        # «с 7 по 11 февраля»: the first month is left out where it is the same.
        since = date(2022, NUMBERS.get(words[2], until.month), int(words[1]))
        return [("within", since, until)]
    if words[0].isdigit():
        days = [date(2022, NUMBERS[month], int(day)) for day, month in re.findall(r"(\d+) (\w+)", phrase)]
        return [("on", day, day) for day in days]
    return [("within", date(2022, NUMBERS[words[0]], 1), _last(NUMBERS[words[-1]]))]


def _occurrences(seed: Seed, code: str) -> tuple[Occurrence, ...]:
    return next(each.occurrences for each in seed.activities if each.code == code)


def test_dates_are_what_the_deadline_phrase_says(seed: Seed) -> None:
    phrases = {row.number: row.deadline for row in seed.rows}
    checked = 0
    for activity in seed.activities:
        if activity.code in READ_OTHERWISE:
            continue
        dates = [(each.mode, each.window_start, each.due) for each in activity.occurrences]
        assert dates == _windows(phrases[activity.row]), activity.code
        assert {each.source for each in activity.occurrences} == {"order"}
        checked += 1
    assert checked == 24


def test_graduates_of_2021_are_updated_all_year_and_those_of_2022_from_july(seed: Seed) -> None:
    months = [("2021", month) for month in range(1, 13)] + [("2022", month) for month in range(7, 13)]
    occurrences = _occurrences(seed, "4.1")
    assert [(each.key, each.cohort, each.window_start, each.due) for each in occurrences] == [
        (f"{cohort}:2022-{month:02}", cohort, date(2022, month, 1), _last(month)) for cohort, month in months
    ]
    # «не менее 2-х раз в месяц»
    assert {each.min_updates for each in occurrences} == {2}
    # The order does not say which term is whose: every date carries the reading.
    assert all("выпуску 2021 года" in each.note and "2021" in each.note_en for each in occurrences)


def test_employment_is_monitored_as_of_the_first_and_due_on_the_operators_tenth(seed: Seed) -> None:
    monthly = _occurrences(seed, "4.2")[:-1]
    assert [(each.key, each.as_of, each.window_start, each.due) for each in monthly] == [
        (f"2022-{month:02}", date(2022, month, 1), date(2022, month, 1), date(2022, month, 10))
        for month in range(1, 13)
    ]
    assert {each.source for each in monthly} == {"operator"}
    assert all("оператор" in each.note and "operator" in each.note_en for each in monthly)


def test_a_closing_cut_gives_indicators_1_and_2_the_date_that_they_are_measured_at(seed: Seed) -> None:
    closing = _occurrences(seed, "4.2")[-1]
    measured = {each.as_of for each in seed.indicators if each.number in (1, 2)}
    assert {closing.as_of} == measured == {date(2022, 12, 31)}
    assert (closing.key, closing.due, closing.source) == ("closing", date(2022, 12, 31), "operator")
    # The policy moves the due date to 30.12; the window must be open by then.
    assert closing.window_start < date(2022, 12, 30)


def test_every_occurrence_says_how_often_and_when_in_words_of_its_own(seed: Seed) -> None:
    for activity in seed.activities:
        assert len({each.label_ru for each in activity.occurrences}) == len(activity.occurrences)
        assert len({each.label_en for each in activity.occurrences}) == len(activity.occurrences)


def test_a_single_occurrence_is_labelled_with_the_orders_phrase(seed: Seed) -> None:
    phrases = {row.number: row.deadline for row in seed.rows}
    for activity in seed.activities:
        if len(activity.occurrences) == 1:
            assert activity.occurrences[0].label_ru == phrases[activity.row]


# The lines of the table "tasks that the plan makes": activities, occurrences of each, tasks of each
# occurrence, tasks in all.
TASK_TABLE = [
    (
        "1.1 1.3 2.1 2.5 2.6 3.1 3.3 3.4-1 3.4-2 3.4-3 3.4-4 3.5 3.6 3.7 4.4 5.1 6.1 6.2",
        1,
        1,
        18,
    ),
    ("1.2 3.8", 1, 11, 22),
    ("2.2", 2, 1, 2),
    ("2.3 2.4 3.2", 1, 35, 105),
    ("4.1", 18, 35, 630),
    ("4.2", 13, 1, 13),
    ("4.3 4.5", 0, 0, 0),
]


@pytest.mark.parametrize(("codes", "occurrences", "each", "total"), TASK_TABLE)
def test_the_plan_makes_the_tasks_of_the_table(
    seed: Seed, codes: str, occurrences: int, each: int, total: int
) -> None:
    tasks = expected_tasks(seed)
    for code in codes.split():
        assert len(_occurrences(seed, code)) == occurrences
        for occurrence in _occurrences(seed, code):
            assert len([task for task in tasks if task[:2] == (code, occurrence.key)]) == each
    assert len([task for task in tasks if task[0] in codes.split()]) == total


def test_the_plan_makes_790_different_tasks_and_the_table_covers_every_activity(seed: Seed) -> None:
    tasks = expected_tasks(seed)
    assert len(tasks) == len(set(tasks)) == sum(total for *_, total in TASK_TABLE) == 790
    covered = [code for codes, *_ in TASK_TABLE for code in codes.split()]
    assert sorted(covered) == sorted(each.code for each in seed.activities)


@pytest.mark.parametrize(
    ("code", "lead"),
    [
        ("1.1", "department"),
        ("2.2", "centre"),
        ("3.1", "soiro"),
        ("3.6", "bpoo"),
        ("3.7", "centre"),
        ("4.2", "department"),
    ],
)
def test_a_task_for_the_lead_goes_to_the_organisation_named_first(seed: Seed, code: str, lead: str) -> None:
    assert {task[2] for task in expected_tasks(seed) if task[0] == code} == {lead}


def test_collective_tasks_go_to_every_member_of_the_class(seed: Seed) -> None:
    owing = {code: {task[2] for task in expected_tasks(seed) if task[0] == code} for code in ("1.2", "2.4")}
    assert owing["1.2"] == {f"cluster{number:02}" for number in range(1, 12)}
    assert owing["2.4"] == {f"college{number:02}" for number in range(1, 36)}
