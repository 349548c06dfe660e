"""The ladder of reminders on a real plan: a year day by day, and whatever runs twice or at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import jobs
from app.db import Database
from app.domain.permissions import Actor
from app.jobs import Work
from app.models import Activity, LadderStep, Notice, Organization, Person, Plan, Task
from app.services import activities, extensions, ladder
from app.services.plans import find_plan
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.infrastructure.statements import recorded_statements
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")

#: person, task, kind, days of the step, day
Told = tuple[str, int, str, int, date]
#: 3.2, college01; before it the Sunday 12 June is a holiday whose day off is the Monday
DUE = date(2022, 6, 30)


def noon(day: date) -> datetime:
    """Noon in Moscow."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def climb(database: Database, day: date) -> tuple[int, int]:
    """Steps and notices of a run on that day."""
    with database.transaction() as session:
        climbed = ladder.climb(session, find_plan(session, "2022").id, noon(day))
    assert climbed.last is None
    return climbed.steps, climbed.notices


def notices(session: Session, *of: int) -> list[Told]:
    """What was told of these tasks, or of all, in the order of writing."""
    found = session.execute(
        select(Person.username, Notice.task_id, Notice.kind, Notice.details, Notice.created_at)
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.task_id.in_(of) if of else True)
        .order_by(Notice.id)
    )
    return [(name, task, kind, details["step"], at.date()) for name, task, kind, details, at in found]


def told_of(database: Database, task_id: int) -> list[tuple[str, str, int, date]]:
    """The same of one task, without its id."""
    with database.read() as session:
        return [(name, kind, step, day) for name, _, kind, step, day in notices(session, task_id)]


@pytest.fixture
def work(app_config: Config, database: Database, now: datetime) -> Work:
    return Work(app_config, database, EvidenceStore(app_config.evidence, 10_000_000), now)


@pytest.fixture
def task_id(database: Database, people: People) -> int:
    with database.read() as session:
        return factories.find_task(session, "3.2", "college01").id


def expected_of_a_year(session: Session, first: date, last: date) -> set[Told]:
    """The same by plain arithmetic: days counted one by one, tasks one by one, rules written out."""
    works = find_plan(session, "2022").calendar.is_working
    names: dict[int, list[str]] = {}
    controllers = []
    for person in session.scalars(select(Person)):
        if person.role == "controller":
            controllers.append(person.username)
        elif person.role == "executor" and person.organization_id:
            names.setdefault(person.organization_id, []).append(person.username)
    found: set[Told] = set()
    for task, coordinator in session.execute(
        select(Task, Activity.coordinator_id).join(Activity, Activity.id == Task.activity_id)
    ):
        if task.due is None:
            continue
        executor = names.get(task.organization_id, [])
        coordinating = names.get(coordinator, [])
        moments = {("due", 0): (task.due, executor)}
        left, day = 0, task.due
        while left < 14:
            day -= timedelta(days=1)
            left += works(day)
            if works(day) and left in (1, 7, 14):
                moments["before", left] = (day, executor)
        moments["after", 1] = (task.due + timedelta(days=1), executor)
        moments["after", 3] = (task.due + timedelta(days=3), executor + coordinating)
        moments["after", 7] = (task.due + timedelta(days=7), executor + coordinating + controllers)
        # On the first day only the latest of what was reached before it.
        early = [key for key, (day, _) in moments.items() if day <= first]
        kept = max(early, key=lambda key: moments[key][0], default=None)
        for (kind, step), (day, whom) in moments.items():
            if (kind, step) in early and (kind, step) != kept:
                continue
            if day <= last:
                found |= {(name, task.id, kind, step, max(day, first)) for name in whom}
    return found


