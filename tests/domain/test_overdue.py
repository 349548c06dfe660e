"""The rule of overdue, on plain values and in a database alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    select,
)

from app.domain.overdue import Lateness, completed_late, due_group, is_overdue, lateness
from app.domain.working_days import working_calendar
from workflows.definition import ACCEPTED, OFF, OWING, PHASES, REVIEW

RUSSIA = working_calendar("RU", 2021, 2023)
WEDNESDAY = date(2022, 6, 15)
DAYS = st.dates(date(2021, 12, 1), date(2023, 1, 31))

TASK = Table(
    "task",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("phase", String(10)),
    Column("due", Date),
)


@pytest.mark.parametrize(
    ("phase", "due", "overdue"),
    [
        (OWING, date(2022, 6, 14), True),
        (OWING, date(2022, 6, 15), False),  # the due date is inclusive
        (OWING, date(2022, 6, 16), False),
        (REVIEW, date(2022, 6, 14), False),  # submitted: the controller has the next word
        (ACCEPTED, date(2022, 6, 14), False),
        (OFF, date(2022, 6, 14), False),  # withdrawn, suspended
    ],
)
def test_overdue_is_what_is_still_owed_after_its_due_date(phase: str, due: date, overdue: bool) -> None:
    assert is_overdue(phase, due, WEDNESDAY) is overdue


def test_a_task_under_review_is_not_overdue_and_the_same_task_returned_after_its_date_is() -> None:
    due = date(2022, 6, 14)
    assert lateness(REVIEW, due, WEDNESDAY, RUSSIA) is None
    assert lateness(OWING, due, WEDNESDAY, RUSSIA) == Lateness(days=1, working_days=1)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path: Path = tmp_path_factory.mktemp("overdue") / "tasks.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    TASK.metadata.create_all(engine)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@given(
    st.lists(st.tuples(st.sampled_from(PHASES), st.none() | DAYS), max_size=30),
    DAYS,
)
def test_the_database_finds_the_same_tasks_overdue_as_the_program(
    connection: Connection, tasks: list[tuple[str, date | None]], today: date
) -> None:
    connection.execute(TASK.delete())
    if tasks:
        rows = [{"id": number, "phase": phase, "due": due} for number, (phase, due) in enumerate(tasks)]
        connection.execute(insert(TASK), rows)
    found = connection.scalars(select(TASK.c.id).where(is_overdue(TASK.c.phase, TASK.c.due, today)))
    expected = {
        number for number, (phase, due) in enumerate(tasks) if lateness(phase, due, today, RUSSIA) is not None
    }
    assert set(found) == expected


@pytest.mark.parametrize(
    ("due", "today", "late"),
    [
        (date(2022, 6, 10), date(2022, 6, 14), Lateness(4, 1)),  # Friday to Tuesday over a moved holiday
        (date(2022, 4, 29), date(2022, 5, 3), Lateness(4, 0)),  # nothing but days off so far
        # 10 in February, 22 in March, 21 in April, 18 in May, 10 in June
        (date(2022, 2, 11), date(2022, 6, 15), Lateness(124, 81)),
        (date(2022, 6, 15), date(2022, 6, 15), None),
        (None, date(2022, 6, 15), None),  # a request without a deadline is never overdue
    ],
)
def test_lateness_counts_calendar_and_working_days(
    due: date | None, today: date, late: Lateness | None
) -> None:
    assert lateness(OWING, due, today, RUSSIA) == late


@pytest.mark.parametrize(
    ("due", "group"),
    [
        (date(2022, 6, 14), "overdue"),
        (date(2022, 6, 15), "today"),
        (date(2022, 6, 16), "week"),
        (date(2022, 6, 19), "week"),  # this Sunday
        (date(2022, 6, 20), "later"),  # next Monday
        (None, "none"),
    ],
)
def test_what_is_owed_is_grouped_by_the_calendar_week(due: date | None, group: str) -> None:
    assert due_group(OWING, due, WEDNESDAY) == group


def test_on_a_sunday_the_next_day_is_another_week() -> None:
    sunday = date(2022, 6, 19)
    assert due_group(OWING, sunday, sunday) == "today"
    assert due_group(OWING, sunday + timedelta(days=1), sunday) == "later"


@pytest.mark.parametrize("phase", [REVIEW, ACCEPTED, OFF])
def test_a_task_of_which_nothing_is_owed_is_in_no_group(phase: str) -> None:
    assert due_group(phase, date(2022, 6, 14), WEDNESDAY) == "none"


@given(DAYS, DAYS)
def test_the_group_of_overdue_tasks_is_the_rule_itself(due: date, today: date) -> None:
    assert (due_group(OWING, due, today) == "overdue") is is_overdue(OWING, due, today)


@pytest.mark.parametrize(
    ("submitted_on", "due", "late"),
    [
        (date(2022, 2, 4), date(2022, 2, 4), False),
        (date(2022, 2, 5), date(2022, 2, 4), True),
        (date(2022, 2, 5), None, False),
    ],
)
def test_work_handed_in_after_its_date_was_late(submitted_on: date, due: date | None, late: bool) -> None:
    assert completed_late(submitted_on, due) is late
