"""The overdue tracker holds exactly what the rule says, whatever the tasks are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.overdue import is_overdue
from app.models import Task
from app.services import extensions, reminders, tasks
from app.services.counters import badges
from app.services.dashboard import board
from app.services.overdue import OverdueItem, overdue_items
from app.services.plans import find_plan
from app.services.task_filter import Filter
from app.storage import EvidenceStore
from tests import factories
from workflows.definition import PHASES

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", 1024)


EVERYTHING = Filter()


def listed(session: Session, today: date, narrowed: Filter = EVERYTHING, **more: Any) -> list[OverdueItem]:
    return overdue_items(session, find_plan(session, "2022"), today, narrowed, **more)


DAYS = st.none() | st.dates(date(2022, 1, 1), date(2022, 12, 31))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.lists(st.tuples(st.integers(0, 789), st.sampled_from(PHASES), DAYS), max_size=40),
    today=st.dates(date(2022, 1, 1), date(2023, 1, 31)),
)
def test_list_and_counters_hold_what_the_rule_says(
    database: Database, chosen: list[tuple[int, str, date | None]], today: date
) -> None:
    submitted = datetime.fromisoformat("2022-01-31T09:00+00:00")
    with database.transaction() as session:
        ids = list(session.scalars(select(Task.id).order_by(Task.id)))
        changes = {
            ids[number]: {"phase": phase, "due": due, "submitted_at": submitted}
            for number, phase, due in chosen
        }
        session.execute(update(Task), [{"id": id_, **values} for id_, values in changes.items()])
        plan = find_plan(session, "2022")
        late = {
            row.id
            for row in session.execute(select(Task.id, Task.phase, Task.due))
            if row.due is not None and is_overdue(row.phase, row.due, today)
        }
        assert {item.line.id for item in overdue_items(session, plan, today)} == late
        assert badges(session, plan.id, today, None).overdue == len(late)
        assert board(session, plan, today).tasks["overdue"] == len(late)
        session.rollback()


def test_the_due_date_itself_is_in_time(database: Database) -> None:
    with database.read() as session:
        due = factories.find_task(session, "2.3", "college01").due
        assert due == date(2022, 2, 4)
        assert not listed(session, due, Filter(activity="2.3"))
        assert len(listed(session, due + timedelta(days=1), Filter(activity="2.3"))) == 35


def test_submitted_in_time_and_still_under_review_is_not_overdue(
    database: Database, store: EvidenceStore, today: date
) -> None:
    in_time = datetime.fromisoformat("2022-02-03T09:00+00:00")
    with database.transaction() as session:
        college = factories.actor(session, "college01", in_time)
        factories.submit(session, store, college, "2.3", in_time)
        late = listed(session, today, Filter(activity="2.3"))
    assert "college01" not in {item.line.organization_key for item in late}
    assert len(late) == 34


def test_returned_after_the_due_date_is_overdue_again(
    database: Database, store: EvidenceStore, today: date, now: datetime
) -> None:
    in_time = datetime.fromisoformat("2022-02-03T09:00+00:00")
    with database.transaction() as session:
        college = factories.actor(session, "college01", in_time)
        deputy = factories.actor(session, "deputy", in_time, "controller")
        task = factories.submit(session, store, college, "2.3", in_time)
        tasks.fire(session, store, deputy, task.id, "return", now=now, note="Нет подписи")
        [item] = listed(session, today, Filter(activity="2.3", organization="college01"))
    assert item.line.state == "returned"
    assert item.late.days == (today - date(2022, 2, 4)).days


def test_an_item_tells_all_that_is_known_about_the_delay(
    database: Database, today: date, now: datetime
) -> None:
    with database.transaction() as session:
        college = factories.actor(session, "college12", now)
        deputy = factories.actor(session, "deputy", now, "controller")
        task = factories.find_task(session, "2.4", "college12")
        reminders.remind(session, deputy, [task.id], now=now)
        tasks.explain(
            session, college, task.id, now=now, explanation="Комиссия не собралась", expected_on=today
        )
        extensions.ask(session, college, task.id, due=date(2022, 6, 30), reason="Отпуск", now=now)
        [item] = listed(session, today, Filter(activity="2.4", organization="college12"))
        record = item.as_record()
    assert item.late.days == 124
    # less 36 days at weekends and 8 days off, and one Saturday (5 March) was worked
    assert item.late.working_days == 81
    assert record["reminders"] == 1
    assert record["reminded_at"] == now
    assert (record["explanation"], record["expected_on"]) == ("Комиссия не собралась", today)
    assert record["extension_asked"] == date(2022, 6, 30)
    assert record["indicators"] == [item.number for item in item.indicators] == [1, 4]


def test_a_granted_extension_leaves_the_first_date_readable(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        college = factories.actor(session, "college12", now)
        deputy = factories.actor(session, "deputy", now, "controller")
        task = factories.find_task(session, "2.4", "college12")
        asked = extensions.ask(session, college, task.id, due=date(2022, 6, 20), reason="Отпуск", now=now)
        extensions.decide(session, deputy, asked.id, "grant", now=now)
        narrowed = Filter(activity="2.4", organization="college12")
        assert not listed(session, date(2022, 6, 20), narrowed)
        [item] = listed(session, date(2022, 6, 21), narrowed)
    assert item.late.days == 1
    assert item.extended_from == date(2022, 2, 11)


def test_the_filters_choose_what_they_name(database: Database, today: date) -> None:
    with database.read() as session:
        everything = listed(session, today)
        assert {item.line.section for item in listed(session, today, Filter(section=3))} == {3}
        assert {
            item.line.organization_key for item in listed(session, today, Filter(organization="college05"))
        } == {"college05"}
        endangering = listed(session, today, Filter(indicator=10))
    assert endangering
    assert endangering == [item for item in everything if 10 in {one.number for one in item.indicators}]


def test_the_longest_delay_stands_first(database: Database, today: date) -> None:
    with database.read() as session:
        days = [item.late.days for item in listed(session, today)]
        newest = [item.late.days for item in listed(session, today, order="newest")]
    assert days == sorted(days, reverse=True)
    assert newest == sorted(days)


def test_an_executor_sees_its_own_and_what_it_coordinates(
    database: Database, today: date, now: datetime
) -> None:
    with database.transaction() as session:
        college = factories.actor(session, "college07", now)
        centre = factories.actor(session, "centre", now)
        own = listed(session, today, visible_to=college)
        coordinated = listed(session, today, visible_to=centre)
    assert {item.line.organization_key for item in own} == {"college07"}
    assert {item.line.organization_key for item in coordinated} > {"centre", "college07"}
    assert "department" not in {item.line.organization_key for item in coordinated}