def test_a_year_day_by_day_tells_what_plain_arithmetic_expects(
    database: Database, people: People, now: datetime
) -> None:
    first, last = date(2022, 1, 1), date(2023, 1, 31)
    with database.transaction() as session:
        factories.actor(session, "second", now, organization="college01")
        factories.actor(session, "bpoo", now)
        gone = factories.actor(session, "gone", now, organization="college02")
        session.execute(update(Person).where(Person.id == gone.person_id).values(active=False))
    for day in days(first, last):
        climb(database, day)
    with database.transaction() as session:
        session.execute(delete(Person).where(Person.username == "gone"))
        expected = expected_of_a_year(session, first, last)
        found = notices(session)
        steps = session.scalars(select(LadderStep.task_id)).all()
        with_date = session.scalars(select(Task.id).where(Task.due <= last - timedelta(days=7))).all()
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert len(expected) > 400
    for task_id in with_date:
        assert steps.count(task_id) == 7


def test_twice_on_one_day_tells_nothing_new(database: Database, people: People, today: date) -> None:
    steps, told = climb(database, today)
    assert (steps > 0, told > 0) == (True, True)
    assert climb(database, today) == (0, 0)


def test_after_days_without_a_run_only_the_latest_step_is_told_and_every_one_is_recorded(
    database: Database, task_id: int
) -> None:
    climb(database, DUE + timedelta(days=4))
    assert {(kind, step) for _, kind, step, _ in told_of(database, task_id)} == {("after", 3)}
    with database.read() as session:
        taken = session.scalars(select(LadderStep.step).where(LadderStep.task_id == task_id)).all()
    assert sorted(taken) == ["after:1", "after:3", "before:1", "before:14", "before:7", "due"]


def test_a_head_hears_of_the_second_step_after_the_date_and_of_all_where_nobody_else_is(
    database: Database, people: People, task_id: int
) -> None:
    with database.transaction() as session:
        for name, organization in (("director01", "college01"), ("director03", "college03")):
            head = factories.actor(session, name, noon(DUE), organization=organization)
            session.get_one(Person, head.person_id).heads = True
        alone = factories.find_task(session, "3.2", "college03").id
    heard: dict[str, list[str]] = {"director01": [], "director03": []}
    for day in days(DUE - timedelta(days=20), DUE + timedelta(days=7)):
        with database.read() as session:
            before = len(notices(session, task_id, alone))
        climb(database, day)
        with database.read() as session:
            for name, _task, kind, step, _day in notices(session, task_id, alone)[before:]:
                heard.get(name, []).append(f"{kind}:{step}")
    assert heard["director01"] == ["after:3", "after:7"]
    assert heard["director03"][-4:] == ["due:0", "after:1", "after:3", "after:7"]


def test_an_extension_begins_the_ladder_anew(database: Database, people: People, task_id: int) -> None:
    asked_on, due = DUE - timedelta(days=1), date(2022, 9, 1)
    climb(database, asked_on)
    with database.transaction() as session:
        asked = extensions.ask(session, people.college, task_id, due=due, reason="Нужно.", now=noon(asked_on))
        extensions.decide(session, people.deputy, asked.id, "grant", now=noon(asked_on))
        session.execute(delete(Notice).where(Notice.task_id == task_id))
    for day in days(asked_on, due + timedelta(days=1)):
        climb(database, day)
    assert told_of(database, task_id) == [
        ("college01", "before", 14, date(2022, 8, 12)),
        ("college01", "before", 7, date(2022, 8, 23)),
        ("college01", "before", 1, date(2022, 8, 31)),
        ("college01", "due", 0, due),
        ("college01", "after", 1, due + timedelta(days=1)),
    ]


def suspend(session: Session, store: EvidenceStore, people: People, task: Task, at: datetime) -> None:
    activities.act(session, people.deputy, task.activity_id, "suspend", now=at, note="Приказ № 1")


def withdraw(session: Session, store: EvidenceStore, people: People, task: Task, at: datetime) -> None:
    fire(session, store, people.deputy, task, "withdraw", at)


def submit(session: Session, store: EvidenceStore, people: People, task: Task, at: datetime) -> None:
    factories.submit(session, store, people.college, "3.2", at)


