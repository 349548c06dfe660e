"""The report of execution counts what the pages count, and every report is kept as it was made."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import NotAllowedError, NotFoundError
from app.domain.permissions import Actor
from app.models import JournalEntry, Report, Task
from app.services import journal
from app.services.plans import find_plan
from app.services.reports import asked, kept
from app.services.reports.asked import Asked
from app.services.reports.execution import Execution, execution
from app.services.status import plan_status
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.files import docx
from tests.infrastructure.statements import recorded_statements

NAME = "Отчёт 2022.docx"


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "store", 1024 * 1024)


def keep(session: Session, store: EvidenceStore, actor: Actor, content: bytes, now: datetime) -> int:
    """A report as if it had been asked for and made; its id."""
    plan = find_plan(session, "2022")
    wanted = Asked("execution", "docx", plan.today(now), NAME)
    report_id = asked.ask_for(session, actor, plan, wanted, now=now)
    taken = asked.take(session, now, report_id)
    assert taken is not None
    with store.drafting() as draft:
        draft.write(content)
        assert asked.keep(session, store, taken, store.made(draft, NAME), now)
    return report_id


def told(database: Database, today: date) -> Execution:
    with database.read() as session:
        return execution(session, find_plan(session, "2022"), today)


@pytest.mark.data("story")
def test_its_counts_are_those_of_the_status_of_the_plan(database: Database, today: date) -> None:
    report = told(database, today)
    with database.read() as session:
        status = plan_status(session, find_plan(session, "2022"), today)
        withdrawn = Counter(
            session.scalars(select(Task.activity_id).where(Task.plan_id == 1, Task.state == "withdrawn"))
        )
    activities = [each for section in report.sections for row in section.rows for each in row.activities]
    assert sum(len(section.rows) for section in report.sections) == status["rows"] == 25
    assert [
        (
            each.planned.line.code,
            each.planned.line.state,
            each.planned.progress.total + withdrawn[each.planned.line.id],
            each.planned.progress.accepted,
            len(each.overdue),
        )
        for each in activities
    ] == [
        (each["code"], each["state"], each["tasks"], each["accepted"], each["overdue"])
        for each in status["activities"]
    ]
    assert sum(report.board.tasks[name] for name in ("accepted", "review", "working", "overdue")) > 0
    assert report.board.tasks["accepted"] == status["tasks"]["by_state"]["accepted"]
    assert report.board.tasks["overdue"] == len(status["overdue"]) > 0
    assert [(line.number, line.value, line.reported, line.standing.code) for line in report.indicators] == [
        (each["number"], each["value"], each["reported"], each["standing"]) for each in status["indicators"]
    ]


@pytest.mark.data("story")
def test_late_acceptances_are_those_of_discipline(database: Database, today: date) -> None:
    report = told(database, today)
    late = [
        one
        for section in report.sections
        for row in section.rows
        for each in row.activities
        for one in each.late
    ]
    assert len(late) == report.discipline.late > 0


@pytest.mark.data("story")
def test_only_accepted_work_gives_a_date_and_documents(database: Database, today: date) -> None:
    for section in told(database, today).sections:
        for row in section.rows:
            for each in row.activities:
                accepted = each.planned.progress.accepted
                assert (each.done_first is not None) == bool(accepted), each.planned.line.code
                assert bool(each.proofs_of) == bool(accepted), each.planned.line.code
                assert len(each.proofs) <= each.proofs_of


@pytest.mark.data("plan")
def test_what_is_under_review_is_no_result_yet(
    database: Database, today: date, now: datetime, store: EvidenceStore
) -> None:
    with database.transaction() as session:
        college = factories.actor(session, "college01", now)
        factories.submit(session, store, college, "2.3", now)
    row = next(
        row for section in told(database, today).sections for row in section.rows if row.row.number == "2.3"
    )
    (activity,) = row.activities
    assert (row.progress.review, activity.done_last, activity.proofs_of) == (1, None, 0)


@pytest.mark.data("story")
def test_it_asks_the_database_as_often_for_the_story_as_for_any_plan(database: Database, today: date) -> None:
    with recorded_statements(database) as statements:
        told(database, today)
    assert len(statements) <= 22


@pytest.mark.data("plan")
@pytest.mark.parametrize("role", ["controller", "auditor", "administrator"])
def test_a_report_is_kept_with_who_when_as_of_when_and_its_hash(
    database: Database, now: datetime, store: EvidenceStore, role: str
) -> None:
    content = docx()
    with database.transaction() as session:
        person = factories.actor(session, role, now, role=role)
        plan = find_plan(session, "2022")
        report_id = keep(session, store, person, content, now)
    with database.read() as session:
        line = kept.find_report(session, person, plan.id, report_id)
        assert kept.report_lines(session, person, plan.id, 10) == ([line], 1)
        entry = session.scalars(select(JournalEntry).where(JournalEntry.subject == "report")).one()
        assert journal.first_broken(session, plan.id) is None
    digest = hashlib.sha256(content).hexdigest()
    assert (line.kind, line.format, line.as_of, line.made_at) == ("execution", "docx", date(2022, 6, 15), now)
    assert (line.person, line.name, line.size, line.sha256) == (role, NAME, len(content), digest)
    assert store.path(digest).read_bytes() == content
    assert (entry.action, entry.person_id, entry.details["sha256"]) == ("make", person.person_id, digest)


@pytest.mark.data("plan")
def test_an_executor_neither_makes_nor_reads_reports(
    database: Database, now: datetime, store: EvidenceStore
) -> None:
    with database.transaction() as session:
        college = factories.actor(session, "college01", now)
        plan = find_plan(session, "2022")
        with pytest.raises(NotAllowedError):
            keep(session, store, college, docx(), now)
        assert session.scalar(select(func.count()).select_from(Report)) == 0
    with database.read() as session:
        with pytest.raises(NotAllowedError):
            kept.report_lines(session, college, plan.id, 10)
        with pytest.raises(NotAllowedError):
            kept.find_report(session, college, plan.id, 1)
    assert not [path for path in store.root.rglob("*") if path.is_file()]


@pytest.mark.data("plan")
def test_a_report_of_another_plan_is_not_there(
    database: Database, now: datetime, store: EvidenceStore
) -> None:
    with database.transaction() as session:
        deputy = factories.actor(session, "deputy", now, role="controller")
        plan = find_plan(session, "2022")
        report_id = keep(session, store, deputy, docx(), now)
        with pytest.raises(NotFoundError):
            kept.find_report(session, deputy, plan.id + 1, report_id)
