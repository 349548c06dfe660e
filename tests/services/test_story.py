"""The demonstration on 15 June 2022: what a visitor finds, and that it came about honestly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.models import (
    Activity,
    Evidence,
    Extension,
    JournalEntry,
    Measurement,
    Notice,
    Occurrence,
    Organization,
    Participation,
    Person,
    Task,
)
from app.services import journal, sign_in, story
from app.services.indicators import IndicatorLine, indicator_lines
from app.services.passwords import DEMO_PASSWORD
from app.services.plans import find_plan
from app.services.task_filter import Filter
from app.services.task_list import TaskLine, task_lines
from app.storage import EvidenceStore
from config import ROOT
from tests.infrastructure.templates import Installation

pytestmark = pytest.mark.data("story")

SEED = ROOT / "seeds" / "2022"


def lines(session: Session, today: date, selection: str = "all", activity: str = "") -> list[TaskLine]:
    return task_lines(
        session, find_plan(session, "2022"), today, selection, narrowed=Filter(activity=activity)
    )


def indicators(session: Session, today: date) -> dict[int, IndicatorLine]:
    return {line.number: line for line in indicator_lines(session, find_plan(session, "2022"), today)}


def states(found: list[TaskLine]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for line in found:
        counted[line.state] = counted.get(line.state, 0) + 1
    return counted


def test_exactly_these_tasks_are_overdue(database: Database, today: date) -> None:
    with database.read() as session:
        overdue = {
            (line.code, line.label_ru, line.organization_key, line.state)
            for line in lines(session, today, "overdue")
        }
    assert overdue == {
        ("2.4", "с 7 по 11 февраля", "college19", "announced"),
        ("2.4", "с 7 по 11 февраля", "college26", "announced"),
        ("3.6", "май", "bpoo", "returned"),
        ("3.8", "март", "cluster06", "announced"),
        ("4.1", "апрель, выпуск 2021 года", "college31", "planned"),
        ("4.1", "май, выпуск 2021 года", "college09", "collecting"),
        ("4.1", "май, выпуск 2021 года", "college13", "returned"),
        ("4.1", "май, выпуск 2021 года", "college31", "planned"),
        ("4.1", "май, выпуск 2021 года", "college34", "planned"),
    }


def test_five_institutions_have_nothing_for_3_2_and_are_not_late(database: Database, today: date) -> None:
    with database.read() as session:
        found = lines(session, today, activity="3.2")
        untouched = [line for line in found if line.state == "planned"]
        ids = [line.id for line in untouched]
        traces = [
            session.scalar(select(func.count()).select_from(table).where(table.task_id.in_(ids)))
            for table in (Evidence, JournalEntry, Measurement, Extension)
        ]
        late = lines(session, today, "overdue", activity="3.2")
    assert len(untouched) == 5
    assert states(found) == {"planned": 5, "drafting": 7, "returned": 1, "submitted": 5, "accepted": 17}
    assert traces == [0, 0, 0, 0]
    assert not late


def test_two_colleges_never_defended_their_plans_and_said_why(database: Database, today: date) -> None:
    with database.read() as session:
        late = lines(session, today, "overdue", activity="2.4")
        accepted = lines(session, today, "accepted", activity="2.4")
    assert (len(late), len(accepted)) == (2, 33)
    for line in late:
        assert line.due == date(2022, 2, 11)
        assert line.explanation
        assert line.expected_on is not None
        assert line.reminders >= 3


def test_the_first_seminar_is_accepted_and_the_second_waits_in_time(database: Database, today: date) -> None:
    with database.read() as session:
        first, second = lines(session, today, activity="2.2")
    assert first.state == "accepted"
    assert second.state == "submitted"
    assert second.submitted_on == second.due == date(2022, 6, 10)


def test_ten_of_eleven_clusters_have_met(database: Database, today: date) -> None:
    with database.read() as session:
        assert states(lines(session, today, activity="3.8")) == {"accepted": 10, "announced": 1}


def test_every_plan_of_an_institution_is_in_some_late(database: Database, today: date) -> None:
    with database.read() as session:
        found = lines(session, today, activity="2.3")
    late = [line for line in found if line.submitted_on and line.due and line.submitted_on > line.due]
    assert states(found) == {"accepted": 35}
    assert len(late) == 4
    assert sum(line.returns for line in found) == 2


def test_the_databases_of_january_to_march_are_complete_and_june_has_begun(
    database: Database, today: date
) -> None:
    with database.read() as session:
        found = lines(session, today, activity="4.1")
    by_month = {
        month: states([line for line in found if line.label_ru.startswith(month)])
        for month in ("январь", "февраль", "март", "апрель", "май", "июнь")
    }
    assert by_month == {
        "январь": {"accepted": 35},
        "февраль": {"accepted": 35},
        "март": {"accepted": 35},
        "апрель": {"accepted": 34, "planned": 1},
        "май": {"accepted": 27, "submitted": 4, "collecting": 1, "returned": 1, "planned": 2},
        "июнь": {"collecting": 8, "planned": 27},
    }


def test_something_is_due_in_the_next_two_weeks(database: Database, today: date) -> None:
    with database.read() as session:
        soon = lines(session, today, "soon")
    assert [(line.code, line.due) for line in soon] == [
        ("4.3", date(2022, 6, 24)),
        ("4.5", date(2022, 6, 29)),
    ]


def test_a_request_without_a_date_is_open_and_one_was_taken_back(database: Database, today: date) -> None:
    with database.read() as session:
        requests = lines(session, today, activity="4.3")
    assert [line.state for line in requests if line.due is None] == ["requested"]
    assert states(requests) == {"accepted": 2, "requested": 2, "withdrawn": 1}


def test_the_indicators_that_can_have_data_have_plausible_data(database: Database, today: date) -> None:
    with database.read() as session:
        found = indicators(session, today)
    values = {number: float(line.value) for number, line in found.items() if line.value is not None}
    assert values.keys() == {1, 2, 5, 6, 7, 8, 9, 10, 11}
    assert 56 < values[1] < 58
    assert 15 < values[2] < 17
    assert found[1].denominator is not None
    assert 4_300 < found[1].denominator < 4_700
    assert found[1].reported == 35
    assert values[6] == 10
    assert 1.2 < values[8] < 1.5
    assert 90 <= values[9] <= 140
    assert 9 <= values[10] <= 14
    assert 20 < values[11] < 24
    assert {number for number, line in found.items() if line.pending} == {1, 2, 5, 6, 9, 11}


def test_employment_rises_and_risk_falls_from_month_to_month(database: Database) -> None:
    with database.read() as session:
        rows = session.execute(
            select(Occurrence.key, Measurement.figure, func.sum(Measurement.number))
            .join(Task, Task.id == Measurement.task_id)
            .join(Occurrence, Occurrence.id == Task.occurrence_id)
            .join(Activity, Activity.id == Task.activity_id)
            .where(Activity.code == "4.1", Measurement.standing == "counted")
            .group_by(Occurrence.key, Measurement.figure)
        ).all()
    sums = {(key, figure): float(total) for key, figure, total in rows}
    months = sorted({key for key, _figure in sums})
    employed = [sums[month, "employed"] / sums[month, "graduates"] for month in months]
    at_risk = [sums[month, "at_risk"] / sums[month, "graduates"] for month in months]
    assert len(months) == 5
    assert employed == sorted(employed)
    assert at_risk == sorted(at_risk, reverse=True)
    assert 0.50 < employed[0] < 0.53
    assert 0.18 < at_risk[0] < 0.20


def test_data_of_the_pension_fund_come_only_after_the_agreement(database: Database) -> None:
    with database.read() as session:
        signed = session.scalar(
            select(Task.accepted_at)
            .join(Activity, Activity.id == Task.activity_id)
            .where(Activity.code == "6.2")
        )
        first = session.scalar(
            select(func.min(Measurement.created_at)).where(Measurement.figure == "compared")
        )
    assert signed is not None
    assert first is not None
    assert signed < first


def test_invitations_are_agreed_declined_and_open(database: Database) -> None:
    with database.read() as session:
        answers = session.execute(
            select(Participation.consent, func.count().label("count"))
            .where(Participation.by_agreement)
            .group_by(Participation.consent)
        ).all()
        waiting = session.execute(
            select(Activity.code, Organization.key)
            .join(Participation, Participation.activity_id == Activity.id)
            .join(Organization, Organization.id == Participation.organization_id)
            .where(Participation.consent == "invited")
        ).all()
    assert {row.consent: row.count for row in answers} == {"agreed": 14, "declined": 1, "invited": 1}
    assert [tuple(row) for row in waiting] == [("4.4", "pfr")]


def test_later_dates_were_granted_refused_and_one_waits_for_the_controller(database: Database) -> None:
    with database.read() as session:
        found = session.execute(
            select(Activity.code, Extension.state)
            .join(Task, Task.id == Extension.task_id)
            .join(Activity, Activity.id == Task.activity_id)
        ).all()
    assert sorted(tuple(row) for row in found) == [
        ("1.1", "granted"),
        ("3.2", "requested"),
        ("6.2", "refused"),
    ]


def test_the_journal_holds_and_runs_forward_in_time(database: Database, now: datetime) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        broken = journal.first_broken(session, plan.id)
        times = session.scalars(
            select(JournalEntry.at).where(JournalEntry.plan_id == plan.id).order_by(JournalEntry.position)
        ).all()
    assert broken is None
    assert len(times) > 1000
    assert list(times) == sorted(times)
    assert times[0] == datetime(2021, 12, 20, 6, tzinfo=UTC)
    assert times[-1] < now


def test_the_accounts_are_roles_and_open_with_the_published_password(
    database: Database, now: datetime
) -> None:
    with database.read() as session:
        people = {person.username: person for person in session.scalars(select(Person))}
    assert {"deputy", "centre", "department", "auditor", "admin"} < people.keys()
    assert {f"college{number:02}" for number in range(1, 36)} < people.keys()
    assert {f"cluster{number:02}" for number in range(1, 12)} < people.keys()
    assert people["deputy"].role == "controller"
    assert people["college07"].name == "Колледж № 7 — ответственный исполнитель"
    for username in ("deputy", "college01", "cluster11", "auditor", "admin"):
        assert sign_in.sign_in(database, username, DEMO_PASSWORD, now=now, demo=True)


def test_telling_again_changes_nothing(database: Database, installation: Installation) -> None:
    with database.read() as session:
        before = find_plan(session, "2022").revision
    assert story.tell(database, EvidenceStore(installation.evidence, 1), SEED) == 0
    told = installation.flask("demo", "tell")
    assert (told.returncode, told.stdout) == (0, "There are people here already; nothing was told.\n")
    with database.read() as session:
        assert find_plan(session, "2022").revision == before


def test_only_the_decisions_of_the_last_days_are_still_unread(database: Database) -> None:
    with database.read() as session:
        newest = session.scalars(select(func.max(JournalEntry.at))).one()
        found = session.execute(select(Notice.created_at, Notice.read_at.is_not(None)))
        old_and_read = {(newest - at > timedelta(days=7), is_read) for at, is_read in found}
    assert old_and_read == {(True, True), (False, False)}