def fire(
    session: Session, store: EvidenceStore, actor: Actor, task: Task, trigger: str, at: datetime
) -> None:
    from app.services import tasks

    tasks.fire(session, store, actor, task.id, trigger, now=at, note="Основание.")


@pytest.mark.parametrize("stop", [suspend, withdraw, submit])
def test_what_is_not_owed_gets_no_reminder(
    database: Database, store: EvidenceStore, people: People, task_id: int, stop
) -> None:
    with database.transaction() as session:
        stop(session, store, people, session.get_one(Task, task_id), noon(DUE - timedelta(days=60)))
    for day in (DUE - timedelta(days=1), DUE, DUE + timedelta(days=10)):
        assert climb(database, day)[1] > 0
    assert told_of(database, task_id) == []


def test_what_is_returned_after_its_date_is_late_again(
    database: Database, store: EvidenceStore, people: People, task_id: int
) -> None:
    back = DUE + timedelta(days=2)
    with database.transaction() as session:
        factories.submit(session, store, people.college, "3.2", noon(DUE - timedelta(days=30)))
        fire(session, store, people.deputy, session.get_one(Task, task_id), "return", noon(back))
        session.execute(delete(Notice))
    climb(database, back)
    assert told_of(database, task_id) == [("college01", "after", 1, back)]


def test_a_plan_has_a_ladder_of_its_own(database: Database, task_id: int) -> None:
    with database.transaction() as session:
        session.execute(update(Plan).values(ladder={"before": [2], "due": False, "after": []}))
    for day in days(DUE - timedelta(days=5), DUE + timedelta(days=9)):
        climb(database, day)
    assert told_of(database, task_id) == [("college01", "before", 2, DUE - timedelta(days=2))]


def test_a_plan_without_steps_tells_nothing(database: Database, task_id: int) -> None:
    with database.transaction() as session:
        session.execute(update(Plan).values(ladder={"before": [], "due": False, "after": []}))
    assert climb(database, DUE + timedelta(days=9)) == (0, 0)


def test_a_newer_step_takes_the_place_of_an_unread_one(database: Database, task_id: int) -> None:
    for day in (DUE, DUE + timedelta(days=1)):
        climb(database, day)
    with database.read() as session:
        found = session.execute(
            select(Notice.kind, Notice.read_at).where(Notice.task_id == task_id).order_by(Notice.id)
        )
        assert [tuple(row) for row in found] == [("due", noon(DUE + timedelta(days=1))), ("after", None)]


def test_the_first_run_over_a_year_of_tasks_costs_a_few_statements(
    database: Database, people: People
) -> None:
    with recorded_statements(database) as statements:
        steps, told = climb(database, date(2023, 1, 31))
    assert steps > 3000
    assert told > 50
    assert len(statements) <= 11


def test_batches_together_do_what_one_run_does(
    work: Work, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work.database.transaction() as session:
        whole = ladder.climb(session, find_plan(session, "2022").id, work.now)
        session.rollback()
    monkeypatch.setattr(ladder, "BATCH", 50)
    assert jobs.run("ladder", work).result == {"steps": whole.steps, "notices": whole.notices}


def run_ladder(url: str, started: multiprocessing.synchronize.Barrier) -> None:
    database = Database(url)
    started.wait()
    for day in days(date(2022, 6, 20), date(2022, 6, 25)):
        climb(database, day)
    database.dispose()


def test_two_consumers_at_once_tell_each_step_once(
    database: Database, database_url: str, people: People
) -> None:
    spawning = multiprocessing.get_context("spawn")
    barrier = spawning.Barrier(3)
    consumers = [spawning.Process(target=run_ladder, args=(database_url, barrier)) for _ in range(3)]
    for consumer in consumers:
        consumer.start()
    for consumer in consumers:
        consumer.join()
    assert [consumer.exitcode for consumer in consumers] == [0, 0, 0]
    with database.read() as session:
        found = [told[:4] for told in notices(session)]
        keys = session.scalars(select(Organization.key)).all()
    assert len(found) == len(set(found)) > 20
    assert "centre" in keys
