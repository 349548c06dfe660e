"""What the database counts is what the rule of discipline says."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.discipline import Discipline, TaskOutcome, discipline
from app.models import Organization, Task
from app.services import extensions
from app.services.discipline import discipline_lines, pooled
from app.services.plans import find_plan
from tests import factories
from workflows.definition import ACCEPTED, PHASES

pytestmark = pytest.mark.data("plan")

_DAYS = st.dates(date(2022, 1, 1), date(2022, 12, 31))


@st.composite
def _task(draw: st.DrawFn) -> dict[str, Any]:
    phase = draw(st.sampled_from(PHASES))
    submitted = _DAYS if phase == ACCEPTED else st.none() | _DAYS
    first = draw(st.none() | _DAYS)
    return {
        "phase": phase,
        "due_first": first,
        "due_scored": draw(_DAYS) if first else None,
        "submitted_on": draw(submitted),
    }


def _by_the_rule(session: Session, today: date) -> dict[str, tuple[Discipline, Discipline]]:
    outcomes: defaultdict[str, tuple[list[TaskOutcome], list[TaskOutcome]]] = defaultdict(lambda: ([], []))
    for key, task in session.execute(
        select(Organization.key, Task).join(Organization, Organization.id == Task.organization_id)
    ):
        for list_, due in zip(outcomes[key], (task.due_scored, task.due_first), strict=True):
            list_.append(TaskOutcome(task.phase, due, task.submitted_on, today))
    return {key: (discipline(scored), discipline(first)) for key, (scored, first) in outcomes.items()}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.tuples(st.integers(0, 789), _task()), max_size=60), today=_DAYS)
def test_the_database_counts_by_the_rule(
    database: Database, chosen: list[tuple[int, dict[str, Any]]], today: date
) -> None:
    with database.transaction() as session:
        ids = list(session.scalars(select(Task.id).order_by(Task.id)))
        changes = {ids[number]: values for number, values in chosen}
        session.execute(update(Task), [{"id": id_, **values} for id_, values in changes.items()])
        plan = find_plan(session, "2022")
        lines = discipline_lines(session, plan.id, today)
        assert {line.key: (line.in_force, line.first) for line in lines} == _by_the_rule(session, today)
        session.rollback()


def test_the_worst_stands_first_and_those_with_nothing_due_last(database: Database, today: date) -> None:
    with database.read() as session:
        lines = discipline_lines(session, find_plan(session, "2022").id, today)
    shares = [line.in_force.share for line in lines]
    due = [share for share in shares if share is not None]
    assert due == sorted(due)
    assert shares == due + [None] * (len(shares) - len(due))


def test_the_total_adds_counts(database: Database, today: date) -> None:
    with database.read() as session:
        lines = discipline_lines(session, find_plan(session, "2022").id, today)
    in_force, first = pooled(lines)
    assert in_force.denominator == sum(line.in_force.denominator for line in lines)
    for total in (in_force, first):
        assert total.denominator + total.open + total.excluded == 790


def test_an_extension_granted_after_the_lapse_heals_nothing(
    database: Database, today: date, now: datetime
) -> None:
    with database.transaction() as session:
        college = factories.actor(session, "college12", now)
        deputy = factories.actor(session, "deputy", now, "controller")
        plan = find_plan(session, "2022")

        def own() -> Discipline:
            lines = discipline_lines(session, plan.id, today)
            return next(line.in_force for line in lines if line.key == "college12")

        before = own()
        task = factories.find_task(session, "2.4", "college12")
        asked = extensions.ask(session, college, task.id, due=date(2022, 6, 30), reason="Отпуск", now=now)
        extensions.decide(session, deputy, asked.id, "grant", now=now)
        session.flush()
        assert own() == before
