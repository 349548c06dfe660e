"""Discipline by organisation, section and person, in a period, in both ways of counting."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from fractions import Fraction

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.discipline import DIRECTUM, SIMPLE
from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.models import Extension, Person, Task
from app.services import extensions, people
from app.services.discipline import discipline_lines, pooled
from app.services.discipline.measuring import (
    BASES,
    PERSON,
    READINGS,
    SECTION,
    Question,
    find_discipline,
    measure_discipline,
)
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories

pytestmark = pytest.mark.data("story")

DEPUTY = Actor(0, "deputy", "controller", None)


def test_the_pages_of_discipline_count_as_the_dashboard_does(database: Database, today: date) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        expected = discipline_lines(session, plan.id, today)
        lines, together = measure_discipline(session, plan, today, Question(), DEPUTY)
        assert {line.subject.key: (line.in_force.counts, line.first.counts) for line in lines} == {
            line.key: (line.in_force, line.first) for line in expected
        }
        assert (together.in_force.counts, together.first.counts) == pooled(expected)
        by_section, again = measure_discipline(session, plan, today, Question(SECTION), DEPUTY)
    assert [line.subject.key for line in by_section] == list("123456")
    assert sum(line.in_force.counts.numerator for line in by_section) == again.in_force.counts.numerator
    assert again == together


@pytest.mark.parametrize("method", [SIMPLE, DIRECTUM])
@pytest.mark.parametrize("by", BASES)
def test_quarters_share_out_what_has_a_date(database: Database, today: date, by: str, method: str) -> None:
    bounds = [(1, 3, 31), (4, 6, 30), (7, 9, 30), (10, 12, 31)]
    with database.read() as session:
        plan = find_plan(session, "2022")

        def counted(start: date | None, end: date | None) -> Counter[tuple[str, str]]:
            _, line = measure_discipline(session, plan, today, Question(by, method, start, end), DEPUTY)
            return Counter((name, one.category) for name in READINGS for one in line.measure(name).counted)

        quarters = [counted(date(2022, first, 1), date(2022, last, day)) for first, last, day in bounds]
        whole = counted(None, None)
        undated = len(session.scalars(select(Task.id).where(Task.due_first.is_(None))).all())
    assert undated
    assert sum(whole.values()) - sum(sum(each.values()) for each in quarters) == 2 * undated


def test_every_figure_opens_to_the_tasks_that_it_counts(database: Database, today: date) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        for by in BASES:
            question = Question(by)
            lines, together = measure_discipline(session, plan, today, question, DEPUTY)
            for line in (*lines[:5], together):
                found = find_discipline(session, plan, today, question, DEPUTY, line.subject.key)
                assert found == line
                counts = found.in_force.counts
                assert len(found.in_force.tasks("on_time")) == counts.on_time
                days = [one.days for one in found.in_force.counted if one.category in ("late", "overdue")]
                average = Fraction(sum(days), len(days)) if days else None
                assert found.in_force.lateness == average
        with pytest.raises(NotFoundError):
            find_discipline(session, plan, today, Question(), DEPUTY, "nobody")


def test_a_task_counts_for_whoever_handed_it_in(
    database: Database, store: EvidenceStore, today: date, now: datetime
) -> None:
    """Else for every account of its executor; an organisation without accounts stands for itself."""
    with database.transaction() as session:
        people.add_person(
            session,
            "second",
            name="Методист",
            role="executor",
            password=factories.PASSWORD,
            now=now,
            organization="college19",
            demo=True,
        )
        session.flush()
        plan = find_plan(session, "2022")
        ids = {row.username: str(row.id) for row in session.scalars(select(Person))}

        def counts(username: str) -> tuple[int, int, int]:
            found = find_discipline(session, plan, today, Question(PERSON), DEPUTY, ids[username])
            return found.in_force.counts.on_time, found.in_force.counts.overdue, found.in_force.counts.open

        on_time, overdue, open_ = counts("college19")
        assert (overdue, counts("second")) == (1, (0, 1, counts("second")[2]))
        owed = counts("second")[2]
        second = people.find_actor(session, "second")
        factories.submit(session, store, second, "2.4", now, organization="college19")
        assert counts("second") == (0, 0, owed + 1)
        assert counts("college19") == (on_time, 0, open_)
        lines, together = measure_discipline(session, plan, today, Question(PERSON), DEPUTY)
        assert sum(line.in_force.counts.open for line in lines) > together.in_force.counts.open
        mine, _ = measure_discipline(session, plan, today, Question(PERSON), second)
        assert {line.subject.key for line in mine} == {ids["second"], ids["college19"]}
        session.rollback()


def test_granted_extensions_and_returns_are_counted(database: Database, today: date, now: datetime) -> None:
    with database.transaction() as session:
        plan = find_plan(session, "2022")
        before, all_before = measure_discipline(session, plan, today, Question(), DEPUTY)
        waiting = session.scalars(select(Extension).where(Extension.state == "requested")).one()
        deputy = people.find_actor(session, "deputy")
        extensions.decide(session, deputy, waiting.id, "grant", now=now)
        session.flush()
        _, after = measure_discipline(session, plan, today, Question(), DEPUTY)
        assert after.extensions == all_before.extensions + 1
        assert all_before.returns == sum(session.scalars(select(Task.returns)))
        line = next(line for line in before if line.subject.key == "college12")
        assert (line.in_force.counts.late, line.in_force.lateness) == (1, 3)
        session.rollback()
