"""A period leaves what is due within it, by the statements that count the whole plan."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.domain.errors import InvalidInputError
from app.domain.permissions import Actor
from app.models import Task
from app.services.counters import SHARES
from app.services.discipline.measuring import Question, measure_discipline
from app.services.plans import find_plan
from app.services.reports.execution import Execution
from app.services.reports.period import Period, period_between
from app.services.reports.wanted import execution_of

pytestmark = pytest.mark.data("story")

AUDITOR = Actor(1, "Проверяющий", "auditor", None)
QUARTERS = (
    Period(date(2022, 1, 1), date(2022, 3, 31)),
    Period(date(2022, 4, 1), date(2022, 6, 30)),
    Period(date(2022, 7, 1), date(2022, 9, 30)),
    Period(date(2022, 10, 1), date(2022, 12, 31)),
)


def told(database: Database, period: Period | None, today: date) -> Execution:
    with database.read() as session:
        return execution_of(
            session, AUDITOR, find_plan(session, "2022"), today, period, today, with_tasks=True
        )


def test_the_quarters_and_what_has_no_deadline_are_the_year(database: Database, today: date) -> None:
    """Every figure adds up: nothing is counted twice or forgotten, and every list obeys the period."""
    year, quarters = told(database, None, today), [told(database, each, today) for each in QUARTERS]
    with database.read() as session:
        dateless = session.scalar(select(func.count()).where(Task.due.is_(None), Task.phase != "off")) or 0
    assert len(year.tasks) == sum(len(each.tasks) for each in quarters) + dateless
    for share in ("overdue", "review"):
        assert year.board.tasks[share] == sum(each.board.tasks[share] for each in quarters)
    assert year.board.tasks["overdue"] > 0
    discipline = quarters[0].discipline
    for each in quarters[1:]:
        discipline += each.discipline
    for name in ("on_time", "late", "overdue"):
        assert getattr(discipline, name) == getattr(year.discipline, name)
    for period, each in zip(QUARTERS, quarters, strict=True):
        assert all(period.start <= row.due <= period.end for row in each.tasks if row.due)
        assert len(each.tasks) == sum(each.board.tasks[name] for name in SHARES)
        activities = [one for section in each.sections for row in section.rows for one in row.activities]
        assert all(one.planned.occurrences for one in activities)
        assert len(activities) == each.board.activities + sum(
            one.planned.line.state == "withdrawn" for one in activities
        )
        # as the page of discipline tells it of the same period
        with database.read() as session:
            asked = Question(start=period.start, end=period.end)
            _, page = measure_discipline(session, find_plan(session, "2022"), today, asked, AUDITOR)
        assert each.discipline == page.in_force.counts
        # an indicator is of the whole plan
        assert each.indicators == year.indicators


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (None, date(2022, 1, 1), "period_start"),
        (date(2022, 1, 1), None, "period_end"),
        (date(2022, 1, 2), date(2022, 1, 1), "period_end"),
    ],
)
def test_half_a_period_and_one_that_runs_backwards_are_refused(
    start: date | None, end: date | None, field: str
) -> None:
    with pytest.raises(InvalidInputError) as raised:
        period_between(start, end)
    assert list(raised.value.fields) == [field]


def test_a_day_is_a_period_and_nothing_is_none() -> None:
    assert period_between(date(2022, 1, 1), date(2022, 1, 1)) == Period(date(2022, 1, 1), date(2022, 1, 1))
    assert period_between(None, None) is None
