"""Rows that run on request: no request, no task; with a date it can be overdue, without one never."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    OutsideWindowError,
    WrongStateError,
)
from app.domain.overdue import is_overdue
from app.domain.permissions import Actor
from app.models import Activity, Occurrence, Organization, Task
from app.services import activities
from app.services.request_page import on_request
from app.services.requests import open_request
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


def ask(session: Session, actor: Actor, code: str, organization: str, **more: Any) -> Task:
    wanted = {"subject": "Выпускники просят курс сметчиков", "due": None} | more
    return open_request(
        session, actor, activity(session, code).id, organization_id=key(session, organization), **wanted
    )


def activity(session: Session, code: str) -> Activity:
    return session.scalars(select(Activity).where(Activity.code == code)).one()


def key(session: Session, organization: str) -> int:
    return session.scalars(select(Organization.id).where(Organization.key == organization)).one()


def test_a_request_without_a_date_is_a_task_that_is_never_overdue(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = ask(session, people.college, "4.5", "college01", now=now, subject="  Курс сметчиков ")
        assert (task.state, task.phase, task.due, task.subject) == (
            "requested",
            "owing",
            None,
            "Курс сметчиков",
        )
        overdue = is_overdue(Task.phase, Task.due, date(2022, 12, 31))
        assert session.scalars(select(Task.id).where(Task.id == task.id, overdue)).all() == []
        assert activity(session, "4.5").state == "in_progress"


def test_each_request_is_an_occurrence_of_its_own(database: Database, people: People, now: datetime) -> None:
    with database.transaction() as session:
        for _ in range(2):
            ask(session, people.college, "4.5", "college01", now=now, due=date(2022, 7, 1))
        labels = session.scalars(
            select(Occurrence.label_ru)
            .join(Activity, Activity.id == Occurrence.activity_id)
            .where(Activity.code == "4.5")
        )
        assert sorted(labels) == ["запрос № 1", "запрос № 2"]


@pytest.mark.parametrize(
    ("due", "in_force"),
    [
        (date(2022, 7, 1), date(2022, 7, 1)),
        # a Saturday moves to the Friday before it
        (date(2022, 7, 2), date(2022, 7, 1)),
    ],
)
def test_a_date_on_a_day_off_moves_as_the_plan_says(
    database: Database, people: People, now: datetime, due: date, in_force: date
) -> None:
    with database.transaction() as session:
        task = ask(session, people.college, "4.5", "college01", now=now, due=due)
        assert (task.due, task.due_first) == (in_force, in_force)


def test_a_date_does_not_move_into_the_past(database: Database, people: People) -> None:
    saturday = datetime.fromisoformat("2022-06-18T09:00+00:00")
    with database.transaction() as session:
        task = ask(session, people.college, "4.5", "college01", now=saturday, due=date(2022, 6, 18))
        assert task.due == date(2022, 6, 18)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"subject": "   "}, "subject"),
        ({"subject": "д" * 301}, "subject"),
        ({"due": date(2022, 6, 14)}, "due"),
    ],
)
def test_a_request_names_who_asks_and_a_day_to_come(
    database: Database, people: People, now: datetime, more: dict[str, Any], field: str
) -> None:
    with database.transaction() as session:
        with pytest.raises(InvalidInputError) as caught:
            ask(session, people.college, "4.5", "college01", now=now, **more)
        assert list(caught.value.fields) == [field]


def test_a_request_lies_within_the_plan(database: Database, people: People, now: datetime) -> None:
    with database.transaction() as session, pytest.raises(OutsideWindowError):
        ask(session, people.college, "4.5", "college01", now=now, due=date(2023, 2, 1))


def test_whoever_provides_it_registers_for_itself_the_coordinator_and_the_controller_for_anybody(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        for actor in (people.centre, people.deputy):
            assert (
                ask(session, actor, "4.5", "college02", now=now).organization_id
                == people.other.organization_id
            )
        for actor in (people.college, people.auditor):
            with pytest.raises(NotAllowedError):
                ask(session, actor, "4.5", "college02", now=now)
        with pytest.raises(InvalidInputError) as caught:
            ask(session, people.centre, "4.5", "centre", now=now)
        assert list(caught.value.fields) == ["organization"]


def test_only_rows_that_run_on_request_take_one(database: Database, people: People, now: datetime) -> None:
    with database.transaction() as session, pytest.raises(NotFoundError):
        ask(session, people.deputy, "2.3", "college01", now=now)


def test_a_suspended_row_takes_no_request(database: Database, people: People, now: datetime) -> None:
    with database.transaction() as session:
        activities.act(session, people.deputy, activity(session, "4.5").id, "suspend", now=now, note="Приказ")
        with pytest.raises(WrongStateError):
            ask(session, people.college, "4.5", "college01", now=now)
        plan_id = activity(session, "4.5").plan_id
        assert [each.code for each in on_request(session, people.deputy, plan_id)] == ["4.3"]


def test_everybody_is_offered_what_they_may_register(
    database: Database, people: People, now: datetime
) -> None:
    def offered(actor: Actor) -> dict[str, int]:
        return {each.code: len(each.providers) for each in on_request(session, actor, plan_id)}

    with database.transaction() as session:
        plan_id = activity(session, "4.5").plan_id
        cluster = factories.actor(session, "cluster03", now)
        assert offered(people.deputy) == {"4.3": 13, "4.5": 36}
        assert offered(people.centre) == {"4.3": 13, "4.5": 36}
        assert offered(people.college) == {"4.5": 1}
        assert offered(cluster) == {"4.3": 1}
        assert offered(people.auditor) == {}
