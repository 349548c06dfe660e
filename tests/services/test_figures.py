"""Figures: what cannot be is refused; what counts, the controller has confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import (
    InvalidInputError,
    NotAllowedError,
    WrongStateError,
)
from app.models import Measurement
from app.services import tasks
from app.services.evidence import Submission
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


def test_figures_that_need_not_be_given_do_not_stand_in_the_way(
    database: Database, store: EvidenceStore, now: datetime
) -> None:
    with database.transaction() as session:
        department = factories.actor(session, "department", now)
        task = factories.find_task(session, "3.4-1", "department")
        submission = replace(factories.proof(session, task), figures={})
        tasks.fire(session, store, department, task.id, "submit", now=now, submission=submission)
        assert task.state == "submitted"


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        ({"graduates": 100, "employed": 101}, "figure.employed"),
        # held against what was given before: 90 graduates, 50 employed, 10 in a risk group
        ({"employed": 91}, "figure.employed"),
        ({"graduates": 40}, "figure.employed"),
        ({"graduates": -1}, "figure.graduates"),
        ({"graduates": Decimal("90.5")}, "figure.graduates"),
        ({"weather": 1}, "figure.weather"),
    ],
)
def test_figures_that_cannot_be_are_refused_by_their_field(
    database: Database,
    store: EvidenceStore,
    people: People,
    now: datetime,
    figures: dict[str, object],
    field: str,
) -> None:
    given = {"graduates": Decimal(90), "employed": Decimal(50), "at_risk": Decimal(10)}
    with database.transaction() as session:
        task = factories.find_task(session, "4.1", "college01")
        tasks.attach(session, store, people.college, task.id, now=now, submission=Submission((), given))
        wrong = Submission((), {key: Decimal(str(number)) for key, number in figures.items()})
        with pytest.raises(InvalidInputError) as caught:
            tasks.attach(session, store, people.college, task.id, now=now, submission=wrong)
        assert field in caught.value.fields


def test_figures_count_once_the_controller_confirms_them_and_a_newer_one_takes_their_place(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    def standings(session: Session) -> list[tuple[int, str]]:
        rows = session.scalars(
            select(Measurement).where(Measurement.figure == "subscribers_now").order_by(Measurement.id)
        )
        return [(int(row.number), row.standing) for row in rows]

    with database.transaction() as session:
        task = factories.find_task(session, "3.7", "centre")

        def send(number: int, later: int) -> None:
            submission = Submission((), {"subscribers_now": Decimal(number)})
            moment = now + timedelta(days=later)
            tasks.attach(session, store, people.centre, task.id, now=moment, submission=submission)

        send(2000, 0)
        send(2100, 1)
        assert standings(session) == [(2000, "replaced"), (2100, "pending")]
        with pytest.raises(NotAllowedError):
            tasks.confirm_figures(session, people.centre, task.id, now=now)
        tasks.confirm_figures(session, people.deputy, task.id, now=now)
        send(2200, 2)
        assert standings(session)[1:] == [(2100, "counted"), (2200, "pending")]
        tasks.confirm_figures(session, people.deputy, task.id, now=now)
        assert standings(session)[1:] == [(2100, "replaced"), (2200, "counted")]
        with pytest.raises(WrongStateError):
            tasks.confirm_figures(session, people.deputy, task.id, now=now)


def test_accepting_a_task_lets_its_figures_count(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.submit(session, store, people.college, "4.1", now)
        tasks.fire(session, store, people.deputy, task.id, "accept", now=now)
        assert set(session.scalars(select(Measurement.standing))) == {"counted"}
