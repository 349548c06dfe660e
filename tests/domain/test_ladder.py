"""The ladder of reminders: when a task reaches a step, and who hears of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.errors import InvalidInputError
from app.domain.ladder import HEAD, Ladder, Step, checked_ladder, horizon, ladder_of, reached, told
from app.domain.working_days import working_calendar
from workflows.definition import ACCEPTED, CONTROLLER, COORDINATOR, EXECUTOR, OFF, OWING, REVIEW

USUAL = Ladder()
CALENDAR = working_calendar("RU", 2021, 2023, ())
#: a Friday in front of an ordinary weekend
DUE = date(2022, 6, 24)


def latest(today: date, ladder: Ladder = USUAL, due: date = DUE) -> str:
    steps = reached(ladder, OWING, due, today, CALENDAR)
    return steps[-1].name if steps else ""


# June 2022: the 12th is a holiday whose day off moved to Monday the 13th.
@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2022, 6, 2), ""),
        (date(2022, 6, 3), "before:14"),
        (date(2022, 6, 14), "before:14"),
        (date(2022, 6, 15), "before:7"),
        (date(2022, 6, 22), "before:7"),
        (date(2022, 6, 23), "before:1"),
        (date(2022, 6, 24), "due"),
        (date(2022, 6, 25), "after:1"),
        (date(2022, 6, 26), "after:1"),
        (date(2022, 6, 27), "after:3"),
        (date(2022, 6, 30), "after:3"),
        (date(2022, 7, 1), "after:7"),
        (date(2023, 1, 31), "after:7"),
    ],
)
def test_working_days_count_before_the_date_and_calendar_days_after_it(today: date, step: str) -> None:
    assert latest(today) == step


def test_one_working_day_before_a_monday_is_the_friday() -> None:
    assert [latest(date(2022, 6, day), due=date(2022, 6, 27)) for day in (23, 24, 26)] == [
        "before:7",
        "before:1",
        "before:1",
    ]


def test_every_step_that_was_reached_is_named_in_the_order_of_time() -> None:
    names = [step.name for step in reached(Ladder(), OWING, DUE, date(2022, 6, 25), CALENDAR)]
    assert names == ["before:14", "before:7", "before:1", "due", "after:1"]


@pytest.mark.parametrize(
    ("phase", "due"), [(REVIEW, DUE), (ACCEPTED, DUE), (OFF, DUE), (OWING, None), (REVIEW, None)]
)
def test_what_is_not_owed_by_a_date_climbs_nothing(phase: str, due: date | None) -> None:
    assert reached(Ladder(), phase, due, date(2022, 12, 31), CALENDAR) == []


def test_nothing_due_after_the_horizon_has_reached_a_step_and_something_on_it_has() -> None:
    for ladder in (Ladder(), Ladder(before=(1,)), Ladder(before=())):
        for offset in range(365):
            today = date(2022, 1, 1) + timedelta(days=offset)
            until = horizon(ladder, today, CALENDAR)
            assert latest(today, ladder, until)
            for later in range(1, 20):
                assert not latest(today, ladder, until + timedelta(days=later))


def test_the_circle_widens_with_every_step_after_the_date() -> None:
    circles = {step.name: told(Ladder(), step) for step in Ladder().steps}
    for name in ("before:14", "before:7", "before:1", "due", "after:1"):
        assert circles[name] == {EXECUTOR}
    assert circles["after:3"] == {EXECUTOR, HEAD, COORDINATOR}
    assert circles["after:7"] == {EXECUTOR, HEAD, COORDINATOR, CONTROLLER}
    long = Ladder(after=(1, 2, 3, 4, 30))
    assert told(long, Step("after", 30)) == {EXECUTOR, HEAD, COORDINATOR, CONTROLLER}


def test_a_ladder_is_kept_as_it_was_entered_each_day_once_and_in_order() -> None:
    ladder = checked_ladder([1, 10, 1], False, [9, 2])
    assert ladder == Ladder((10, 1), False, (2, 9))
    assert ladder_of(ladder.as_record()) == ladder
    assert [step.name for step in ladder.steps] == ["before:10", "before:1", "after:2", "after:9"]


@pytest.mark.parametrize("days", [[0], [-1], [366], list(range(1, 12))])
def test_days_out_of_bounds_are_refused_where_they_were_entered(days: list[int]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        checked_ladder(days, True, [1])
    assert set(caught.value.fields) == {"before"}
    with pytest.raises(InvalidInputError) as caught:
        checked_ladder([1], True, days)
    assert set(caught.value.fields) == {"after"}
