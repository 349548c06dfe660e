"""Discipline of execution: who counts, who is left out, and that counts are pooled."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.discipline import DIRECTUM, SIMPLE, Discipline, TaskOutcome, discipline
from app.domain.schedule import scoring_due
from app.domain.working_days import working_calendar
from workflows.definition import ACCEPTED, OFF, OWING, PHASES, REVIEW

TODAY = date(2022, 6, 15)
DUE = date(2022, 2, 4)


@pytest.mark.parametrize(
    ("phase", "due", "submitted_on", "category"),
    [
        (ACCEPTED, DUE, date(2022, 2, 3), "on_time"),
        (ACCEPTED, DUE, date(2022, 2, 4), "on_time"),  # the due date is inclusive
        (ACCEPTED, DUE, date(2022, 2, 5), "late"),
        (ACCEPTED, None, date(2022, 2, 5), "excluded"),  # no deadline: neither kept nor missed
        (REVIEW, DUE, date(2022, 2, 3), "open"),  # "done" is a claim until it is accepted
        (REVIEW, DUE, date(2022, 2, 5), "open"),
        (OWING, DUE, None, "overdue"),
        (OWING, DUE, date(2022, 2, 3), "overdue"),  # returned, and the date has passed
        (OWING, TODAY, None, "open"),  # today is in time
        (OWING, None, None, "open"),
        (OFF, DUE, None, "excluded"),  # withdrawn, suspended, declined
        (OFF, DUE, date(2022, 2, 5), "excluded"),
    ],
)
def test_a_task_counts_where_its_phase_and_dates_put_it(
    phase: str, due: date | None, submitted_on: date | None, category: str
) -> None:
    assert TaskOutcome(phase, due, submitted_on, TODAY).category == category


@pytest.mark.parametrize(
    ("phase", "due", "submitted_on", "category"),
    [
        (ACCEPTED, DUE, date(2022, 2, 4), "on_time"),
        (ACCEPTED, DUE, date(2022, 2, 5), "late"),
        (REVIEW, DUE, date(2022, 2, 4), "on_time"),  # the employee has completed it
        (REVIEW, DUE, date(2022, 2, 5), "late"),
        (ACCEPTED, None, date(2022, 2, 5), "on_time"),  # without a deadline nothing can be late
        (OWING, DUE, None, "overdue"),
        (OWING, DUE, date(2022, 2, 3), "overdue"),  # returned: it is in work again
        (OWING, TODAY, None, "open"),
        (OWING, None, None, "open"),
        (OFF, DUE, date(2022, 2, 5), "excluded"),
    ],
)
def test_directum_counts_what_the_employee_has_completed(
    phase: str, due: date | None, submitted_on: date | None, category: str
) -> None:
    assert TaskOutcome(phase, due, submitted_on, TODAY).category_by(DIRECTUM) == category


@pytest.mark.parametrize(
    ("counts", "simple", "directum"),
    [
        (Discipline(on_time=2, late=1), Fraction(2, 3), Fraction(67, 100)),  # whole percents
        (Discipline(on_time=1, overdue=7), Fraction(1, 8), Fraction(12, 100)),  # 12,5: a half to the even
        (Discipline(open=3), None, Fraction(1)),  # only what is in work and not overdue
        (Discipline(excluded=3), None, None),
    ],
)
def test_the_two_ways_of_counting_give_their_own_share(
    counts: Discipline, simple: Fraction | None, directum: Fraction | None
) -> None:
    assert counts.share_by(SIMPLE) == simple
    assert counts.share_by(DIRECTUM) == directum


@pytest.mark.parametrize(
    ("phase", "submitted_on", "days"),
    [
        # due on Friday 4 February 2022; the 23rd, the days around 8 March and the first days of May were off
        (ACCEPTED, date(2022, 2, 4), 0),
        (ACCEPTED, date(2022, 2, 6), 0),  # handed in on Sunday: late, and by no working day
        (ACCEPTED, date(2022, 2, 7), 1),
        (ACCEPTED, date(2022, 2, 24), 13),
        (REVIEW, date(2022, 2, 7), 0),  # not decided yet
        (OWING, None, 86),  # to 15 June: 15 in February, 22 + 21 + 18, and 10 in June
        (OFF, None, 0),
    ],
)
def test_lateness_is_told_in_working_days(phase: str, submitted_on: date | None, days: int) -> None:
    calendar = working_calendar("RU", 2021, 2023)
    assert TaskOutcome(phase, DUE, submitted_on, TODAY).days_late(SIMPLE, calendar) == days


def test_an_accepted_task_that_was_never_submitted_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(ValueError, match="submitted"):
        discipline([TaskOutcome(ACCEPTED, DUE, None, TODAY)])


def test_a_late_extension_leaves_a_task_overdue_for_discipline_until_it_is_late() -> None:
    scored = scoring_due(DUE, None, date(2022, 7, 1), granted_on=date(2022, 2, 10))
    assert TaskOutcome(OWING, scored, None, TODAY).category == "overdue"
    assert TaskOutcome(ACCEPTED, scored, date(2022, 6, 14), TODAY).category == "late"


def test_the_share_is_what_was_done_in_time_of_what_fell_due() -> None:
    counted = discipline(
        [
            TaskOutcome(ACCEPTED, DUE, date(2022, 2, 1), TODAY),
            TaskOutcome(ACCEPTED, DUE, date(2022, 2, 4), TODAY),
            TaskOutcome(ACCEPTED, DUE, date(2022, 3, 1), TODAY),
            TaskOutcome(OWING, DUE, None, TODAY),
            TaskOutcome(OWING, date(2022, 12, 30), None, TODAY),
            TaskOutcome(REVIEW, DUE, date(2022, 6, 1), TODAY),
            TaskOutcome(OFF, DUE, None, TODAY),
        ]
    )
    assert counted == Discipline(on_time=2, late=1, overdue=1, open=2, excluded=1)
    assert (counted.numerator, counted.denominator, counted.share) == (2, 4, Fraction(1, 2))


def test_while_nothing_has_fallen_due_there_is_no_share() -> None:
    assert discipline([TaskOutcome(OWING, date(2022, 12, 30), None, TODAY)]).share is None


DAYS = st.dates(date(2022, 1, 1), date(2022, 12, 31))
OUTCOMES = st.lists(
    st.builds(TaskOutcome, st.sampled_from(PHASES), st.none() | DAYS, DAYS, st.just(TODAY)), max_size=40
)


@given(OUTCOMES, OUTCOMES)
def test_adding_two_organisations_is_counting_their_tasks_together(
    one: list[TaskOutcome], other: list[TaskOutcome]
) -> None:
    assert discipline(one) + discipline(other) == discipline(one + other)


@given(OUTCOMES)
def test_every_task_is_counted_once(outcomes: list[TaskOutcome]) -> None:
    counted = discipline(outcomes)
    assert counted.denominator + counted.open + counted.excluded == len(outcomes)
